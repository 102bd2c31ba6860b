#include "scene/reduce_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tessera::scene {
namespace {

float least_logit(const ModelReduction& reduction) {
  if (!(reduction.min_opacity > 0)) return -std::numeric_limits<float>::infinity();
  return static_cast<float>(std::log(reduction.min_opacity / (1 - reduction.min_opacity)));
}

}  // namespace

std::size_t kept_splats(const GaussianModel& model, const ModelReduction& reduction) {
  const float least = least_logit(reduction);
  return static_cast<std::size_t>(std::count_if(model.opacity_logit.begin(), model.opacity_logit.end(),
                                                [least](float logit) { return logit >= least; }));
}

GaussianModel reduced_model(const GaussianModel& model, const ModelReduction& reduction) {
  GaussianModel smaller;
  static_cast<GaussianPlanes&>(smaller) = {model.position, model.log_scale, model.rotation, model.opacity_logit, {}};
  smaller.kind = model.kind;
  const int degree = std::clamp(reduction.sh_degree, 0, model.sh_degree());
  smaller.sh.assign(model.sh.begin(), model.sh.begin() + 3 * sh_coefficients(degree));
  if (reduction.min_opacity > 0) {
    const float least = least_logit(reduction);
    IndexMap keep;
    for (std::uint32_t i = 0; i < model.size(); ++i)
      if (model.opacity_logit[i] >= least) keep.old_row.push_back(i);
    smaller.apply(keep);
  }
  return smaller;
}

}  // namespace tessera::scene
