#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "reconstruct/synth/flight_path.h"
#include "reconstruct/synth/renderer.h"
#include "scene/formats/colmap.h"

namespace tessera::reconstruct::synth {

/// A pixel where structure from motion would find a feature, with the surface behind it.
struct Candidate {
  glm::dvec3 position{0};  // on the surface
  glm::vec3 normal{0};
  std::array<std::uint8_t, 3> color{};
};

/// Up to `count` pixels of a photo drawn by the strength of the gradient: corners and texture often, smooth walls
/// seldom, water and glass never (what they show moves with the viewer).
std::vector<Candidate> pick_candidates(const Renderer& renderer, const scene::Camera& camera,
                                       const Rendering& rendering, const scene::Image8& photo, int count,
                                       std::uint64_t seed, std::uint32_t index);

struct SparseOptions {
  int points = 6000;
  double position_noise = 0.02;  // metres, standard deviation per axis
  double pixel_noise = 0.3;      // pixels, standard deviation per axis of the observations
  std::uint64_t seed = 0;
};

/// COLMAP model with exact poses and up to `points` points: candidates that at least three photos see (inside the
/// picture, not at a grazing angle, nothing in front by a ray test), found in three of four of these as real features
/// would be, 16 observations at most. Candidates are taken in turns from all photos. Throws scene::Cancelled.
scene::ColmapModel make_sparse_model(const Renderer& renderer, const std::vector<Photo>& photos,
                                     const std::vector<std::vector<Candidate>>& candidates,
                                     const SparseOptions& options, const scene::JobContext& job);

}  // namespace tessera::reconstruct::synth
