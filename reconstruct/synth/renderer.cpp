#include "reconstruct/synth/renderer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "reconstruct/synth/noise.h"
#include "scene/parallel.h"

namespace tessera::reconstruct::synth {

namespace {

using glm::vec2;
using glm::vec3;
constexpr float kPi = std::numbers::pi_v<float>;

// Arbitrary units in which a white wall in the sun is about 1. The sky gives a fifth to a quarter of the light on open
// ground.
const vec3 kSunLight(4.45f, 4.05f, 3.45f);   // irradiance on a plane facing the sun
const vec3 kZenith(0.145f, 0.260f, 0.520f);  // radiance of the sky
const vec3 kHorizon(0.56f, 0.64f, 0.72f);
const vec3 kAureole(0.36f, 0.31f, 0.23f);       // added around the sun
const vec3 kSecondBounce(0.65f, 0.65f, 0.65f);  // irradiance on what the baking rays meet, besides the sun's
constexpr float kSunRadius = 0.010f;            // radians: a little over twice the real one, for thin haze
constexpr float kHazeLength = 2600.0f;          // metres until 63 % is haze
constexpr float kBakedBorder = 10.0f;           // metres of baked light around the town

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

Renderer::Renderer(const City& city, const scene::JobContext& job) : city_(city), tracer_(city.meshes, city.instances) {
  Draw draw(city.layout.seed, 0x4001, 0);
  // Mid-afternoon: shadows fall to the north-east, about as long as things are high.
  const float azimuth = draw.uniform(3.5f, 4.3f), elevation = draw.uniform(0.74f, 0.88f);
  sun_ = {std::cos(azimuth) * std::cos(elevation), std::sin(azimuth) * std::cos(elevation), std::sin(elevation)};
  sun_x_ = glm::normalize(glm::cross(sun_, vec3(0, 0, 1)));
  sun_y_ = glm::cross(sun_, sun_x_);
  bake(job);
}

void Renderer::bake(const scene::JobContext& job) {
  const Terrain& terrain = city_.layout.terrain;
  IrradianceGrid::World world;
  world.low = -city_.layout.half - kBakedBorder;
  world.high = city_.layout.half + kBakedBorder;
  world.ground = [&](vec2 p) { return terrain.height(terrain.plan(p)); };
  world.top = [&](vec2 p) {
    Hit hit;
    const float height = 400.0f;
    return tracer_.closest({vec3(p, height), vec3(0, 0, -1), 0.0f, 1e30f}, hit) ? height - hit.t : -1e9f;
  };
  world.look = [&](const vec3& origin, const vec3& direction) {
    return job.cancelled() ? IrradianceGrid::Seen{} : look(origin, direction);
  };
  ambient_ = IrradianceGrid(world);
  job.throw_if_cancelled();
}

vec3 Renderer::sky(const vec3& direction) const {
  const float up = std::max(direction.z, 0.0f), share = 1.0f - std::sqrt(up);
  const float towards = std::max(glm::dot(direction, sun_), 0.0f), t2 = towards * towards;
  return mix(kZenith, kHorizon, share * share) + kAureole * (t2 * t2 * t2);
}

const Surface& Renderer::describe(const Ray& ray, const Hit& hit, SurfacePoint& point, vec3& flat) const {
  const Instance& instance = city_.instances[hit.instance];
  const Mesh& mesh = city_.meshes[instance.mesh];
  const Triangle& triangle = mesh.triangles[hit.triangle];
  const Vertex &a = mesh.vertices[triangle.a], &b = mesh.vertices[triangle.b], &c = mesh.vertices[triangle.c];
  const float w = 1.0f - hit.u - hit.v;
  flat = glm::normalize(instance.linear * glm::cross(b.position - a.position, c.position - a.position));
  const vec3 smooth = w * a.normal + hit.u * b.normal + hit.v * c.normal;
  point.position = ray.origin + hit.t * ray.direction;
  point.normal = glm::dot(smooth, smooth) > 1e-6f ? glm::normalize(instance.linear * smooth) : flat;
  point.uv = w * a.uv + hit.u * b.uv + hit.v * c.uv;
  point.tint = instance.tint;
  point.seed = instance.seed;
  return city_.surfaces[triangle.surface];
}

const Surface* Renderer::surface_at(const Ray& ray, Hit& hit) const {
  if (!tracer_.closest(ray, hit)) return nullptr;
  return &city_.surfaces[city_.meshes[city_.instances[hit.instance].mesh].triangles[hit.triangle].surface];
}

IrradianceGrid::Seen Renderer::look(const vec3& origin, const vec3& direction) const {
  const Ray ray{origin, direction, 0.0f, 1e30f};
  Hit hit;
  if (!tracer_.closest(ray, hit)) return {sky(direction), false};
  SurfacePoint point;
  vec3 flat;
  const Surface& surface = describe(ray, hit, point, flat);
  const bool back = glm::dot(flat, direction) > 0, leafy = surface.material == Material::leaves;
  if (back) flat = -flat;
  point.normal = leafy ? point.normal : flat;
  // A baking ray stands for a wide cone: textures show their mean.
  point.footprint = std::max(1.5f, 0.3f * hit.t);
  const Appearance appearance = evaluate(surface, point, city_.layout);
  vec3 light = kSecondBounce;
  const float facing = glm::dot(appearance.normal, sun_);
  const vec3 from = leafy ? point.position + 0.3f * sun_ : point.position + 1e-3f * flat;
  if (facing > 0 && !tracer_.occluded({from, sun_, 0.0f, 1e30f})) light += facing * kSunLight;
  return {appearance.albedo * light / kPi, back && !leafy};
}

vec3 Renderer::radiance(const Ray& ray, const Path& path) const {
  Hit hit;
  if (!tracer_.closest(ray, hit)) return sky(glm::normalize(ray.direction));
  return shade(ray, hit, path, nullptr);
}

bool Renderer::sunlit(const vec3& position, const vec3& flat, bool thin, const vec3& to_sun) const {
  // Leaves do not shade their own twig: the ray starts a little on.
  const vec3 from = thin ? position + 0.3f * sun_ : position + 4e-4f * flat;
  return !tracer_.occluded({from, to_sun, 0.0f, 1e30f});
}

vec3 Renderer::shade(const Ray& ray, const Hit& hit, const Path& path, const Settled* settled) const {
  const float speed = glm::length(ray.direction), distance = hit.t * speed;
  const vec3 view = ray.direction / -speed;
  SurfacePoint point;
  vec3 flat;
  const Surface& surface = describe(ray, hit, point, flat);
  if (glm::dot(flat, view) < 0) {
    flat = -flat;
    if (surface.material != Material::leaves) point.normal = -point.normal;
  }
  // A slanted pixel covers more; the square root is between its short and its long side.
  point.footprint = distance * path.spread / std::sqrt(std::max(glm::dot(flat, view), 0.15f));
  const Appearance look = evaluate(surface, point, city_.layout);

  const float facing = glm::dot(look.normal, sun_);
  const float direct = facing > 0 ? facing * (1.0f - 0.3f * look.thin) : -facing * look.thin;
  vec3 light(0);
  bool lit = false;
  if (direct > 0 && (look.thin > 0 || glm::dot(flat, sun_) > 0)) {
    if (settled) {
      lit = settled->lit;
    } else {
      // One point of the sun's disc a path.
      const float r = kSunRadius * std::sqrt(path.u), turn = 2.0f * kPi * path.v;
      lit = sunlit(point.position, flat, look.thin > 0, sun_ + r * (std::cos(turn) * sun_x_ + std::sin(turn) * sun_y_));
    }
    if (lit) light += direct * kSunLight;
  }
  light += settled ? settled->ambient : ambient_.at(point.position, look.normal);
  vec3 out = look.albedo * light / kPi;

  if (look.mirror > 0 && path.bounces > 0) {
    const float cosine = saturate(glm::dot(look.normal, view)), g = 1.0f - cosine, g2 = g * g;
    const float fresnel = look.mirror + (1.0f - look.mirror) * g2 * g2 * g;
    const vec3 mirrored = 2.0f * glm::dot(look.normal, view) * look.normal - view;
    Path next = path;
    next.bounces -= 1, next.spread *= 2.0f;
    vec3 seen = radiance({point.position + 4e-4f * flat, mirrored, 0.0f, 1e30f}, next);
    // Normalised Phong lobe of the sun (Lafortune and Willems 1994).
    if (lit)
      seen +=
          kSunLight * (std::pow(saturate(glm::dot(mirrored, sun_)), look.gloss) * (look.gloss + 2.0f) * (0.5f / kPi));
    out = out * (1.0f - fresnel) + seen * fresnel;
  }
  const float haze = 1.0f - std::exp(-distance / kHazeLength);
  return mix(out, kHorizon, haze);
}

/// A camera ready for float rays.
class Renderer::View {
 public:
  View(const scene::Camera& camera, int samples, std::uint32_t seed)
      : k_(camera.intrinsics),
        world_from_cam_(glm::transpose(glm::mat3_cast(camera.cam_from_world.rotation))),
        eye_(to_float(camera.center())),
        samples_(samples),
        seed_(seed),
        spread_(static_cast<float>(0.8 / camera.intrinsics.fx)) {}  // a bit under a pixel: supersampling hides the rest

  /// z in the camera grows by one per unit of t: t is the z-depth.
  Ray ray(double x, double y) const {
    return {eye_, to_float(world_from_cam_ * glm::dvec3((x - k_.cx) / k_.fx, (y - k_.cy) / k_.fy, 1.0)), 0.05f, 1e30f};
  }
  int width() const { return k_.width; }
  int height() const { return k_.height; }
  int samples() const { return samples_; }
  std::uint32_t seed() const { return seed_; }
  float spread() const { return spread_; }

 private:
  scene::Pinhole k_;
  glm::dmat3 world_from_cam_;
  vec3 eye_;
  int samples_;
  std::uint32_t seed_;
  float spread_;
};

Renderer::Centre Renderer::meet(const Ray& ray) const {
  Centre centre;
  centre.found = tracer_.closest(ray, centre.hit);
  if (!centre.found) return centre;
  SurfacePoint point;
  const Surface& surface = describe(ray, centre.hit, point, centre.flat);
  if (glm::dot(centre.flat, ray.direction) > 0) centre.flat = -centre.flat;
  centre.surface = static_cast<std::uint32_t>(&surface - city_.surfaces.data());
  centre.position = point.position;
  const bool thin = surface.material == Material::leaves || surface.material == Material::hedge;
  centre.lit = (thin || glm::dot(centre.flat, sun_) > 0) && sunlit(point.position, centre.flat, thin, sun_);
  return centre;
}

Hit Renderer::extend(const Hit& hit, const Ray& ray) const {
  const Instance& instance = city_.instances[hit.instance];
  const Mesh& mesh = city_.meshes[instance.mesh];
  const Triangle& t = mesh.triangles[hit.triangle];
  const auto world = [&](std::uint32_t v) {
    return instance.linear * mesh.vertices[v].position + instance.translation;
  };
  const vec3 a = world(t.a), e1 = world(t.b) - a, e2 = world(t.c) - a;
  const vec3 p = glm::cross(ray.direction, e2), s = ray.origin - a, q = glm::cross(s, e1);
  const float inverse = 1.0f / glm::dot(e1, p);
  Hit out = hit;
  out.t = glm::dot(e2, q) * inverse, out.u = glm::dot(s, p) * inverse, out.v = glm::dot(ray.direction, q) * inverse;
  return out;
}

vec3 Renderer::supersample(const View& view, int x, int y, const Centre* around, int stride) const {
  // Where the nine centres lie on one smooth piece of one surface, the rays between them do too: their hits follow from
  // its plane, and where all nine agree about the sun there is no edge of a shadow in between. Both save most of the
  // rays.
  const Centre& centre = around[0];
  bool smooth = centre.found, calm = true;
  for (int dy = -1; dy <= 1 && smooth; ++dy)
    for (int dx = -1; dx <= 1; ++dx) {
      const Centre& other = around[dy * stride + dx];
      smooth = smooth && other.found && other.surface == centre.surface && other.hit.instance == centre.hit.instance &&
               glm::dot(other.flat, centre.flat) > 0.985f &&
               std::abs(glm::dot(other.position - centre.position, centre.flat)) < 0.02f;
      calm = calm && other.lit == centre.lit;
    }
  Settled settled;
  const bool settle = smooth && calm;
  if (settle) settled = {centre.lit, ambient_.at(centre.position, centre.flat)};
  vec3 sum(0);
  const int n = view.samples();
  const float turn = scene::uniform01(hash3(x, y, 1, view.seed())),
              shift = scene::uniform01(hash3(x, y, 2, view.seed()));
  for (int s = 0; s < n; ++s) {
    // Hammersley points in the pixel; the same points, shifted from pixel to pixel, on the sun.
    const float a = (static_cast<float>(s) + 0.5f) / static_cast<float>(n);
    const float b = radical_inverse(static_cast<std::uint32_t>(s)) + 0.5f / static_cast<float>(n);
    Path path{view.spread(), b + shift, a + turn, 1};
    path.u -= std::floor(path.u), path.v -= std::floor(path.v);
    const Ray ray = view.ray(x + a, y + b);
    const vec3 light =
        smooth ? shade(ray, extend(centre.hit, ray), path, settle ? &settled : nullptr) : radiance(ray, path);
    // One very bright glint must not outshine its pixel's other samples.
    sum += glm::min(light, vec3(4.0f));
  }
  return sum / static_cast<float>(n);
}

void Renderer::render_rows(const View& view, int begin, int end, Rendering& out, const scene::JobContext& job) const {
  // Centres of the rows and of one more on every side.
  const int stride = view.width() + 2;
  std::vector<Centre> centres(static_cast<std::size_t>(stride) * static_cast<std::size_t>(end - begin + 2));
  for (int y = begin - 1; y <= end; ++y) {
    if (job.cancelled()) return;
    for (int x = -1; x <= view.width(); ++x)
      centres[static_cast<std::size_t>((y - begin + 1) * stride + x + 1)] = meet(view.ray(x + 0.5, y + 0.5));
  }
  for (int y = begin; y < end; ++y) {
    if (job.cancelled()) return;
    for (int x = 0; x < view.width(); ++x) {
      const Centre* centre = &centres[static_cast<std::size_t>((y - begin + 1) * stride + x + 1)];
      const std::size_t i =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(view.width()) + static_cast<std::size_t>(x);
      if (centre->found) out.depth[i] = centre->hit.t, out.normal[i] = centre->flat;
      out.radiance[i] = supersample(view, x, y, centre, stride);
    }
  }
}

Rendering Renderer::render(const scene::Camera& camera, int samples, std::uint32_t seed,
                           const scene::JobContext& job) const {
  Rendering out;
  out.width = camera.intrinsics.width, out.height = camera.intrinsics.height;
  const std::size_t pixels = static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height);
  out.radiance.resize(pixels), out.depth.resize(pixels), out.normal.resize(pixels);
  const View view(camera, samples, seed);
  constexpr int kRows = 24;
  scene::parallel_for(0, (out.height + kRows - 1) / kRows, [&](int band) {
    render_rows(view, band * kRows, std::min((band + 1) * kRows, out.height), out, job);
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
      constexpr float kRoom = 1.0f - kShoulder;
      if (x > kShoulder) x = 1.0f - kRoom * kRoom / (x - kShoulder + kRoom);
      const auto at = std::upper_bound(kThreshold.begin() + 1, kThreshold.end(), x);
      image.pixels[i * 3 + static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(at - kThreshold.begin() - 1);
    }
  return image;
}

}  // namespace tessera::reconstruct::synth
