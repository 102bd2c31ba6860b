#pragma once

#include <cstdint>

#include "reconstruct/train/adam.h"
#include "render/rasterizer.h"
#include "scene/gaussian_model.h"
#include "scene/random.h"

namespace tessera::test {

/// Every plane uniform in [-1, 1], a function of the seed.
inline void fill_planes(scene::GaussianPlanes& planes, std::uint64_t seed) {
  std::uint32_t p = 0;
  for (auto* plane : planes.planes()) {
    for (std::size_t i = 0; i < plane->size(); ++i)
      (*plane)[i] =
          2 * scene::uniform01(scene::philox(seed, static_cast<std::uint32_t>(scene::RandomStream::kTest), p, i)[0]) -
          1;
    ++p;
  }
}

inline scene::GaussianModel random_model(std::size_t n, int degree, std::uint64_t seed) {
  scene::GaussianModel model;
  model.resize(n, degree);
  fill_planes(model, seed);
  return model;
}

/// All rows unseen, all values 0.
inline render::ModelGradients blank_gradients(std::size_t n, int degree) {
  render::ModelGradients g;
  g.planes.resize(n, degree);
  g.seen.assign(n, 0);
  for (auto* planes : {&g.mean2d, &g.abs_mean2d})
    for (auto& plane : *planes) plane.assign(n, 0.0f);
  g.radius.assign(n, 0.0f);
  g.weight.assign(n, 0.0f);
  return g;
}

/// Moments that differ from zero everywhere.
inline reconstruct::SparseAdam used_adam(std::size_t n, int degree) {
  reconstruct::SparseAdam adam;
  adam.resize(n, degree);
  for (auto* plane : adam.first.planes()) plane->assign(n, 0.25f);
  for (auto* plane : adam.second.planes()) plane->assign(n, 0.5f);
  adam.last_step.assign(n, 7);
  return adam;
}

inline bool same_planes(const scene::GaussianPlanes& a, const scene::GaussianPlanes& b) {
  const auto pa = a.planes(), pb = b.planes();
  if (pa.size() != pb.size()) return false;
  for (std::size_t p = 0; p < pa.size(); ++p)
    if (*pa[p] != *pb[p]) return false;
  return true;
}

}  // namespace tessera::test
