#include "reconstruct/synth/city_mesh.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "reconstruct/synth/noise.h"
#include "scene/parallel.h"

namespace tessera::reconstruct::synth {

namespace {

using Kind = PropPlan::Kind;

bool is_tree(Kind kind) {
  return kind == Kind::broadleaf || kind == Kind::slender || kind == Kind::conifer || kind == Kind::bush;
}
std::uint32_t variants(Kind kind) { return is_tree(kind) ? 3u : kind == Kind::car ? 3u : 1u; }

glm::mat3 turned(float angle, float scale) {
  const float c = scale * std::cos(angle), s = scale * std::sin(angle);
  return glm::mat3(glm::vec3(c, s, 0), glm::vec3(-s, c, 0), glm::vec3(0, 0, scale));
}

// Moves the shop's mesh to the city, its surfaces behind those already there.
void deliver(City& city, Workshop& shop) {
  const auto first = static_cast<std::uint32_t>(city.surfaces.size());
  for (Triangle& t : shop.mesh.triangles) t.surface += first;
  city.surfaces.insert(city.surfaces.end(), shop.surfaces.begin(), shop.surfaces.end());
  city.meshes.push_back(std::move(shop.mesh));
}

// Block that a thing belongs to; things outside the town belong to none and are built with the streets.
int block_of(const CityLayout& layout, glm::vec2 plan) {
  const BlockPlan* block = layout.block_at(plan);
  return block ? static_cast<int>(block - layout.blocks.data()) : -1;
}

}  // namespace

City build_city(CityLayout plan) {
  City city;
  city.layout = std::move(plan);
  const CityLayout& layout = city.layout;

  // Shop 0 builds streets and fields, shop 1 + i block i, the rest the prototypes.
  const std::size_t blocks = layout.blocks.size();
  std::map<std::pair<Kind, std::uint32_t>, std::size_t> prototype;
  for (const PropPlan& prop : layout.props) prototype.try_emplace({prop.kind, prop.id % variants(prop.kind)}, 0);
  std::vector<std::pair<Kind, std::uint32_t>> prototypes;
  for (auto& [key, index] : prototype) {
    index = 1 + blocks + prototypes.size();
    prototypes.push_back(key);
  }
  std::vector<std::vector<const BuildingPlan*>> buildings(blocks + 1);
  for (const BuildingPlan& b : layout.buildings)
    buildings[static_cast<std::size_t>(block_of(layout, b.centre) + 1)].push_back(&b);
  std::vector<std::vector<const StripPlan*>> strips(blocks + 1);
  for (const StripPlan& s : layout.strips)
    strips[static_cast<std::size_t>(block_of(layout, s.points.front()) + 1)].push_back(&s);
  std::vector<std::vector<const Pond*>> ponds(blocks + 1);
  for (const Pond& p : layout.terrain.ponds())
    ponds[static_cast<std::size_t>(block_of(layout, p.centre) + 1)].push_back(&p);

  std::vector<std::unique_ptr<Workshop>> shops(1 + blocks + prototypes.size());
  scene::parallel_for(std::size_t{0}, shops.size(), [&](std::size_t i) {
    shops[i] = std::make_unique<Workshop>(layout);
    Workshop& shop = *shops[i];
    if (i > blocks) {
      const auto [kind, variant] = prototypes[i - 1 - blocks];
      is_tree(kind) ? add_tree(shop, kind, variant) : add_prop(shop, kind, variant);
      return;
    }
    i == 0 ? add_streets_and_fields(shop) : add_slab(shop, layout.blocks[i - 1]);
    shop.build.set_frame(glm::vec3(0), 0);
    for (const Pond* p : ponds[i]) add_pond(shop, *p);
    for (const BuildingPlan* b : buildings[i]) add_building(shop, *b);
    for (const StripPlan* s : strips[i]) {
      shop.build.set_frame(glm::vec3(0), 0);
      add_strip(shop, *s);
    }
  });
  for (std::unique_ptr<Workshop>& shop : shops) deliver(city, *shop);

  for (std::uint32_t i = 0; i <= blocks; ++i)
    city.instances.push_back({i, glm::mat3(1.0f), glm::vec3(0), glm::vec3(1), i});
  for (const PropPlan& prop : layout.props) {
    const std::size_t mesh = prototype.at({prop.kind, prop.id % variants(prop.kind)});
    const bool on_slab = [&] {
      const BlockPlan* block = layout.block_at(prop.centre);
      return block && slab_distance(*block, prop.centre) < 0;
    }();
    glm::vec3 foot = layout.terrain.world(prop.centre, on_slab ? kKerbHeight : 0.0f);
    if (prop.kind == Kind::lily) {
      // Floats on the nearest pond.
      const std::vector<Pond>& all = layout.terrain.ponds();
      foot.z = std::min_element(all.begin(), all.end(), [&](const Pond& a, const Pond& b) {
                 return pond_distance(a, prop.centre) < pond_distance(b, prop.centre);
               })->level;
    }
    city.instances.push_back({static_cast<std::uint32_t>(mesh),
                              turned(prop.angle + layout.terrain.turn(prop.centre), prop.scale), foot, prop.tint,
                              prop.id});
  }
  return city;
}

}  // namespace tessera::reconstruct::synth
