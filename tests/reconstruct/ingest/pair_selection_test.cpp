#include "reconstruct/ingest/pair_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scene/error.h"
#include "tests/reconstruct/ingest/toy_database.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Pairs = std::vector<IndexPair>;

TEST(ExhaustivePairs, AreAllPairsOnce) {
  EXPECT_THAT(exhaustive_pairs(0), IsEmpty());
  EXPECT_THAT(exhaustive_pairs(1), IsEmpty());
  EXPECT_EQ(exhaustive_pairs(4), (Pairs{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}));
  EXPECT_EQ(exhaustive_pairs(100).size(), 4950u);
}

TEST(SequentialPairs, AreTheNextOnesAndSomeAtDoublingDistance) {
  // Overlap 3: steps 1, 2, 3 and 1, 2, 4.
  EXPECT_EQ(sequential_pairs(6, 3), (Pairs{{0, 1},
                                           {0, 2},
                                           {0, 3},
                                           {0, 4},
                                           {1, 2},
                                           {1, 3},
                                           {1, 4},
                                           {1, 5},
                                           {2, 3},
                                           {2, 4},
                                           {2, 5},
                                           {3, 4},
                                           {3, 5},
                                           {4, 5}}));
  EXPECT_THAT(sequential_pairs(5, 0), IsEmpty());
  EXPECT_THAT(sequential_pairs(1, 3), IsEmpty());
  // Overlap 10 reaches 512 photos on.
  const Pairs wide = sequential_pairs(600, 10);
  EXPECT_TRUE(std::binary_search(wide.begin(), wide.end(), IndexPair{0, 512}));
  EXPECT_TRUE(std::binary_search(wide.begin(), wide.end(), IndexPair{87, 599}));
  EXPECT_FALSE(std::binary_search(wide.begin(), wide.end(), IndexPair{0, 511}));
}

TEST(LoopPairs, AreEachOfAFewAnchorsWithEachOther) {
  EXPECT_EQ(loop_pairs(9, 3), (Pairs{{0, 3}, {0, 6}, {3, 6}}));
  EXPECT_EQ(loop_pairs(10, 3), (Pairs{{0, 4}, {0, 8}, {4, 8}})) << "at most three";
  EXPECT_EQ(loop_pairs(3, 60), exhaustive_pairs(3));
  EXPECT_THAT(loop_pairs(9, 0), IsEmpty());
  EXPECT_THAT(loop_pairs(0, 3), IsEmpty());
}

TEST(SpatialPairs, AreTheNearestNeighbours) {
  std::vector<std::optional<glm::dvec3>> line;
  for (const double x : {0.0, 10.0, 11.0, 30.0}) line.emplace_back(glm::dvec3(x, 0, 0));
  EXPECT_EQ(spatial_pairs(line, 1), (Pairs{{0, 1}, {1, 2}, {2, 3}}));
  EXPECT_EQ(spatial_pairs(line, 2), (Pairs{{0, 1}, {0, 2}, {1, 2}, {1, 3}, {2, 3}}));
  EXPECT_EQ(spatial_pairs(line, 100), exhaustive_pairs(4));
  EXPECT_THAT(spatial_pairs(line, 0), IsEmpty());
  EXPECT_THAT(spatial_pairs({}, 3), IsEmpty());
}

TEST(SpatialPairs, LookAtHeightTooAndLeaveOutPhotosWithoutPosition) {
  const std::vector<std::optional<glm::dvec3>> positions = {glm::dvec3(0, 0, 0), std::nullopt, glm::dvec3(5, 0, 80),
                                                            glm::dvec3(20, 0, 0), glm::dvec3(22, 0, 80)};
  EXPECT_EQ(spatial_pairs(positions, 1), (Pairs{{0, 3}, {2, 4}}));
}

TEST(SpatialPairs, SettleTiesByOrder) {
  const std::vector<std::optional<glm::dvec3>> cross = {glm::dvec3(0, 0, 0), glm::dvec3(1, 0, 0), glm::dvec3(-1, 0, 0),
                                                        glm::dvec3(0, 1, 0), glm::dvec3(0, -1, 0)};
  const Pairs pairs = spatial_pairs(cross, 2);
  EXPECT_EQ(Pairs(pairs.begin(), pairs.begin() + 4), (Pairs{{0, 1}, {0, 2}, {0, 3}, {0, 4}}));
  EXPECT_EQ(pairs.size(), 7u);  // 0 with its first two, and each arm with the centre and the first arm at root two
}

TEST(MergePairs, HoldEachPairOnceSorted) {
  EXPECT_EQ(merge_pairs({{4, 5}, {0, 1}}, {{1, 0}, {0, 2}, {3, 3}, {5, 4}}), (Pairs{{0, 1}, {0, 2}, {4, 5}}));
  EXPECT_THAT(merge_pairs({}, {}), IsEmpty());
}

/// Photos in two rooms: photo i shows 12 features shared with its neighbours in its room.
class CoarsePairs : public testing::Test {
 protected:
  void SetUp() override {
    test::make_database(path_);
    for (std::uint32_t id = 1; id <= 8; ++id) {
      const std::uint32_t room = id <= 4 ? 0 : 1, place = (id - 1) % 4;
      // A window of features that slides by four: neighbours share 8, next but one 4, ends none.
      std::vector<std::uint32_t> features;
      for (std::uint32_t f = 0; f < 12; ++f) features.push_back(1000 * room + 4 * place + f);
      test::add_image(path_, id, "photo" + std::to_string(id) + ".jpg", features);
    }
  }
  Pairs choose(std::size_t partners, const scene::JobContext& job = {}) {
    const ColmapDatabase database(path_);
    return coarse_pairs(database, {1, 2, 3, 4, 5, 6, 7, 8}, partners, 2, job,
                        [&](std::size_t done, std::size_t total) { rows_.emplace_back(done, total); });
  }
  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "database.db";
  std::vector<std::pair<std::size_t, std::size_t>> rows_;
};

TEST_F(CoarsePairs, AreThoseThatShareFeatures) {
  EXPECT_EQ(choose(10), (Pairs{{0, 1}, {0, 2}, {1, 2}, {1, 3}, {2, 3}, {4, 5}, {4, 6}, {5, 6}, {5, 7}, {6, 7}}));
  ASSERT_EQ(rows_.size(), 8u);
  EXPECT_EQ(rows_.front(), (std::pair<std::size_t, std::size_t>{1, 8}));
  EXPECT_EQ(rows_.back(), (std::pair<std::size_t, std::size_t>{8, 8}));
}

TEST_F(CoarsePairs, AreTheBestPartnersOfEachPhoto) {
  EXPECT_EQ(choose(1), (Pairs{{0, 1}, {1, 2}, {2, 3}, {4, 5}, {5, 6}, {6, 7}}));
}

TEST_F(CoarsePairs, EndWhenAsked) {
  scene::Cancellation cancellation;
  cancellation.request();
  scene::JobContext job;
  job.cancellation = &cancellation;
  EXPECT_THROW(choose(1, job), scene::Cancelled);
}

}  // namespace
}  // namespace tessera::reconstruct
