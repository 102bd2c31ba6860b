#include "reconstruct/synth/city_mesh.h"

namespace tessera::reconstruct::synth {

void add_prop(Workshop& shop, PropPlan::Kind kind, std::uint32_t) {
  using Kind = PropPlan::Kind;
  using glm::vec3;
  MeshBuilder& build = shop.build;
  const std::uint32_t metal = shop.surface({Material::metal, vec3(0.18f, 0.19f, 0.20f)});
  const std::uint32_t wood = shop.surface({Material::wood, vec3(0.32f, 0.21f, 0.12f)});
  if (kind == Kind::car || kind == Kind::van) {
    const std::uint32_t paint = shop.surface({Material::paint, vec3(1)});
    const std::uint32_t glass = shop.surface({Material::glass, vec3(0.02f)});
    const float h = kind == Kind::van ? 2.1f : 1.45f;
    build.box({-2.15f, -0.88f, 0.25f}, {2.15f, 0.88f, 0.85f}, paint, paint, true);
    build.box({kind == Kind::van ? -2.1f : -1.7f, -0.78f, 0.85f}, {0.9f, 0.78f, h}, glass, paint);
    return;
  }
  if (kind == Kind::lamp) {
    build.tube({0, 0, 0}, {0, 0, 5.2f}, 0.08f, 0.05f, 6, metal, false);
    build.box({-0.15f, -1.2f, 5.15f}, {0.15f, 0.05f, 5.3f}, metal, metal, true);
    return;
  }
  if (kind == Kind::bench) build.box({-0.9f, -0.25f, 0.1f}, {0.9f, 0.25f, 0.5f}, wood, wood);
  if (kind == Kind::bin) build.tube({0, 0, 0}, {0, 0, 0.9f}, 0.28f, 0.28f, 8, metal, true);
  if (kind == Kind::table) build.tube({0, 0, 0}, {0, 0, 0.75f}, 0.4f, 0.5f, 10, wood, true);
  if (kind == Kind::swing) build.box({-1, -0.1f, 0}, {1, 0.1f, 2}, metal, metal);
}

}  // namespace tessera::reconstruct::synth
