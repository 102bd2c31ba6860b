#pragma once

#include <vector>

#include <glm/mat3x3.hpp>

namespace tessera::reconstruct {

/// The rotation R that maximises trace(R^T H): the least-squares rotation for H = sum of b a^T (b ~ R a; Umeyama 1991,
/// equations 40, 43).
glm::dmat3 nearest_rotation(const glm::dmat3& h);

/// Inverse of a symmetric positive definite n x n matrix (row-major). False where it is singular.
bool invert_positive(std::vector<double>& matrix, int n);

}  // namespace tessera::reconstruct
