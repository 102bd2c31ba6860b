#pragma once

#include <functional>
#include <vector>

#include "reconstruct/ingest/colmap_database.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// COLMAP's rules (SiftMatching.max_ratio, max_distance, cross_check). The distance of two descriptors is the angle
/// between them.
struct MatchRules {
  double max_ratio = 0.8;     // nearest / second nearest, Lowe 2004, section 7.1
  double max_distance = 0.7;  // radians
};

/// Brute force: row i of `a` and row j of `b` match where each is the other's nearest neighbour and passes both rules,
/// in both directions. Ascending in i. Integer arithmetic throughout: the same result on every machine. Vectorised, one
/// thread.
std::vector<Match> match_descriptors(const Descriptors& a, const Descriptors& b, const MatchRules& rules = {});

/// The rows of `all` with the largest keypoint scales (`keypoints[i][2]`), at most `count` of them, ties by row.
Descriptors largest_features(const Descriptors& all, const std::vector<std::array<float, 3>>& keypoints,
                             std::size_t count);

/// Compares the pairs that the database has no matches of and writes what it finds, in batches, each one transaction; a
/// cancelled call goes on where it stopped. `threads` 0: all cores. `on_pairs` is told how many pairs of how many are
/// done, on the caller's thread.
void match_pairs(ColmapDatabase& database, const std::vector<ImagePair>& pairs, const MatchRules& rules, int threads,
                 const scene::JobContext& job,
                 const std::function<void(std::size_t done, std::size_t total)>& on_pairs);

}  // namespace tessera::reconstruct
