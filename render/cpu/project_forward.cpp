// Projection: model rows in vector lanes.
#include <algorithm>
#include <bit>
#include <cstring>

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

  /// Tiles of row `tile_y`; 1, 0 where there are none.
  HWY_INLINE void find(const ViewParameters& view, V tile_y, std::int32_t* first, std::int32_t* last) const {
    const V top = hn::MulAdd(tile_y, set(static_cast<float>(kTile)), set(0.5f));
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
    const DI di;
    const M some = hn::Le(i0, i1);
    const V tile = set(1.0f / kTile);
    hn::Store(hn::ConvertTo(di, hn::IfThenElse(some, hn::Floor(hn::Mul(i0, tile)), set(1.0f))), di, first);
    hn::Store(hn::ConvertTo(di, hn::IfThenElseZero(some, hn::Floor(hn::Mul(i1, tile)))), di, last);
  }
};

/// What is known of a run of kSpan rows between the phases of the kernel.
struct Run {
  HWY_ALIGN float field[kSpanBlocks][16][kLanes];  // floats of a Splat as rows of lanes
  HWY_ALIGN float basis[kMaxFeatures / 3][kSpan];
  HWY_ALIGN float color[3][kSpan];
  std::uint32_t visible[kSpanBlocks];
};

/// Projects rows i.. and finds their spans. Appends the footprints of the visible ones and returns their bits.
HWY_INLINE std::uint32_t project_part(const ProjectJob& job, std::size_t chunk, std::size_t i,
                                      float* HWY_RESTRICT field) {
  const ViewParameters& view = *job.view;
  ChunkResult& result = job.chunks[chunk];
  const D d;
  const DI di;
  const V one = set(1.0f), half_log2e = set(0.5f * kLog2E);
  Projected s;
  project_depth(job, i, s);
  if (hn::AllFalse(d, s.valid)) return 0;
  project_shape(job, i, s);

  V y_first, y_last, x_first, x_last;
  pixel_range(hn::Sub(s.mean[1], s.half_y), hn::Add(s.mean[1], s.half_y), view.height, y_first, y_last);
  pixel_range(hn::Sub(s.mean[0], s.half_x), hn::Add(s.mean[0], s.half_x), view.width, x_first, x_last);
  const M on_screen = hn::And(s.valid, hn::And(hn::Le(y_first, y_last), hn::Le(x_first, x_last)));
  const std::uint32_t candidates = mask_bits(on_screen);
  if (candidates == 0) return 0;

  const V inv_yy = hn::Div(one, s.yyd), inv_xx = hn::Div(one, s.xxd);
  const V k = hn::Mul(s.xy, inv_yy), h = hn::Mul(s.xy, inv_xx), c = hn::Mul(half_log2e, inv_yy);
  const V a = hn::Mul(hn::Mul(half_log2e, hn::Mul(s.yyd, s.inv_trace)), hn::Div(s.inv_trace, s.det));
  const V fields[8] = {s.mean[0], s.mean[1], a, k, c, h, s.lo, s.p[2]};
  for (int f = 0; f < 8; ++f) hn::Store(fields[f], d, field + f * kLanes);
  if (view.geometry) {
    V normal[3];
    M is[3];
    shortest_axis(s, normal, is);
    for (int q = 0; q < 3; ++q) hn::Store(normal[q], d, field + (11 + q) * kLanes);
  }

  // A splat whose ellipse misses every pixel centre is not visible, so the spans come first.
  const SpanFinder finder{hn::NegMulAdd(h, s.half_x, s.mean[1]),
                          hn::MulAdd(h, s.half_x, s.mean[1]),
                          k,
                          c,
                          hn::Div(one, a),
                          s.extent,
                          s.half_x,
                          s.mean[0],
                          s.mean[1]};
  const V tile = set(1.0f / kTile);
  const V row_first = hn::Floor(hn::Mul(y_first, tile)), row_last = hn::Floor(hn::Mul(y_last, tile));
  HWY_ALIGN std::int32_t first_row[kN], row_count[kN], span_first[kN], span_last[kN];
  hn::Store(hn::ConvertTo(di, hn::IfThenElseZero(on_screen, row_first)), di, first_row);
  hn::Store(hn::ConvertTo(di, hn::IfThenElseZero(on_screen, hn::Add(hn::Sub(row_last, row_first), one))), di,
            row_count);
  std::uint32_t offset[kN], pairs[kN];
  std::int32_t most = 0;
  std::size_t total = result.spans.size();
  for (std::size_t l = 0; l < kN; ++l) {
    offset[l] = static_cast<std::uint32_t>(total);
    pairs[l] = 0;
    total += static_cast<std::size_t>(row_count[l]);
    most = std::max(most, row_count[l]);
  }
  result.spans.resize(total);
  for (std::int32_t r = 0; r < most; ++r) {
    finder.find(view, hn::Add(row_first, set(static_cast<float>(r))), span_first, span_last);
    for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1) {
      const int l = std::countr_zero(bits);
      if (r >= row_count[l]) continue;
      const Span span{static_cast<std::uint16_t>(span_first[l]), static_cast<std::uint16_t>(span_last[l])};
      pairs[l] += span.last + 1u - span.first;
      result.spans[offset[l] + r] = span;
    }
  }
  std::uint32_t visible = 0;
  for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1) {
    const int l = std::countr_zero(bits);
    if (pairs[l] == 0) continue;
    visible |= 1u << l;
    job.footprints[chunk * kChunk + result.visible++] = {
        offset[l], result.pairs, static_cast<std::uint16_t>(first_row[l]), static_cast<std::uint16_t>(row_count[l])};
    result.pairs += pairs[l];
  }
  return visible;
}

/// Colours of the visible rows of a run, plane by plane.
HWY_INLINE void shade(const ProjectJob& job, std::size_t begin, Run& run) {
  const D d;
  const int degree = job.view->sh_degree, coefficients = scene::sh_coefficients(degree);
  for (std::size_t o = 0; o < kSpan; o += kN) {
    if (part_bits(run.visible[o / kLanes], o % kLanes / kN) == 0) continue;
    V direction[3], basis[kMaxFeatures / 3];
    view_direction(job, begin + o, direction);
    sh_lanes(degree, direction, basis);
    for (int q = 0; q < coefficients; ++q) hn::Store(basis[q], d, run.basis[q] + o);
    for (auto& channel : run.color) hn::Store(set(0.5f), d, channel + o);
  }
  for (int q = 0; q < coefficients; ++q)
    for (int channel = 0; channel < 3; ++channel) {
      const float* plane = job.sh[q * 3 + channel];
      float* color = run.color[channel];
      for (std::size_t o = 0; o < kSpan; o += kN) {
        if (part_bits(run.visible[o / kLanes], o % kLanes / kN) == 0) continue;
        const V sh = load_rows(plane, begin + o, job.rows);
        hwy::Prefetch(plane + begin + o + kSpan);  // the next run: too many streams for the hardware to follow
        hn::Store(hn::MulAdd(hn::Load(d, run.basis[q] + o), sh, hn::Load(d, color + o)), d, color + o);
      }
    }
}

void ProjectChunk(const ProjectJob& job, std::size_t chunk) {
  ChunkResult& result = job.chunks[chunk];
  result.visible = result.pairs = 0;
  result.spans.clear();
  const std::size_t chunk_end = std::min(job.rows, (chunk + 1) * kChunk);
  const D d;
  Splat* out = job.splats + chunk * kChunk;
  Run run = {};
  for (std::size_t begin = chunk * kChunk; begin < chunk_end; begin += kSpan) {
    std::uint32_t any = 0;
    for (std::size_t block = 0; block < kSpanBlocks; ++block) {
      run.visible[block] = 0;
      const std::size_t row = begin + block * kLanes;
      if (row >= chunk_end) continue;
      for (std::size_t part = 0; part < kParts && row + part * kN < chunk_end; ++part)
        run.visible[block] |= project_part(job, chunk, row + part * kN, run.field[block][0] + part * kN) << (part * kN);
      job.block_mask[row / kLanes] = static_cast<std::uint16_t>(run.visible[block]);
      any |= run.visible[block];
    }
    if (any == 0) continue;
    shade(job, begin, run);
    for (std::size_t block = 0; block < kSpanBlocks; ++block) {
      if (run.visible[block] == 0) continue;
      for (int channel = 0; channel < 3; ++channel)
        for (std::size_t o = 0; o < kLanes; o += kN)
          hn::Store(hn::Max(hn::Load(d, run.color[channel] + block * kLanes + o), hn::Zero(d)), d,
                    run.field[block][8 + channel] + o);
      HWY_ALIGN float splats[kLanes][16];
      transpose16(run.field[block][0], splats[0]);
      for (std::uint32_t bits = run.visible[block]; bits != 0; bits &= bits - 1)
        std::memcpy(static_cast<void*>(out++), splats[std::countr_zero(bits)], sizeof(Splat));
    }
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
