#include "reconstruct/synth/renderer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <tbb/parallel_for.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;
constexpr float kPi = std::numbers::pi_v<float>;

const vec3 kSunLight(3.05f, 2.86f, 2.52f);  // irradiance on a plane facing the sun
const vec3 kZenith(0.20f, 0.36f, 0.68f);    // radiance of the sky
const vec3 kHorizon(0.62f, 0.72f, 0.82f);
const vec3 kGroundBounce(0.16f, 0.15f, 0.12f);  // radiance from below
constexpr float kSunRadius = 0.010f;            // radians: a little over twice the real one, for thin haze
constexpr float kHazeLength = 2600.0f;          // metres until 63 % is haze

float radical_inverse(std::uint32_t bits) {
  bits = (bits << 16) | (bits >> 16);
  bits = ((bits & 0x55555555u) << 1) | ((bits & 0xAAAAAAAAu) >> 1);
  bits = ((bits & 0x33333333u) << 2) | ((bits & 0xCCCCCCCCu) >> 2);
  bits = ((bits & 0x0F0F0F0Fu) << 4) | ((bits & 0xF0F0F0F0u) >> 4);
  bits = ((bits & 0x00FF00FFu) << 8) | ((bits & 0xFF00FF00u) >> 8);
  return scene::uniform01(bits);
}

vec3 to_float(const glm::dvec3& v) {
  return vec3(static_cast<float>(v.x), static_cast<float>(v.y), static_cast<float>(v.z));
}

}  // namespace

Renderer::Renderer(const City& city) : city_(city), tracer_(city.meshes, city.instances) {
  Draw draw(city.layout.seed, 0x4001, 0);
  // Mid-afternoon: shadows fall to the north-east, about as long as things are high.
  const float azimuth = draw.uniform(3.5f, 4.3f), elevation = draw.uniform(0.78f, 0.92f);
  sun_ = {std::cos(azimuth) * std::cos(elevation), std::sin(azimuth) * std::cos(elevation), std::sin(elevation)};
  sun_x_ = glm::normalize(glm::cross(sun_, vec3(0, 0, 1)));
  sun_y_ = glm::cross(sun_, sun_x_);
}

vec3 Renderer::sky(const vec3& direction, bool with_sun) const {
  const float up = std::max(direction.z, 0.0f);
  const float share = 1.0f - std::sqrt(up);
  vec3 light = mix(kZenith, kHorizon, share * share);
  const float towards = glm::dot(direction, sun_);
  if (towards > 0)
    light += vec3(0.5f, 0.45f, 0.36f) * (towards * towards * towards * towards * towards * towards) * 0.35f;
  if (with_sun && towards > 1.0f - 0.5f * kSunRadius * kSunRadius) light += vec3(30.0f);
  return light;
}

vec3 Renderer::geometric_normal(const Hit& hit) const {
  const Instance& instance = city_.instances[hit.instance];
  const Mesh& mesh = city_.meshes[instance.mesh];
  const Triangle& t = mesh.triangles[hit.triangle];
  const vec3 a = mesh.vertices[t.a].position;
  return glm::normalize(instance.linear * glm::cross(mesh.vertices[t.b].position - a, mesh.vertices[t.c].position - a));
}

const Surface* Renderer::surface_at(const Ray& ray, Hit& hit) const {
  if (!tracer_.closest(ray, hit)) return nullptr;
  return &city_.surfaces[city_.meshes[city_.instances[hit.instance].mesh].triangles[hit.triangle].surface];
}

vec3 Renderer::radiance(const Ray& ray, float pixel_angle, float u, float v, int bounces) const {
  Hit hit;
  if (!tracer_.closest(ray, hit)) return sky(glm::normalize(ray.direction), false);
  return shade(ray, hit, pixel_angle, u, v, bounces);
}

vec3 Renderer::shade(const Ray& ray, const Hit& hit, float pixel_angle, float u, float v, int bounces) const {
  const Instance& instance = city_.instances[hit.instance];
  const Mesh& mesh = city_.meshes[instance.mesh];
  const Triangle& triangle = mesh.triangles[hit.triangle];
  const Vertex &a = mesh.vertices[triangle.a], &b = mesh.vertices[triangle.b], &c = mesh.vertices[triangle.c];
  const float w = 1.0f - hit.u - hit.v;
  const float speed = glm::length(ray.direction), distance = hit.t * speed;
  const vec3 view = ray.direction / -speed;

  vec3 flat = geometric_normal(hit);
  if (glm::dot(flat, view) < 0) flat = -flat;
  vec3 normal = w * a.normal + hit.u * b.normal + hit.v * c.normal;
  const float length = glm::length(normal);
  if (length > 1e-3f) {
    normal = glm::normalize(instance.linear * normal);
  } else {
    normal = flat;
  }

  SurfacePoint point;
  point.position = ray.origin + hit.t * ray.direction;
  point.normal = normal;
  point.uv = w * a.uv + hit.u * b.uv + hit.v * c.uv;
  point.tint = instance.tint;
  point.seed = instance.seed;
  // A slanted pixel covers more; the square root is between its short and its long side.
  point.footprint = distance * pixel_angle / std::sqrt(std::max(glm::dot(flat, view), 0.15f));
  const Surface& surface = city_.surfaces[triangle.surface];
  const Appearance look = evaluate(surface, point, city_.layout);

  const float lift = 2e-4f * (1.0f + 0.02f * distance);
  const vec3 origin = point.position + lift * flat;
  const float r = kSunRadius * std::sqrt(u), turn = 2.0f * kPi * v;
  const vec3 to_sun = sun_ + r * (std::cos(turn) * sun_x_ + std::sin(turn) * sun_y_);
  const float facing = glm::dot(look.normal, sun_);
  const float direct = facing > 0 ? facing : -facing * look.thin;
  vec3 light(0);
  bool lit = false;
  if (direct > 0 && (look.thin > 0 || glm::dot(flat, sun_) > 0)) {
    // Leaves do not cast shadows on their own twig: the ray starts a little on.
    const vec3 from = look.thin > 0 ? point.position + 0.3f * sun_ : origin;
    lit = !tracer_.occluded({from, to_sun, 0.0f, 1e30f});
    if (lit) light += direct * kSunLight;
  }
  const float up = 0.5f + 0.5f * look.normal.z;
  light += kPi * mix(kGroundBounce, 0.55f * kZenith + 0.45f * kHorizon, up) * 0.62f;
  vec3 out = look.albedo * light / kPi;

  if (look.mirror > 0 && bounces > 0) {
    const float cosine = saturate(glm::dot(look.normal, view));
    const float grazing = (1.0f - cosine) * (1.0f - cosine);
    const float fresnel = look.mirror + (1.0f - look.mirror) * grazing * grazing * (1.0f - cosine);
    const vec3 mirrored = 2.0f * glm::dot(look.normal, view) * look.normal - view;
    vec3 seen = radiance({origin, mirrored, 0.0f, 1e30f}, pixel_angle * 2.0f, u, v, bounces - 1);
    if (lit) {
      const float towards = saturate(glm::dot(mirrored, sun_));
      seen += kSunLight * std::pow(towards, look.gloss) * (look.gloss + 2.0f) * (0.5f / kPi) * 0.25f;
    }
    out = out * (1.0f - fresnel) + seen * fresnel;
  }
  const float haze = 1.0f - std::exp(-distance / kHazeLength);
  return mix(out, kHorizon * 0.9f, haze);
}

Rendering Renderer::render(const scene::Camera& camera, int samples, std::uint32_t seed,
                           const scene::JobContext& job) const {
  Rendering out;
  const scene::Pinhole& k = camera.intrinsics;
  out.width = k.width, out.height = k.height;
  const std::size_t pixels = static_cast<std::size_t>(k.width) * static_cast<std::size_t>(k.height);
  out.radiance.resize(pixels), out.depth.resize(pixels), out.normal.resize(pixels);
  const glm::dmat3 world_from_cam = glm::transpose(glm::mat3_cast(camera.cam_from_world.rotation));
  const vec3 eye = to_float(camera.center());
  const float pixel_angle = static_cast<float>(0.8 / k.fx);  // a bit under a pixel: supersampling hides the rest
  // z in the camera grows by one per unit of t: t is the z-depth.
  const auto ray_to = [&](double x, double y) {
    return Ray{eye, to_float(world_from_cam * glm::dvec3((x - k.cx) / k.fx, (y - k.cy) / k.fy, 1.0)), 0.05f, 1e30f};
  };
  tbb::parallel_for(0, k.height, [&](int y) {
    if (job.cancelled()) return;
    for (int x = 0; x < k.width; ++x) {
      const std::size_t i =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(k.width) + static_cast<std::size_t>(x);
      const Ray centre = ray_to(x + 0.5, y + 0.5);
      Hit hit;
      if (tracer_.closest(centre, hit)) {
        out.depth[i] = hit.t;
        const vec3 n = geometric_normal(hit);
        out.normal[i] = glm::dot(n, centre.direction) > 0 ? -n : n;
      }
      vec3 sum(0);
      const float turn = scene::uniform01(hash3(x, y, 1, seed)), shift = scene::uniform01(hash3(x, y, 2, seed));
      for (int s = 0; s < samples; ++s) {
        const float a = (static_cast<float>(s) + 0.5f) / static_cast<float>(samples);
        const float b = radical_inverse(static_cast<std::uint32_t>(s)) + 0.5f / static_cast<float>(samples);
        float u = b + shift, v = a + turn;
        u -= std::floor(u), v -= std::floor(v);
        // One very bright glint must not outshine its pixel's other samples.
        sum += glm::min(radiance(ray_to(x + a, y + b), pixel_angle, u, v, 1), vec3(4.0f));
      }
      out.radiance[i] = sum / static_cast<float>(samples);
    }
  });
  job.throw_if_cancelled();
  return out;
}

scene::Image8 develop(const Rendering& rendering, double exposure) {
  // Thresholds between neighbouring 8-bit values, in linear light: a lookup that rounds the same everywhere.
  static const std::array<float, 256> kThreshold = [] {
    std::array<float, 256> t{};
    for (int i = 1; i < 256; ++i) {
      const double v = (i - 0.5) / 255.0;
      t[static_cast<std::size_t>(i)] =
          static_cast<float>(v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
    }
    return t;
  }();
  scene::Image8 image{rendering.width, rendering.height, 3, {}};
  image.pixels.resize(rendering.radiance.size() * 3);
  for (std::size_t i = 0; i < rendering.radiance.size(); ++i)
    for (int c = 0; c < 3; ++c) {
      float x = rendering.radiance[i][c] * static_cast<float>(exposure);
      // Above the shoulder x approaches 1 with the slope that it has there.
      if (x > kShoulder) x = 1.0f - (1.0f - kShoulder) * (1.0f - kShoulder) / (x - kShoulder + 1.0f - kShoulder);
      const auto at = std::upper_bound(kThreshold.begin() + 1, kThreshold.end(), x);
      image.pixels[i * 3 + static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(at - kThreshold.begin() - 1);
    }
  return image;
}

}  // namespace tessera::reconstruct::synth
