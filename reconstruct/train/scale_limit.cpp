#include "reconstruct/train/scale_limit.h"

#include <algorithm>
#include <cmath>

namespace tessera::reconstruct {

void limit_scales(scene::GaussianModel& model, const render::GradientRows& rows, const std::array<float, 3>& eye,
                  double share) {
  if (share <= 0) return;
  const auto log_share = static_cast<float>(std::log(share));
  constexpr float kNear = 0.01f;  // RenderSettings::near_plane: what is seen is no nearer, but for its last move
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (!rows.seen[i]) continue;
    const std::size_t row = rows.begin + i;
    float square = kNear * kNear;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const float apart = model.position[axis][row] - eye[axis];
      square += apart * apart;
    }
    const float most = log_share + 0.5f * std::log(square);
    for (auto& axis : model.log_scale) axis[row] = std::min(axis[row], most);
  }
}

}  // namespace tessera::reconstruct
