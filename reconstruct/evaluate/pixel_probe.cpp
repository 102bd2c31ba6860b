#include "reconstruct/evaluate/pixel_probe.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <stdexcept>

#include "reconstruct/train/splat_math.h"
#include "render/sh_basis.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

/// What does not change from splat to splat.
struct View {
  glm::dmat3 rotation;  // glm: rotation[column][row]
  glm::dvec3 translation;
  glm::dvec3 center;
  double fx, fy, cx, cy, limit_x, limit_y;

  explicit View(const scene::Camera& camera)
      : rotation(glm::mat3_cast(camera.cam_from_world.rotation)),
        translation(camera.cam_from_world.translation),
        center(camera.center()),
        fx(camera.intrinsics.fx),
        fy(camera.intrinsics.fy),
        cx(camera.intrinsics.cx),
        cy(camera.intrinsics.cy),
        limit_x(static_cast<double>(render::kJacobianClamp) * camera.intrinsics.width / (2 * fx)),
        limit_y(static_cast<double>(render::kJacobianClamp) * camera.intrinsics.height / (2 * fy)) {}
};

glm::dvec3 position_of(const scene::GaussianModel& model, std::size_t row) {
  return {static_cast<double>(model.position[0][row]), static_cast<double>(model.position[1][row]),
          static_cast<double>(model.position[2][row])};
}

std::array<double, 3> deviations_of(const scene::GaussianModel& model, std::size_t row, double splat_scale) {
  std::array<double, 3> s{};
  for (std::size_t c = 0; c < 3; ++c) s[c] = splat_scale * std::exp(static_cast<double>(model.log_scale[c][row]));
  return s;
}

double opacity_of(const scene::GaussianModel& model, std::size_t row) {
  return 1 / (1 + std::exp(-static_cast<double>(model.opacity_logit[row])));
}

Footprint footprint(const scene::GaussianModel& model, std::size_t row, const View& view, const glm::dvec3& p,
                    bool antialiased, double splat_scale) {
  const auto dilation = static_cast<double>(render::kDilation);
  Footprint f;
  f.depth = p.z;
  const double u = p.x / p.z, v = p.y / p.z;
  f.mean = {view.fx * u + view.cx, view.fy * v + view.cy};
  const double cu = std::clamp(u, -view.limit_x, view.limit_x), cv = std::clamp(v, -view.limit_y, view.limit_y);
  const auto r = rotation_matrix(model, row);
  const auto s = deviations_of(model, row, splat_scale);
  // Rows of J W R S; the covariance is their Gram matrix (Zwicker et al. 2001, eq. 31).
  double p0[3], p1[3];
  for (std::size_t j = 0; j < 3; ++j) {
    const glm::dvec3 axis = s[j] * (view.rotation * glm::dvec3(r[j], r[3 + j], r[6 + j]));
    p0[j] = view.fx / p.z * (axis.x - cu * axis.z);
    p1[j] = view.fy / p.z * (axis.y - cv * axis.z);
    f.xx += p0[j] * p0[j], f.xy += p0[j] * p1[j], f.yy += p1[j] * p1[j];
  }
  const double before = std::max(f.xx * f.yy - f.xy * f.xy, 0.0);
  f.xx += dilation, f.yy += dilation;
  if (antialiased) f.compensation = std::sqrt(before / (f.xx * f.yy - f.xy * f.xy));
  return f;
}

struct Candidate {
  std::uint32_t row;
  double alpha, depth;
};

}  // namespace

std::optional<Footprint> footprint_of(const scene::GaussianModel& model, std::size_t row, const scene::Camera& camera,
                                      const render::RenderSettings& settings, double splat_scale) {
  const View view(camera);
  const glm::dvec3 p = view.rotation * position_of(model, row) + view.translation;
  if (p.z < static_cast<double>(settings.near_plane)) return std::nullopt;
  return footprint(model, row, view, p, settings.antialiased, splat_scale);
}

PixelProbe probe_pixel(const scene::GaussianModel& model, const scene::Camera& camera,
                       const render::RenderSettings& settings, int x, int y, double splat_scale) {
  if (x < 0 || y < 0 || x >= camera.intrinsics.width || y >= camera.intrinsics.height)
    throw std::invalid_argument("probe_pixel: outside the picture");
  const auto alpha_min = static_cast<double>(render::kAlphaMin), alpha_max = static_cast<double>(render::kAlphaMax);
  const View view(camera);
  const glm::dvec2 pixel(x + 0.5, y + 0.5);
  // No splat reaches further than where full opacity falls to kAlphaMin: that many standard deviations.
  const double reach = std::sqrt(2 * std::log(1 / alpha_min));
  std::vector<Candidate> found;
  std::mutex mutex;
  scene::parallel_blocks(std::size_t{0}, model.size(), kRowGrain, [&](std::size_t first, std::size_t last) {
    std::vector<Candidate> mine;
    for (std::size_t i = first; i < last; ++i) {
      const glm::dvec3 p = view.rotation * position_of(model, i) + view.translation;
      if (p.z < static_cast<double>(settings.near_plane)) continue;
      // A bound that needs no rotation: the Jacobian's rows are no longer than f / z sqrt(1 + u^2).
      const double u = p.x / p.z, v = p.y / p.z;
      const glm::dvec2 d = glm::dvec2(view.fx * u + view.cx, view.fy * v + view.cy) - pixel;
      const auto s = deviations_of(model, i, splat_scale);
      const double longest = std::max({s[0], s[1], s[2]});
      const double cu = std::min(std::abs(u), view.limit_x), cv = std::min(std::abs(v), view.limit_y);
      const double wx = view.fx / p.z * longest, wy = view.fy / p.z * longest;
      const auto dilation = static_cast<double>(render::kDilation);
      if (std::abs(d.x) > reach * std::sqrt(wx * wx * (1 + cu * cu) + dilation) ||
          std::abs(d.y) > reach * std::sqrt(wy * wy * (1 + cv * cv) + dilation))
        continue;
      const Footprint f = footprint(model, i, view, p, settings.antialiased, splat_scale);
      const double effective = opacity_of(model, i) * f.compensation;
      const double det = f.xx * f.yy - f.xy * f.xy;
      const double power = (f.yy * d.x * d.x + f.xx * d.y * d.y - 2 * f.xy * d.x * d.y) / (2 * det);
      const double alpha = std::min(alpha_max, effective * std::exp(-power));
      if (alpha >= alpha_min) mine.push_back({static_cast<std::uint32_t>(i), alpha, p.z});
    }
    if (mine.empty()) return;
    const std::lock_guard lock(mutex);
    found.insert(found.end(), mine.begin(), mine.end());
  });
  // The rasteriser sorts by the float depth and keeps the model's order where it is equal.
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    const auto da = static_cast<float>(a.depth), db = static_cast<float>(b.depth);
    return da != db ? da < db : a.row < b.row;
  });

  PixelProbe probe;
  const int degree = std::clamp(settings.sh_degree, 0, model.sh_degree());
  for (const Candidate& c : found) {
    const double after = probe.transmittance * (1 - c.alpha);
    if (after < static_cast<double>(render::kTransmittanceMin)) break;
    Contribution k;
    k.row = c.row, k.alpha = c.alpha, k.weight = probe.transmittance * c.alpha, k.depth = c.depth;
    k.opacity = opacity_of(model, c.row);
    k.scale = deviations_of(model, c.row, splat_scale);
    std::sort(k.scale.begin(), k.scale.end(), std::greater<>());
    const glm::dvec3 towards = glm::normalize(position_of(model, c.row) - view.center);
    const auto basis = render::sh_basis(towards.x, towards.y, towards.z);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      double value = 0.5;
      for (std::size_t b = 0; b < static_cast<std::size_t>(scene::sh_coefficients(degree)); ++b)
        value += basis[b] * static_cast<double>(model.sh[3 * b + channel][c.row]);
      k.color[channel] = std::max(value, 0.0);
      probe.color[channel] += k.weight * k.color[channel];
    }
    probe.transmittance = after;
    probe.splats.push_back(k);
  }
  for (std::size_t c = 0; c < 3; ++c)
    probe.color[c] += probe.transmittance * static_cast<double>(settings.background[c]);
  return probe;
}

std::size_t splats_for_share(const PixelProbe& probe, double share) {
  std::vector<double> weights;
  for (const Contribution& c : probe.splats) weights.push_back(c.weight);
  std::sort(weights.begin(), weights.end(), std::greater<>());
  const double wanted = share * std::accumulate(weights.begin(), weights.end(), 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if ((sum += weights[i]) >= wanted) return i + 1;
  return weights.size();
}

}  // namespace tessera::reconstruct
