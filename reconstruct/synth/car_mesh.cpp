#include <array>
#include <cmath>
#include <vector>

#include "reconstruct/synth/city_mesh.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec3;

/// One cross-section of the body at x: sill, waist, belt line and roof as (half width, height). Where roof = belt there
/// is no cabin.
struct Rib {
  float x;
  float sill_w, sill_z, waist_w, waist_z, belt_w, belt_z, roof_w, roof_z;
};

// Metres, rear to front; shapes of no make.
const std::vector<Rib>& ribs(PropPlan::Kind kind, std::uint32_t variant) {
  static const std::vector<Rib> saloon{{-2.28f, 0.60f, 0.42f, 0.70f, 0.58f, 0.66f, 0.72f, 0.66f, 0.72f},
                                       {-2.12f, 0.80f, 0.28f, 0.88f, 0.60f, 0.80f, 0.90f, 0.78f, 0.92f},
                                       {-1.60f, 0.84f, 0.22f, 0.90f, 0.62f, 0.82f, 0.95f, 0.80f, 0.97f},
                                       {-0.92f, 0.84f, 0.22f, 0.91f, 0.62f, 0.82f, 0.96f, 0.60f, 1.40f},
                                       {0.30f, 0.84f, 0.22f, 0.91f, 0.62f, 0.82f, 0.94f, 0.62f, 1.44f},
                                       {1.10f, 0.84f, 0.22f, 0.90f, 0.60f, 0.80f, 0.90f, 0.76f, 0.94f},
                                       {1.95f, 0.80f, 0.24f, 0.87f, 0.56f, 0.76f, 0.74f, 0.72f, 0.78f},
                                       {2.28f, 0.62f, 0.38f, 0.70f, 0.52f, 0.64f, 0.60f, 0.62f, 0.62f}};
  static const std::vector<Rib> hatch{{-1.98f, 0.66f, 0.40f, 0.74f, 0.60f, 0.70f, 0.80f, 0.68f, 0.84f},
                                      {-1.86f, 0.82f, 0.26f, 0.87f, 0.64f, 0.80f, 0.98f, 0.74f, 1.02f},
                                      {-1.50f, 0.84f, 0.22f, 0.88f, 0.64f, 0.81f, 1.00f, 0.60f, 1.44f},
                                      {0.25f, 0.84f, 0.22f, 0.88f, 0.62f, 0.81f, 0.96f, 0.62f, 1.48f},
                                      {1.05f, 0.83f, 0.22f, 0.87f, 0.60f, 0.78f, 0.92f, 0.74f, 0.96f},
                                      {1.72f, 0.78f, 0.24f, 0.84f, 0.56f, 0.74f, 0.76f, 0.70f, 0.80f},
                                      {2.00f, 0.62f, 0.38f, 0.70f, 0.52f, 0.64f, 0.62f, 0.62f, 0.64f}};
  static const std::vector<Rib> estate{{-2.34f, 0.66f, 0.42f, 0.76f, 0.62f, 0.72f, 0.86f, 0.70f, 0.90f},
                                       {-2.22f, 0.84f, 0.26f, 0.90f, 0.64f, 0.83f, 0.98f, 0.78f, 1.02f},
                                       {-1.90f, 0.85f, 0.22f, 0.91f, 0.64f, 0.84f, 1.00f, 0.66f, 1.52f},
                                       {0.35f, 0.85f, 0.22f, 0.91f, 0.64f, 0.84f, 0.98f, 0.66f, 1.58f},
                                       {1.15f, 0.84f, 0.22f, 0.90f, 0.62f, 0.81f, 0.96f, 0.77f, 1.00f},
                                       {1.98f, 0.80f, 0.26f, 0.87f, 0.60f, 0.78f, 0.84f, 0.74f, 0.88f},
                                       {2.30f, 0.64f, 0.40f, 0.72f, 0.56f, 0.66f, 0.66f, 0.64f, 0.68f}};
  static const std::vector<Rib> van{{-2.55f, 0.90f, 0.40f, 0.94f, 0.80f, 0.92f, 1.30f, 0.84f, 2.10f},
                                    {-2.45f, 0.94f, 0.28f, 0.98f, 0.80f, 0.96f, 1.30f, 0.88f, 2.18f},
                                    {1.05f, 0.94f, 0.26f, 0.98f, 0.80f, 0.96f, 1.26f, 0.88f, 2.18f},
                                    {1.25f, 0.94f, 0.26f, 0.98f, 0.78f, 0.95f, 1.24f, 0.86f, 2.12f},
                                    {1.98f, 0.92f, 0.26f, 0.95f, 0.72f, 0.90f, 1.16f, 0.84f, 1.20f},
                                    {2.48f, 0.84f, 0.30f, 0.88f, 0.60f, 0.80f, 0.82f, 0.76f, 0.86f},
                                    {2.62f, 0.70f, 0.40f, 0.74f, 0.56f, 0.68f, 0.68f, 0.66f, 0.70f}};
  if (kind == PropPlan::Kind::van) return van;
  return variant == 0 ? saloon : variant == 1 ? hatch : estate;
}

}  // namespace

void add_car(Workshop& shop, PropPlan::Kind kind, std::uint32_t variant) {
  MeshBuilder& build = shop.build;
  const std::uint32_t paint = shop.surface({Material::paint, vec3(1)});
  const std::uint32_t glass = shop.surface({Material::glass, vec3(0.015f, 0.018f, 0.020f)});
  const std::uint32_t rubber = shop.surface({Material::rubber, vec3(0.022f)});
  const std::uint32_t rim = shop.surface({Material::metal, vec3(0.42f)});
  const std::uint32_t white = shop.surface({Material::glass, vec3(0.62f, 0.63f, 0.64f)});
  const std::uint32_t red = shop.surface({Material::glass, vec3(0.36f, 0.012f, 0.010f)});
  const std::vector<Rib>& all = ribs(kind, variant);
  const bool van = kind == PropPlan::Kind::van;

  // Right half of a rib (y < 0) from the sill up to the middle of the roof; the left half mirrors it.
  const auto points = [](const Rib& r, float side) {
    return std::array<vec3, 5>{vec3(r.x, side * r.sill_w, r.sill_z), vec3(r.x, side * r.waist_w, r.waist_z),
                               vec3(r.x, side * r.belt_w, r.belt_z), vec3(r.x, side * r.roof_w, r.roof_z),
                               vec3(r.x, 0, r.roof_z + 0.035f)};
  };
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    const Rib &r = all[i], &f = all[i + 1];
    const bool cabin_r = r.roof_z > r.belt_z + 0.2f, cabin_f = f.roof_z > f.belt_z + 0.2f;
    const bool cargo = van && r.x < 1.0f;  // no windows behind the driver
    for (const float side : {-1.0f, 1.0f}) {
      const auto a = points(r, side), b = points(f, side);
      for (std::size_t k = 0; k < 4; ++k) {
        std::uint32_t surface = paint;
        if (k == 2 && (cabin_r || cabin_f) && !cargo) surface = glass;
        if (k == 3 && cabin_r != cabin_f && !cargo) surface = glass;  // windscreen and rear window
        if (side < 0)
          build.quad(a[k], b[k], b[k + 1], a[k + 1], surface);
        else
          build.quad(b[k], a[k], a[k + 1], b[k + 1], surface);
      }
    }
  }
  for (const bool front : {false, true}) {
    const auto l = points(front ? all.back() : all.front(), front ? -1.0f : 1.0f),
               r = points(front ? all.back() : all.front(), front ? 1.0f : -1.0f);
    for (std::size_t k = 0; k < 3; ++k) build.quad(l[k], r[k], r[k + 1], l[k + 1], paint);
    build.triangle(l[3], r[3], l[4], paint);
    // Lights at the corners of the second rib.
    const Rib& rib = front ? all[all.size() - 2] : all[1];
    const float x = rib.x, deep = front ? 0.16f : -0.10f, z = rib.waist_z + 0.02f;
    for (const float side : {-1.0f, 1.0f}) {
      const float y0 = side * (rib.waist_w - 0.30f), y1 = side * (rib.waist_w - 0.015f);
      build.box({std::min(x, x + deep), std::min(y0, y1), z}, {std::max(x, x + deep), std::max(y0, y1), z + 0.15f},
                front ? white : red, front ? white : red, true);
    }
  }
  const float front_axle = all.back().x - 0.82f, rear_axle = all.front().x + 0.85f, width = all[2].waist_w;
  for (const float x : {front_axle, rear_axle})
    for (const float side : {-1.0f, 1.0f}) {
      const float out = side * (width + 0.015f), in = side * (width - 0.22f);
      build.tube({x, in, 0.33f}, {x, out, 0.33f}, 0.33f, 0.33f, 12, rubber, true);
      build.tube({x, out - side * 0.02f, 0.33f}, {x, out + side * 0.012f, 0.33f}, 0.19f, 0.17f, 8, rim, true);
    }
  // Mirrors, and the dark under the car.
  const float mirror_x = all[all.size() - 3].x - 0.12f, mirror_z = all[all.size() - 3].belt_z;
  for (const float side : {-1.0f, 1.0f}) {
    const float y0 = side * (width - 0.08f), y1 = side * (width + 0.14f);
    build.box({mirror_x - 0.07f, std::min(y0, y1), mirror_z}, {mirror_x + 0.05f, std::max(y0, y1), mirror_z + 0.14f},
              paint, paint, true);
  }
  build.box({all.front().x + 0.3f, -0.72f, 0.20f}, {all.back().x - 0.3f, 0.72f, 0.30f}, rubber, rubber, true);
}

}  // namespace tessera::reconstruct::synth
