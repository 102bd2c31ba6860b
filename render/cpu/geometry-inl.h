// EWA projection and spherical harmonics in lanes over model rows; shared by the forward and the backward kernel.
#if defined(TESSERA_RENDER_CPU_GEOMETRY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_RENDER_CPU_GEOMETRY_INL_H_
#undef TESSERA_RENDER_CPU_GEOMETRY_INL_H_
#else
#define TESSERA_RENDER_CPU_GEOMETRY_INL_H_
#endif

#include "render/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::render::HWY_NAMESPACE {

HWY_INLINE V dot3(V a0, V a1, V a2, V b0, V b1, V b2) {
  return hn::MulAdd(a2, b2, hn::MulAdd(a1, b1, hn::Mul(a0, b0)));
}
HWY_INLINE V dot3(const V* a, const V* b) { return dot3(a[0], a[1], a[2], b[0], b[1], b[2]); }
HWY_INLINE void cross3(const V* a, const V* b, V* out) {
  out[0] = hn::NegMulAdd(a[2], b[1], hn::Mul(a[1], b[2]));
  out[1] = hn::NegMulAdd(a[0], b[2], hn::Mul(a[2], b[0]));
  out[2] = hn::NegMulAdd(a[1], b[0], hn::Mul(a[0], b[1]));
}

/// Everything about a splat in a view that both directions need (Zwicker et al. 2001, eq. 24 to 31).
struct Projected {
  V p[3];             // position in camera coordinates
  V inv_z, ratio[2];  // x / z, y / z
  V clamped[2];       // the same, clamped for the Jacobian
  M inside[2];        // where the clamp did nothing
  V q[4], inv_norm;   // normalised rotation; 1 / length of the stored one
  V axis[3][3];       // axis[j]: local axis j in camera coordinates
  V scale[3];
  V kc[3][3];            // kc[j] = scale[j] axis[j]
  V p0[3], p1[3];        // rows of J kc (2 x 3): covariance before dilation = [p0 p0, p0 p1; p0 p1, p1 p1]
  V xx, xy, yy;          // covariance before dilation
  V xxd, yyd;            // diagonal after dilation
  V inv_trace, det;      // det after dilation x inv_trace^2; det and area cannot overflow so scaled
  V area;                // |p0 x p1| inv_trace = sqrt(det before dilation) inv_trace
  V opacity, effective;  // sigmoid(logit); the same x compensation
  V lo, extent;          // log2(effective); lo + log2(255): how far log2 alpha may fall
  V half_x, half_y;      // half-widths of the extent, pixels
  V mean[2];
  M valid;  // between the planes and not fainter than 1/255 everywhere
};

/// Position in camera coordinates and which rows lie between the near and the far plane.
HWY_INLINE void project_depth(const ProjectJob& job, std::size_t i, Projected& s) {
  const ViewParameters& view = *job.view;
  const std::size_t n = job.rows;
  const V x = load_rows(job.position[0], i, n), y = load_rows(job.position[1], i, n),
          z = load_rows(job.position[2], i, n);
  for (int r = 0; r < 3; ++r)
    s.p[r] = hn::MulAdd(set(view.w[3 * r]), x,
                        hn::MulAdd(set(view.w[3 * r + 1]), y, hn::MulAdd(set(view.w[3 * r + 2]), z, set(view.t[r]))));
  s.valid = hn::And(hn::Ge(s.p[2], set(view.near_plane)), hn::Le(s.p[2], set(view.far_plane)));
  if (i + kN > n) s.valid = hn::And(s.valid, hn::FirstN(D(), n - i));
}

/// The rest; rows that are not valid get unspecified values.
HWY_INLINE void project_shape(const ProjectJob& job, std::size_t i, Projected& s) {
  const ViewParameters& view = *job.view;
  const std::size_t n = job.rows;
  const V one = set(1.0f);
  s.inv_z = hn::Div(one, s.p[2]);
  const float focal[2] = {view.fx, view.fy}, centre[2] = {view.cx, view.cy}, limit[2] = {view.limit_x, view.limit_y};
  for (int c = 0; c < 2; ++c) {
    s.ratio[c] = hn::Mul(s.p[c], s.inv_z);
    s.clamped[c] = hn::Min(hn::Max(s.ratio[c], set(-limit[c])), set(limit[c]));
    s.inside[c] = hn::Eq(s.ratio[c], s.clamped[c]);
    s.mean[c] = hn::MulAdd(set(focal[c]), s.ratio[c], set(centre[c]));
  }

  for (int c = 0; c < 4; ++c) s.q[c] = load_rows(job.rotation[c], i, n);
  const V norm2 = hn::MulAdd(s.q[3], s.q[3], dot3(s.q, s.q));
  s.inv_norm = hn::Div(one, hn::Sqrt(norm2));
  for (V& c : s.q) c = hn::Mul(c, s.inv_norm);
  const V two = set(2.0f);
  const V qw = s.q[0], qx = s.q[1], qy = s.q[2], qz = s.q[3];
  const V qx2 = hn::Mul(two, qx), qy2 = hn::Mul(two, qy), qz2 = hn::Mul(two, qz);
  const V r[3][3] = {// r[j] = column j of the rotation
                     {hn::NegMulAdd(qz2, qz, hn::NegMulAdd(qy2, qy, one)), hn::MulAdd(qz2, qw, hn::Mul(qx2, qy)),
                      hn::NegMulAdd(qy2, qw, hn::Mul(qx2, qz))},
                     {hn::NegMulAdd(qz2, qw, hn::Mul(qx2, qy)), hn::NegMulAdd(qz2, qz, hn::NegMulAdd(qx2, qx, one)),
                      hn::MulAdd(qx2, qw, hn::Mul(qy2, qz))},
                     {hn::MulAdd(qy2, qw, hn::Mul(qx2, qz)), hn::NegMulAdd(qx2, qw, hn::Mul(qy2, qz)),
                      hn::NegMulAdd(qy2, qy, hn::NegMulAdd(qx2, qx, one))}};
  for (int j = 0; j < 3; ++j) {
    s.scale[j] = exp_lanes(load_rows(job.log_scale[j], i, n));
    for (int c = 0; c < 3; ++c) {
      s.axis[j][c] =
          dot3(set(view.w[3 * c]), set(view.w[3 * c + 1]), set(view.w[3 * c + 2]), r[j][0], r[j][1], r[j][2]);
      s.kc[j][c] = hn::Mul(s.scale[j], s.axis[j][c]);
    }
  }
  const V fx_z = hn::Mul(set(view.fx), s.inv_z), fy_z = hn::Mul(set(view.fy), s.inv_z);
  for (int j = 0; j < 3; ++j) {
    s.p0[j] = hn::Mul(fx_z, hn::NegMulAdd(s.clamped[0], s.kc[j][2], s.kc[j][0]));
    s.p1[j] = hn::Mul(fy_z, hn::NegMulAdd(s.clamped[1], s.kc[j][2], s.kc[j][1]));
  }
  s.xx = dot3(s.p0, s.p0), s.xy = dot3(s.p0, s.p1), s.yy = dot3(s.p1, s.p1);
  const V dilation = set(kDilation);
  s.xxd = hn::Add(s.xx, dilation), s.yyd = hn::Add(s.yy, dilation);
  // det(P P^T) = |p0 x p1|^2 (Lagrange): no cancellation between large products, however thin the splat is.
  V normal[3];
  cross3(s.p0, s.p1, normal);
  s.inv_trace = hn::Div(one, hn::Add(s.xxd, s.yyd));
  s.valid = hn::And(s.valid, hn::Gt(s.inv_trace, hn::Zero(D())));  // a footprint that overflows is culled
  for (V& c : normal) c = hn::Mul(c, s.inv_trace);
  const V area2 = dot3(normal, normal);
  s.area = hn::Sqrt(area2);
  const V d_trace = hn::Mul(dilation, s.inv_trace);
  s.det = hn::Add(area2, hn::NegMulAdd(d_trace, d_trace, d_trace));  // area^2 + d tr - d^2, tr the dilated trace

  const V logit = load_rows(job.opacity_logit, i, n);
  s.opacity = hn::Div(one, hn::Add(one, exp_lanes(hn::Neg(logit))));
  s.effective = view.antialiased ? hn::Mul(s.opacity, hn::Div(s.area, hn::Sqrt(s.det))) : s.opacity;
  s.valid = hn::And(s.valid, hn::Ge(s.effective, set(kAlphaMin)));
  s.lo = log2_lanes(hn::IfThenElse(s.valid, s.effective, one));
  s.extent = hn::Max(hn::Add(s.lo, set(7.99435344f)), hn::Zero(D()));  // log2(255)
  const V reach = hn::Mul(set(2.0f * kLn2), s.extent);
  s.half_x = hn::Sqrt(hn::Mul(reach, s.xxd)), s.half_y = hn::Sqrt(hn::Mul(reach, s.yyd));
}

/// The shortest local axis in camera coordinates, turned towards the camera; is[j]: axis j is the one. Ties go to the
/// first.
HWY_INLINE V shortest_axis(const Projected& s, V* normal, M* is) {
  is[0] = hn::And(hn::Le(s.scale[0], s.scale[1]), hn::Le(s.scale[0], s.scale[2]));
  is[1] = hn::AndNot(is[0], hn::Le(s.scale[1], s.scale[2]));
  is[2] = hn::Not(hn::Or(is[0], is[1]));
  for (int c = 0; c < 3; ++c)
    normal[c] = hn::IfThenElse(is[0], s.axis[0][c], hn::IfThenElse(is[1], s.axis[1][c], s.axis[2][c]));
  const V sign = hn::IfThenElse(hn::Gt(dot3(normal, s.p), hn::Zero(D())), set(-1.0f), set(1.0f));
  for (int c = 0; c < 3; ++c) normal[c] = hn::Mul(sign, normal[c]);
  return sign;
}

// Real spherical harmonics: the constants of render/sh_basis.cpp.
constexpr float kY0 = 0.28209479177387814f, kY1 = 0.4886025119029199f;
constexpr float kY2xy = 1.0925484305920792f, kY2z = 0.31539156525252005f, kY2d = 0.5462742152960396f;
constexpr float kY3a = 0.5900435899266435f, kY3b = 2.890611442640554f, kY3c = 0.4570457994644658f,
                kY3d = 0.3731763325901154f, kY3e = 1.445305721320277f;

/// out[k], k < (degree + 1)^2, at the unit vector d.
HWY_INLINE void sh_lanes(int degree, const V* d, V* out) {
  const V x = d[0], y = d[1], z = d[2];
  out[0] = set(kY0);
  if (degree < 1) return;
  out[1] = hn::Mul(set(-kY1), y), out[2] = hn::Mul(set(kY1), z), out[3] = hn::Mul(set(-kY1), x);
  if (degree < 2) return;
  const V xx = hn::Mul(x, x), yy = hn::Mul(y, y), zz = hn::Mul(z, z), xy = hn::Mul(x, y), yz = hn::Mul(y, z),
          xz = hn::Mul(x, z);
  const V xx_yy = hn::Sub(xx, yy), zz2 = hn::Add(zz, zz);
  out[4] = hn::Mul(set(kY2xy), xy), out[5] = hn::Mul(set(-kY2xy), yz);
  out[6] = hn::Mul(set(kY2z), hn::Sub(hn::Sub(zz2, xx), yy));
  out[7] = hn::Mul(set(-kY2xy), xz), out[8] = hn::Mul(set(kY2d), xx_yy);
  if (degree < 3) return;
  const V three = set(3.0f), zz4 = hn::Add(zz2, zz2);
  const V ring = hn::Sub(hn::Sub(zz4, xx), yy);
  out[9] = hn::Mul(hn::Mul(set(-kY3a), y), hn::MulSub(three, xx, yy));
  out[10] = hn::Mul(hn::Mul(set(kY3b), xy), z);
  out[11] = hn::Mul(hn::Mul(set(-kY3c), y), ring);
  out[12] = hn::Mul(hn::Mul(set(kY3d), z), hn::NegMulAdd(three, hn::Add(xx, yy), zz2));
  out[13] = hn::Mul(hn::Mul(set(-kY3c), x), ring);
  out[14] = hn::Mul(hn::Mul(set(kY3e), z), xx_yy);
  out[15] = hn::Mul(hn::Mul(set(-kY3a), x), hn::NegMulAdd(three, yy, xx));
}

/// gradient[axis] = sum over k >= 1 of s[k] dY_k / d(axis) at d, the polynomials taken as functions of all three
/// coordinates.
HWY_INLINE void sh_gradient_lanes(int degree, const V* d, const V* s, V* gradient) {
  const V x = d[0], y = d[1], z = d[2];
  V gx = hn::Zero(D()), gy = gx, gz = gx;
  if (degree >= 1) {
    gx = hn::Mul(set(-kY1), s[3]), gy = hn::Mul(set(-kY1), s[1]), gz = hn::Mul(set(kY1), s[2]);
  }
  if (degree >= 2) {
    const V a4 = hn::Mul(set(kY2xy), s[4]), a5 = hn::Mul(set(-kY2xy), s[5]), a7 = hn::Mul(set(-kY2xy), s[7]);
    const V a6 = hn::Mul(set(2.0f * kY2z), s[6]), a8 = hn::Mul(set(2.0f * kY2d), s[8]);
    gx = hn::MulAdd(a4, y, hn::MulAdd(a7, z, hn::MulAdd(hn::Sub(a8, a6), x, gx)));
    gy = hn::MulAdd(a4, x, hn::MulAdd(a5, z, hn::NegMulAdd(hn::Add(a8, a6), y, gy)));
    gz = hn::MulAdd(a5, y, hn::MulAdd(a7, x, hn::MulAdd(hn::Add(a6, a6), z, gz)));
  }
  if (degree >= 3) {
    const V xx = hn::Mul(x, x), yy = hn::Mul(y, y), zz = hn::Mul(z, z), xy = hn::Mul(x, y), yz = hn::Mul(y, z),
            xz = hn::Mul(x, z);
    const V four = set(4.0f), xx_yy = hn::Sub(xx, yy), zz4 = hn::Mul(four, zz);
    const V b9 = hn::Mul(set(-3.0f * kY3a), s[9]), b10 = hn::Mul(set(kY3b), s[10]), b11 = hn::Mul(set(-kY3c), s[11]);
    const V b12 = hn::Mul(set(3.0f * kY3d), s[12]), b13 = hn::Mul(set(-kY3c), s[13]), b14 = hn::Mul(set(kY3e), s[14]);
    const V b15 = hn::Mul(set(-3.0f * kY3a), s[15]);
    const V two = set(2.0f), xy2 = hn::Mul(two, xy), xz2 = hn::Mul(two, xz), yz2 = hn::Mul(two, yz);
    const V outer = hn::Sub(zz4, hn::Add(xx, yy));  // 4 zz - xx - yy
    gx = hn::MulAdd(b9, xy2, gx);
    gx = hn::MulAdd(b10, yz, gx);
    gx = hn::NegMulAdd(b11, xy2, gx);
    gx = hn::NegMulAdd(b12, xz2, gx);
    gx = hn::MulAdd(b13, hn::NegMulAdd(two, xx, outer), gx);
    gx = hn::MulAdd(b14, xz2, gx);
    gx = hn::MulAdd(b15, xx_yy, gx);
    gy = hn::MulAdd(b9, xx_yy, gy);
    gy = hn::MulAdd(b10, xz, gy);
    gy = hn::MulAdd(b11, hn::NegMulAdd(two, yy, outer), gy);
    gy = hn::NegMulAdd(b12, yz2, gy);
    gy = hn::NegMulAdd(b13, xy2, gy);
    gy = hn::NegMulAdd(b14, yz2, gy);
    gy = hn::NegMulAdd(b15, xy2, gy);
    gz = hn::MulAdd(b10, xy, gz);
    gz = hn::MulAdd(b11, hn::Mul(four, yz2), gz);
    gz = hn::MulAdd(b12, hn::Sub(hn::Mul(two, zz), hn::Add(xx, yy)), gz);
    gz = hn::MulAdd(b13, hn::Mul(four, xz2), gz);
    gz = hn::MulAdd(b14, xx_yy, gz);
  }
  gradient[0] = gx, gradient[1] = gy, gradient[2] = gz;
}

/// Unit vector from the camera centre to the rows, in the world, and 1 / distance.
HWY_INLINE V view_direction(const ProjectJob& job, std::size_t i, V* direction) {
  for (int c = 0; c < 3; ++c) direction[c] = hn::Sub(load_rows(job.position[c], i, job.rows), set(job.view->center[c]));
  const V inverse = hn::Div(set(1.0f), hn::Sqrt(dot3(direction, direction)));
  for (int c = 0; c < 3; ++c) direction[c] = hn::Mul(direction[c], inverse);
  return inverse;
}

}  // namespace tessera::render::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
