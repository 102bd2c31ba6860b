// Backward through projection, spherical harmonics and pose: model rows in vector lanes.
#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/cpu/project_backward.cpp"
#include "render/cpu/targets.h"
// Before Highway's own headers: it says which targets they make.
#include "hwy/foreach_target.h"
//
#include "render/cpu/geometry-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::render::HWY_NAMESPACE {

/// A run of kSpan rows between the phases of the kernel. Lanes of rows that are not visible hold 0 in `sum` and
/// `color`.
struct Run {
  std::uint32_t visible[kSpanBlocks];
  HWY_ALIGN float sum[kSpanBlocks][kSlotSize][kLanes];
  HWY_ALIGN float color[3][kSpan];  // dL / d(colour before the clamp at 0)
  HWY_ALIGN float direction[3][kSpan], inverse[kSpan];
  HWY_ALIGN float basis[kMaxFeatures / 3][kSpan];  // later: sum over channels of dL/d(colour) x coefficient
};

/// Sums the slots of each visible splat of a block, in slot order. `next` counts the visible splats of the chunk so
/// far.
HWY_INLINE void gather_block(const ProjectBackwardJob& job, std::size_t chunk, std::size_t block, std::uint32_t& next,
                             Run& run) {
  const D d;
  HWY_ALIGN float by_lane[kLanes][kSlotSize] = {}, gate[3][kLanes] = {};
  for (std::uint32_t bits = run.visible[block]; bits != 0; bits &= bits - 1) {
    const int l = std::countr_zero(bits);
    const std::size_t at = chunk * kChunk + next++;
    const Footprint footprint = job.forward.footprints[at];
    float* out = by_lane[l];
    for (std::uint32_t slot = footprint.slot; slot < footprint.slot + footprint.pairs; ++slot) {
      if (job.touched[slot] == 0) continue;
      const float* in = job.slots + static_cast<std::size_t>(slot) * kSlotSize;
      for (std::size_t q = 0; q < kSlotSize; q += kN)
        hn::Store(hn::Add(hn::Load(d, out + q), hn::Load(d, in + q)), d, out + q);
    }
    for (int c = 0; c < 3; ++c) gate[c][l] = job.forward.splats[at].color[c] > 0 ? 1.0f : 0.0f;
  }
  transpose16(by_lane[0], run.sum[block][0]);
  for (int c = 0; c < 3; ++c)
    for (std::size_t o = 0; o < kLanes; o += kN)
      hn::Store(hn::Mul(hn::Load(d, gate[c] + o), hn::Load(d, run.sum[block][kSumRed + c] + o)), d,
                run.color[c] + block * kLanes + o);
}

/// Gradients of the SH coefficients, plane by plane; leaves in run.basis what the view direction needs.
HWY_INLINE void shade_backward(const ProjectJob& forward, const GradientRows& rows, std::size_t begin, Run& run) {
  const D d;
  const std::size_t n = forward.rows, out = begin - rows.begin;
  const int degree = forward.view->sh_degree, coefficients = scene::sh_coefficients(degree);
  for (std::size_t o = 0; o < kSpan; o += kN) {
    if (part_bits(run.visible[o / kLanes], o % kLanes / kN) == 0) continue;
    V direction[3], basis[kMaxFeatures / 3];
    hn::Store(view_direction(forward, begin + o, direction), d, run.inverse + o);
    for (int c = 0; c < 3; ++c) hn::Store(direction[c], d, run.direction[c] + o);
    sh_lanes(degree, direction, basis);
    for (int q = 0; q < coefficients; ++q) hn::Store(basis[q], d, run.basis[q] + o);
  }
  for (int q = 0; q < coefficients; ++q)
    for (std::size_t o = 0; o < kSpan; o += kN) {
      const std::uint32_t bits = part_bits(run.visible[o / kLanes], o % kLanes / kN);
      if (bits == 0) continue;
      const M mask = mask_from_bits(bits);
      const V basis = hn::Load(d, run.basis[q] + o);
      V w = hn::Zero(d);
      for (int c = 0; c < 3; ++c) {
        const V color = hn::Load(d, run.color[c] + o);
        w = hn::MulAdd(color, load_rows(forward.sh[q * 3 + c], begin + o, n), w);
        prefetch_rows(forward.sh[q * 3 + c] + begin + o);
        store_rows(hn::Mul(basis, color), mask, rows.sh[q * 3 + c], out + o, rows.count);
      }
      hn::Store(w, d, run.basis[q] + o);
    }
  for (std::size_t plane = static_cast<std::size_t>(coefficients) * 3; plane < rows.sh_planes; ++plane)
    for (std::size_t o = 0; o < kSpan; o += kN)
      if (const std::uint32_t bits = part_bits(run.visible[o / kLanes], o % kLanes / kN); bits != 0)
        store_rows(hn::Zero(d), mask_from_bits(bits), rows.sh[plane], out + o, rows.count);
}

/// Chain rule through the projection for kN rows (gaussian splatting base algorithm, section 6; Kerbl et al. 2023,
/// appendix A). Adds to `pose` (lane sums in double, in lane order).
/// i: the first row; o: its place in the run.
HWY_INLINE void backward_rows(const ProjectBackwardJob& job, const GradientRows& rows, std::size_t i, M mask,
                              const Run& run, std::size_t o, double* pose) {
  const D d;
  const ProjectJob& forward = job.forward;
  const ViewParameters& view = *forward.view;
  const std::size_t n = forward.rows, at = i - rows.begin;
  const V zero = hn::Zero(d);
  const auto sum = [&](int q)
                       HWY_ATTR { return hn::IfThenElseZero(mask, hn::Load(d, run.sum[o / kLanes][q] + o % kLanes)); };
  Projected s;
  project_depth(forward, i, s);
  project_shape(forward, i, s);

  // Statistics and the terms that end here.
  const V mean_grad[2] = {hn::Mul(set(-kLn2), sum(kSumX)), hn::Mul(set(-kLn2), sum(kSumY))};
  for (int c = 0; c < 2; ++c) {
    store_rows(mean_grad[c], mask, job.mean2d[c], i, n);
    store_rows(hn::Mul(set(kLn2), sum(kSumAbsX + c)), mask, job.abs_mean2d[c], i, n);
  }
  store_rows(hn::Max(s.half_x, s.half_y), mask, job.radius, i, n);
  store_rows(sum(kSumWeight), mask, job.weight, i, n);
  const V log_opacity = sum(kSumW);  // dL / d ln(effective opacity)
  store_rows(hn::Mul(log_opacity, hn::Sub(set(1.0f), s.opacity)), mask, rows.opacity_logit, at, rows.count);

  // dL / d(covariance), as a symmetric matrix: 1/2 sum w v v^T with v = Q d = ln 2 (gx, gy) up to sign.
  const V factor = set(0.5f * kLn2 * kLn2);
  V cxx = hn::Mul(factor, sum(kSumXX)), cxy = hn::Mul(factor, sum(kSumXY)), cyy = hn::Mul(factor, sum(kSumYY));
  if (view.antialiased) {
    // ln compensation = (ln det before - ln det after) / 2; d ln det = tr(adj(S) dS) / det.
    const V scale2 = hn::Mul(s.inv_trace, s.inv_trace), half = set(0.5f);
    const V before = hn::Div(hn::Mul(half, scale2), hn::Mul(s.area, s.area)),
            after = hn::Div(hn::Mul(half, scale2), s.det);
    const V w = hn::IfThenElseZero(mask, log_opacity);
    cxx = hn::MulAdd(w, hn::IfThenElseZero(mask, hn::MulSub(s.yy, before, hn::Mul(s.yyd, after))), cxx);
    cyy = hn::MulAdd(w, hn::IfThenElseZero(mask, hn::MulSub(s.xx, before, hn::Mul(s.xxd, after))), cyy);
    cxy = hn::NegMulAdd(w, hn::IfThenElseZero(mask, hn::Mul(s.xy, hn::Sub(before, after))), cxy);
  }

  // S = P P^T: dL/dP = 2 dL/dS P. P = J kc, J = [f/z, 0, -f u/z; 0, g/z, -g v/z].
  const V two = set(2.0f);
  const V cxx2 = hn::Mul(two, cxx), cxy2 = hn::Mul(two, cxy), cyy2 = hn::Mul(two, cyy);
  const V j00 = hn::Mul(set(view.fx), s.inv_z), j11 = hn::Mul(set(view.fy), s.inv_z);
  const V j02 = hn::Neg(hn::Mul(j00, s.clamped[0])), j12 = hn::Neg(hn::Mul(j11, s.clamped[1]));
  V dkc[3][3], d00 = zero, d02 = zero, d11 = zero, d12 = zero;
  for (int j = 0; j < 3; ++j) {
    const V dp0 = hn::MulAdd(cxx2, s.p0[j], hn::Mul(cxy2, s.p1[j]));
    const V dp1 = hn::MulAdd(cxy2, s.p0[j], hn::Mul(cyy2, s.p1[j]));
    dkc[j][0] = hn::Mul(j00, dp0);
    dkc[j][1] = hn::Mul(j11, dp1);
    dkc[j][2] = hn::MulAdd(j02, dp0, hn::Mul(j12, dp1));
    d00 = hn::MulAdd(dp0, s.kc[j][0], d00), d02 = hn::MulAdd(dp0, s.kc[j][2], d02);
    d11 = hn::MulAdd(dp1, s.kc[j][1], d11), d12 = hn::MulAdd(dp1, s.kc[j][2], d12);
  }

  // Position in camera coordinates, from the mean, from J, and from the depth output.
  const V u_term = hn::IfThenElseZero(s.inside[0], hn::Neg(hn::Mul(d02, j00)));  // dL/du where u is not clamped
  const V v_term = hn::IfThenElseZero(s.inside[1], hn::Neg(hn::Mul(d12, j11)));
  V dt[3];
  dt[0] = hn::MulAdd(mean_grad[0], j00, hn::Mul(u_term, s.inv_z));
  dt[1] = hn::MulAdd(mean_grad[1], j11, hn::Mul(v_term, s.inv_z));
  V dz = hn::Mul(hn::Mul(mean_grad[0], j00), s.ratio[0]);
  dz = hn::MulAdd(hn::Mul(mean_grad[1], j11), s.ratio[1], dz);
  V jz = hn::MulAdd(d00, j00, hn::Mul(d11, j11));
  jz = hn::MulAdd(d02, j02, hn::MulAdd(d12, j12, jz));
  jz = hn::MulAdd(u_term, s.ratio[0], hn::MulAdd(v_term, s.ratio[1], jz));
  dt[2] = hn::Sub(sum(kSumDepth), hn::MulAdd(jz, s.inv_z, dz));

  // Scales and rotation, from dL/d(kc) seen along the splat's own axes. turn: small rotation R exp([turn]x), local.
  V turn[3], pose_turn[3], along[3][3], product[3];
  for (int j = 0; j < 3; ++j) {
    store_rows(dot3(s.kc[j], dkc[j]), mask, rows.log_scale[j], at, rows.count);
    for (int a = 0; a < 3; ++a) along[a][j] = hn::Mul(s.scale[j], dot3(s.axis[a], dkc[j]));
  }
  turn[0] = hn::Sub(along[2][1], along[1][2]);
  turn[1] = hn::Sub(along[0][2], along[2][0]);
  turn[2] = hn::Sub(along[1][0], along[0][1]);
  cross3(s.p, dt, pose_turn);
  for (int j = 0; j < 3; ++j) {
    cross3(s.kc[j], dkc[j], product);
    for (int c = 0; c < 3; ++c) pose_turn[c] = hn::Add(pose_turn[c], product[c]);
  }
  if (view.geometry) {
    V normal[3], local[3];
    M is[3];
    const V sign = shortest_axis(s, normal, is);
    const V dn[3] = {sum(kSumNormalX), sum(kSumNormalY), sum(kSumNormalZ)};
    cross3(normal, dn, product);
    for (int c = 0; c < 3; ++c) pose_turn[c] = hn::Add(pose_turn[c], product[c]);
    for (int a = 0; a < 3; ++a) local[a] = hn::Mul(sign, dot3(s.axis[a], dn));
    for (int a = 0; a < 3; ++a) {
      const int b = (a + 1) % 3, c = (a + 2) % 3;
      turn[a] = hn::Add(turn[a], hn::Sub(hn::IfThenElseZero(is[b], local[c]), hn::IfThenElseZero(is[c], local[b])));
    }
  }
  const V qw = s.q[0], qx = s.q[1], qy = s.q[2], qz = s.q[3], twice = hn::Add(s.inv_norm, s.inv_norm);
  const V dq[4] = {hn::Neg(dot3(qx, qy, qz, turn[0], turn[1], turn[2])),
                   hn::NegMulAdd(qz, turn[1], hn::MulAdd(qy, turn[2], hn::Mul(qw, turn[0]))),
                   hn::NegMulAdd(qx, turn[2], hn::MulAdd(qz, turn[0], hn::Mul(qw, turn[1]))),
                   hn::NegMulAdd(qy, turn[0], hn::MulAdd(qx, turn[1], hn::Mul(qw, turn[2])))};
  for (int c = 0; c < 4; ++c) store_rows(hn::Mul(twice, dq[c]), mask, rows.rotation[c], at, rows.count);

  // The view direction.
  V direction[3], weighted[kMaxFeatures / 3], d_direction[3];
  for (int c = 0; c < 3; ++c) direction[c] = hn::Load(d, run.direction[c] + o);
  const V inverse = hn::Load(d, run.inverse + o);
  for (int q = 1; q < scene::sh_coefficients(view.sh_degree); ++q) weighted[q] = hn::Load(d, run.basis[q] + o);
  sh_gradient_lanes(view.sh_degree, direction, weighted, d_direction);
  const V radial = dot3(direction, d_direction);
  V dr[3];
  for (int c = 0; c < 3; ++c) dr[c] = hn::Mul(inverse, hn::NegMulAdd(radial, direction[c], d_direction[c]));

  for (int c = 0; c < 3; ++c)
    store_rows(hn::Add(dr[c], dot3(set(view.w[c]), set(view.w[3 + c]), set(view.w[6 + c]), dt[0], dt[1], dt[2])), mask,
               rows.position[c], at, rows.count);

  HWY_ALIGN float buffer[kN];
  for (int c = 0; c < 6; ++c) {
    const V moved = c < 3 ? hn::Add(dt[c], dot3(set(view.w[3 * c]), set(view.w[3 * c + 1]), set(view.w[3 * c + 2]),
                                                dr[0], dr[1], dr[2]))
                          : pose_turn[c - 3];
    hn::Store(hn::IfThenElseZero(mask, moved), d, buffer);
    for (std::size_t l = 0; l < kN; ++l) pose[c] += buffer[l];
  }
}

void ProjectBackwardChunk(const ProjectBackwardJob& job, std::size_t chunk, const GradientRows& rows) {
  ChunkResult& result = job.forward.chunks[chunk];
  std::fill(std::begin(result.pose), std::end(result.pose), 0.0);
  const std::size_t begin = rows.begin, end = begin + rows.count;
  std::uint32_t next = 0;
  Run run;
  for (std::size_t first = begin; first < end; first += kSpan) {
    std::uint32_t any = 0;
    for (std::size_t block = 0; block < kSpanBlocks; ++block) {
      const std::size_t row = first + block * kLanes;
      const std::uint32_t bits = row < end ? job.forward.block_mask[row / kLanes] : 0;
      run.visible[block] = bits;
      any |= bits;
      for (std::size_t i = row; i < std::min(end, row + kLanes); ++i) rows.seen[i - begin] = (bits >> (i - row)) & 1;
      if (bits != 0) gather_block(job, chunk, block, next, run);
    }
    if (any == 0) continue;
    shade_backward(job.forward, rows, first, run);
    for (std::size_t o = 0; o < kSpan; o += kN)
      if (const std::uint32_t bits = part_bits(run.visible[o / kLanes], o % kLanes / kN); bits != 0)
        backward_rows(job, rows, first + o, mask_from_bits(bits), run, o, result.pose);
  }
}

}  // namespace tessera::render::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::render {
HWY_EXPORT(ProjectBackwardChunk);
void project_backward_chunk(const ProjectBackwardJob& job, std::size_t chunk, const GradientRows& rows) {
  HWY_DYNAMIC_DISPATCH(ProjectBackwardChunk)(job, chunk, rows);
}
}  // namespace tessera::render
#endif
