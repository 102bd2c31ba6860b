#include <algorithm>

#include <glm/geometric.hpp>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

void add_strip(Workshop& shop, const StripPlan& strip) {
  using glm::vec3;
  Draw draw(shop.layout.seed, 0x2002, strip.id);
  const bool hedge = strip.kind == StripPlan::Kind::hedge;
  const Material material = hedge                                 ? Material::hedge
                            : strip.kind == StripPlan::Kind::wall ? Material::brick
                                                                  : Material::wood;
  const vec3 color = hedge                                 ? vec3(0.06f, 0.12f, 0.03f)
                     : strip.kind == StripPlan::Kind::wall ? vec3(0.4f, 0.25f, 0.2f)
                                                           : vec3(0.4f, 0.33f, 0.25f);
  const std::uint32_t surface = shop.surface({material, color, vec3(0.5f), draw.bits()});
  const float half = hedge ? 0.4f : 0.06f;
  for (std::size_t i = 0; i + 1 < strip.points.size(); ++i) {
    const glm::vec2 a = strip.points[i], b = strip.points[i + 1];
    const int pieces = std::max(1, static_cast<int>(glm::length(b - a) / 2.0f));
    for (int k = 0; k < pieces; ++k) {
      const auto at = [&](int j) {
        return shop.layout.terrain.world(a + (b - a) * (static_cast<float>(j) / static_cast<float>(pieces)),
                                         kKerbHeight);
      };
      const vec3 p = at(k), q = at(k + 1), along = glm::normalize(q - p), side = half * vec3(-along.y, along.x, 0);
      const vec3 up(0, 0, strip.height), low(0, 0, -0.3f);
      shop.build.quad(p - side + low, q - side + low, q - side + up, p - side + up, surface);
      shop.build.quad(q + side + low, p + side + low, p + side + up, q + side + up, surface);
      shop.build.quad(p - side + up, q - side + up, q + side + up, p + side + up, surface);
    }
  }
}

}  // namespace tessera::reconstruct::synth
