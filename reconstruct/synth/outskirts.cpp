#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include "reconstruct/synth/lots.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using Prop = PropPlan::Kind;
constexpr float kPi = std::numbers::pi_v<float>;
enum What : std::uint32_t { kPlot = 0x1101, kMeadow, kPoles };

constexpr float kPlotWidth = 20.0f, kPlotDepth = 24.0f;

// A plot outside the ring street: u along the street from the plot's left end, v away from it.
struct Plot {
  CityLayout& city;
  Draw& draw;
  vec2 origin, along, out;
  vec2 at(float u, float v) const { return origin + u * along + v * out; }
  float facing() const { return std::atan2(-out.x, out.y); }  // a front that looks back at the street

  void patch(Ground ground, float u0, float v0, float u1, float v1, float rounding = 0, float wobble = 0) const {
    const vec2 centre = at(0.5f * (u0 + u1), 0.5f * (v0 + v1)), half = 0.5f * vec2(u1 - u0, v1 - v0);
    city.outer_patches[city.outer_cell(centre)].push_back(
        {ground, centre, half, std::atan2(along.y, along.x), rounding, wobble});
  }
  void strip(StripPlan::Kind kind, float height, std::initializer_list<vec2> uv) const {
    StripPlan s{kind, {}, height, static_cast<std::uint32_t>(city.strips.size())};
    for (const vec2& p : uv) s.points.push_back(at(p.x, p.y));
    city.strips.push_back(std::move(s));
  }
  void building(BuildingPlan::Kind kind, float u, float v, vec2 half, int floors) const {
    city.buildings.push_back(
        {kind, at(u, v), half, facing(), floors, static_cast<std::uint32_t>(city.buildings.size())});
  }
};

void cottage(const Plot& plot) {
  Draw& draw = plot.draw;
  plot.patch(Ground::lawn, 0.6f, 1.6f, 19.4f, 23.0f, 0.5f, 0.15f);
  plot.building(BuildingPlan::Kind::house, 8.0f, 9.5f + draw.uniform(-1, 1),
                {draw.uniform(4.0f, 4.8f), draw.uniform(4.2f, 4.8f)}, 1 + draw.below(2));
  plot.patch(Ground::paving, 15.2f, -0.6f, 18.0f, 9.0f);
  plot.patch(Ground::plaza, 4.6f, 14.2f, 10.5f, 17.0f);
  if (draw.chance(0.6f)) add_car(plot.city, draw, plot.at(16.6f, 4.0f), plot.facing() + 0.5f * kPi, false);
  plot.strip(StripPlan::Kind::hedge, 1.2f, {{0.6f, 2.0f}, {0.6f, 22.6f}, {19.4f, 22.6f}, {19.4f, 2.0f}});
  plot.building(BuildingPlan::Kind::shed, 15.6f, 19.6f, {1.7f, 1.4f}, 1);
  add_tree(plot.city, draw, plot.at(draw.uniform(3, 9), 19.0f), Prop::broadleaf, draw.uniform(0.5f, 0.8f));
  if (draw.chance(0.5f)) add_tree(plot.city, draw, plot.at(2.4f, 4.2f), Prop::conifer, draw.uniform(0.4f, 0.6f));
}

void orchard(const Plot& plot) {
  for (int j = 0; j < 4; ++j)
    for (int i = 0; i < 4; ++i)
      if (!plot.draw.chance(0.1f))
        add_tree(plot.city, plot.draw,
                 plot.at(2.8f + 4.8f * static_cast<float>(i), 4.0f + 5.2f * static_cast<float>(j)), Prop::broadleaf,
                 plot.draw.uniform(0.36f, 0.48f));
  plot.strip(StripPlan::Kind::mesh_fence, 1.4f,
             {{0.4f, 1.8f}, {19.6f, 1.8f}, {19.6f, 23.2f}, {0.4f, 23.2f}, {0.4f, 1.8f}});
}

void allotments(const Plot& plot) {
  Draw& draw = plot.draw;
  for (int i = 0; i < 2; ++i) {
    const float u = 0.8f + 9.4f * static_cast<float>(i);
    plot.patch(Ground::path, u + 8.1f, 1.6f, u + 9.0f, 22.5f, 0.2f, 0.1f);
    for (int j = 0; j < 3; ++j) {
      const float v = 2.4f + 4.6f * static_cast<float>(j);
      plot.patch(Ground::soil, u + 0.4f, v, u + 7.4f, v + 3.4f, 0.3f, 0.12f);
      for (int k = 0; k < 7; ++k)
        if (draw.chance(0.55f))
          add_prop(plot.city, draw, Prop::bush, plot.at(u + 1.0f + static_cast<float>(k), v + draw.uniform(0.6f, 2.8f)),
                   draw.uniform(0, 6), draw.uniform(0.22f, 0.4f));
    }
    plot.building(BuildingPlan::Kind::shed, u + 4.0f, 19.4f, {1.8f, 1.4f}, 1);
    add_tree(plot.city, draw, plot.at(u + 1.2f, 18.6f), Prop::broadleaf, draw.uniform(0.35f, 0.5f));
  }
  plot.strip(StripPlan::Kind::picket, 1.1f, {{0.6f, 1.8f}, {19.4f, 1.8f}});
}

void tennis(const Plot& plot) {
  plot.patch(Ground::court, 1.2f, 2.4f, 18.8f, 22.6f);
  plot.strip(StripPlan::Kind::mesh_fence, 2.6f,
             {{1.0f, 2.2f}, {19.0f, 2.2f}, {19.0f, 22.8f}, {1.0f, 22.8f}, {1.0f, 2.2f}});
  plot.strip(StripPlan::Kind::mesh_fence, 0.95f, {{4.4f, 12.5f}, {15.6f, 12.5f}});
}

void pasture(const Plot& plot) {
  const int bales = plot.draw.below(4);
  for (int i = 0; i < bales; ++i)
    add_prop(plot.city, plot.draw, Prop::bale, plot.at(plot.draw.uniform(2, 18), plot.draw.uniform(8, 22)),
             plot.draw.uniform(0, 6), 1);
  for (int i = 0; i < 2; ++i)
    add_tree(plot.city, plot.draw, plot.at(plot.draw.uniform(2, 18), plot.draw.uniform(4, 22)),
             plot.draw.chance(0.3f) ? Prop::slender : Prop::broadleaf, plot.draw.uniform(0.7f, 1.1f));
}

void edge_of_town(CityLayout& city) {
  for (int side = 0; side < 4; ++side) {
    const float turn = 0.5f * kPi * static_cast<float>(side);
    const vec2 along(std::round(std::cos(turn)), std::round(std::sin(turn))), out(along.y, -along.x);
    const float length = 2.0f * std::abs(glm::dot(city.half, glm::abs(along)));
    const vec2 start = glm::abs(out) * city.half * out - 0.5f * length * along + (kRoadHalf + 1.5f) * out;
    const int plots = static_cast<int>(length / kPlotWidth);
    for (int i = 0; i < plots; ++i) {
      Draw draw(city.seed, kPlot, static_cast<std::uint64_t>(side) * 1024 + static_cast<std::uint64_t>(i));
      const Plot plot{city, draw, start + kPlotWidth * static_cast<float>(i) * along, along, out};
      if (city.on_country_road(plot.at(0.5f * kPlotWidth, 10.0f), 0.5f * kPlotWidth + 1.0f)) continue;
      const float what = draw.uniform();
      if (what < 0.36f)
        cottage(plot);
      else if (what < 0.50f)
        orchard(plot);
      else if (what < 0.64f)
        allotments(plot);
      else if (what < 0.70f)
        tennis(plot);
      else
        pasture(plot);
    }
  }
}

// Trees and bushes of the fields: groves and single trees.
void meadows(CityLayout& city) {
  constexpr float kCell = 11.0f, kReach = 140.0f;
  const vec2 inner = city.half + kRoadHalf + kPlotDepth + 3.0f;
  const int nx = static_cast<int>((city.half.x + kReach) / kCell),
            ny = static_cast<int>((city.half.y + kReach) / kCell);
  for (int y = -ny; y <= ny; ++y)
    for (int x = -nx; x <= nx; ++x) {
      Draw draw(city.seed, kMeadow, (static_cast<std::uint64_t>(x + 512) << 12) | static_cast<std::uint64_t>(y + 512));
      const vec2 p = kCell * (vec2(x, y) + vec2(draw.uniform(-0.45f, 0.45f), draw.uniform(-0.45f, 0.45f)));
      if ((std::abs(p.x) < inner.x && std::abs(p.y) < inner.y) || city.on_country_road(p, 3.0f)) continue;
      const float grove = noise2(p / 38.0f, static_cast<std::uint32_t>(city.seed) + 77u);
      if (!draw.chance(0.05f + 0.6f * smoothstep(0.15f, 0.6f, grove))) continue;
      if (draw.chance(0.3f))
        add_prop(city, draw, Prop::bush, p, draw.uniform(0, 6), draw.uniform(0.8f, 1.6f));
      else
        add_tree(city, draw, p,
                 draw.chance(0.22f)  ? Prop::conifer
                 : draw.chance(0.2f) ? Prop::slender
                                     : Prop::broadleaf,
                 draw.uniform(0.75f, 1.2f));
    }
}

// Overhead wires along the southern and western ring streets, and one line that leaves across the fields.
void poles(CityLayout& city) {
  const auto line = [&](vec2 from, vec2 to, float height) {
    StripPlan s{StripPlan::Kind::wire, {}, height, static_cast<std::uint32_t>(city.strips.size())};
    const int spans = std::max(1, static_cast<int>(std::lround(glm::length(to - from) / 21.0f)));
    for (int i = 0; i <= spans; ++i)
      s.points.push_back(from + (to - from) * (static_cast<float>(i) / static_cast<float>(spans)));
    city.strips.push_back(std::move(s));
  };
  const float beside = kRoadHalf + 1.0f;
  const vec2 corner = -city.half - beside;
  line(corner, {city.half.x + beside, corner.y}, 7.2f);
  line(corner, {corner.x, city.half.y + beside}, 7.2f);
  line({city.half.x + beside, corner.y}, {city.half.x + 130.0f, corner.y - 40.0f}, 7.2f);
}

}  // namespace

void surround(CityLayout& city) {
  edge_of_town(city);
  meadows(city);
  poles(city);
}

}  // namespace tessera::reconstruct::synth
