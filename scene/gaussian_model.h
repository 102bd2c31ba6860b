#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tessera::scene {

/// SH degree-0 basis value, 1 / (2 sqrt(pi)).
inline constexpr double kSh0 = 0.28209479177387814;
inline constexpr int kMaxShDegree = 3;
constexpr int sh_coefficients(int degree) { return (degree + 1) * (degree + 1); }

/// old_row[i] = row of the old set that new row i is made from. kNewRow = made from nothing.
/// Every edit of the set of splats (clone, split, prune, relocate, crop, undo) is one such map, applied alike to
/// parameters, optimiser moments and statistics.
inline constexpr std::uint32_t kNewRow = 0xFFFFFFFFu;
struct IndexMap {
  std::vector<std::uint32_t> old_row;
  std::size_t size() const { return old_row.size(); }
};

/// Gathers `plane` through `map`; rows that are kNewRow get `fill`.
void apply_index_map(const IndexMap& map, std::vector<float>& plane, float fill = 0.0f);

/// The trainable floats of N Gaussians as structure of arrays: one plane (vector of N floats) per component, so that
/// vector lanes run over Gaussians and every plane is one linear stream. The same shape serves values, gradients and
/// optimiser moments.
struct GaussianPlanes {
  std::array<std::vector<float>, 3> position;   // world (scene frame) units
  std::array<std::vector<float>, 3> log_scale;  // ln of the standard deviation along each local axis
  std::array<std::vector<float>, 4> rotation;   // w, x, y, z; world_from_local; normalised on use
  std::vector<float> opacity_logit;             // opacity = sigmoid(logit)
  std::vector<std::vector<float>> sh;           // [K * 3]: plane k * 3 + c = coefficient k of channel c (R, G, B); K = (degree + 1)^2

  std::size_t size() const { return opacity_logit.size(); }
  /// Degree of the stored coefficients, 0..3.
  int sh_degree() const;
  /// Resizes every plane to n rows (new rows zero) with coefficients of `degree`.
  void resize(std::size_t n, int degree);
  /// 11 + 3K planes in the order above. The pointers stay valid until a plane is resized.
  std::vector<std::vector<float>*> planes();
  std::vector<const std::vector<float>*> planes() const;
  void apply(const IndexMap& map);
  /// Rows of `more`, of the same degree, after these.
  void append(const GaussianPlanes& more);
};

/// A set of anisotropic 3D Gaussians (Kerbl et al. 2023, section 4): mean `position`, covariance R diag(exp(2 log_scale)) R^T,
/// opacity, and view-dependent colour max(0.5 + sum_k sh_k Y_k(direction), 0) with the SH basis of scene/sh_basis.h.
struct GaussianModel : GaussianPlanes {
  enum class Kind : std::uint8_t { gaussian, surfel, generalized };
  Kind kind = Kind::gaussian;

  /// Throws scene::Error naming the first row that breaks an invariant: planes of one length, finite values, a rotation of
  /// non-zero length. `subject` names the model in the message.
  void validate(const std::string& subject) const;
  /// Bytes held by the planes.
  std::size_t bytes() const;
};

}  // namespace tessera::scene
