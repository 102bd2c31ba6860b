// Projection: model rows in vector lanes.
#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

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

/// The tiles that kN splats meet: a tile row cuts a convex piece out of an ellipse, so the tiles that it meets there
/// are one span, bounded by the piece's leftmost and rightmost point.
struct SpanFinder {
  V left_y, right_y, k, c, inv_a, extent, half_x, mean_x, mean_y;
  V row_first, row_count;  // tile rows that the ellipse's bounding box meets

  /// Number of the first tile met in the row `r` of the box, and how many (0 past the last row).
  HWY_INLINE void find(const ViewParameters& view, std::size_t r, V& first, V& count) const {
    const V row = set(static_cast<float>(r)), tile_y = hn::Add(row_first, row);
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
    const V tile = set(1.0f / kTile), x0 = hn::Floor(hn::Mul(i0, tile)), x1 = hn::Floor(hn::Mul(i1, tile));
    const M some = hn::And(hn::Le(i0, i1), hn::Lt(row, row_count));
    // Whole numbers up to 2^24 (kMaxSide): exact in a float.
    first = hn::MulAdd(tile_y, set(static_cast<float>(view.tiles_x)), x0);
    count = hn::IfThenElseZero(some, hn::Add(hn::Sub(x1, x0), set(1.0f)));
  }
};

/// Appends the footprints and tiles of kN splats to those of the chunk, a splat after the other. Returns the bits of
/// those that meet a tile.
HWY_INLINE std::uint32_t list_tiles(const ProjectJob& job, std::size_t chunk, const SpanFinder& finder,
                                    std::uint32_t candidates) {
  constexpr std::size_t kRows =
      8;  // found once; splats that meet more rows are few, and their further rows found twice
  const ViewParameters& view = *job.view;
  ChunkResult& result = job.chunks[chunk];
  const D d;
  const DI di;
  const hn::CappedTag<std::int32_t, kTileSlack> part;
  const auto most = static_cast<std::size_t>(hn::GetLane(hn::MaxOfLanes(d, finder.row_count)));
  HWY_ALIGN std::int32_t first[kRows][kN], count[kRows][kN], pairs[kN];
  V sum = hn::Zero(d);
  const auto find = [&](std::size_t r) HWY_ATTR {
    V tile, tiles;
    finder.find(view, r, tile, tiles);
    hn::Store(hn::ConvertTo(di, tile), di, first[r % kRows]);
    hn::Store(hn::ConvertTo(di, tiles), di, count[r % kRows]);
    return tiles;
  };
  for (std::size_t r = most; r-- > 0;) sum = hn::Add(sum, find(r));  // down, so that the first rows stay
  hn::Store(hn::ConvertTo(di, sum), di, pairs);

  std::uint32_t visible = 0;
  std::uint64_t end = result.pairs;
  Footprint* footprint = job.footprints + chunk * kChunk + result.visible;
  std::uint32_t at[kN];
  for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1) {
    const int l = std::countr_zero(bits);
    const auto n = static_cast<std::uint32_t>(pairs[l]);
    at[l] = static_cast<std::uint32_t>(end);
    *footprint = {at[l], n};
    footprint += n != 0;
    visible |= static_cast<std::uint32_t>(n != 0) << l;
    end += n;
  }
  result.visible = static_cast<std::uint32_t>(footprint - job.footprints - chunk * kChunk);
  result.pairs = end;
  if (HWY_UNLIKELY(end > std::numeric_limits<std::uint32_t>::max())) return visible;  // forward() will refuse
  if (result.tiles.size() < end + kTileSlack) result.tiles.resize(end + end / 4 + kTileSlack);

  const auto count_up = hn::Iota(part, 0);
  const auto write_tiles = [&](std::int32_t from, std::int32_t* to) HWY_ATTR {
    for (std::int32_t q = 0; q < kTileSlack; q += static_cast<std::int32_t>(hn::Lanes(part)))
      hn::StoreU(hn::Add(count_up, hn::Set(part, from + q)), part, to + q);
  };
  auto* tiles = reinterpret_cast<std::int32_t*>(result.tiles.data());
  for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1) {
    const int l = std::countr_zero(bits);
    std::int32_t* to = tiles + at[l];
    for (std::size_t r = 0; r < std::min(most, kRows); ++r) {
      // Whole vectors and no question whether there is a tile at all, which no branch predictor can answer: what stands
      // past the span is overwritten by what comes next.
      const std::int32_t n = count[r][l];
      write_tiles(first[r][l], to);
      for (std::int32_t o = kTileSlack; HWY_UNLIKELY(o < n); o += kTileSlack) write_tiles(first[r][l] + o, to + o);
      to += n;
    }
    at[l] = static_cast<std::uint32_t>(to - tiles);
  }
  for (std::size_t begin = kRows; begin < most; begin += kRows) {
    const std::size_t rows = std::min(kRows, most - begin);
    for (std::size_t r = 0; r < rows; ++r) find(begin + r);
    for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1) {
      const int l = std::countr_zero(bits);
      for (std::size_t r = 0; r < rows; ++r)
        for (std::int32_t o = 0; o < count[r][l]; ++o) tiles[at[l]++] = first[r][l] + o;
    }
  }
  return visible;
}

constexpr int kDepthField = 7;  // place of Splat::z

/// What is known of a run of kSpan rows between the phases of the kernel.
struct Run {
  HWY_ALIGN float field[kSpanBlocks][16][kLanes];  // floats of a Splat as rows of lanes
  HWY_ALIGN float basis[kMaxFeatures / 3][kSpan];
  HWY_ALIGN float color[3][kSpan];
  std::uint32_t visible[kSpanBlocks];
};

/// (half-width of an extent)^2 / covariance at opacity 1 (project_shape), and a little for rounding.
constexpr float kMostReach = 1.01f * 2 * kLn2 * 7.99435344f;

/// Rows that lie outside the picture whatever their shape: with the largest scale s, the covariance along x before
/// dilation is at most (f s / z)^2 (1 + u^2), since the axes are orthonormal; likewise along y. Spares what is beside
/// the view the rest of the projection.
HWY_INLINE M surely_outside(const ProjectJob& job, std::size_t i, const Projected& s) {
  const ViewParameters& view = *job.view;
  const V inv_z = hn::Div(set(1.0f), s.p[2]);
  const V scale =
      exp_lanes(hn::Max(hn::Max(load_rows(job.log_scale[0], i, job.rows), load_rows(job.log_scale[1], i, job.rows)),
                        load_rows(job.log_scale[2], i, job.rows)));
  const float focal[2] = {view.fx, view.fy}, centre[2] = {view.cx, view.cy}, limit[2] = {view.limit_x, view.limit_y};
  const int size[2] = {view.width, view.height};
  M outside[2];
  for (int c = 0; c < 2; ++c) {
    const V ratio = hn::Mul(s.p[c], inv_z), u = hn::Min(hn::Max(ratio, set(-limit[c])), set(limit[c]));
    const V mean = hn::MulAdd(set(focal[c]), ratio, set(centre[c])),
            spread = hn::Mul(hn::Mul(set(focal[c]), inv_z), scale);
    const V beyond = hn::Max(hn::Neg(mean), hn::Sub(mean, set(static_cast<float>(size[c]))));
    const V covariance = hn::MulAdd(hn::Mul(spread, spread), hn::MulAdd(u, u, set(1.0f)), set(kDilation));
    outside[c] =
        hn::And(hn::Gt(beyond, hn::Zero(D())), hn::Gt(hn::Mul(beyond, beyond), hn::Mul(set(kMostReach), covariance)));
  }
  return hn::Or(outside[0], outside[1]);
}

/// Projects rows i.. and finds their tiles. Appends the footprints of the visible ones and returns their bits.
HWY_INLINE std::uint32_t project_part(const ProjectJob& job, std::size_t chunk, std::size_t i,
                                      float* HWY_RESTRICT field) {
  const ViewParameters& view = *job.view;
  const D d;
  const V one = set(1.0f), half_log2e = set(0.5f * kLog2E);
  Projected s;
  project_depth(job, i, s);
  if (hn::AllFalse(d, s.valid) || hn::AllFalse(d, hn::AndNot(surely_outside(job, i, s), s.valid))) return 0;
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

  // A splat whose ellipse misses every pixel centre is not visible.
  const V tile = set(1.0f / kTile);
  const V row_first = hn::Floor(hn::Mul(y_first, tile)), row_last = hn::Floor(hn::Mul(y_last, tile));
  const SpanFinder finder{hn::NegMulAdd(h, s.half_x, s.mean[1]),
                          hn::MulAdd(h, s.half_x, s.mean[1]),
                          k,
                          c,
                          hn::Div(one, a),
                          s.extent,
                          s.half_x,
                          s.mean[0],
                          s.mean[1],
                          row_first,
                          hn::IfThenElseZero(on_screen, hn::Add(hn::Sub(row_last, row_first), one))};
  return list_tiles(job, chunk, finder, candidates);
}

/// Adds kCount coefficients from q onwards to the colours of the visible rows of a run. kWhole: no row of it is past
/// the model's end.
template <int kCount, bool kWhole>
HWY_INLINE void add_coefficients(const ProjectJob& job, std::size_t begin, int q, Run& run) {
  const D d;
  const float* plane[kCount][3];
  for (int j = 0; j < kCount; ++j)
    for (int c = 0; c < 3; ++c) plane[j][c] = job.sh[(q + j) * 3 + c] + begin;
  for (std::size_t o = 0; o < kSpan; o += kN) {
    if (part_bits(run.visible[o / kLanes], o % kLanes / kN) == 0) continue;
    V basis[kCount];
    for (int j = 0; j < kCount; ++j) basis[j] = hn::Load(d, run.basis[q + j] + o);
    for (int c = 0; c < 3; ++c) {
      V color = hn::Load(d, run.color[c] + o);
      for (int j = 0; j < kCount; ++j) {
        const V sh = kWhole ? hn::LoadU(d, plane[j][c] + o) : load_rows(plane[j][c], o, job.rows - begin);
        color = hn::MulAdd(basis[j], sh, color);
        prefetch_rows(plane[j][c] + o);
      }
      hn::Store(color, d, run.color[c] + o);
    }
  }
}

/// Colours of the visible rows of a run, a few planes at a time.
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
  const bool whole = begin + kSpan <= job.rows;
  for (int q = 0; q < coefficients;)
    if (whole && q + 4 <= coefficients)
      add_coefficients<4, true>(job, begin, q, run), q += 4;
    else
      add_coefficients<1, false>(job, begin, q, run), q += 1;
}

void ProjectChunk(const ProjectJob& job, std::size_t chunk) {
  ChunkResult& result = job.chunks[chunk];
  result.visible = result.pairs = 0;
  const std::size_t chunk_end = std::min(job.rows, (chunk + 1) * kChunk);
  const D d;
  Splat* out = job.splats + chunk * kChunk;
  float* depth = job.depths + chunk * kChunk;
  Run run = {};
  for (std::size_t begin = chunk * kChunk; begin < chunk_end; begin += kSpan) {
    std::uint32_t any = 0;
    for (std::size_t block = 0; block < kSpanBlocks; ++block) {
      run.visible[block] = 0;
      const std::size_t row = begin + block * kLanes;
      if (row >= chunk_end) continue;
      for (std::size_t i = 0; i < kLanes; ++i) __builtin_prefetch(out + block * kLanes + i, 1);
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
      const float* z = run.field[block][kDepthField];
      if (run.visible[block] == (1u << kLanes) - 1) {
        transpose16(run.field[block][0], &out->x);
        std::memcpy(depth, z, kLanes * sizeof *depth);
        out += kLanes, depth += kLanes;
        continue;
      }
      HWY_ALIGN float splats[kLanes][16];
      transpose16(run.field[block][0], splats[0]);
      for (std::uint32_t bits = run.visible[block]; bits != 0; bits &= bits - 1) {
        const int l = std::countr_zero(bits);
        std::memcpy(static_cast<void*>(out++), splats[l], sizeof(Splat));
        *depth++ = z[l];
      }
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
