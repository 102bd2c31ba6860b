#include "reconstruct/synth/facade.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;

// Sorted, without values that are the same up to a millimetre.
std::vector<float> cuts(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  std::vector<float> out;
  for (const float v : values)
    if (out.empty() || v - out.back() > 1e-3f) out.push_back(v);
  return out;
}

}  // namespace

void add_wall(Workshop& shop, const vec3& a, const vec3& b, float height, const std::vector<Opening>& openings,
              const Trim& trim) {
  MeshBuilder& build = shop.build;
  const float length = glm::length(b - a);
  const vec3 along = (b - a) / length, out(along.y, -along.x, 0), up(0, 0, 1);
  const auto at = [&](float u, float v, float depth) { return a + u * along + v * up - depth * out; };
  std::vector<float> rows{0, height};
  for (const Opening& o : openings) rows.insert(rows.end(), {o.v0, o.v1});
  rows = cuts(rows);
  // The wall between the holes: in each row of cuts, from the end of one hole to the start of the next.
  for (std::size_t r = 0; r + 1 < rows.size(); ++r) {
    const float v0 = rows[r], v1 = rows[r + 1], middle = 0.5f * (v0 + v1);
    std::vector<std::pair<float, float>> holes;
    for (const Opening& o : openings)
      if (o.v0 < middle && middle < o.v1) holes.emplace_back(o.u0, o.u1);
    std::sort(holes.begin(), holes.end());
    holes.emplace_back(length, length);
    float u = 0;
    for (const auto& [begin, end] : holes) {
      if (begin > u + 1e-3f)
        build.quad(at(u, v0, 0), at(begin, v0, 0), at(begin, v1, 0), at(u, v1, 0), trim.wall, {u, v0});
      u = end;
    }
  }
  for (const Opening& o : openings) {
    const float d = o.depth;
    build.quad(at(o.u0, o.v0, 0), at(o.u0, o.v0, d), at(o.u0, o.v1, d), at(o.u0, o.v1, 0), trim.reveal);
    build.quad(at(o.u1, o.v0, d), at(o.u1, o.v0, 0), at(o.u1, o.v1, 0), at(o.u1, o.v1, d), trim.reveal);
    build.quad(at(o.u0, o.v0, 0), at(o.u1, o.v0, 0), at(o.u1, o.v0, d), at(o.u0, o.v0, d), trim.sill);
    build.quad(at(o.u0, o.v1, d), at(o.u1, o.v1, d), at(o.u1, o.v1, 0), at(o.u0, o.v1, 0), trim.reveal);
    build.unit_quad(at(o.u0, o.v0, d), at(o.u1, o.v0, d), at(o.u1, o.v1, d), at(o.u0, o.v1, d), o.pane);
    const auto slab = [&](float u0, float u1, float v0, float v1, float thick, std::uint32_t surface) {
      build.quad(at(u0, v0, -thick), at(u1, v0, -thick), at(u1, v1, -thick), at(u0, v1, -thick), surface, {u0, v0});
      build.quad(at(u0, v1, -thick), at(u1, v1, -thick), at(u1, v1, 0), at(u0, v1, 0), surface);
      build.quad(at(u0, v0, 0), at(u1, v0, 0), at(u1, v0, -thick), at(u0, v0, -thick), surface);
      build.quad(at(u0, v0, 0), at(u0, v0, -thick), at(u0, v1, -thick), at(u0, v1, 0), surface);
      build.quad(at(u1, v0, -thick), at(u1, v0, 0), at(u1, v1, 0), at(u1, v1, -thick), surface);
    };
    if (o.sill) slab(o.u0 - 0.06f, o.u1 + 0.06f, o.v0 - 0.07f, o.v0, 0.09f, trim.sill);
    if (o.apron) slab(o.u0, o.u1, o.v0 - 1.0f, o.v0 - 0.1f, 0.03f, trim.shutter);
    if (o.shutters) {
      const float w = 0.48f * (o.u1 - o.u0);
      slab(o.u0 - w - 0.04f, o.u0 - 0.04f, o.v0, o.v1, 0.05f, trim.shutter);
      slab(o.u1 + 0.04f, o.u1 + w + 0.04f, o.v0, o.v1, 0.05f, trim.shutter);
    }
  }
}

std::vector<Opening> window_row(float length, float spacing, float width, float v0, float v1, std::uint32_t pane) {
  std::vector<Opening> out;
  const int n = std::max(1, static_cast<int>(std::lround(length / spacing)));
  if (length < width + 0.6f) return out;
  for (int i = 0; i < n; ++i) {
    const float u = length * (static_cast<float>(i) + 0.5f) / static_cast<float>(n);
    Opening o;
    o.u0 = u - 0.5f * width, o.u1 = u + 0.5f * width, o.v0 = v0, o.v1 = v1, o.pane = pane;
    out.push_back(o);
  }
  return out;
}

void add_parapet_roof(Workshop& shop, vec2 half, float z, float height, std::uint32_t wall, std::uint32_t coping,
                      std::uint32_t roof) {
  MeshBuilder& build = shop.build;
  constexpr float kThick = 0.3f;
  const vec2 in = half - kThick;
  const float top = z + height;
  const auto ring = [&](vec2 h, float level, int corner) {
    return vec3(corner == 1 || corner == 2 ? h.x : -h.x, corner >= 2 ? h.y : -h.y, level);
  };
  build.quad(ring(in, z, 0), ring(in, z, 1), ring(in, z, 2), ring(in, z, 3), roof);
  for (int i = 0; i < 4; ++i) {
    const int j = (i + 1) % 4;
    build.quad(ring(in, z, j), ring(in, z, i), ring(in, top, i), ring(in, top, j), wall);  // looks inwards
    build.quad(ring(half, z, i), ring(half, z, j), ring(half, top, j), ring(half, top, i), wall);
    // The coping: a sheet of metal a little wider than the parapet.
    const vec2 o = half + 0.05f, n = in - 0.05f;
    build.quad(ring(o, top, i), ring(o, top, j), ring(o, top + 0.06f, j), ring(o, top + 0.06f, i), coping);
    build.quad(ring(n, top, j), ring(n, top, i), ring(n, top + 0.06f, i), ring(n, top + 0.06f, j), coping);
    build.quad(ring(o, top + 0.06f, i), ring(o, top + 0.06f, j), ring(n, top + 0.06f, j), ring(n, top + 0.06f, i),
               coping);
  }
}

void furnish_flat_roof(Workshop& shop, Draw& draw, vec2 half, float z, bool lift_house) {
  MeshBuilder& build = shop.build;
  const std::uint32_t metal = shop.surface({Material::metal, vec3(0.52f, 0.53f, 0.54f)});
  const std::uint32_t fan = shop.surface({Material::fan, vec3(0.50f, 0.51f, 0.52f)});
  const std::uint32_t dark = shop.surface({Material::metal, vec3(0.16f)});
  const std::uint32_t wall = shop.surface({Material::plaster, vec3(0.52f, 0.50f, 0.47f), vec3(0), draw.bits()});
  const std::uint32_t glass = shop.surface({Material::glass, vec3(0.05f, 0.07f, 0.08f)});
  const std::uint32_t solar = shop.surface({Material::solar});
  const std::uint32_t felt = shop.surface({Material::flat_roof, vec3(0.16f, 0.16f, 0.165f), vec3(0), draw.bits()});
  const std::uint32_t door = shop.surface({Material::door, vec3(0.22f, 0.26f, 0.30f), vec3(0.3f)});

  // The roof is dealt out in cells of about 3.2 m; each cell gets one thing or none.
  const int nx = std::max(1, static_cast<int>(2 * half.x / 3.2f)),
            ny = std::max(1, static_cast<int>(2 * half.y / 3.2f));
  const int lift_cell = lift_house ? draw.below(nx) : -1;
  const bool panels = draw.chance(0.45f);
  for (int j = 0; j < ny; ++j)
    for (int i = 0; i < nx; ++i) {
      const vec2 c = half * (2.0f * vec2((static_cast<float>(i) + 0.5f) / static_cast<float>(nx),
                                         (static_cast<float>(j) + 0.5f) / static_cast<float>(ny)) -
                             1.0f) +
                     vec2(draw.uniform(-0.35f, 0.35f), draw.uniform(-0.35f, 0.35f));
      const float what = draw.uniform();
      const auto box = [&](vec2 at, vec3 size, std::uint32_t sides, std::uint32_t top, float lift = 0) {
        build.box({at.x - 0.5f * size.x, at.y - 0.5f * size.y, z + lift},
                  {at.x + 0.5f * size.x, at.y + 0.5f * size.y, z + lift + size.z}, sides, top, lift > 0);
      };
      if (i == lift_cell && j == ny / 2) {
        box(c, {2.8f, 2.6f, 2.4f}, wall, felt);
        box(c, {3.0f, 2.8f, 0.14f}, metal, felt, 2.4f);
        build.unit_quad({c.x - 0.45f, c.y - 1.31f, z}, {c.x + 0.45f, c.y - 1.31f, z},
                        {c.x + 0.45f, c.y - 1.31f, z + 2.0f}, {c.x - 0.45f, c.y - 1.31f, z + 2.0f}, door);
      } else if (panels && j >= ny / 2) {
        // Solar modules on racks, tilted to the front.
        for (const float row : {-0.8f, 0.8f}) {
          const vec3 a(c.x - 1.3f, c.y + row - 0.5f, z + 0.18f), b(c.x + 1.3f, c.y + row - 0.5f, z + 0.18f),
              up(0, 1.0f, 0.45f);
          build.quad(a, b, b + up, a + up, solar);
          build.quad(b + vec3(0, 0, -0.03f), a + vec3(0, 0, -0.03f), a + up + vec3(0, 0, -0.03f),
                     b + up + vec3(0, 0, -0.03f), dark);
          for (const float x : {-1.2f, 1.2f}) box({c.x + x, c.y + row + 0.48f}, {0.05f, 0.05f, 0.6f}, metal, metal);
        }
      } else if (what < 0.24f) {
        box(c, {1.5f, 1.1f, 0.95f}, metal, fan, 0.18f);
        box(c, {1.2f, 0.8f, 0.18f}, dark, dark);
      } else if (what < 0.36f) {
        box(c, {2.4f, 0.55f, 0.5f}, metal, metal, 0.25f);
        box({c.x - 1.2f, c.y}, {0.6f, 0.6f, 1.1f}, metal, fan);
      } else if (what < 0.50f) {
        box(c, {1.3f, 1.3f, 0.28f}, wall, glass);
      } else if (what < 0.62f) {
        for (const float x : {-0.3f, 0.3f})
          build.tube({c.x + x, c.y, z}, {c.x + x, c.y, z + 0.9f}, 0.11f, 0.11f, 8, metal, true);
      } else if (what < 0.68f) {
        build.tube({c.x, c.y, z}, {c.x, c.y, z + 3.2f}, 0.035f, 0.02f, 5, dark, false);
        for (int k = 0; k < 4; ++k)
          box({c.x, c.y}, {1.0f - 0.15f * static_cast<float>(k), 0.03f, 0.03f}, dark, dark,
              2.2f + 0.22f * static_cast<float>(k));
      }
    }
}

namespace {

// One slope: eave from e0 to e1 (left to right seen from outside), ridge from r0 to r1, with the board at its lower
// edge and an underside.
void slope(Workshop& shop, const vec3& e0, const vec3& e1, const vec3& r1, const vec3& r0, std::uint32_t tiles,
           std::uint32_t edge) {
  constexpr vec3 kThick(0, 0, 0.16f);
  shop.build.quad(e0, e1, r1, r0, tiles);
  shop.build.quad(e1 - kThick, e0 - kThick, r0 - kThick, r1 - kThick, edge);
  shop.build.quad(e0 - kThick, e1 - kThick, e1, e0, edge);
}

void gutter(Workshop& shop, const vec3& a, const vec3& b, std::uint32_t surface) {
  shop.build.tube(a, b, 0.075f, 0.075f, 6, surface, false);
}

}  // namespace

float add_gable_roof(Workshop& shop, vec2 half, float z, float pitch, vec2 over, std::uint32_t tiles,
                     std::uint32_t edge) {
  MeshBuilder& build = shop.build;
  const float rise = std::tan(pitch), x = half.x + over.x, y = half.y + over.y;
  const float eave = z - over.y * rise + 0.16f, ridge = z + half.y * rise + 0.16f;
  const vec3 a(-x, -y, eave), b(x, -y, eave), c(x, y, eave), e(-x, y, eave), r0(-x, 0, ridge), r1(x, 0, ridge),
      thick(0, 0, 0.16f);
  slope(shop, a, b, r1, r0, tiles, edge);
  slope(shop, c, e, r0, r1, tiles, edge);
  // Verges: the boards along the gables.
  build.quad(b - thick, r1 - thick, r1, b, edge);
  build.quad(r1 - thick, c - thick, c, r1, edge);
  build.quad(e - thick, r0 - thick, r0, e, edge);
  build.quad(r0 - thick, a - thick, a, r0, edge);
  build.tube(r0 + vec3(0, 0, 0.02f), r1 + vec3(0, 0, 0.02f), 0.13f, 0.13f, 6, tiles, true);
  const std::uint32_t zinc = shop.surface({Material::metal, vec3(0.34f, 0.35f, 0.36f)});
  gutter(shop, a + vec3(0, -0.06f, -0.06f), b + vec3(0, -0.06f, -0.06f), zinc);
  gutter(shop, e + vec3(0, 0.06f, -0.06f), c + vec3(0, 0.06f, -0.06f), zinc);
  return ridge;
}

float add_hip_roof(Workshop& shop, vec2 half, float z, float pitch, float over, std::uint32_t tiles,
                   std::uint32_t edge) {
  MeshBuilder& build = shop.build;
  const float rise = std::tan(pitch), x = half.x + over, y = half.y + over, low = std::min(x, y);
  const float eave = z - over * rise + 0.16f, top = eave + low * rise;
  const vec3 a(-x, -y, eave), b(x, -y, eave), c(x, y, eave), e(-x, y, eave);
  const vec3 r0(-x + low, -y + low, top), r1(x - low, y - low, top);  // ridge; a point where the plan is square
  // As the ridge runs along the longer side, its ends belong to different corners.
  const bool wide = x >= y;
  const auto side = [&](const vec3& p, const vec3& q, const vec3& s, const vec3& t) {
    const vec3 thick(0, 0, 0.16f);
    if (glm::length(s - t) < 0.01f) {
      build.triangle(p, q, s, tiles);
    } else {
      build.quad(p, q, s, t, tiles);
    }
    build.quad(p - thick, q - thick, q, p, edge);
  };
  side(a, b, wide ? r1 : r0, r0);
  side(b, c, r1, wide ? r1 : r0);
  side(c, e, wide ? r0 : r1, r1);
  side(e, a, r0, wide ? r0 : r1);
  const vec3 thick(0, 0, 0.16f);
  build.quad(e - thick, c - thick, b - thick, a - thick, edge);
  const auto cap = [&](const vec3& p, const vec3& q) {
    if (glm::length(q - p) > 0.1f) build.tube(p, q, 0.12f, 0.12f, 6, tiles, false);
  };
  cap(a, r0), cap(b, wide ? r1 : r0), cap(c, r1), cap(e, wide ? r0 : r1), cap(r0, r1);
  return top;
}

void add_chimney(Workshop& shop, vec2 at, float bottom, float top, std::uint32_t brick, std::uint32_t cap) {
  const vec2 h(0.34f, 0.28f);
  shop.build.box({at.x - h.x, at.y - h.y, bottom}, {at.x + h.x, at.y + h.y, top}, brick, brick);
  shop.build.box({at.x - h.x - 0.07f, at.y - h.y - 0.07f, top}, {at.x + h.x + 0.07f, at.y + h.y + 0.07f, top + 0.1f},
                 cap, cap, true);
  const std::uint32_t pot = shop.surface({Material::concrete, glm::vec3(0.42f, 0.20f, 0.13f)});
  for (const float x : {-0.15f, 0.15f})
    shop.build.tube({at.x + x, at.y, top + 0.1f}, {at.x + x, at.y, top + 0.42f}, 0.11f, 0.09f, 7, pot, true);
}

}  // namespace tessera::reconstruct::synth
