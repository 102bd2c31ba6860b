#include "scene/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <glm/geometric.hpp>

namespace tessera::scene {

SymmetricEigen symmetric_eigen(const glm::dmat3& matrix) {
  // Cyclic Jacobi rotations (Golub and Van Loan, section 8.5): each sweep squares the size of what is off the diagonal,
  // so eight sweeps are far more than 3x3 needs.
  glm::dmat3 a = matrix, v(1.0);
  for (int sweep = 0; sweep < 8; ++sweep) {
    for (const auto& [p, q] : {std::pair{0, 1}, std::pair{0, 2}, std::pair{1, 2}}) {
      if (a[p][q] == 0) continue;
      const double tau = (a[q][q] - a[p][p]) / (2 * a[p][q]);
      const double t = (tau >= 0 ? 1 : -1) / (std::abs(tau) + std::sqrt(1 + tau * tau));
      const double c = 1 / std::sqrt(1 + t * t), s = t * c;
      for (int k = 0; k < 3; ++k) {
        const double kp = a[k][p], kq = a[k][q];
        a[k][p] = c * kp - s * kq, a[k][q] = s * kp + c * kq;
      }
      for (int k = 0; k < 3; ++k) {
        const double pk = a[p][k], qk = a[q][k];
        a[p][k] = c * pk - s * qk, a[q][k] = s * pk + c * qk;
      }
      a[p][q] = a[q][p] = 0;
      const glm::dvec3 vp = v[p], vq = v[q];
      v[p] = c * vp - s * vq, v[q] = s * vp + c * vq;
    }
  }
  std::array<int, 3> order{0, 1, 2};
  std::sort(order.begin(), order.end(), [&](int i, int j) { return a[i][i] < a[j][j]; });
  SymmetricEigen result{};
  for (std::size_t i = 0; i < 3; ++i) {
    result.value[i] = a[order[i]][order[i]];
    result.vector[i] = glm::normalize(v[order[i]]);
  }
  return result;
}

}  // namespace tessera::scene
