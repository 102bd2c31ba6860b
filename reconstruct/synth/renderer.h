#pragma once

#include <cstdint>
#include <vector>

#include <glm/vec3.hpp>

#include "reconstruct/synth/city_mesh.h"
#include "reconstruct/synth/irradiance_grid.h"
#include "reconstruct/synth/ray_tracer.h"
#include "scene/camera.h"
#include "scene/image.h"
#include "scene/progress.h"

namespace tessera::reconstruct::synth {

/// What a camera sees, row by row from the top. Depth and normals belong to the ray through the pixel's centre.
struct Rendering {
  int width = 0, height = 0;
  std::vector<glm::vec3> radiance;  // linear RGB, before exposure
  std::vector<float> depth;         // z in metres; 0: nothing there
  std::vector<glm::vec3> normal;    // world, of the triangle, towards the camera; zero: nothing there
};

/// Light and camera of the synthetic city: a sun with soft edges, a sky whose light is baked into an irradiance grid
/// with one bounce off the town, mirror reflections on water, glass and paint, thin haze.
class Renderer {
 public:
  /// Builds the ray tracer and bakes the light. `city` must outlive the renderer. Throws scene::Cancelled.
  Renderer(const City& city, const scene::JobContext& job);

  /// `samples` rays a pixel, `seed` turns their pattern. Parallel over rows; the result does not depend on the number
  /// of threads. Throws scene::Cancelled.
  Rendering render(const scene::Camera& camera, int samples, std::uint32_t seed, const scene::JobContext& job) const;
  /// Surface hit by a ray, or null.
  const Surface* surface_at(const Ray& ray, Hit& hit) const;
  const RayTracer& tracer() const { return tracer_; }
  const glm::vec3& sun() const { return sun_; }  // unit, towards the sun
  std::size_t bytes() const { return tracer_.bytes() + ambient_.bytes(); }

 private:
  /// A path through a pixel: `u`, `v` in [0, 1) choose the point on the sun, `spread` is the angle between neighbouring
  /// rays.
  struct Path {
    float spread = 0, u = 0, v = 0;
    int bounces = 1;
  };
  /// Light at a point where its surroundings have settled it: then no rays are needed.
  struct Settled {
    bool lit = false;
    glm::vec3 ambient{0};
  };
  /// What the ray through a pixel's centre met.
  struct Centre {
    Hit hit;
    bool found = false, lit = false;
    std::uint32_t surface = 0;
    glm::vec3 position{0}, flat{0};  // flat towards the camera
  };
  class View;
  void render_rows(const View& view, int begin, int end, Rendering& out, const scene::JobContext& job) const;
  Centre meet(const Ray& ray) const;
  glm::vec3 supersample(const View& view, int x, int y, const Centre* around, int stride) const;
  Hit extend(const Hit& hit, const Ray& ray) const;

  glm::vec3 radiance(const Ray& ray, const Path& path) const;
  glm::vec3 shade(const Ray& ray, const Hit& hit, const Path& path, const Settled* settled) const;
  bool sunlit(const glm::vec3& position, const glm::vec3& flat, bool thin, const glm::vec3& to_sun) const;
  glm::vec3 sky(const glm::vec3& direction) const;
  /// Fills the point for the materials; returns its surface. `flat` gets the triangle's outward normal.
  const Surface& describe(const Ray& ray, const Hit& hit, SurfacePoint& point, glm::vec3& flat) const;
  IrradianceGrid::Seen look(const glm::vec3& origin, const glm::vec3& direction) const;
  void bake(const scene::JobContext& job);

  const City& city_;
  RayTracer tracer_;
  IrradianceGrid ambient_;
  glm::vec3 sun_{0, 0, 1}, sun_x_{1, 0, 0}, sun_y_{0, 1, 0};
};

/// Linear light times `exposure` to 8 bits: the sRGB curve, with a shoulder above kShoulder that keeps highlights from
/// clipping hard.
inline constexpr float kShoulder = 0.72f;  // linear
scene::Image8 develop(const Rendering& rendering, double exposure);

}  // namespace tessera::reconstruct::synth
