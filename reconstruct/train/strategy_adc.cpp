#include "reconstruct/train/strategy_adc.h"

#include <algorithm>
#include <cmath>

#include "reconstruct/train/byte_stream.h"
#include "reconstruct/train/row_edit.h"
#include "reconstruct/train/splat_math.h"
#include "scene/parallel.h"
#include "scene/random.h"

namespace tessera::reconstruct {

namespace {

// Constants of Kerbl et al. 2023 (section 5.2 and their released schedule).
constexpr float kCloneBelow = 0.01f;  // x extent: smaller rows are cloned, larger ones split
constexpr float kTooLarge = 0.1f;     // x extent: pruned once opacities have been reset
constexpr float kSplitShrink = 1.6f;  // children are this much smaller
constexpr float kResetOpacity = 0.01f;

enum Tag : std::uint8_t { kKeep, kClone, kChildA, kChildB };

using Ranked = std::pair<float, std::uint32_t>;  // the first go first; row

/// Prunes up to `most` of the faintest rows so that more of `wanted` fit into `budget`, which grows by as many. None of
/// those gives way that will then multiply; others of `wanted` may, and are struck from it.
void make_room(const std::vector<float>& opacity_logit, std::size_t most, std::vector<Ranked>& wanted,
               std::size_t& budget, std::vector<std::uint8_t>& pruned) {
  if (wanted.size() <= budget) return;
  most = std::min(most, wanted.size() - budget);
  std::vector<std::uint8_t> stays = pruned;
  for (std::size_t k = 0; k < budget + most; ++k) stays[wanted[k].second] = 1;
  std::vector<Ranked> faint;
  for (std::size_t i = 0; i < stays.size(); ++i)
    if (!stays[i]) faint.push_back({opacity_logit[i], static_cast<std::uint32_t>(i)});
  most = std::min(most, faint.size());
  std::nth_element(faint.begin(), faint.begin() + static_cast<std::ptrdiff_t>(most), faint.end());
  for (std::size_t k = 0; k < most; ++k) pruned[faint[k].second] = 1;
  budget += most;
  std::erase_if(wanted, [&](const Ranked& row) { return pruned[row.second] != 0; });
}

}  // namespace

AdcStrategy::AdcStrategy(const TrainOptions& options, GrowFilter grow)
    : options_(options), grow_(std::move(grow)), schedule_(options, 1.0) {}

void AdcStrategy::add_regularization(const scene::GaussianModel&, const render::GradientRows&, std::size_t) const {}

void AdcStrategy::accumulate(const render::ModelGradients& gradients, const StepContext& context) {
  const auto& g = options_.adc_absolute ? gradients.abs_mean2d : gradients.mean2d;
  const float to_ndc_x = 0.5f * static_cast<float>(context.width), to_ndc_y = 0.5f * static_cast<float>(context.height);
  scene::parallel_blocks(std::size_t{0}, gradient_sum_.size(), kRowGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      if (!gradients.seen[i]) continue;
      const float x = g[0][i] * to_ndc_x, y = g[1][i] * to_ndc_y;
      gradient_sum_[i] += std::sqrt(x * x + y * y);
      visits_[i] += 1;
    }
  });
}

bool AdcStrategy::after_step(scene::GaussianModel& model, SparseAdam& adam, const render::ModelGradients& gradients,
                             const StepContext& context) {
  if (static_cast<double>(context.step) / options_.iterations > options_.densify_until) return false;
  gradient_sum_.resize(model.size());
  visits_.resize(model.size());
  accumulate(gradients, context);
  const bool changed = schedule_.densifies(context.step) && densify(model, adam, context);
  if (schedule_.resets_opacity(context.step)) {
    const float ceiling = logit(kResetOpacity);
    for (float& o : model.opacity_logit) o = std::min(o, ceiling);
    adam.reset_opacity();
    was_reset_ = 1;
  }
  return changed;
}

bool AdcStrategy::densify(scene::GaussianModel& model, SparseAdam& adam, const StepContext& context) {
  const std::size_t n = model.size();
  const auto extent = static_cast<float>(context.extent);
  const float floor_logit = logit(static_cast<float>(options_.opacity_floor));
  const auto largest = [&](std::size_t i) {
    return std::exp(std::max({model.log_scale[0][i], model.log_scale[1][i], model.log_scale[2][i]}));
  };

  std::vector<std::uint8_t> pruned(n, 0);
  std::vector<Ranked> wanted;  // by minus score
  std::size_t survivors = 0;
  for (std::size_t i = 0; i < n; ++i) {
    pruned[i] = model.opacity_logit[i] < floor_logit || (was_reset_ && largest(i) > kTooLarge * extent);
    if (pruned[i]) continue;
    ++survivors;
    const float score = visits_[i] > 0 ? gradient_sum_[i] / visits_[i] : 0.0f;
    if (grow_ && !grow_.allows({model.position[0][i], model.position[1][i], model.position[2][i]})) continue;
    if (score > static_cast<float>(options_.adc_threshold)) wanted.push_back({-score, static_cast<std::uint32_t>(i)});
  }
  if (survivors == 0) {  // A scene cannot grow from nothing: keep the most opaque splat.
    const auto best = std::max_element(model.opacity_logit.begin(), model.opacity_logit.end());
    pruned[static_cast<std::size_t>(best - model.opacity_logit.begin())] = 0;
    survivors = 1;
  }
  // Clone and split both add one row.
  const std::size_t cap = static_cast<std::size_t>(options_.max_splats);
  std::size_t budget = cap > survivors ? cap - survivors : 0;
  std::sort(wanted.begin(), wanted.end());
  const double share = options_.adc_make_room / std::max(1u, schedule_.densifications());
  make_room(model.opacity_logit, static_cast<std::size_t>(share * static_cast<double>(survivors)), wanted, budget,
            pruned);
  if (wanted.size() > budget) wanted.resize(budget);

  std::vector<EditRow> rows;
  rows.reserve(survivors + wanted.size());
  const auto position = [&](std::size_t i) {
    return std::array<float, 3>{model.position[0][i], model.position[1][i], model.position[2][i]};
  };
  std::vector<std::uint8_t> split(n, 0);
  for (const auto& [score, i] : wanted) {
    if (largest(i) <= kCloneBelow * extent) {
      rows.push_back({i, position(i), true, kClone});
      continue;
    }
    split[i] = 1;
    for (const Tag tag : {kChildA, kChildB}) {
      // Drawn from the parent's own density; one counter a child.
      const auto draw = scene::philox(static_cast<std::uint64_t>(options_.seed),
                                      static_cast<std::uint32_t>(scene::RandomStream::kSplit), context.step,
                                      2 * static_cast<std::uint64_t>(i) + (tag == kChildB));
      const auto xy = scene::normal_pair(draw[0], draw[1]), z = scene::normal_pair(draw[2], draw[3]);
      rows.push_back({i, offset_by_sample(model, i, {xy[0], xy[1], z[0]}), true, tag});
    }
  }
  const std::size_t additions = rows.size();
  for (std::size_t i = 0; i < n; ++i)
    if (!pruned[i] && !split[i]) rows.push_back({static_cast<std::uint32_t>(i), position(i), false, kKeep});

  const bool changed = additions > 0 || survivors < n;
  if (changed) {
    apply_rows(rows, sort_rows(rows), model, adam);
    const float shrink = std::log(kSplitShrink);
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].tag == kChildA || rows[i].tag == kChildB)
        for (auto& plane : model.log_scale) plane[i] -= shrink;
  }
  gradient_sum_.assign(model.size(), 0.0f);
  visits_.assign(model.size(), 0.0f);
  return changed;
}

std::string AdcStrategy::save(std::string reuse) const {
  ByteWriter out(std::move(reuse));
  out.text("adc");
  out.array(gradient_sum_);
  out.array(visits_);
  out.value(was_reset_);
  return out.take();
}

void AdcStrategy::load(const std::string& state) {
  ByteReader in(state, "strategy state");
  if (in.text() != "adc") in.fail("is not of the strategy adc");
  auto sums = in.array<float>(), visits = in.array<float>();
  const auto reset = in.value<std::uint8_t>();
  in.finish();
  if (sums.size() != visits.size()) in.fail("has statistics of two lengths");
  gradient_sum_ = std::move(sums), visits_ = std::move(visits), was_reset_ = reset;
}

}  // namespace tessera::reconstruct
