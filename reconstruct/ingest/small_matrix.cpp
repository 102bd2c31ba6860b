#include "reconstruct/ingest/small_matrix.h"

#include <glm/matrix.hpp>
#include <opencv2/core.hpp>

namespace tessera::reconstruct {
namespace {

// GLM indexes [column][row].
cv::Matx33d to_cv(const glm::dmat3& m) {
  return {m[0][0], m[1][0], m[2][0], m[0][1], m[1][1], m[2][1], m[0][2], m[1][2], m[2][2]};
}
glm::dmat3 to_glm(const cv::Matx33d& m) {
  return {m(0, 0), m(1, 0), m(2, 0), m(0, 1), m(1, 1), m(2, 1), m(0, 2), m(1, 2), m(2, 2)};
}

}  // namespace

glm::dmat3 nearest_rotation(const glm::dmat3& h) {
  cv::Matx33d u, vt;
  cv::Vec3d w;
  cv::SVD::compute(to_cv(h), w, u, vt, cv::SVD::FULL_UV);
  const cv::Matx33d product = u * vt;
  const cv::Matx33d flip(1, 0, 0, 0, 1, 0, 0, 0, cv::determinant(product) < 0 ? -1 : 1);
  return to_glm(u * flip * vt);
}

bool invert_positive(std::vector<double>& matrix, int n) {
  cv::Mat view(n, n, CV_64F, matrix.data()), inverse;
  if (cv::invert(view, inverse, cv::DECOMP_CHOLESKY) == 0) return false;
  inverse.copyTo(view);
  return true;
}

}  // namespace tessera::reconstruct
