// Projection: model rows in vector lanes.
#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/cpu/project_forward.cpp"
#include "render/cpu/targets.h"
// Before Highway's own headers: it says which targets they make.
#include "hwy/foreach_target.h"
//
#include "render/cpu/geometry-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::render::HWY_NAMESPACE {

/// Pixel index range [first, last] whose centres lie in [low, high], clipped to `size` pixels; as floats, first > last
/// where empty.
HWY_INLINE void pixel_range(V low, V high, int size, V& first, V& last) {
  const V half = set(0.5f), limit = set(static_cast<float>(size - 1));
  first = hn::Max(hn::Ceil(hn::Sub(low, half)), hn::Zero(D()));
  last = hn::Min(hn::Floor(hn::Sub(high, half)), limit);
}

/// The spans of kN splats: for each tile row that the ellipse's bounding box meets, the tiles that the ellipse itself
/// meets. A strip cuts a convex piece out of the ellipse, so the tiles it meets are one run, bounded by the piece's
/// leftmost and rightmost point.
struct SpanFinder {
  V left_y, right_y, k, c, inv_a, extent, half_x, mean_x, mean_y;

  HWY_INLINE void find(const ViewParameters& view, V tile_y, float* first, float* last) const {
    const V half = set(0.5f);
    const V top = hn::MulAdd(tile_y, set(static_cast<float>(kTile)), half);
    const V bottom = hn::Min(hn::Add(top, set(kTile - 1.0f)), set(static_cast<float>(view.height) - 0.5f));
    V ends[2];
    for (int side = 0; side < 2; ++side) {
      const V extreme = side == 0 ? left_y : right_y;
      const V dy = hn::Sub(hn::Min(hn::Max(extreme, top), bottom), mean_y);
      const V rest = hn::Max(hn::NegMulAdd(hn::Mul(c, dy), dy, extent), hn::Zero(D()));
      V reach = hn::Min(hn::Sqrt(hn::Mul(rest, inv_a)), hn::Add(half_x, half_x));
      if (side == 0) reach = hn::Neg(reach);
      const V x = hn::MulAdd(k, dy, reach);
      ends[side] = hn::Add(mean_x, hn::Min(hn::Max(x, hn::Neg(half_x)), half_x));
    }
    V i0, i1;
    pixel_range(ends[0], ends[1], view.width, i0, i1);
    const D d;
    hn::StoreU(hn::IfThenElse(hn::Le(i0, i1), i0, set(1.0f)), d, first);
    hn::StoreU(hn::IfThenElse(hn::Le(i0, i1), i1, set(-1.0f)), d, last);
  }
};

/// Floats of a Splat as rows of lanes, to be turned into one struct a lane.
struct Fields {
  HWY_ALIGN float value[16][kLanes];
  HWY_INLINE void put(int field, V v) { hn::StoreU(v, D(), value[field]); }
};

void ProjectChunk(const ProjectJob& job, std::size_t chunk) {
  const ViewParameters& view = *job.view;
  ChunkResult& result = job.chunks[chunk];
  result.visible = result.pairs = 0;
  result.spans.clear();
  const std::size_t begin = chunk * kChunk, end = std::min(job.rows, begin + kChunk);
  const D d;
  const V half_log2e = set(0.5f * kLog2E);
  Fields fields;
  Projected s;
  for (std::size_t block = begin; block < end; block += kLanes) {
    std::uint32_t block_bits = 0;
    for (std::size_t part = 0; part < kParts; ++part) {
      const std::size_t i = block + part * kN;
      if (i >= end) break;
      project_depth(job, i, s);
      if (hn::AllFalse(d, s.valid)) continue;
      project_shape(job, i, s);

      V y_first, y_last, x_first, x_last;
      pixel_range(hn::Sub(s.mean[1], s.half_y), hn::Add(s.mean[1], s.half_y), view.height, y_first, y_last);
      pixel_range(hn::Sub(s.mean[0], s.half_x), hn::Add(s.mean[0], s.half_x), view.width, x_first, x_last);
      const M on_screen = hn::And(s.valid, hn::And(hn::Le(y_first, y_last), hn::Le(x_first, x_last)));
      std::uint32_t candidates = mask_bits(on_screen);
      if (candidates == 0) continue;

      const V inv_yy = hn::Div(set(1.0f), s.yyd), inv_xx = hn::Div(set(1.0f), s.xxd);
      const V k = hn::Mul(s.xy, inv_yy), h = hn::Mul(s.xy, inv_xx), c = hn::Mul(half_log2e, inv_yy);
      const V a = hn::Mul(hn::Mul(half_log2e, hn::Mul(s.yyd, s.inv_trace)), hn::Div(s.inv_trace, s.det));
      fields.put(0, s.mean[0]), fields.put(1, s.mean[1]);
      fields.put(2, a), fields.put(3, k), fields.put(4, c), fields.put(5, h);
      fields.put(6, s.lo), fields.put(7, s.p[2]);

      // Spans first: a splat whose ellipse misses every pixel centre is not visible.
      SpanFinder finder{hn::NegMulAdd(h, s.half_x, s.mean[1]),
                        hn::MulAdd(h, s.half_x, s.mean[1]),
                        k,
                        c,
                        hn::Div(set(1.0f), a),
                        s.extent,
                        s.half_x,
                        s.mean[0],
                        s.mean[1]};
      const V tile = set(1.0f / kTile);
      const V row_first = hn::Floor(hn::Mul(y_first, tile)), row_last = hn::Floor(hn::Mul(y_last, tile));
      HWY_ALIGN float first_row[kLanes], last_row[kLanes], span_first[kLanes], span_last[kLanes];
      hn::StoreU(row_first, d, first_row), hn::StoreU(row_last, d, last_row);
      std::uint32_t rows[kLanes], offset[kLanes], pairs[kLanes] = {}, most = 0;
      std::size_t total = result.spans.size();
      for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1) {
        const int l = std::countr_zero(bits);
        rows[l] = static_cast<std::uint32_t>(last_row[l] - first_row[l]) + 1;
        offset[l] = static_cast<std::uint32_t>(total);
        total += rows[l];
        most = std::max(most, rows[l]);
      }
      result.spans.resize(total);
      for (std::uint32_t r = 0; r < most; ++r) {
        finder.find(view, hn::Add(row_first, set(static_cast<float>(r))), span_first, span_last);
        for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1) {
          const int l = std::countr_zero(bits);
          if (r >= rows[l]) continue;
          Span span{1, 0};
          if (span_first[l] <= span_last[l]) {
            span.first = static_cast<std::uint16_t>(static_cast<int>(span_first[l]) / kTile);
            span.last = static_cast<std::uint16_t>(static_cast<int>(span_last[l]) / kTile);
            pairs[l] += span.last - span.first + 1u;
          }
          result.spans[offset[l] + r] = span;
        }
      }
      std::uint32_t visible = 0;
      for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1)
        if (const int l = std::countr_zero(bits); pairs[l] != 0) visible |= 1u << l;
      if (visible == 0) continue;

      V direction[3], basis[scene::sh_coefficients(scene::kMaxShDegree)];
      view_direction(job, i, direction);
      sh_lanes(view.sh_degree, direction, basis);
      const int coefficients = scene::sh_coefficients(view.sh_degree);
      for (int channel = 0; channel < 3; ++channel) {
        V sum = set(0.5f);
        for (int q = 0; q < coefficients; ++q)
          sum = hn::MulAdd(basis[q], load_rows(job.sh[q * 3 + channel], i, job.rows), sum);
        fields.put(8 + channel, hn::Max(sum, hn::Zero(d)));
      }
      if (view.geometry) {
        V normal[3];
        M is[3];
        shortest_axis(s, normal, is);
        for (int q = 0; q < 3; ++q) fields.put(11 + q, normal[q]);
      }
      for (std::uint32_t bits = visible; bits != 0; bits &= bits - 1) {
        const int l = std::countr_zero(bits);
        const std::size_t at = begin + result.visible++;
        float* out = &job.splats[at].x;
        for (int f = 0; f < 14; ++f) out[f] = fields.value[f][l];
        job.footprints[at] = {offset[l], result.pairs, static_cast<std::uint16_t>(first_row[l]),
                              static_cast<std::uint16_t>(rows[l])};
        result.pairs += pairs[l];
      }
      block_bits |= visible << (part * kN);
    }
    job.block_mask[block / kLanes] = static_cast<std::uint16_t>(block_bits);
  }
}

}  // namespace tessera::render::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::render {
HWY_EXPORT(ProjectChunk);
void project_chunk(const ProjectJob& job, std::size_t chunk) { HWY_DYNAMIC_DISPATCH(ProjectChunk)(job, chunk); }
}  // namespace tessera::render
#endif
