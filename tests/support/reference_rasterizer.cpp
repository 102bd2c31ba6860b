#include "tests/support/reference_rasterizer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <glm/glm.hpp>

#include "render/sh_basis.h"

namespace tessera::test {
namespace {

using glm::dmat3;
using glm::dvec2;
using glm::dvec3;

constexpr double kAlphaMin = 1.0 / 255, kAlphaMax = 0.99, kStop = 1e-4, kDilation = 0.3, kClamp = 1.3;

/// A symmetric 2 x 2 matrix.
struct Sym2 {
  double xx = 0, xy = 0, yy = 0;
  double det() const { return xx * yy - xy * xy; }
};

struct View {
  dmat3 w;  // world -> camera; glm: w[column][row]
  dvec3 t, centre;
  double fx, fy, cx, cy, limit_x, limit_y;
  int width, height, degree;
  render::RenderSettings settings;
};

View make_view(const scene::Camera& camera, const render::RenderSettings& settings, int model_degree) {
  const scene::Pinhole& p = camera.intrinsics;
  return {glm::mat3_cast(camera.cam_from_world.rotation),
          camera.cam_from_world.translation,
          camera.center(),
          p.fx,
          p.fy,
          p.cx,
          p.cy,
          kClamp * p.width / (2 * p.fx),
          kClamp * p.height / (2 * p.fy),
          p.width,
          p.height,
          std::min(settings.sh_degree, model_degree),
          settings};
}

struct Splat {
  bool visible = false;
  dvec3 p;                // camera coordinates
  double u, v;            // x/z, y/z clamped
  bool u_free, v_free;    // not clamped
  double q[4], q_length;  // normalised rotation, length of the stored one
  dmat3 r;                // world from local
  dvec3 scale;
  double j[2][3], m[2][3];  // Jacobian; J W
  double sigma[3][3];       // 3D covariance
  Sym2 before, after, conic;
  dvec2 mean;
  double compensation = 1, opacity, effective;
  dvec3 direction;
  double distance;
  double raw[3], color[3];
  int shortest;
  double flip;
  dvec3 normal;
};

/// Distance of `value` to `threshold`, relative to the threshold.
void keep_margin(double& margin, double value, double threshold) {
  margin = std::min(margin, std::abs(value - threshold) / std::max(std::abs(threshold), 1e-3));
}

Splat project(const ReferenceModel& model, std::size_t i, const View& view, double& margin) {
  Splat s;
  const auto at = [&](int plane) { return model.planes[plane][i]; };
  const dvec3 position(at(0), at(1), at(2));
  s.p = view.w * position + view.t;
  keep_margin(margin, s.p.z, view.settings.near_plane);
  if (s.p.z < view.settings.near_plane || s.p.z > view.settings.far_plane) return s;

  s.mean = {view.fx * s.p.x / s.p.z + view.cx, view.fy * s.p.y / s.p.z + view.cy};
  const double x_z = s.p.x / s.p.z, y_z = s.p.y / s.p.z;
  s.u = std::clamp(x_z, -view.limit_x, view.limit_x), s.v = std::clamp(y_z, -view.limit_y, view.limit_y);
  s.u_free = s.u == x_z, s.v_free = s.v == y_z;
  keep_margin(margin, std::abs(x_z), view.limit_x), keep_margin(margin, std::abs(y_z), view.limit_y);
  const double jacobian[2][3] = {{view.fx / s.p.z, 0, -view.fx * s.u / s.p.z},
                                 {0, view.fy / s.p.z, -view.fy * s.v / s.p.z}};

  s.q_length = std::sqrt(at(6) * at(6) + at(7) * at(7) + at(8) * at(8) + at(9) * at(9));
  for (int c = 0; c < 4; ++c) s.q[c] = at(6 + c) / s.q_length;
  s.r = glm::mat3_cast(glm::dquat(s.q[0], s.q[1], s.q[2], s.q[3]));
  s.scale = {std::exp(at(3)), std::exp(at(4)), std::exp(at(5))};
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < 3; ++b) {
      s.sigma[a][b] = 0;
      for (int k = 0; k < 3; ++k) s.sigma[a][b] += s.r[k][a] * s.scale[k] * s.scale[k] * s.r[k][b];
    }
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 3; ++b) {
      s.j[a][b] = jacobian[a][b];
      s.m[a][b] = 0;
      for (int k = 0; k < 3; ++k) s.m[a][b] += jacobian[a][k] * view.w[b][k];
    }
  const auto quadratic = [&](int a, int b) {
    double sum = 0;
    for (int k = 0; k < 3; ++k)
      for (int l = 0; l < 3; ++l) sum += s.m[a][k] * s.sigma[k][l] * s.m[b][l];
    return sum;
  };
  s.before = {quadratic(0, 0), quadratic(0, 1), quadratic(1, 1)};
  s.after = {s.before.xx + kDilation, s.before.xy, s.before.yy + kDilation};
  const double det = s.after.det();
  s.conic = {s.after.yy / det, -s.after.xy / det, s.after.xx / det};

  s.opacity = 1 / (1 + std::exp(-at(10)));
  if (view.settings.antialiased) s.compensation = std::sqrt(std::max(s.before.det() / det, 0.0));
  s.effective = s.opacity * s.compensation;
  keep_margin(margin, s.effective, kAlphaMin);
  if (s.effective < kAlphaMin) return s;
  s.visible = true;

  s.distance = glm::length(position - view.centre);
  s.direction = (position - view.centre) / s.distance;
  const auto basis = render::sh_basis(s.direction.x, s.direction.y, s.direction.z);
  for (int c = 0; c < 3; ++c) {
    s.raw[c] = 0.5;
    for (int k = 0; k < scene::sh_coefficients(view.degree); ++k) s.raw[c] += basis[k] * at(11 + 3 * k + c);
    s.color[c] = std::max(s.raw[c], 0.0);
    margin = std::min(margin, std::abs(s.raw[c]));
  }
  s.shortest = s.scale[0] <= s.scale[1] && s.scale[0] <= s.scale[2] ? 0 : s.scale[1] <= s.scale[2] ? 1 : 2;
  s.normal = view.w * s.r[s.shortest];
  s.flip = glm::dot(s.normal, s.p) > 0 ? -1 : 1;
  s.normal *= s.flip;
  return s;
}

std::vector<Splat> project_all(const ReferenceModel& model, const View& view, double& margin) {
  std::vector<Splat> splats;
  for (std::size_t i = 0; i < model.size(); ++i) splats.push_back(project(model, i, view, margin));
  return splats;
}

std::vector<std::size_t> depth_order(const std::vector<Splat>& splats) {
  std::vector<std::size_t> order(splats.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return !splats[i].visible; });
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return splats[a].p.z < splats[b].p.z; });
  return order;
}

/// One splat blended into one pixel.
struct Contribution {
  std::size_t splat;
  dvec2 d;          // mean - pixel
  double gaussian;  // exp(-sigma)
  double alpha, t;  // t before it
  bool clamped;
};

/// Fills `list` front to back; returns the final transmittance.
double blend_pixel(const std::vector<Splat>& splats, const std::vector<std::size_t>& order, double px, double py,
                   std::vector<Contribution>& list, double& margin) {
  list.clear();
  double t = 1;
  for (const std::size_t i : order) {
    const Splat& s = splats[i];
    const dvec2 d = s.mean - dvec2(px, py);
    const double sigma = (s.conic.xx * d.x * d.x + s.conic.yy * d.y * d.y) / 2 + s.conic.xy * d.x * d.y;
    const double gaussian = std::exp(-sigma), peak = s.effective * gaussian;
    const double alpha = std::min(kAlphaMax, peak);
    keep_margin(margin, peak, kAlphaMin), keep_margin(margin, peak, kAlphaMax);
    if (alpha < kAlphaMin) continue;
    keep_margin(margin, t * (1 - alpha), kStop);
    if (t * (1 - alpha) < kStop) break;
    list.push_back({i, d, gaussian, alpha, t, peak >= kAlphaMax});
    t *= 1 - alpha;
  }
  return t;
}

/// dL/d(covariance), mean and so on of one splat, summed over pixels.
struct SplatGradient {
  dvec2 mean{0};
  double a = 0, b = 0, c = 0;  // conic; b multiplies dx dy
  double effective = 0, z = 0;
  double color[3] = {0, 0, 0};
  dvec3 normal{0};
};

/// d(R)/d(q) for a unit quaternion w, x, y, z, contracted with dL/dR (rows, columns).
void rotation_backward(const double* q, const double g[3][3], double* out) {
  const double w = q[0], x = q[1], y = q[2], z = q[3];
  out[0] = 2 * (-z * g[0][1] + y * g[0][2] + z * g[1][0] - x * g[1][2] - y * g[2][0] + x * g[2][1]);
  out[1] = 2 * (y * g[0][1] + z * g[0][2] + y * g[1][0] - 2 * x * g[1][1] - w * g[1][2] + z * g[2][0] + w * g[2][1] -
                2 * x * g[2][2]);
  out[2] = 2 * (-2 * y * g[0][0] + x * g[0][1] + w * g[0][2] + x * g[1][0] + z * g[1][2] - w * g[2][0] + z * g[2][1] -
                2 * y * g[2][2]);
  out[3] = 2 * (-2 * z * g[0][0] - w * g[0][1] + x * g[0][2] + w * g[1][0] - 2 * z * g[1][1] + y * g[1][2] +
                x * g[2][0] + y * g[2][1]);
}

/// Derivative of the SH basis along each axis by the product rule on its defining polynomials.
std::array<dvec3, 16> sh_derivatives(const dvec3& d) {
  const double x = d.x, y = d.y, z = d.z;
  const double c1 = 0.4886025119029199, c2 = 1.0925484305920792, c20 = 0.31539156525252005, c22 = 0.5462742152960396;
  const double c33 = 0.5900435899266435, c32 = 2.890611442640554, c31 = 0.4570457994644658, c30 = 0.3731763325901154,
               c3e = 1.445305721320277;
  return {dvec3(0),
          dvec3(0, -c1, 0),
          dvec3(0, 0, c1),
          dvec3(-c1, 0, 0),
          c2 * dvec3(y, x, 0),
          -c2 * dvec3(0, z, y),
          c20 * dvec3(-2 * x, -2 * y, 4 * z),
          -c2 * dvec3(z, 0, x),
          c22 * dvec3(2 * x, -2 * y, 0),
          -c33 * dvec3(6 * x * y, 3 * x * x - 3 * y * y, 0),
          c32 * dvec3(y * z, x * z, x * y),
          -c31 * dvec3(-2 * x * y, 4 * z * z - x * x - 3 * y * y, 8 * y * z),
          c30 * dvec3(-6 * x * z, -6 * y * z, 6 * z * z - 3 * x * x - 3 * y * y),
          -c31 * dvec3(4 * z * z - 3 * x * x - y * y, -2 * x * y, 8 * x * z),
          c3e * dvec3(2 * x * z, -2 * y * z, x * x - y * y),
          -c33 * dvec3(3 * x * x - 3 * y * y, -6 * x * y, 0)};
}

void splat_backward(const ReferenceModel& model, std::size_t i, const View& view, const Splat& s,
                    const SplatGradient& g, ReferenceGradients& out) {
  // Opacity and the anti-aliasing compensation.
  out.planes[10][i] = g.effective * s.compensation * s.opacity * (1 - s.opacity);
  // Conic -> covariance: dS = -Q dQ Q with half of dL/db off the diagonal.
  const double q[2][2] = {{s.conic.xx, s.conic.xy}, {s.conic.xy, s.conic.yy}},
               dq[2][2] = {{g.a, g.b / 2}, {g.b / 2, g.c}};
  double ds[2][2] = {};
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 2; ++b)
      for (int k = 0; k < 2; ++k)
        for (int l = 0; l < 2; ++l) ds[a][b] -= q[a][k] * dq[k][l] * q[l][b];
  if (view.settings.antialiased) {
    const double d_compensation = g.effective * s.opacity, det0 = s.before.det(), det1 = s.after.det(),
                 f = d_compensation / (2 * s.compensation);
    ds[0][0] += f * (s.before.yy / det1 - det0 * s.after.yy / (det1 * det1));
    ds[1][1] += f * (s.before.xx / det1 - det0 * s.after.xx / (det1 * det1));
    const double off = f * (-s.before.xy / det1 + det0 * s.after.xy / (det1 * det1));
    ds[0][1] += off, ds[1][0] += off;
  }
  // dL/dSigma = M^T dS M, dL/dM = 2 dS M Sigma, dL/dJ = dL/dM W^T, dL/dW = J^T dL/dM.
  double d_sigma[3][3] = {}, dm[2][3] = {}, dj[2][3] = {};
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < 3; ++b)
      for (int k = 0; k < 2; ++k)
        for (int l = 0; l < 2; ++l) d_sigma[a][b] += s.m[k][a] * ds[k][l] * s.m[l][b];
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 3; ++b)
      for (int k = 0; k < 2; ++k)
        for (int l = 0; l < 3; ++l) dm[a][b] += 2 * ds[a][k] * s.m[k][l] * s.sigma[l][b];
  dmat3 dw(0.0);  // dw[column][row]
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 3; ++b)
      for (int k = 0; k < 3; ++k) dj[a][k] += dm[a][b] * view.w[b][k], dw[b][k] += s.j[a][k] * dm[a][b];
  // Sigma = K K^T, K = R S.
  double dr[3][3];
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < 3; ++b) {
      double dk = 0;
      for (int k = 0; k < 3; ++k) dk += 2 * d_sigma[a][k] * s.r[b][k] * s.scale[b];
      dr[a][b] = dk * s.scale[b];
      out.planes[3 + b][i] += s.r[b][a] * dk * s.scale[b];
    }
  const dvec3 d_axis = s.flip * g.normal;  // normal = flip W r_shortest
  const dvec3 in_world = glm::transpose(view.w) * d_axis;
  for (int a = 0; a < 3; ++a) {
    dr[a][s.shortest] += in_world[a];
    for (int b = 0; b < 3; ++b) dw[b][a] += d_axis[a] * s.r[s.shortest][b];
  }
  double d_unit[4], radial = 0;
  rotation_backward(s.q, dr, d_unit);
  for (int c = 0; c < 4; ++c) radial += d_unit[c] * s.q[c];
  for (int c = 0; c < 4; ++c) out.planes[6 + c][i] = (d_unit[c] - radial * s.q[c]) / s.q_length;
  // Camera coordinates.
  const double z = s.p.z, z2 = z * z;
  const double du = s.u_free ? -view.fx / z * dj[0][2] : 0, dv = s.v_free ? -view.fy / z * dj[1][2] : 0;
  dvec3 dp;
  dp.x = g.mean.x * view.fx / z + du / z;
  dp.y = g.mean.y * view.fy / z + dv / z;
  dp.z = g.z - g.mean.x * view.fx * s.p.x / z2 - g.mean.y * view.fy * s.p.y / z2 - du * s.p.x / z2 - dv * s.p.y / z2 -
         dj[0][0] * view.fx / z2 - dj[1][1] * view.fy / z2 + dj[0][2] * view.fx * s.u / z2 +
         dj[1][2] * view.fy * s.v / z2;
  // Colour and the view direction.
  const auto basis = render::sh_basis(s.direction.x, s.direction.y, s.direction.z);
  const auto slopes = sh_derivatives(s.direction);
  dvec3 d_direction(0);
  for (int c = 0; c < 3; ++c) {
    const double dc = s.raw[c] > 0 ? g.color[c] : 0;
    for (int k = 0; k < scene::sh_coefficients(view.degree); ++k) {
      out.planes[11 + 3 * k + c][i] = dc * basis[k];
      d_direction += dc * model.planes[11 + 3 * k + c][i] * slopes[k];
    }
  }
  const dvec3 d_offset = (d_direction - glm::dot(d_direction, s.direction) * s.direction) / s.distance;
  const dvec3 d_position = glm::transpose(view.w) * dp + d_offset;
  // Pose: p' = p + v + omega x p, W' = W + [omega] W; the offset to the centre moves by W^T v.
  const dvec3 moved = dp + view.w * d_offset;
  dvec3 turned = glm::cross(s.p, dp);
  for (int b = 0; b < 3; ++b) turned += glm::cross(view.w[b], dw[b]);
  for (int c = 0; c < 3; ++c) out.planes[c][i] = d_position[c], out.pose[c] += moved[c], out.pose[3 + c] += turned[c];
}

}  // namespace

int ReferenceModel::sh_degree() const {
  int degree = 0;
  while (planes.size() > static_cast<std::size_t>(11 + 3 * scene::sh_coefficients(degree))) ++degree;
  return degree;
}

ReferenceModel reference_model(const scene::GaussianModel& model) {
  ReferenceModel out;
  for (const auto* plane : model.planes()) out.planes.emplace_back(plane->begin(), plane->end());
  return out;
}

ReferenceFrame reference_forward(const ReferenceModel& model, const scene::Camera& camera,
                                 const render::RenderSettings& settings) {
  const View view = make_view(camera, settings, model.sh_degree());
  ReferenceFrame frame;
  frame.width = view.width, frame.height = view.height;
  const std::size_t pixels = static_cast<std::size_t>(view.width) * view.height;
  for (auto& plane : frame.color) plane.assign(pixels, 0);
  for (auto& plane : frame.normal) plane.assign(pixels, 0);
  for (auto* plane : {&frame.alpha, &frame.depth, &frame.median_depth, &frame.count}) plane->assign(pixels, 0);
  const std::vector<Splat> splats = project_all(model, view, frame.margin);
  const std::vector<std::size_t> order = depth_order(splats);
  std::vector<Contribution> list;
  for (std::size_t at = 0; at < pixels; ++at) {
    const double t_end = blend_pixel(splats, order, at % view.width + 0.5, at / view.width + 0.5, list, frame.margin);
    for (const Contribution& one : list) {
      const Splat& s = splats[one.splat];
      const double w = one.t * one.alpha;
      for (int c = 0; c < 3; ++c) frame.color[c][at] += w * s.color[c], frame.normal[c][at] += w * s.normal[c];
      frame.depth[at] += w * s.p.z;
      frame.count[at] += 1;
      if (one.t > 0.5 && one.t * (1 - one.alpha) <= 0.5) frame.median_depth[at] = s.p.z;
    }
    for (int c = 0; c < 3; ++c) frame.color[c][at] += t_end * settings.background[c];
    frame.alpha[at] = 1 - t_end;
    if (!list.empty()) frame.depth[at] /= 1 - t_end;
  }
  return frame;
}

ReferenceGradients reference_backward(const ReferenceModel& model, const scene::Camera& camera,
                                      const render::RenderSettings& settings, const ReferenceFrame& gradient) {
  const View view = make_view(camera, settings, model.sh_degree());
  const std::size_t n = model.size(), pixels = static_cast<std::size_t>(view.width) * view.height;
  double margin = 0;
  const std::vector<Splat> splats = project_all(model, view, margin);
  const std::vector<std::size_t> order = depth_order(splats);
  ReferenceGradients out;
  out.planes.assign(model.planes.size(), std::vector<double>(n, 0));
  for (auto& plane : out.mean2d) plane.assign(n, 0);
  for (auto& plane : out.abs_mean2d) plane.assign(n, 0);
  out.radius.assign(n, 0), out.weight.assign(n, 0), out.seen.assign(n, 0);
  std::vector<SplatGradient> sums(n);
  std::vector<Contribution> list;
  const auto value = [](const std::vector<double>& plane, std::size_t at) { return plane.empty() ? 0 : plane[at]; };

  for (std::size_t at = 0; at < pixels; ++at) {
    const double t_end = blend_pixel(splats, order, at % view.width + 0.5, at / view.width + 0.5, list, margin);
    double total = 0, depth = 0;
    for (const Contribution& one : list) total += one.t * one.alpha, depth += one.t * one.alpha * splats[one.splat].p.z;
    if (total > 0) depth /= total;
    double behind_color[3], behind_z = 0;
    dvec3 behind_normal(0);
    for (int c = 0; c < 3; ++c) behind_color[c] = t_end * settings.background[c];
    for (auto one = list.rbegin(); one != list.rend(); ++one) {
      const Splat& s = splats[one->splat];
      SplatGradient& g = sums[one->splat];
      const double w = one->t * one->alpha, rest = 1 - one->alpha;
      double d_alpha = value(gradient.alpha, at) * t_end / rest;
      for (int c = 0; c < 3; ++c) {
        const double gc = value(gradient.color[c], at), gn = value(gradient.normal[c], at);
        d_alpha +=
            gc * (one->t * s.color[c] - behind_color[c] / rest) + gn * (one->t * s.normal[c] - behind_normal[c] / rest);
        g.color[c] += gc * w, g.normal[c] += gn * w;
        behind_color[c] += w * s.color[c], behind_normal[c] += w * s.normal[c];
      }
      const double gd = value(gradient.depth, at) / total;  // depth = sum w z / sum w
      d_alpha += gd * (one->t * s.p.z - behind_z / rest - depth * t_end / rest);
      g.z += gd * w;
      behind_z += w * s.p.z;
      out.weight[one->splat] += w;
      out.seen[one->splat] = 1;
      if (one->clamped) continue;
      g.effective += one->gaussian * d_alpha;
      const double d_sigma = -one->alpha * d_alpha;
      const dvec2 d_mean =
          d_sigma * dvec2(s.conic.xx * one->d.x + s.conic.xy * one->d.y, s.conic.xy * one->d.x + s.conic.yy * one->d.y);
      g.mean += d_mean;
      g.a += d_sigma * one->d.x * one->d.x / 2, g.b += d_sigma * one->d.x * one->d.y,
          g.c += d_sigma * one->d.y * one->d.y / 2;
      for (int c = 0; c < 2; ++c)
        out.mean2d[c][one->splat] += d_mean[c], out.abs_mean2d[c][one->splat] += std::abs(d_mean[c]);
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!splats[i].visible) continue;
    const double reach = 2 * std::log(255 * splats[i].effective);
    out.radius[i] = std::sqrt(reach * std::max(splats[i].after.xx, splats[i].after.yy));
    splat_backward(model, i, view, splats[i], sums[i], out);
  }
  return out;
}

}  // namespace tessera::test
