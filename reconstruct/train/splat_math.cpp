#include "reconstruct/train/splat_math.h"

#include <algorithm>

namespace tessera::reconstruct {

std::array<double, 9> rotation_matrix(const scene::GaussianPlanes& model, std::size_t row) {
  double w = model.rotation[0][row], x = model.rotation[1][row], y = model.rotation[2][row], z = model.rotation[3][row];
  const double norm = std::sqrt(w * w + x * x + y * y + z * z);
  w /= norm, x /= norm, y /= norm, z /= norm;
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

std::array<float, 3> offset_by_sample(const scene::GaussianPlanes& model, std::size_t row,
                                      const std::array<double, 3>& z) {
  const auto r = rotation_matrix(model, row);
  std::array<double, 3> local;
  for (int a = 0; a < 3; ++a) local[a] = z[a] * std::exp(static_cast<double>(model.log_scale[a][row]));
  std::array<float, 3> moved;
  for (int a = 0; a < 3; ++a)
    moved[a] = static_cast<float>(model.position[a][row] + r[3 * a] * local[0] + r[3 * a + 1] * local[1] +
                                  r[3 * a + 2] * local[2]);
  return moved;
}

Relocated relocated(double opacity, int copies) {
  const double each = -std::expm1(std::log1p(-opacity) / copies);
  // sum_{i=k+1..n} C(i-1, k) = C(n, k+1) (hockey stick): the double sum is a single one.
  double sum = 0, binomial = 1, power = 1;
  for (int k = 0; k < copies; ++k) {
    binomial *= static_cast<double>(copies - k) / (k + 1);  // C(n, k + 1)
    power *= (k == 0 ? each : -each);
    sum += binomial * power / std::sqrt(k + 1.0);
  }
  return {each, opacity / sum};
}

}  // namespace tessera::reconstruct
