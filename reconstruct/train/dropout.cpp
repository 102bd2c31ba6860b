#include "reconstruct/train/dropout.h"

#include <algorithm>

#include "reconstruct/train/splat_math.h"
#include "scene/parallel.h"
#include "scene/random.h"

namespace tessera::reconstruct {

namespace {

constexpr float kGone = -20.0f;        // logit whose opacity is far below what blends
constexpr float kMostOpaque = 0.995f;  // past the blending's own limit of 0.99
constexpr double kFewPhotos = 16;

}  // namespace

double dropout_share(double most, std::size_t photos, double progress) {
  const double few = std::min(1.0, kFewPhotos / static_cast<double>(std::max<std::size_t>(photos, 1)));
  return most * few * few * progress;
}

Dropout::Hidden::Hidden(Dropout& dropout, scene::GaussianModel& model, double share, std::uint64_t seed,
                        std::uint32_t step)
    : dropout_(dropout), model_(model), active_(share > 0) {
  if (!active_) return;
  dropout_.original_.resize(model.size());
  const float gain = 1.0f / (1.0f - static_cast<float>(share));
  scene::parallel_blocks(std::size_t{0}, model.size(), kRowGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      float& value = model.opacity_logit[i];
      dropout_.original_[i] = value;
      // One draw serves four rows.
      const auto draw = scene::philox(seed, static_cast<std::uint32_t>(scene::RandomStream::kDropout), step, i / 4);
      const bool gone = scene::uniform01(draw[i % 4]) < share;
      const float o = sigmoid(value);
      value = gone ? kGone : logit(std::max(o, std::min(o * gain, kMostOpaque)));
    }
  });
}

void Dropout::Hidden::bring_back(const render::GradientRows& rows) {
  if (!active_) return;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const float original = dropout_.original_[rows.begin + i];
    float& value = model_.opacity_logit[rows.begin + i];
    if (rows.seen[i]) {
      // o' = g o: dL/dlogit = dL/dlogit' x (o (1 - o)) / (o' (1 - o')) x g = dL/dlogit' (1 - o) / (1 - o'); a clamped
      // o' has no slope.
      const float o = sigmoid(original), shown = sigmoid(value);
      rows.opacity_logit[i] *= shown < kMostOpaque ? (1 - o) / (1 - shown) : 0.0f;
    }
    value = original;
  }
}

Dropout::Hidden::~Hidden() {
  if (active_) model_.opacity_logit.swap(dropout_.original_);
}

}  // namespace tessera::reconstruct
