#include "reconstruct/ingest/descriptor_matcher.h"

#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_map>

#include "scene/parallel.h"

// Included once for each vector width that is compiled; the functions below the last part only once.
#ifndef TESSERA_DESCRIPTOR_MATCHER_TYPES
#define TESSERA_DESCRIPTOR_MATCHER_TYPES
namespace tessera::reconstruct {
/// Largest and second largest product of a descriptor with those of the other picture, and whose the largest is.
struct Neighbour {
  std::int32_t best = 0, second = 0, index = -1;
};
}  // namespace tessera::reconstruct
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reconstruct/ingest/descriptor_matcher.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway asks.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tessera::reconstruct::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

/// Without vector instructions: the same in a plain loop.
void neighbours(const Descriptors& a, const Descriptors& b, std::vector<Neighbour>& of_a,
                std::vector<Neighbour>& of_b) {
  of_a.assign(a.count, {});
  of_b.assign(b.count, {});
  const auto meet = [](Neighbour& n, std::int32_t product, std::size_t index) {
    n.second = std::max(n.second, std::min(product, n.best));
    if (product > n.best) n.index = static_cast<std::int32_t>(index);
    n.best = std::max(product, n.best);
  };
  for (std::size_t i = 0; i < a.count; ++i) {
    for (std::size_t j = 0; j < b.count; ++j) {
      const std::uint8_t *x = a.values.data() + i * kDescriptorSize, *y = b.values.data() + j * kDescriptorSize;
      std::int32_t product = 0;
      for (int k = 0; k < kDescriptorSize; ++k) product += x[k] * y[k];
      meet(of_a[i], product, j);
      meet(of_b[j], product, i);
    }
  }
}

#else

constexpr std::size_t kPairsOfBins = kDescriptorSize / 2;
constexpr std::size_t kRows = 4;  // rows of `a` at once: 4 x 2 accumulators fit in 16 registers with their operands
constexpr std::size_t kRowBlock =
    64;  // rows whose packed form (16 KiB) stays in the first-level cache beside a panel of `b`

using D32 = hn::ScalableTag<std::int32_t>;
using D16 = hn::RepartitionToNarrow<D32>;
using V32 = hn::Vec<D32>;
constexpr D32 kD32;
constexpr D16 kD16;

/// [group of `width` rows][pair of bins][row in the group][2], zeros past the end: the operand order of the kernel. A
/// zero row has product 0 with everything and so never becomes a neighbour.
hwy::AlignedFreeUniquePtr<std::int16_t[]> pack(const Descriptors& from, std::size_t width) {
  const std::size_t groups = (from.count + width - 1) / width;
  auto packed = hwy::AllocateAligned<std::int16_t>(groups * width * kDescriptorSize);
  std::int16_t* out = packed.get();
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t k = 0; k < kPairsOfBins; ++k) {
      for (std::size_t r = 0; r < width; ++r) {
        const std::size_t row = group * width + r;
        for (std::size_t h = 0; h < 2; ++h)
          *out++ = row < from.count ? from.values[row * kDescriptorSize + 2 * k + h] : 0;
      }
    }
  }
  return packed;
}

/// The two largest products of one row (or column), lane by lane, and the index of the largest.
struct TopTwo {
  std::int32_t* best;
  std::int32_t* second;
  std::int32_t* index;
};

HWY_INLINE void insert(V32 product, V32 index, V32& best, V32& second, V32& best_index) {
  best_index = hn::IfThenElse(hn::Gt(product, best), index, best_index);
  second = hn::Max(second, hn::Min(product, best));
  best = hn::Max(product, best);
}

/// One row meets two vectors of columns.
HWY_INLINE void update_row(const TopTwo& row, std::size_t at, V32 product0, V32 product1, V32 index0, V32 index1) {
  V32 best = hn::Load(kD32, row.best + at), second = hn::Load(kD32, row.second + at),
      index = hn::Load(kD32, row.index + at);
  insert(product0, index0, best, second, index);
  insert(product1, index1, best, second, index);
  hn::Store(best, kD32, row.best + at);
  hn::Store(second, kD32, row.second + at);
  hn::Store(index, kD32, row.index + at);
}

/// One vector of columns meets kRows rows, the first of which is `a_row`.
HWY_INLINE void update_column(const TopTwo& column, std::size_t at, V32 product0, V32 product1, V32 product2,
                              V32 product3, std::int32_t a_row) {
  V32 best = hn::Load(kD32, column.best + at), second = hn::Load(kD32, column.second + at);
  V32 index = hn::Load(kD32, column.index + at);
  insert(product0, hn::Set(kD32, a_row), best, second, index);
  insert(product1, hn::Set(kD32, a_row + 1), best, second, index);
  insert(product2, hn::Set(kD32, a_row + 2), best, second, index);
  insert(product3, hn::Set(kD32, a_row + 3), best, second, index);
  hn::Store(best, kD32, column.best + at);
  hn::Store(second, kD32, column.second + at);
  hn::Store(index, kD32, column.index + at);
}

/// Products of kRows rows with two vectors of columns, summed over all bins.
HWY_INLINE void products(const std::int16_t* HWY_RESTRICT rows, const std::int16_t* HWY_RESTRICT panel, V32& p00,
                         V32& p01, V32& p10, V32& p11, V32& p20, V32& p21, V32& p30, V32& p31) {
  const std::size_t half = hn::Lanes(kD16);
  const V32 zero = hn::Zero(kD32);
  // The second sum of each takes the upper halves on machines whose multiplication does not add neighbours; elsewhere
  // it stays zero.
  V32 s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
  p00 = p01 = p10 = p11 = p20 = p21 = p30 = p31 = zero;
  for (std::size_t k = 0; k < kPairsOfBins; ++k) {
    const auto b0 = hn::Load(kD16, panel);
    const auto b1 = hn::Load(kD16, panel + half);
    panel += 2 * half;
    std::int32_t pair[kRows];
    hwy::CopyBytes<sizeof pair>(rows, pair);
    rows += 2 * kRows;
    const auto a0 = hn::BitCast(kD16, hn::Set(kD32, pair[0]));
    p00 = hn::ReorderWidenMulAccumulate(kD32, a0, b0, p00, s00);
    p01 = hn::ReorderWidenMulAccumulate(kD32, a0, b1, p01, s01);
    const auto a1 = hn::BitCast(kD16, hn::Set(kD32, pair[1]));
    p10 = hn::ReorderWidenMulAccumulate(kD32, a1, b0, p10, s10);
    p11 = hn::ReorderWidenMulAccumulate(kD32, a1, b1, p11, s11);
    const auto a2 = hn::BitCast(kD16, hn::Set(kD32, pair[2]));
    p20 = hn::ReorderWidenMulAccumulate(kD32, a2, b0, p20, s20);
    p21 = hn::ReorderWidenMulAccumulate(kD32, a2, b1, p21, s21);
    const auto a3 = hn::BitCast(kD16, hn::Set(kD32, pair[3]));
    p30 = hn::ReorderWidenMulAccumulate(kD32, a3, b0, p30, s30);
    p31 = hn::ReorderWidenMulAccumulate(kD32, a3, b1, p31, s31);
  }
  p00 = hn::RearrangeToOddPlusEven(p00, s00);
  p01 = hn::RearrangeToOddPlusEven(p01, s01);
  p10 = hn::RearrangeToOddPlusEven(p10, s10);
  p11 = hn::RearrangeToOddPlusEven(p11, s11);
  p20 = hn::RearrangeToOddPlusEven(p20, s20);
  p21 = hn::RearrangeToOddPlusEven(p21, s21);
  p30 = hn::RearrangeToOddPlusEven(p30, s30);
  p31 = hn::RearrangeToOddPlusEven(p31, s31);
}

/// Nearest and second nearest row of the other set for every row of both sets. Outputs hold `count` entries; index -1:
/// no product above 0.
void neighbours(const Descriptors& a, const Descriptors& b, std::vector<Neighbour>& of_a,
                std::vector<Neighbour>& of_b) {
  const std::size_t lanes = hn::Lanes(kD32), panel_width = 2 * lanes;
  const std::size_t row_groups = (a.count + kRows - 1) / kRows, panels = (b.count + panel_width - 1) / panel_width;
  const auto packed_a = pack(a, kRows), packed_b = pack(b, panel_width);
  const std::size_t columns = panels * panel_width, row_states = kRowBlock * lanes;
  auto column_state = hwy::AllocateAligned<std::int32_t>(3 * columns),
       row_state = hwy::AllocateAligned<std::int32_t>(3 * row_states);
  const TopTwo column{column_state.get(), column_state.get() + columns, column_state.get() + 2 * columns};
  const TopTwo row{row_state.get(), row_state.get() + row_states, row_state.get() + 2 * row_states};
  const auto clear = [](const TopTwo& top, std::size_t count) {
    std::fill_n(top.best, count, 0);
    std::fill_n(top.second, count, 0);
    std::fill_n(top.index, count, -1);
  };
  clear(column, columns);
  of_a.assign(a.count, {});
  of_b.assign(b.count, {});
  for (std::size_t first = 0; first < row_groups; first += kRowBlock / kRows) {
    const std::size_t last = std::min(first + kRowBlock / kRows, row_groups);
    clear(row, row_states);
    for (std::size_t panel = 0; panel < panels; ++panel) {
      const std::int16_t* b_values = packed_b.get() + panel * panel_width * kDescriptorSize;
      const std::size_t c0 = panel * panel_width, c1 = c0 + lanes;
      const V32 index0 = hn::Iota(kD32, static_cast<std::int32_t>(c0)),
                index1 = hn::Iota(kD32, static_cast<std::int32_t>(c1));
      for (std::size_t group = first; group < last; ++group) {
        V32 p00, p01, p10, p11, p20, p21, p30, p31;
        products(packed_a.get() + group * kRows * kDescriptorSize, b_values, p00, p01, p10, p11, p20, p21, p30, p31);
        const auto a_row = static_cast<std::int32_t>(group * kRows);
        const std::size_t r = (group - first) * kRows * lanes;
        update_row(row, r, p00, p01, index0, index1);
        update_row(row, r + lanes, p10, p11, index0, index1);
        update_row(row, r + 2 * lanes, p20, p21, index0, index1);
        update_row(row, r + 3 * lanes, p30, p31, index0, index1);
        update_column(column, c0, p00, p10, p20, p30, a_row);
        update_column(column, c1, p01, p11, p21, p31, a_row);
      }
    }
    // Each lane saw every panel_width-th column: merge them. Of equal products the lowest column wins, as in a plain
    // loop.
    for (std::size_t i = first * kRows; i < std::min(last * kRows, a.count); ++i) {
      Neighbour& n = of_a[i];
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::size_t at = (i - first * kRows) * lanes + lane;
        const std::int32_t best = row.best[at], index = row.index[at];
        if (best > n.best || (best == n.best && index >= 0 && index < n.index)) {
          n.second = std::max(n.best, row.second[at]);
          n.best = best;
          n.index = index;
        } else {
          n.second = std::max(n.second, best);
        }
      }
    }
  }
  for (std::size_t j = 0; j < b.count; ++j) of_b[j] = {column.best[j], column.second[j], column.index[j]};
}

#endif  // HWY_TARGET

}  // namespace tessera::reconstruct::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::reconstruct {
namespace {

HWY_EXPORT(neighbours);

// Descriptors are scaled to length 512, so a product over 512^2 is the cosine of the angle.
constexpr double kSquaredLength = 512.0 * 512.0;
constexpr std::size_t kTile = 32;        // pictures a side of a batch of pairs: 64 x 0.8 MB of descriptors at a time
constexpr std::size_t kPairsATurn = 64;  // pairs between two looks at the cancellation and two reports of progress

double angle(std::int32_t product) { return std::acos(std::min(product / kSquaredLength, 1.0)); }

bool accepted(const Neighbour& n, const MatchRules& rules) {
  if (n.index < 0) return false;
  const double best = angle(n.best);
  return best <= rules.max_distance && best < rules.max_ratio * angle(n.second);
}

/// The pairs in an order that needs the descriptors of few pictures at a time.
std::vector<ImagePair> tiled(std::vector<ImagePair> pairs) {
  std::set<std::uint32_t> ids;
  for (const auto& [a, b] : pairs) ids.insert({a, b});
  std::unordered_map<std::uint32_t, std::size_t> tile;
  std::size_t position = 0;
  for (const std::uint32_t id : ids) tile[id] = position++ / kTile;
  std::sort(pairs.begin(), pairs.end(), [&](const ImagePair& p, const ImagePair& q) {
    return std::tuple(tile[p.first], tile[p.second], p) < std::tuple(tile[q.first], tile[q.second], q);
  });
  return pairs;
}

}  // namespace

std::vector<Match> match_descriptors(const Descriptors& a, const Descriptors& b, const MatchRules& rules) {
  std::vector<Match> matches;
  if (a.count == 0 || b.count == 0) return matches;
  std::vector<Neighbour> of_a, of_b;
  HWY_DYNAMIC_DISPATCH(neighbours)(a, b, of_a, of_b);
  for (std::size_t i = 0; i < a.count; ++i) {
    if (!accepted(of_a[i], rules)) continue;
    const auto j = static_cast<std::size_t>(of_a[i].index);
    if (of_b[j].index == static_cast<std::int32_t>(i) && accepted(of_b[j], rules))
      matches.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)});
  }
  return matches;
}

Descriptors largest_features(const Descriptors& all, const std::vector<std::array<float, 3>>& keypoints,
                             std::size_t count) {
  std::vector<std::uint32_t> order(std::min(all.count, keypoints.size()));
  std::iota(order.begin(), order.end(), 0u);
  count = std::min(count, order.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t i, std::uint32_t j) { return keypoints[i][2] > keypoints[j][2]; });
  Descriptors result;
  result.count = count;
  result.values.reserve(count * kDescriptorSize);
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = all.values.begin() + static_cast<std::ptrdiff_t>(order[i]) * kDescriptorSize;
    result.values.insert(result.values.end(), row, row + kDescriptorSize);
  }
  return result;
}

void match_pairs(ColmapDatabase& database, const std::vector<ImagePair>& pairs, const MatchRules& rules, int threads,
                 const scene::JobContext& job, const std::function<void(std::size_t, std::size_t)>& on_pairs) {
  const std::map<ImagePair, std::size_t> known = database.match_counts();
  std::vector<ImagePair> open;
  for (const ImagePair& pair : pairs)
    if (!known.contains(pair)) open.push_back(pair);
  open = tiled(std::move(open));
  std::size_t done = pairs.size() - open.size();
  on_pairs(done, pairs.size());

  tbb::task_arena arena(threads > 0 ? threads : tbb::task_arena::automatic);
  std::map<std::uint32_t, Descriptors> loaded;
  std::vector<std::vector<Match>> found(kPairsATurn);
  for (std::size_t first = 0; first < open.size(); first += kPairsATurn) {
    const std::size_t count = std::min(kPairsATurn, open.size() - first);
    std::set<std::uint32_t> needed;
    for (std::size_t i = 0; i < count; ++i) needed.insert({open[first + i].first, open[first + i].second});
    if (loaded.size() > 2 * kTile)
      std::erase_if(loaded, [&](const auto& entry) { return !needed.contains(entry.first); });
    for (const std::uint32_t id : needed)
      if (!loaded.contains(id)) loaded[id] = database.descriptors(id);
    arena.execute([&] {
      scene::parallel_blocks(std::size_t{0}, count, 1, [&](std::size_t i, std::size_t) {
        if (job.cancelled()) return;
        const auto& [a, b] = open[first + i];
        found[i] = match_descriptors(loaded.find(a)->second, loaded.find(b)->second, rules);
      });
    });
    job.throw_if_cancelled();
    database.begin();
    for (std::size_t i = 0; i < count; ++i) database.write_matches(open[first + i], found[i]);
    database.commit();
    done += count;
    on_pairs(done, pairs.size());
  }
}

}  // namespace tessera::reconstruct
#endif
