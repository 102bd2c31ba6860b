#include "reconstruct/train/adam.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "reconstruct/train/adam_kernels.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

/// Rows of a task: 8 KiB of each array, so that a plane's four streams and the decays stay in the first-level cache.
constexpr std::size_t kChunk = 2048;

/// beta^n by squaring: no library function whose last digit depends on the machine.
constexpr double power(double beta, std::uint32_t n) {
  double result = 1;
  for (; n; n >>= 1, beta *= beta)
    if (n & 1) result *= beta;
  return result;
}

/// beta^0 .. beta^(size - 1). A row is seldom unseen for longer than a pass through the views.
struct PowerTable {
  static constexpr std::uint32_t kSize = 1024;
  std::array<float, kSize> first{}, second{};
  constexpr PowerTable() {
    for (std::uint32_t n = 0; n < kSize; ++n)
      first[n] = static_cast<float>(power(kBeta1, n)), second[n] = static_cast<float>(power(kBeta2, n));
  }
};
constexpr PowerTable kPowers;

float power1(std::uint32_t n) { return n < PowerTable::kSize ? kPowers.first[n] : 0.0f; }  // 0.9^1024 < 2^-149
float power2(std::uint32_t n) {
  return n < PowerTable::kSize ? kPowers.second[n] : static_cast<float>(power(kBeta2, n));
}

}  // namespace

void SparseAdam::resize(std::size_t n, int sh_degree) {
  first.resize(n, sh_degree);
  second.resize(n, sh_degree);
  last_step.resize(n, 0);
}

void SparseAdam::step(scene::GaussianModel& model, render::ModelGradients& gradients, const LearningRates& rates,
                      std::uint32_t step, int active_sh) {
  const std::size_t n = model.size();
  const std::size_t sh_planes =
      std::min(model.sh.size(), static_cast<std::size_t>(3 * scene::sh_coefficients(active_sh)));
  if (gradients.seen.size() != n || gradients.planes.size() != n || gradients.planes.sh.size() < sh_planes)
    throw std::invalid_argument("SparseAdam: model and gradients differ in size");
  scene::parallel_blocks(std::size_t{0}, n, kChunk, [&](std::size_t begin, std::size_t end) {
    step_rows(model, render::rows_of(gradients, begin, end - begin, sh_planes), rates, step);
  });
}

void SparseAdam::step_rows(scene::GaussianModel& model, const render::GradientRows& rows, const LearningRates& rates,
                           std::uint32_t step) {
  if (last_step.size() != model.size() || first.sh.size() != model.sh.size() || rows.sh_planes > model.sh.size() ||
      rows.begin + rows.count > model.size() || rows.count > kChunk)
    throw std::invalid_argument("SparseAdam: model, gradients and moments differ in size");
  if (step == 0) throw std::invalid_argument("SparseAdam: steps count from 1");

  const std::size_t begin = rows.begin;
  alignas(64) float decay1[kChunk], decay2[kChunk];
  std::uint32_t groups[kChunk / kAdamGroup];
  std::size_t count = 0;
  for (std::size_t from = 0; from < rows.count; from += kAdamGroup) {
    const std::size_t to = std::min(from + kAdamGroup, rows.count);
    if (std::none_of(rows.seen + from, rows.seen + to, [](std::uint8_t seen) { return seen != 0; })) continue;
    groups[count++] = static_cast<std::uint32_t>(from / kAdamGroup);
    for (std::size_t i = from; i < to; ++i) {
      decay1[i] = decay2[i] = 1;
      if (!rows.seen[i]) continue;
      std::uint32_t& last = last_step[begin + i];
      const std::uint32_t passed = step > last ? step - last : 1;
      decay1[i] = power1(passed), decay2[i] = power2(passed);
      last = step;
    }
  }
  if (count == 0) return;
  const AdamGroups shared{groups, count, decay1, decay2};
  const double bias1 = 1 - power(kBeta1, step), bias2 = 1 - power(kBeta2, step);
  AdamPlane plane;
  plane.rows = rows.count;
  plane.inverse_bias2 = static_cast<float>(1 / std::sqrt(bias2));
  const auto update = [&](std::vector<float>& value, std::vector<float>& m, std::vector<float>& v, const float* g,
                          float rate) {
    plane.value = value.data() + begin, plane.first = m.data() + begin, plane.second = v.data() + begin;
    plane.gradient = g;
    plane.rate = static_cast<float>(rate / bias1);
    adam_plane(plane, shared);
  };
  for (std::size_t a = 0; a < 3; ++a)
    update(model.position[a], first.position[a], second.position[a], rows.position[a], rates.position);
  for (std::size_t a = 0; a < 3; ++a)
    update(model.log_scale[a], first.log_scale[a], second.log_scale[a], rows.log_scale[a], rates.scale);
  for (std::size_t a = 0; a < 4; ++a)
    update(model.rotation[a], first.rotation[a], second.rotation[a], rows.rotation[a], rates.rotation);
  update(model.opacity_logit, first.opacity_logit, second.opacity_logit, rows.opacity_logit, rates.opacity);
  for (std::size_t p = 0; p < rows.sh_planes; ++p)
    update(model.sh[p], first.sh[p], second.sh[p], rows.sh[p], p < 3 ? rates.sh0 : rates.sh_rest);
}

void SparseAdam::apply(const scene::IndexMap& map) {
  first.apply(map);
  second.apply(map);
  std::vector<std::uint32_t> mapped(map.size());
  for (std::size_t i = 0; i < map.size(); ++i)
    mapped[i] = map.old_row[i] == scene::kNewRow ? 0 : last_step[map.old_row[i]];
  last_step = std::move(mapped);
}

void SparseAdam::reset_rows(std::span<const std::uint32_t> rows) {
  for (auto* moments : {&first, &second})
    for (auto* plane : moments->planes())
      for (const std::uint32_t row : rows) (*plane)[row] = 0;
  for (const std::uint32_t row : rows) last_step[row] = 0;
}

void SparseAdam::reset_opacity() {
  std::fill(first.opacity_logit.begin(), first.opacity_logit.end(), 0.0f);
  std::fill(second.opacity_logit.begin(), second.opacity_logit.end(), 0.0f);
}

}  // namespace tessera::reconstruct
