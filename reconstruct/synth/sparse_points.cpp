#include "reconstruct/synth/sparse_points.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "reconstruct/synth/noise.h"
#include "scene/parallel.h"

namespace tessera::reconstruct::synth {

namespace {

enum What : std::uint32_t { kPick = 0x5001, kTrack, kNoise };
constexpr int kMargin = 3;           // pixels without features along the rim of a photo
constexpr int kTriesPerPoint = 24;   // pixels looked at for each candidate
constexpr int kStrongGradient = 70;  // sum of the two differences of luma, in 8-bit steps, that is always a feature
constexpr double kFound = 0.75;      // chance that a photo which could see a point has it as a feature
constexpr std::size_t kLongestTrack = 16;
constexpr std::size_t kShortestTrack = 3;
constexpr double kGrazing = 0.12;    // least cosine between normal and ray
constexpr double kClearance = 0.02;  // metres: a surface this close to the point is the point's own

int luma(const scene::Image8& image, int x, int y) {
  const std::uint8_t* p = image.at(x, y);
  return (77 * p[0] + 150 * p[1] + 29 * p[2]) >> 8;
}

struct Observation {
  std::uint32_t view = 0;
  glm::dvec2 pixel{0};
};

glm::vec3 to_float(const glm::dvec3& v) {
  return glm::vec3(static_cast<float>(v.x), static_cast<float>(v.y), static_cast<float>(v.z));
}

// Where the photos see the point; empty if fewer than three do.
std::vector<Observation> observe(const Renderer& renderer, const std::vector<Photo>& photos, const Candidate& point,
                                 Draw draw, double pixel_noise) {
  std::vector<Observation> seen;
  for (std::uint32_t v = 0; v < photos.size(); ++v) {
    const scene::Camera& camera = photos[v].camera;
    const scene::Pinhole& k = camera.intrinsics;
    const glm::dvec3 c = camera.cam_from_world(point.position);
    if (c.z < 1.0) continue;
    glm::dvec2 pixel(k.fx * c.x / c.z + k.cx, k.fy * c.y / c.z + k.cy);
    if (pixel.x < kMargin || pixel.y < kMargin || pixel.x > k.width - kMargin || pixel.y > k.height - kMargin) continue;
    const glm::dvec3 eye = camera.center(), to_point = point.position - eye;
    const double distance = glm::length(to_point);
    if (std::abs(glm::dot(glm::dvec3(point.normal), to_point)) < kGrazing * distance) continue;
    if (draw.uniform() > kFound) continue;
    const Ray ray{to_float(eye), to_float(to_point), 0.0f, static_cast<float>(1.0 - kClearance / distance)};
    if (renderer.tracer().occluded(ray)) continue;
    // Noise beyond three standard deviations would be an outlier; structure from motion has thrown those away.
    const auto noise = [&] { return pixel_noise * std::clamp(draw.normal(), -3.0, 3.0); };
    pixel.x += noise(), pixel.y += noise();
    seen.push_back({v, pixel});
  }
  // Too many: keep a random selection, in the order of the views.
  while (seen.size() > kLongestTrack) seen.erase(seen.begin() + draw.below(static_cast<int>(seen.size())));
  if (seen.size() < kShortestTrack) seen.clear();
  return seen;
}

}  // namespace

std::vector<Candidate> pick_candidates(const Renderer& renderer, const scene::Camera& camera,
                                       const Rendering& rendering, const scene::Image8& photo, int count,
                                       std::uint64_t seed, std::uint32_t index) {
  std::vector<Candidate> out;
  const scene::Pinhole& k = camera.intrinsics;
  if (k.width <= 2 * kMargin + 2 || k.height <= 2 * kMargin + 2) return out;
  const scene::Rigid world_from_cam = camera.cam_from_world.inverse();
  Draw draw(seed, kPick, index);
  for (int tries = 0; tries < count * kTriesPerPoint && static_cast<int>(out.size()) < count; ++tries) {
    const int x = kMargin + draw.below(k.width - 2 * kMargin - 1), y = kMargin + draw.below(k.height - 2 * kMargin - 1);
    const float chance = draw.uniform();
    const int gradient = std::abs(luma(photo, x + 1, y) - luma(photo, x - 1, y)) +
                         std::abs(luma(photo, x, y + 1) - luma(photo, x, y - 1));
    if (chance * kStrongGradient > static_cast<float>(gradient)) continue;
    const std::size_t i = static_cast<std::size_t>(y) * static_cast<std::size_t>(k.width) + static_cast<std::size_t>(x);
    if (rendering.depth[i] <= 0) continue;
    const double z = rendering.depth[i];
    const glm::dvec3 p = world_from_cam(z * glm::dvec3((x + 0.5 - k.cx) / k.fx, (y + 0.5 - k.cy) / k.fy, 1.0));
    Hit hit;
    const glm::dvec3 eye = world_from_cam.translation;
    const Surface* surface = renderer.surface_at({to_float(eye), to_float(p - eye), 0.0f, 1.01f}, hit);
    if (!surface || surface->material == Material::water || surface->material == Material::glass ||
        surface->material == Material::window)
      continue;
    const std::uint8_t* c = photo.at(x, y);
    out.push_back({p, rendering.normal[i], {c[0], c[1], c[2]}});
  }
  return out;
}

scene::ColmapModel make_sparse_model(const Renderer& renderer, const std::vector<Photo>& photos,
                                     const std::vector<std::vector<Candidate>>& candidates,
                                     const SparseOptions& options, const scene::JobContext& job) {
  scene::ColmapModel model;
  const scene::Pinhole& k = photos.front().camera.intrinsics;
  model.cameras[1] = {scene::CameraModel::pinhole, k.width, k.height, {k.fx, k.fy, k.cx, k.cy}};
  for (std::uint32_t v = 0; v < photos.size(); ++v)
    model.images.push_back({v + 1, 1, photos[v].camera.cam_from_world, photos[v].name, {}});

  // Candidates in turns: the first of every photo, then the second of every photo, ...
  std::vector<Candidate> queue;
  std::size_t longest = 0;
  for (const auto& list : candidates) longest = std::max(longest, list.size());
  for (std::size_t i = 0; i < longest; ++i)
    for (const auto& list : candidates)
      if (i < list.size()) queue.push_back(list[i]);

  constexpr std::size_t kChunk = 1024;
  const auto wanted = static_cast<std::size_t>(options.points);
  for (std::size_t begin = 0; begin < queue.size() && model.points.size() < wanted; begin += kChunk) {
    const std::size_t end = std::min(begin + kChunk, queue.size());
    std::vector<std::vector<Observation>> tracks(end - begin);
    scene::parallel_for(begin, end, [&](std::size_t i) {
      if (!job.cancelled())
        tracks[i - begin] = observe(renderer, photos, queue[i], Draw(options.seed, kTrack, i), options.pixel_noise);
    });
    job.throw_if_cancelled();
    for (std::size_t i = begin; i < end && model.points.size() < wanted; ++i) {
      const std::vector<Observation>& seen = tracks[i - begin];
      if (seen.empty()) continue;
      scene::ColmapModel::Point point;
      point.id = model.points.size() + 1;
      Draw draw(options.seed, kNoise, i);
      point.position = queue[i].position;
      for (int axis = 0; axis < 3; ++axis) point.position[axis] += options.position_noise * draw.normal();
      point.color = queue[i].color;
      double error = 0;
      for (const Observation& o : seen) {
        auto& list = model.images[o.view].observations;
        point.track.push_back({o.view + 1, static_cast<std::uint32_t>(list.size())});
        list.push_back({o.pixel.x, o.pixel.y, static_cast<std::int64_t>(point.id)});
        const glm::dvec3 c = photos[o.view].camera.cam_from_world(point.position);
        error += glm::length(glm::dvec2(k.fx * c.x / c.z + k.cx, k.fy * c.y / c.z + k.cy) - o.pixel);
      }
      point.error = error / static_cast<double>(seen.size());
      model.points.push_back(std::move(point));
    }
  }
  return model;
}

}  // namespace tessera::reconstruct::synth
