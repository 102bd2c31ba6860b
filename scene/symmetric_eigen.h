#pragma once

#include <array>

#include <glm/mat3x3.hpp>
#include <glm/vec3.hpp>

namespace tessera::scene {

/// Eigenvalues of a symmetric 3x3 matrix, ascending, with unit eigenvectors (vector[i] belongs to value[i]; its sign is
/// arbitrary). Scaling the matrix by a power of two scales the values alike and changes nothing else.
struct SymmetricEigen {
  std::array<double, 3> value;
  std::array<glm::dvec3, 3> vector;
};
SymmetricEigen symmetric_eigen(const glm::dmat3& matrix);

}  // namespace tessera::scene
