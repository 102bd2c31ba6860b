#include "reconstruct/synth/lots.h"

#include <array>
#include <cmath>
#include <numbers>

namespace tessera::reconstruct::synth {

namespace {

constexpr float kPi = std::numbers::pi_v<float>;
constexpr float kInner = kSlabHalf - kPavement;  // half of the land inside the pavements; a lot is kInner x kInner

using Kind = BuildingPlan::Kind;
using Prop = PropPlan::Kind;
enum class Lot { apartment, houses, rows, park, shops, hall };

// A quarter of a block: (u, v) in metres from its street corner, both axes pointing away from the streets.
struct LotFrame {
  CityLayout& city;
  BlockPlan& block;
  Draw& draw;
  float sx, sy;  // +-1: which quarter

  glm::vec2 at(float u, float v) const { return block.centre + glm::vec2(sx * (kInner - u), sy * (kInner - v)); }
  // Turn of a front that looks at the street along u (v = 0) or along v (u = 0).
  float facing_v0() const { return sy < 0 ? 0.0f : kPi; }
  float facing_u0() const { return sx > 0 ? 0.5f * kPi : -0.5f * kPi; }

  void patch(Ground ground, float u0, float v0, float u1, float v1, float rounding = 0, float wobble = 0) const {
    block.patches.push_back({ground, at(0.5f * (u0 + u1), 0.5f * (v0 + v1)),
                             0.5f * glm::vec2(std::abs(u1 - u0), std::abs(v1 - v0)), 0, rounding, wobble});
  }
  // A strip of ground from a to b.
  void way(Ground ground, glm::vec2 a, glm::vec2 b, float width, float wobble = 0) const {
    const glm::vec2 pa = at(a.x, a.y), pb = at(b.x, b.y), d = pb - pa;
    const float length = std::sqrt(d.x * d.x + d.y * d.y);
    block.patches.push_back({ground,
                             0.5f * (pa + pb),
                             {0.5f * length + 0.5f * width, 0.5f * width},
                             std::atan2(d.y, d.x),
                             0.5f * width,
                             wobble});
  }
  BuildingPlan& building(Kind kind, float u, float v, glm::vec2 half, float angle, int floors) const {
    city.buildings.push_back({kind, at(u, v), half, angle, floors, static_cast<std::uint32_t>(city.buildings.size())});
    return city.buildings.back();
  }
  void tree(float u, float v, Prop kind, float scale) const { add_tree(city, draw, at(u, v), kind, scale); }
  void strip(StripPlan::Kind kind, float height, std::initializer_list<glm::vec2> uv) const {
    StripPlan s{kind, {}, height, static_cast<std::uint32_t>(city.strips.size())};
    for (const glm::vec2& p : uv) s.points.push_back(at(p.x, p.y));
    city.strips.push_back(std::move(s));
  }
};

void apartment(const LotFrame& lot) {
  const int floors = 3 + lot.draw.below(3);
  lot.patch(Ground::lawn, 0, 0, kInner, kInner);
  lot.patch(Ground::paving, 0, 0, kInner, 1.6f);
  lot.building(Kind::apartment, 11.6f, 7.2f, {10.4f, 5.4f}, lot.facing_v0(), floors);
  lot.patch(Ground::asphalt, 12.6f, 13.4f, kInner, kInner);
  lot.patch(Ground::parking, 13.0f, 18.4f, kInner - 0.4f, kInner);
  lot.way(Ground::paving, {2, 14.5f}, {12.5f, 14.5f}, 1.6f);
  for (float u = 14.4f; u < kInner - 1; u += 2.6f)
    if (lot.draw.chance(0.6f)) add_car(lot.city, lot.draw, lot.at(u, 20.9f), 0.5f * kPi, false);
  for (int i = 0; i < 3; ++i)
    lot.tree(2.5f + 3.6f * static_cast<float>(i), 19.0f + lot.draw.uniform(-2, 2), Prop::broadleaf,
             lot.draw.uniform(0.7f, 1.0f));
  lot.strip(StripPlan::Kind::hedge, 1.1f, {{0.4f, 14}, {0.4f, 23.0f}, {12.0f, 23.2f}});
}

void house_on(const LotFrame& lot, float u0, float u1) {
  Draw& draw = lot.draw;
  const float width = u1 - u0, house = draw.uniform(7.6f, 8.6f);
  const float centre = u0 + 0.6f + 0.5f * house;
  lot.building(Kind::house, centre, 8.6f + draw.uniform(-0.6f, 0.6f), {0.5f * house, draw.uniform(4.3f, 4.9f)},
               lot.facing_v0() + draw.uniform(-0.04f, 0.04f), 1 + draw.below(2));
  lot.patch(Ground::paving, u1 - 2.9f, 0, u1 - 0.4f, 8.0f);
  lot.way(Ground::path, {centre, 0}, {centre, 4.5f}, 1.2f);
  lot.patch(Ground::plaza, centre - 2.4f, 12.6f, centre + 2.4f, 15.4f);
  if (draw.chance(0.8f))
    add_car(lot.city, draw, lot.at(u1 - 1.65f, 3.2f + draw.uniform(-0.5f, 0.8f)), 0.5f * kPi, false);
  lot.building(Kind::shed, u1 - 2.2f, 21.4f, {1.5f, 1.2f}, lot.facing_v0(), 1);
  lot.patch(Ground::soil, u0 + 0.8f, 19.5f, u0 + 4.2f, 22.4f, 0.3f, 0.1f);
  lot.tree(u0 + draw.uniform(2, width - 5), 17.6f, Prop::broadleaf, draw.uniform(0.45f, 0.7f));
  if (draw.chance(0.5f))
    lot.tree(u0 + 1.8f, 2.2f, draw.chance(0.4f) ? Prop::conifer : Prop::broadleaf, draw.uniform(0.4f, 0.55f));
  for (int i = 0; i < 4; ++i)
    add_prop(lot.city, draw, Prop::bush, lot.at(u0 + draw.uniform(0.8f, width - 0.8f), draw.uniform(16, 22.5f)),
             draw.uniform(0, 6), draw.uniform(0.4f, 0.9f));
}

void houses(const LotFrame& lot) {
  lot.patch(Ground::lawn, 0, 0, kInner, kInner);
  house_on(lot, 0.4f, 11.8f);
  house_on(lot, 11.8f, kInner);
  lot.strip(StripPlan::Kind::hedge, 1.3f, {{0.5f, 5}, {0.5f, 23.0f}, {23.2f, 23.0f}});
  lot.strip(StripPlan::Kind::picket, 0.95f, {{0.4f, 0.4f}, {8.6f, 0.4f}});
  lot.strip(StripPlan::Kind::picket, 0.95f, {{12.0f, 0.4f}, {20.2f, 0.4f}});
  lot.strip(StripPlan::Kind::mesh_fence, 1.3f, {{11.8f, 13.5f}, {11.8f, 22.8f}});
}

void rows(const LotFrame& lot) {
  constexpr int kHouses = 4;
  const float width = 5.7f;
  lot.patch(Ground::lawn, 0, 0, kInner, kInner);
  lot.patch(Ground::paving, 0, 0, kInner, 2.2f);
  const int floors = 2 + lot.draw.below(2);
  for (int i = 0; i < kHouses; ++i) {
    const float u = 0.5f + width * (static_cast<float>(i) + 0.5f);
    lot.building(Kind::row_house, u, 6.4f, {0.5f * width, 4.4f}, lot.facing_v0(),
                 floors - (lot.draw.chance(0.25f) ? 1 : 0));
    lot.patch(Ground::plaza, u - 2.2f, 10.8f, u + 2.0f, 13.2f);
    if (lot.draw.chance(0.7f))
      lot.tree(u + lot.draw.uniform(-1.2f, 1.2f), lot.draw.uniform(16.5f, 21), Prop::broadleaf,
               lot.draw.uniform(0.35f, 0.6f));
    if (lot.draw.chance(0.6f)) lot.building(Kind::shed, u + 1.0f, 22.0f, {1.2f, 1.0f}, lot.facing_v0(), 1);
    if (lot.draw.chance(0.6f)) lot.patch(Ground::soil, u - 2.2f, 19, u - 0.4f, 22.8f, 0.2f, 0.08f);
    lot.strip(StripPlan::Kind::picket, 1.5f, {{u + 0.5f * width, 10.9f}, {u + 0.5f * width, 23.0f}});
  }
  lot.strip(StripPlan::Kind::wall, 1.6f, {{0.5f, 10.9f}, {0.5f, 23.2f}, {23.3f, 23.2f}});
}

void park(const LotFrame& lot, std::vector<Pond>& ponds) {
  Draw& draw = lot.draw;
  lot.patch(Ground::lawn, 0, 0, kInner, kInner);
  const glm::vec2 pond(13.6f, 13.0f);
  ponds.push_back({lot.at(pond.x, pond.y), 5.6f, draw.bits(), 0});
  lot.way(Ground::path, {0, 3.0f}, {23.6f, 3.4f}, 1.8f, 0.15f);
  lot.way(Ground::path, {3.0f, 0}, {3.6f, 23.6f}, 1.8f, 0.15f);
  lot.patch(Ground::plaza, 1.2f, 1.2f, 5.4f, 5.4f, 2.0f);
  for (const glm::vec2 p :
       {glm::vec2(7, 5.6f), {21.5f, 6.0f}, {6.2f, 20.6f}, {21.4f, 21.4f}, {1.2f, 11.0f}, {13.5f, 22.0f}})
    lot.tree(p.x + draw.uniform(-0.7f, 0.7f), p.y + draw.uniform(-0.7f, 0.7f),
             draw.chance(0.25f) ? Prop::slender : Prop::broadleaf, draw.uniform(0.7f, 1.15f));
  for (int i = 0; i < 7; ++i) {
    const float a = draw.uniform(0, 2 * kPi);
    add_prop(lot.city, draw, Prop::bush, lot.at(pond.x + 7.6f * std::cos(a), pond.y + 7.6f * std::sin(a)), a,
             draw.uniform(0.4f, 0.9f));
  }
  for (int i = 0; i < 16; ++i) {
    // Reeds stand in the shallows, in two beds.
    const float a = (i < 9 ? 0.6f : 3.4f) + draw.uniform(-0.7f, 0.7f), r = 5.35f + draw.uniform(-0.5f, 0.4f);
    const Pond& p = ponds.back();
    const glm::vec2 on(std::cos(a), std::sin(a));
    const float shore = p.radius - pond_distance(p, p.centre + p.radius * on);
    add_prop(lot.city, draw, Prop::reeds, p.centre + (shore - 5.6f + r) * on, a, draw.uniform(0.8f, 1.2f));
  }
  for (int i = 0; i < 22; ++i) {
    const float a = draw.uniform(0.2f, 2.2f), r = draw.uniform(1.2f, 4.0f);
    add_prop(lot.city, draw, Prop::lily, ponds.back().centre + r * glm::vec2(std::cos(a), std::sin(a)), a,
             draw.uniform(0.6f, 1.3f));
  }
  for (int i = 0; i < 3; ++i) add_person(lot.city, draw, lot.at(draw.uniform(5, 20), 3.2f + draw.uniform(-0.5f, 0.5f)));
  for (const float u : {8.5f, 14.0f, 19.5f}) add_prop(lot.city, draw, Prop::bench, lot.at(u, 4.7f), lot.facing_v0(), 1);
}

void shops(const LotFrame& lot) {
  lot.patch(Ground::plaza, 0, 0, kInner, kInner);
  lot.building(Kind::shop, 16.5f, 16.5f, {6.6f, 6.6f}, lot.facing_v0(), 2);
  lot.building(Kind::shop, 4.9f, 17.6f, {4.4f, 5.4f}, lot.facing_v0(), 1);
  for (float u = 3.0f; u < 22; u += 6.0f) lot.tree(u, 3.0f, Prop::broadleaf, lot.draw.uniform(0.5f, 0.65f));
  for (int i = 0; i < 9; ++i) add_person(lot.city, lot.draw, lot.at(lot.draw.uniform(1, 22), lot.draw.uniform(1, 10)));
  for (int i = 0; i < 6; ++i)
    add_prop(lot.city, lot.draw, Prop::table,
             lot.at(4.0f + 3.0f * static_cast<float>(i), 7.2f + lot.draw.uniform(-0.8f, 0.8f)), lot.draw.uniform(0, 3),
             1);
}

void hall(const LotFrame& lot) {
  lot.patch(Ground::asphalt, 0, 0, kInner, kInner);
  lot.patch(Ground::lawn, 0, 21.6f, kInner, kInner);
  lot.patch(Ground::parking, 2.0f, 0.8f, 22.0f, 5.8f);
  lot.building(Kind::hall, 12.2f, 15.0f, {10.6f, 6.2f}, lot.facing_v0(), 2);
  for (float u = 3.3f; u < 21.5f; u += 2.6f)
    if (lot.draw.chance(0.65f)) add_car(lot.city, lot.draw, lot.at(u, 3.3f), 0.5f * kPi, lot.draw.chance(0.1f));
  for (float u = 3; u < 23; u += 5.5f) lot.tree(u, 22.6f, Prop::slender, lot.draw.uniform(0.5f, 0.7f));
}

}  // namespace

namespace {

// Linear albedo of foliage: yellowish to bluish green; one tree in twelve is a copper beech.
glm::vec3 leaf_color(Draw& draw, PropPlan::Kind kind) {
  const float warm = draw.uniform(), light = draw.uniform(0.85f, 1.2f);
  if (kind == Prop::conifer) return light * glm::vec3(0.045f, 0.092f, 0.042f);
  if (kind != Prop::bush && draw.chance(0.08f)) return light * glm::vec3(0.150f, 0.062f, 0.050f);
  return light * mix(glm::vec3(0.075f, 0.150f, 0.034f), glm::vec3(0.150f, 0.185f, 0.038f), warm);
}

}  // namespace

PropPlan& add_prop(CityLayout& city, Draw& draw, PropPlan::Kind kind, glm::vec2 plan, float angle, float scale) {
  city.props.push_back({kind, plan, angle, scale, glm::vec3(1), draw.bits()});
  if (kind == Prop::bush) city.props.back().tint = leaf_color(draw, kind);
  return city.props.back();
}

void add_tree(CityLayout& city, Draw& draw, glm::vec2 plan, PropPlan::Kind kind, float scale) {
  PropPlan& tree = add_prop(city, draw, kind, plan, draw.uniform(0, 2 * kPi), scale);
  tree.tint = leaf_color(draw, kind);
}

void add_person(CityLayout& city, Draw& draw, glm::vec2 plan) {
  static constexpr std::array<std::array<float, 3>, 6> kCoats{{{0.45f, 0.06f, 0.05f},
                                                               {0.05f, 0.12f, 0.35f},
                                                               {0.55f, 0.52f, 0.46f},
                                                               {0.05f, 0.055f, 0.06f},
                                                               {0.50f, 0.36f, 0.05f},
                                                               {0.10f, 0.25f, 0.14f}}};
  PropPlan& person = add_prop(city, draw, Prop::person, plan, draw.uniform(0, 2 * kPi), draw.uniform(0.92f, 1.06f));
  const auto& coat = kCoats[static_cast<std::size_t>(draw.below(6))];
  person.tint = {coat[0], coat[1], coat[2]};
}

void add_car(CityLayout& city, Draw& draw, glm::vec2 plan, float angle, bool van) {
  // Paints by about the share they have on the road.
  static constexpr std::array<std::array<float, 3>, 12> kPaints{{{0.62f, 0.62f, 0.60f},
                                                                 {0.62f, 0.62f, 0.60f},
                                                                 {0.36f, 0.37f, 0.38f},
                                                                 {0.36f, 0.37f, 0.38f},
                                                                 {0.13f, 0.135f, 0.14f},
                                                                 {0.025f, 0.026f, 0.028f},
                                                                 {0.03f, 0.07f, 0.22f},
                                                                 {0.42f, 0.03f, 0.025f},
                                                                 {0.10f, 0.20f, 0.34f},
                                                                 {0.06f, 0.15f, 0.08f},
                                                                 {0.52f, 0.30f, 0.04f},
                                                                 {0.30f, 0.26f, 0.20f}}};
  PropPlan& car =
      add_prop(city, draw, van ? PropPlan::Kind::van : PropPlan::Kind::car, plan, angle, draw.uniform(0.96f, 1.05f));
  const auto& paint = kPaints[static_cast<std::size_t>(draw.below(static_cast<int>(kPaints.size())))];
  car.tint = {paint[0], paint[1], paint[2]};
}

void fill_block(CityLayout& city, BlockPlan& block, std::vector<Pond>& ponds, Draw& draw) {
  // Two blocks in three show one of each; the others are denser or greener.
  std::array<Lot, 4> lots{Lot::apartment, Lot::rows, Lot::park, Lot::houses};
  if (!city.blocks.empty()) {
    const int kind = draw.below(5);
    if (kind == 1) lots = {Lot::shops, Lot::apartment, Lot::rows, Lot::hall};
    if (kind == 2) lots = {Lot::houses, Lot::rows, Lot::houses, Lot::park};
    if (kind == 3) lots = {Lot::apartment, Lot::shops, Lot::apartment, Lot::houses};
    if (kind == 4) lots = {Lot::hall, Lot::houses, Lot::shops, Lot::rows};
  }
  if (!block.built) lots = {Lot::park, Lot::park, Lot::park, Lot::park};
  const int turn = draw.below(4);
  for (int quarter = 0; quarter < 4; ++quarter) {
    const int q = (quarter + turn) % 4;
    const LotFrame lot{city, block, draw, q == 0 || q == 3 ? -1.0f : 1.0f, q < 2 ? -1.0f : 1.0f};
    switch (lots[static_cast<std::size_t>(quarter)]) {
      case Lot::apartment:
        apartment(lot);
        break;
      case Lot::houses:
        houses(lot);
        break;
      case Lot::rows:
        rows(lot);
        break;
      case Lot::park:
        park(lot, ponds);
        break;
      case Lot::shops:
        shops(lot);
        break;
      case Lot::hall:
        hall(lot);
        break;
    }
  }
}

}  // namespace tessera::reconstruct::synth
