#include "reconstruct/ingest/pair_selection.h"

#include <tbb/task_arena.h>

#include <algorithm>
#include <numeric>

#include <glm/geometric.hpp>

#include "reconstruct/ingest/descriptor_matcher.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

constexpr std::size_t kCoarseFeatures =
    256;  // Wu uses 100; with twice and a half as many weakly textured photos still meet
constexpr std::size_t kCoarseMatches = 4;  // Wu 2013, section 3

std::vector<IndexPair> tidy(std::vector<IndexPair> pairs) {
  for (auto& [a, b] : pairs)
    if (a > b) std::swap(a, b);
  std::erase_if(pairs, [](const IndexPair& pair) { return pair.first == pair.second; });
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

/// The first `count` of `candidates` in the order of `less`.
template <class Less>
void keep_best(std::vector<std::size_t>& candidates, std::size_t count, Less less) {
  count = std::min(count, candidates.size());
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count), candidates.end(),
                    less);
  candidates.resize(count);
}

}  // namespace

std::vector<IndexPair> exhaustive_pairs(std::size_t n) {
  std::vector<IndexPair> pairs;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) pairs.emplace_back(i, j);
  return pairs;
}

std::vector<IndexPair> sequential_pairs(std::size_t n, std::size_t overlap) {
  std::vector<IndexPair> pairs;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t step = 1; step <= overlap && i + step < n; ++step) pairs.emplace_back(i, i + step);
    for (std::size_t k = 0, step = 1; k < overlap && i + step < n; ++k, step *= 2) pairs.emplace_back(i, i + step);
  }
  return tidy(std::move(pairs));
}

std::vector<IndexPair> loop_pairs(std::size_t n, std::size_t anchors) {
  std::vector<IndexPair> pairs;
  if (anchors == 0) return pairs;
  const std::size_t step = std::max<std::size_t>(1, (n + anchors - 1) / anchors);
  for (std::size_t i = 0; i < n; i += step)
    for (std::size_t j = i + step; j < n; j += step) pairs.emplace_back(i, j);
  return pairs;
}

std::vector<IndexPair> spatial_pairs(const std::vector<std::optional<glm::dvec3>>& positions, std::size_t neighbours) {
  std::vector<IndexPair> pairs;
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (!positions[i]) continue;
    others.clear();
    for (std::size_t j = 0; j < positions.size(); ++j)
      if (j != i && positions[j]) others.push_back(j);
    const auto distance = [&](std::size_t j) { return glm::distance(*positions[i], *positions[j]); };
    keep_best(others, neighbours,
              [&](std::size_t a, std::size_t b) { return std::pair(distance(a), a) < std::pair(distance(b), b); });
    for (const std::size_t j : others) pairs.emplace_back(i, j);
  }
  return tidy(std::move(pairs));
}

std::vector<IndexPair> coarse_pairs(const ColmapDatabase& database, const std::vector<std::uint32_t>& ids,
                                    std::size_t partners, int threads, const scene::JobContext& job,
                                    const std::function<void(std::size_t, std::size_t)>& on_rows) {
  const std::size_t n = ids.size();
  std::vector<Descriptors> coarse(n);
  for (std::size_t i = 0; i < n; ++i) {
    job.throw_if_cancelled();
    coarse[i] = largest_features(database.descriptors(ids[i]), database.keypoints(ids[i]), kCoarseFeatures);
  }
  std::vector<std::vector<std::uint16_t>> count(n, std::vector<std::uint16_t>(n, 0));
  tbb::task_arena arena(threads > 0 ? threads : tbb::task_arena::automatic);
  for (std::size_t i = 0; i < n; ++i) {
    job.throw_if_cancelled();
    arena.execute([&] {
      scene::parallel_for(i + 1, n, [&](std::size_t j) {
        count[i][j] = static_cast<std::uint16_t>(match_descriptors(coarse[i], coarse[j]).size());
      });
    });
    for (std::size_t j = i + 1; j < n; ++j) count[j][i] = count[i][j];
    on_rows(i + 1, n);
  }
  std::vector<IndexPair> pairs;
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < n; ++i) {
    others.clear();
    for (std::size_t j = 0; j < n; ++j)
      if (count[i][j] >= kCoarseMatches) others.push_back(j);
    keep_best(others, partners,
              [&](std::size_t a, std::size_t b) { return std::pair(count[i][b], a) < std::pair(count[i][a], b); });
    for (const std::size_t j : others) pairs.emplace_back(i, j);
  }
  return tidy(std::move(pairs));
}

std::vector<IndexPair> merge_pairs(std::vector<IndexPair> a, const std::vector<IndexPair>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return tidy(std::move(a));
}

}  // namespace tessera::reconstruct
