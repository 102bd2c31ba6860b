#include "app/studio/tinted_model.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "scene/parallel.h"

namespace tessera::app {
namespace {

constexpr std::size_t kMostCopies = 3;  // one that is drawn, one that waits for it, one to write
constexpr std::size_t kGrain = 4096;
constexpr float kTint = 0.8f;         // share of the colour
constexpr float kLeastLogit = -0.4f;  // an opacity of 0.4

}  // namespace

void TintedModel::tint(scene::GaussianModel& copy, const scene::GaussianModel& model, std::size_t row,
                       const Color& color) {
  for (std::size_t p = 0; p < model.sh.size(); ++p) {
    const float dc = p < 3 ? (color[p] - 0.5f) / static_cast<float>(scene::kSh0) : 0;
    copy.sh[p][row] = (1 - kTint) * model.sh[p][row] + kTint * dc;
  }
}

TintedModel::Copy& TintedModel::free_copy(const std::shared_ptr<const scene::GaussianModel>& model,
                                          std::shared_ptr<Copy>& held) {
  if (!copies_.empty() && copies_.front()->of != model) clear();
  purge();
  for (auto& copy : copies_)
    if (copy.use_count() == 1) {
      std::atomic_thread_fence(std::memory_order_acquire);  // whoever let go of it has read it
      held = copy;
      return *copy;
    }
  if (copies_.size() == kMostCopies) {
    given_up_.push_back(copies_.front());
    copies_.erase(copies_.begin());
  }
  held = std::make_shared<Copy>();
  held->model = *model;
  held->of = model;
  held->tint.assign(model->size(), 0);
  copies_.push_back(held);
  return *held;
}

void TintedModel::clear() {
  given_up_.insert(given_up_.end(), copies_.begin(), copies_.end());
  copies_.clear();
}

bool TintedModel::purge() {
  std::erase_if(given_up_, [](const auto& copy) { return copy.use_count() == 1; });
  return given_up_.empty();
}

std::shared_ptr<const scene::GaussianModel> TintedModel::make(const std::shared_ptr<const scene::GaussianModel>& model,
                                                              const std::vector<std::uint8_t>& tint,
                                                              const Colors& colors) {
  std::shared_ptr<Copy> held;
  Copy& copy = free_copy(model, held);
  const bool all = copy.colors != colors;
  scene::parallel_blocks(std::size_t{0}, tint.size(), kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const std::uint8_t t = tint[i];
      if (t == copy.tint[i] && !(all && t)) continue;
      copy.tint[i] = t;
      const float logit = model->opacity_logit[i];
      copy.model.opacity_logit[i] = t == 1 || t == 2 ? std::max(logit, kLeastLogit) : logit;
      if (t)
        TintedModel::tint(copy.model, *model, i, colors[t - 1u]);
      else
        for (std::size_t p = 0; p < model->sh.size(); ++p) copy.model.sh[p][i] = model->sh[p][i];
    }
  });
  copy.colors = colors;
  return {held, &held->model};
}

}  // namespace tessera::app
