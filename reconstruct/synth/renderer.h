#pragma once

#include <cstdint>
#include <vector>

#include <glm/vec3.hpp>

#include "reconstruct/synth/city_mesh.h"
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

/// Light and camera of the synthetic city: sun with a soft edge, sky, haze, one level of mirror reflections.
class Renderer {
 public:
  /// `city` must outlive the renderer.
  explicit Renderer(const City& city);

  /// `samples` rays a pixel. Parallel over rows; the result does not depend on the number of threads. Throws
  /// scene::Cancelled.
  Rendering render(const scene::Camera& camera, int samples, std::uint32_t seed, const scene::JobContext& job) const;
  /// Surface hit by a ray, or null.
  const Surface* surface_at(const Ray& ray, Hit& hit) const;
  const RayTracer& tracer() const { return tracer_; }
  const glm::vec3& sun() const { return sun_; }  // unit, towards the sun

 private:
  struct Shaded {
    glm::vec3 radiance{0}, normal{0};
    float t = 0;
  };
  glm::vec3 shade(const Ray& ray, const Hit& hit, float pixel_angle, float u, float v, int bounces) const;
  glm::vec3 sky(const glm::vec3& direction, bool with_sun) const;
  glm::vec3 radiance(const Ray& ray, float pixel_angle, float u, float v, int bounces) const;
  glm::vec3 geometric_normal(const Hit& hit) const;

  const City& city_;
  RayTracer tracer_;
  glm::vec3 sun_{0, 0, 1}, sun_x_{1, 0, 0}, sun_y_{0, 1, 0};
};

/// Linear light times `exposure` to 8 bits: the sRGB curve, with a shoulder above kShoulder that keeps highlights from
/// clipping hard.
inline constexpr float kShoulder = 0.72f;  // linear
scene::Image8 develop(const Rendering& rendering, double exposure);

}  // namespace tessera::reconstruct::synth
