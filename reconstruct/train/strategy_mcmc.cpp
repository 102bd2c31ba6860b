#include "reconstruct/train/strategy_mcmc.h"

#include <algorithm>
#include <cmath>

#include "reconstruct/train/byte_stream.h"
#include "reconstruct/train/row_edit.h"
#include "reconstruct/train/splat_math.h"
#include "scene/parallel.h"
#include "scene/random.h"

namespace tessera::reconstruct {

namespace {

// Reference implementation of Kheradmand et al. 2024.
constexpr float kNoiseSteepness = 100.0f;  // sigmoid(-100 (o - floor)): opaque rows stay where they are
constexpr float kNoiseNegligible = 1e-6f;  // a factor below this moves nothing that a float could hold
constexpr int kMaxCopies = 51;             // of one row at a time
constexpr float kOpacityCeiling = 1.0f - 0x1p-20f;

}  // namespace

McmcStrategy::McmcStrategy(const TrainOptions& options, GrowFilter grow)
    : options_(options), grow_(std::move(grow)), schedule_(options, 1.0) {}

void McmcStrategy::add_regularization(const scene::GaussianModel& model, const render::GradientRows& rows,
                                      std::size_t visible) const {
  const auto opacity_weight = static_cast<float>(options_.opacity_regularization / static_cast<double>(visible));
  const auto scale_weight = static_cast<float>(options_.scale_regularization / (3 * static_cast<double>(visible)));
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (!rows.seen[i]) continue;
    const float o = sigmoid(model.opacity_logit[rows.begin + i]);
    rows.opacity_logit[i] += opacity_weight * o * (1 - o);
    for (int a = 0; a < 3; ++a) rows.log_scale[a][i] += scale_weight * std::exp(model.log_scale[a][rows.begin + i]);
  }
}

bool McmcStrategy::after_step(scene::GaussianModel& model, SparseAdam& adam, const render::ModelGradients& gradients,
                              const StepContext& context) {
  last_noise_.resize(model.size(), context.step - 1);
  // Noise first: `gradients` speaks of the rows as they are before any edit.
  add_noise(model, gradients, context);
  return schedule_.densifies(context.step) && relocate_and_grow(model, adam, context);
}

void McmcStrategy::add_noise(scene::GaussianModel& model, const render::ModelGradients& gradients,
                             const StepContext& context) {
  const double strength = static_cast<double>(context.lr_position) * options_.mcmc_noise;
  if (strength == 0) return;
  const auto floor = static_cast<float>(options_.opacity_floor);
  scene::parallel_blocks(std::size_t{0}, model.size(), kRowGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      if (!gradients.seen[i]) continue;
      const std::uint32_t skipped = context.step - last_noise_[i];
      last_noise_[i] = context.step;
      const float factor = sigmoid(-kNoiseSteepness * (sigmoid(model.opacity_logit[i]) - floor));
      if (factor < kNoiseNegligible) continue;
      const auto draw = scene::philox(static_cast<std::uint64_t>(options_.seed),
                                      static_cast<std::uint32_t>(scene::RandomStream::kNoise), context.step, i);
      const auto xy = scene::normal_pair(draw[0], draw[1]), z0 = scene::normal_pair(draw[2], draw[3]);
      const double e[3] = {xy[0], xy[1], z0[0]};
      const auto r = rotation_matrix(model, i);
      const double amount = strength * factor * std::sqrt(static_cast<double>(skipped));
      double local[3];  // diag(s^2) R^T e
      for (int a = 0; a < 3; ++a)
        local[a] = std::exp(2.0 * model.log_scale[a][i]) * (r[a] * e[0] + r[3 + a] * e[1] + r[6 + a] * e[2]);
      for (int a = 0; a < 3; ++a)
        model.position[a][i] +=
            static_cast<float>(amount * (r[3 * a] * local[0] + r[3 * a + 1] * local[1] + r[3 * a + 2] * local[2]));
    }
  });
}

bool McmcStrategy::relocate_and_grow(scene::GaussianModel& model, SparseAdam& adam, const StepContext& context) {
  const std::size_t n = model.size(), cap = static_cast<std::size_t>(options_.max_splats);
  const auto floor = static_cast<float>(options_.opacity_floor);
  std::vector<double> until(n);  // running sum of the opacities of the living that may multiply
  std::size_t dead = 0;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const float o = sigmoid(model.opacity_logit[i]);
    if (!(o > floor))
      ++dead;
    else if (!grow_ || grow_.allows({model.position[0][i], model.position[1][i], model.position[2][i]}))
      sum += o;
    until[i] = sum;
  }
  if (sum == 0) return false;  // nobody to move to
  const auto grown = static_cast<std::size_t>(std::ceil(static_cast<double>(n) * (1 + options_.mcmc_growth)));
  const std::size_t draws = dead + (std::min(grown, cap) > n ? std::min(grown, cap) - n : 0);
  if (draws == 0) return false;

  std::vector<std::uint32_t> copies(n, 0);
  for (std::size_t d = 0; d < draws; ++d) {
    const auto bits = scene::philox(static_cast<std::uint64_t>(options_.seed),
                                    static_cast<std::uint32_t>(scene::RandomStream::kRelocate), context.step, d);
    const double u = (1.0 - scene::uniform_open(bits[0])) * sum;  // in [0, sum)
    // First row whose running sum passes u; dead rows add nothing and are never first.
    ++copies[static_cast<std::size_t>(std::upper_bound(until.begin(), until.end(), u) - until.begin())];
  }

  std::vector<EditRow> rows;
  rows.reserve(n - dead + draws);
  for (std::size_t i = 0; i < n; ++i) {
    if (!(sigmoid(model.opacity_logit[i]) > floor)) continue;
    const std::array<float, 3> p{model.position[0][i], model.position[1][i], model.position[2][i]};
    // All copies of a row are equal; the first keeps nothing of the moments either, since its opacity and scale jump.
    for (std::uint32_t c = 0; c <= copies[i]; ++c) rows.push_back({static_cast<std::uint32_t>(i), p, copies[i] > 0, 0});
    if (copies[i] == 0) continue;
    const double before = std::min(sigmoid(model.opacity_logit[i]), kOpacityCeiling);
    const Relocated share = relocated(before, std::min<int>(kMaxCopies, static_cast<int>(copies[i]) + 1));
    model.opacity_logit[i] = logit(std::max(static_cast<float>(share.opacity), floor));
    for (auto& plane : model.log_scale) plane[i] += static_cast<float>(std::log(share.scale_factor));
  }
  const scene::IndexMap map = sort_rows(rows);
  apply_rows(rows, map, model, adam);
  std::vector<std::uint32_t> moved(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) moved[i] = last_noise_[map.old_row[i]];
  last_noise_ = std::move(moved);
  return true;
}

std::string McmcStrategy::save(std::string reuse) const {
  ByteWriter out(std::move(reuse));
  out.text("mcmc");
  out.array(last_noise_);
  return out.take();
}

void McmcStrategy::load(const std::string& state) {
  ByteReader in(state, "strategy state");
  if (in.text() != "mcmc") in.fail("is not of the strategy mcmc");
  auto last = in.array<std::uint32_t>();
  in.finish();
  last_noise_ = std::move(last);
}

}  // namespace tessera::reconstruct
