#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <glm/vec3.hpp>

#include "reconstruct/ingest/colmap_database.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// Two photos to compare, as indices into the list by name; first < second. Lists of them are sorted and hold no pair
/// twice.
using IndexPair = std::pair<std::size_t, std::size_t>;

/// All n (n - 1) / 2 pairs.
std::vector<IndexPair> exhaustive_pairs(std::size_t n);

/// Each photo with the next `overlap`, and with those 2^k further on (COLMAP's quadratic overlap).
std::vector<IndexPair> sequential_pairs(std::size_t n, std::size_t overlap);

/// Evenly spaced photos, at most `anchors` of them, each with each: where a walk crosses its own path, some of these
/// meet.
std::vector<IndexPair> loop_pairs(std::size_t n, std::size_t anchors);

/// Each photo with its `neighbours` nearest in metres (ties by index). Photos without a position take part in no pair.
std::vector<IndexPair> spatial_pairs(const std::vector<std::optional<glm::dvec3>>& positions, std::size_t neighbours);

/// Preemptive matching (Wu 2013, "Towards linear-time incremental structure from motion", section 3): the features of
/// largest scale of all pairs are compared, and each photo keeps the `partners` with most matches, at least four.
/// `database` holds images with `ids`.
std::vector<IndexPair> coarse_pairs(const ColmapDatabase& database, const std::vector<std::uint32_t>& ids,
                                    std::size_t partners, int threads, const scene::JobContext& job,
                                    const std::function<void(std::size_t done, std::size_t total)>& on_rows);

std::vector<IndexPair> merge_pairs(std::vector<IndexPair> a, const std::vector<IndexPair>& b);

}  // namespace tessera::reconstruct
