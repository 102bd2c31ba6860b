#include <array>
#include <cmath>
#include <numbers>

#include "scene/scene_frame.h"
#include "scene/sh_basis.h"

namespace tessera::scene {

namespace {

using ShMatrix = std::array<std::array<double, 16>, 16>;

/// M with Y(R d) = M Y(d) for every direction d; block-diagonal by degree and orthogonal, so that a colour's
/// coefficients turn by M as well. M_jk is the integral over the sphere of Y_j(R d) Y_k(d): a polynomial of degree 6 at
/// most in d, which Gauss-Legendre with 4 nodes in z and 8 equal steps of azimuth integrates exactly.
ShMatrix sh_rotation(const glm::dquat& rotation) {
  // Abramowitz and Stegun, table 25.4, n = 4.
  constexpr std::array<std::array<double, 2>, 2> kNodes{
      {{0.3399810435848562648, 0.6521451548625461426}, {0.8611363115940525752, 0.3478548451374538574}}};
  constexpr int kAzimuths = 8;
  ShMatrix matrix{};
  for (const auto& [node, weight] : kNodes) {
    for (const double z : {node, -node}) {
      for (int i = 0; i < kAzimuths; ++i) {
        const double angle = 2 * std::numbers::pi * i / kAzimuths, radius = std::sqrt(1 - z * z);
        const glm::dvec3 d{radius * std::cos(angle), radius * std::sin(angle), z};
        const glm::dvec3 turned = rotation * d;
        const auto before = sh_basis(d.x, d.y, d.z), after = sh_basis(turned.x, turned.y, turned.z);
        const double area = weight * 2 * std::numbers::pi / kAzimuths;
        for (std::size_t j = 0; j < 16; ++j)
          for (std::size_t k = 0; k < 16; ++k) matrix[j][k] += area * after[j] * before[k];
      }
    }
  }
  return matrix;
}

}  // namespace

void transform_model(GaussianModel& model, const Similarity& new_from_old) {
  const ShMatrix sh = sh_rotation(new_from_old.rotation);
  const float log_scale = static_cast<float>(std::log(new_from_old.scale));
  const int degree = model.sh_degree();
  std::array<double, 7> turned{};
  for (std::size_t i = 0; i < model.size(); ++i) {
    const glm::dvec3 p = new_from_old({model.position[0][i], model.position[1][i], model.position[2][i]});
    const glm::dquat q = new_from_old.rotation * glm::dquat(model.rotation[0][i], model.rotation[1][i],
                                                            model.rotation[2][i], model.rotation[3][i]);
    for (int c = 0; c < 3; ++c) model.position[static_cast<std::size_t>(c)][i] = static_cast<float>(p[c]);
    for (auto& plane : model.log_scale) plane[i] += log_scale;
    model.rotation[0][i] = static_cast<float>(q.w), model.rotation[1][i] = static_cast<float>(q.x);
    model.rotation[2][i] = static_cast<float>(q.y), model.rotation[3][i] = static_cast<float>(q.z);
    for (int l = 1; l <= degree; ++l) {
      const std::size_t first = static_cast<std::size_t>(l * l), count = static_cast<std::size_t>(2 * l + 1);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t j = 0; j < count; ++j) {
          turned[j] = 0;
          for (std::size_t k = 0; k < count; ++k)
            turned[j] += sh[first + j][first + k] * model.sh[(first + k) * 3 + channel][i];
        }
        for (std::size_t j = 0; j < count; ++j) model.sh[(first + j) * 3 + channel][i] = static_cast<float>(turned[j]);
      }
    }
  }
}

}  // namespace tessera::scene
