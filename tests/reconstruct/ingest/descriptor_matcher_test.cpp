#include "reconstruct/ingest/descriptor_matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "scene/random.h"
#include "tests/reconstruct/ingest/toy_database.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

using test::descriptors_of;
using testing::ElementsAre;
using testing::IsEmpty;

/// The rules written down plainly: angles, one pair of rows after the other.
std::vector<Match> plain_matches(const Descriptors& a, const Descriptors& b, const MatchRules& rules) {
  const auto angle = [&](std::size_t i, std::size_t j) {
    std::int64_t product = 0;
    for (int k = 0; k < kDescriptorSize; ++k)
      product += std::int64_t{a.values[i * kDescriptorSize + k]} * b.values[j * kDescriptorSize + k];
    return product <= 0 ? std::acos(0.0) : std::acos(std::min(1.0, static_cast<double>(product) / (512.0 * 512.0)));
  };
  // The nearest of `count` rows, -1 where it fails a rule.
  const auto nearest = [&](std::size_t count, auto&& distance) {
    int best = -1;
    double first = std::acos(0.0), second = first;
    for (std::size_t i = 0; i < count; ++i) {
      const double d = distance(i);
      if (d < first) {
        second = first;
        first = d;
        best = static_cast<int>(i);
      } else {
        second = std::min(second, d);
      }
    }
    return first <= rules.max_distance && first < rules.max_ratio * second ? best : -1;
  };
  std::vector<Match> matches;
  for (std::size_t i = 0; i < a.count; ++i) {
    const int j = nearest(b.count, [&](std::size_t k) { return angle(i, k); });
    if (j < 0) continue;
    const int back = nearest(a.count, [&](std::size_t k) { return angle(k, static_cast<std::size_t>(j)); });
    if (back == static_cast<int>(i)) matches.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)});
  }
  return matches;
}

std::vector<std::uint32_t> range(std::uint32_t first, std::uint32_t count) {
  std::vector<std::uint32_t> list(count);
  std::iota(list.begin(), list.end(), first);
  return list;
}

/// Bytes without any structure: nearest neighbours are near ties.
Descriptors random_bytes(std::uint32_t key, std::size_t count, unsigned largest) {
  Descriptors d;
  d.count = count;
  for (std::uint64_t i = 0; i < count * kDescriptorSize; ++i)
    d.values.push_back(static_cast<std::uint8_t>(
        scene::philox(3, static_cast<std::uint32_t>(scene::RandomStream::kTest), key, i)[0] % (largest + 1)));
  return d;
}

TEST(MatchDescriptors, AgreesWithThePlainLoopForEverySize) {
  // Around the widths of vectors (4, 8, 16 lanes, two at a time) and of blocks of rows (64).
  for (const std::uint32_t n : {1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u, 31u, 33u, 63u, 64u, 65u, 130u})
    for (const std::uint32_t m : {1u, 5u, 16u, 17u, 32u, 64u, 67u}) {
      const Descriptors a = descriptors_of(range(0, n), 1, 12), b = descriptors_of(range(n / 3, m), 2, 12);
      const auto expected = plain_matches(a, b, {});
      EXPECT_EQ(match_descriptors(a, b), expected) << n << " x " << m;
      if (n > 30 && m > 30) {
        EXPECT_GT(expected.size(), 10u);
      }
    }
}

/// Feature i of the second picture is that of the first turned by about i / 60 radians towards another one.
std::vector<Descriptors> turning_apart() {
  constexpr std::uint32_t kCount = 90;
  const Descriptors a = descriptors_of(range(0, kCount)), other = descriptors_of(range(1000, kCount));
  Descriptors b = a;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const double angle = i / 60.0;
    for (std::uint32_t k = 0; k < kDescriptorSize; ++k) {
      const std::size_t at = i * kDescriptorSize + k;
      b.values[at] = static_cast<std::uint8_t>(
          std::clamp(std::cos(angle) * a.values[at] + std::sin(angle) * other.values[at], 0.0, 255.0));
    }
  }
  return {a, b};
}

TEST(MatchDescriptors, AgreesWithThePlainLoopWhereRulesReject) {
  const auto both = turning_apart();
  std::vector<std::size_t> sizes;
  for (const MatchRules& rules : {MatchRules{1, 1.57}, MatchRules{0.8, 1.57}, MatchRules{0.5, 1.57}, MatchRules{1, 0.7},
                                  MatchRules{1, 0.3}, MatchRules{}}) {
    const auto expected = plain_matches(both[0], both[1], rules);
    EXPECT_EQ(match_descriptors(both[0], both[1], rules), expected) << rules.max_ratio << " " << rules.max_distance;
    sizes.push_back(expected.size());
  }
  EXPECT_GT(sizes[0], sizes[1]) << "the ratio rejects some";
  EXPECT_GT(sizes[1], sizes[2]);
  EXPECT_GT(sizes[0], sizes[3]) << "the distance rejects some";
  EXPECT_GT(sizes[3], sizes[4]);
  EXPECT_LE(sizes[5], sizes[3]);
  EXPECT_GT(sizes[4], 5u);
}

TEST(MatchDescriptors, AgreesWithThePlainLoopOnNoiseAndTies) {
  for (std::uint32_t trial = 0; trial < 6; ++trial) {
    // Values 0 or 1 give equal products in plenty; 255 gives the largest.
    for (const unsigned largest : {1u, 40u, 255u}) {
      const Descriptors a = random_bytes(trial, 70, largest), b = random_bytes(100 + trial, 53, largest);
      const MatchRules lax{1, 1.5707963};
      EXPECT_EQ(match_descriptors(a, b, lax), plain_matches(a, b, lax)) << trial << " " << largest;
    }
  }
}

TEST(MatchDescriptors, AgreesWithThePlainLoopOnEveryInstructionSet) {
  const Descriptors a = descriptors_of(range(0, 77), 1, 30), b = descriptors_of(range(20, 83), 2, 30);
  const auto expected = plain_matches(a, b, {});
  ASSERT_GT(expected.size(), 30u);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    EXPECT_EQ(match_descriptors(a, b), expected) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(MatchDescriptors, FindsEqualFeaturesInAnyOrder) {
  EXPECT_THAT(match_descriptors(descriptors_of({5, 6, 7, 8}), descriptors_of({8, 99, 5, 98, 6})),
              ElementsAre(Match{0, 2}, Match{1, 4}, Match{3, 0}));
}

TEST(MatchDescriptors, TrustsNoFeatureThatThereIsTwice) {
  EXPECT_THAT(match_descriptors(descriptors_of({5, 6}), descriptors_of({5, 5, 6})), ElementsAre(Match{1, 2}));
  EXPECT_THAT(match_descriptors(descriptors_of({5, 5, 6}), descriptors_of({5, 6})), ElementsAre(Match{2, 1}));
}

TEST(MatchDescriptors, HasNothingToSayOfNothing) {
  const Descriptors none, some = descriptors_of({1, 2});
  EXPECT_THAT(match_descriptors(none, some), IsEmpty());
  EXPECT_THAT(match_descriptors(some, none), IsEmpty());
  Descriptors zeros;
  zeros.count = 3;
  zeros.values.assign(3 * kDescriptorSize, 0);
  EXPECT_THAT(match_descriptors(zeros, some), IsEmpty());
}

TEST(LargestFeatures, AreTheRowsOfLargestScale) {
  const Descriptors all = descriptors_of({10, 11, 12, 13});
  const std::vector<std::array<float, 3>> keypoints = {{0, 0, 2}, {0, 0, 5}, {0, 0, 2}, {0, 0, 9}};
  const auto picked = [&](std::size_t count) { return largest_features(all, keypoints, count).values; };
  EXPECT_EQ(picked(2), descriptors_of({13, 11}).values);
  EXPECT_EQ(picked(3), descriptors_of({13, 11, 10}).values) << "ties by row";
  EXPECT_EQ(picked(9), descriptors_of({13, 11, 10, 12}).values);
  EXPECT_EQ(largest_features(all, keypoints, 9).count, 4u);
  EXPECT_EQ(largest_features(all, keypoints, 0).count, 0u);
  EXPECT_EQ(largest_features(all, {{0, 0, 1}, {0, 0, 2}}, 9).count, 2u) << "rows without a keypoint are left out";
}

class MatchPairs : public testing::Test {
 protected:
  static constexpr std::uint32_t kImages = 14;  // 91 pairs: more than one batch of 64
  void SetUp() override {
    test::make_database(path_);
    for (std::uint32_t id = 1; id <= kImages; ++id)
      test::add_image(path_, id, std::to_string(id) + ".jpg", range(3 * id, 20));
    for (std::uint32_t a = 1; a <= kImages; ++a)
      for (std::uint32_t b = a + 1; b <= kImages; ++b) pairs_.emplace_back(a, b);
  }
  static std::vector<Match> expected(const ImagePair& pair) {
    return plain_matches(descriptors_of(range(3 * pair.first, 20)), descriptors_of(range(3 * pair.second, 20)), {});
  }
  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "database.db";
  std::vector<ImagePair> pairs_;
};

TEST_F(MatchPairs, WritesWhatThePlainLoopFindsOnAnyNumberOfThreads) {
  for (const int threads : {1, 3, 0}) {
    ColmapDatabase database(path_);
    database.clear_matches();
    std::vector<std::size_t> done;
    match_pairs(database, pairs_, {}, threads, {}, [&](std::size_t d, std::size_t total) {
      EXPECT_EQ(total, pairs_.size());
      done.push_back(d);
    });
    EXPECT_THAT(done, ElementsAre(0, 64, 91));
    for (const ImagePair& pair : pairs_)
      EXPECT_EQ(database.matches(pair), expected(pair)) << pair.first << " " << pair.second;
    EXPECT_EQ(database.match_counts().size(), pairs_.size()) << "pairs without matches are noted too";
    EXPECT_EQ(database.match_counts().at({1, 2}), 17u);
    EXPECT_EQ(database.match_counts().at({1, 14}), 0u);
  }
}

TEST_F(MatchPairs, GoesOnWhereACancelledCallStopped) {
  ColmapDatabase database(path_);
  scene::Cancellation cancellation;
  scene::JobContext job;
  job.cancellation = &cancellation;
  EXPECT_THROW(match_pairs(database, pairs_, {}, 2, job,
                           [&](std::size_t done, std::size_t) {
                             if (done > 0) cancellation.request();
                           }),
               scene::Cancelled);
  EXPECT_EQ(database.match_counts().size(), 64u);
  std::vector<std::size_t> done;
  match_pairs(database, pairs_, {}, 2, {}, [&](std::size_t d, std::size_t) { done.push_back(d); });
  EXPECT_THAT(done, ElementsAre(64, 91));
  for (const ImagePair& pair : pairs_) EXPECT_EQ(database.matches(pair), expected(pair));
}

TEST_F(MatchPairs, LeavesPairsAloneThatHaveMatches) {
  ColmapDatabase database(path_);
  database.write_matches({2, 3}, {{7, 8}});
  match_pairs(database, {{1, 2}, {2, 3}}, {}, 1, {}, [](std::size_t, std::size_t) {});
  EXPECT_THAT(database.matches({2, 3}), ElementsAre(Match{7, 8}));
  EXPECT_EQ(database.match_counts().size(), 2u);
}

TEST_F(MatchPairs, FollowsItsRules) {
  ColmapDatabase database(path_);
  match_pairs(database, {{1, 2}}, {0.8, -1}, 1, {}, [](std::size_t, std::size_t) {});
  EXPECT_THAT(database.matches({1, 2}), IsEmpty());
}

}  // namespace
}  // namespace tessera::reconstruct
