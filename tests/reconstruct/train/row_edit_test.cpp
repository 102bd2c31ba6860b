#include "reconstruct/train/row_edit.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/reconstruct/train/train_support.h"

namespace tessera::reconstruct {
namespace {

TEST(MortonCode, InterleavesTheCellsBits) {
  const std::array<float, 3> low{0, 0, 0}, high{1, 1, 1};
  EXPECT_EQ(morton_code({0, 0, 0}, low, high), 0u);
  EXPECT_EQ(morton_code({1, 1, 1}, low, high), (std::uint64_t{1} << 63) - 1);
  EXPECT_EQ(morton_code({0.5f, 0, 0}, low, high), std::uint64_t{1} << 60);
  EXPECT_EQ(morton_code({0, 0.5f, 0}, low, high), std::uint64_t{1} << 61);
  EXPECT_EQ(morton_code({0, 0, 0.5f}, low, high), std::uint64_t{1} << 62);
  EXPECT_EQ(morton_code({0x1p-21f, 0, 0}, low, high), 1u);
  EXPECT_EQ(morton_code({0, 0, 0x1.8p-20f}, low, high), 0b100100u);
}

TEST(MortonCode, OutsideGoesToTheBorderAndAFlatBoxIsFine) {
  EXPECT_EQ(morton_code({9, 9, 9}, {0, 0, 0}, {1, 1, 1}), (std::uint64_t{1} << 63) - 1);
  EXPECT_EQ(morton_code({-9, -9, -9}, {0, 0, 0}, {1, 1, 1}), 0u);
  EXPECT_EQ(morton_code({5, 5, 5}, {5, 5, 5}, {5, 5, 5}), 0u);
}

std::vector<EditRow> scattered_rows(std::size_t n) {
  const auto model = test::random_model(n, 0, 3);
  std::vector<EditRow> rows(n);
  for (std::size_t i = 0; i < n; ++i)
    rows[i] = {static_cast<std::uint32_t>(i),
               {model.position[0][i], model.position[1][i], model.position[2][i]},
               i % 3 == 0,
               0};
  return rows;
}

TEST(SortRows, GivesMortonOrderWhateverTheOrderBefore) {
  auto rows = scattered_rows(500), reversed = rows;
  std::reverse(reversed.begin(), reversed.end());
  const auto map = sort_rows(rows), map_reversed = sort_rows(reversed);
  EXPECT_EQ(map.old_row, map_reversed.old_row);
  std::array<float, 3> low{1, 1, 1}, high{-1, -1, -1};
  for (const auto& row : rows)
    for (int a = 0; a < 3; ++a)
      low[a] = std::min(low[a], row.position[a]), high[a] = std::max(high[a], row.position[a]);
  for (std::size_t i = 1; i < rows.size(); ++i)
    EXPECT_LE(morton_code(rows[i - 1].position, low, high), morton_code(rows[i].position, low, high));
  auto sorted = map.old_row;
  std::sort(sorted.begin(), sorted.end());
  for (std::uint32_t i = 0; i < 500; ++i) EXPECT_EQ(sorted[i], i);
}

TEST(SortRows, TwinsKeepTheOrderOfRowAndTag) {
  std::vector<EditRow> rows = {{2, {0, 0, 0}, false, 0}, {1, {0, 0, 0}, false, 1}, {1, {0, 0, 0}, false, 0}};
  const auto map = sort_rows(rows);
  EXPECT_EQ(map.old_row, (std::vector<std::uint32_t>{1, 1, 2}));
  EXPECT_EQ(rows[0].tag, 0);
  EXPECT_EQ(rows[1].tag, 1);
}

TEST(ApplyRows, MovesRowsAndClearsTheMomentsOfFreshOnes) {
  auto model = test::random_model(40, 1, 5);
  const auto before = model;
  auto adam = test::used_adam(40, 1);
  auto rows = scattered_rows(40);
  const auto map = sort_rows(rows);
  for (auto& row : rows) row.position[1] += 10;
  apply_rows(rows, map, model, adam);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(model.sh[7][i], before.sh[7][map.old_row[i]]);
    EXPECT_EQ(model.position[1][i], rows[i].position[1]);
    EXPECT_EQ(adam.first.opacity_logit[i], rows[i].fresh ? 0.0f : 0.25f);
    EXPECT_EQ(adam.second.rotation[2][i], rows[i].fresh ? 0.0f : 0.5f);
  }
}

TEST(SortModel, KeepsEveryRowWhole) {
  auto model = test::random_model(64, 0, 8);
  const auto before = model;
  sort_model(model);
  std::vector<std::size_t> from(64);
  for (std::size_t i = 0; i < 64; ++i) {
    const auto at = std::find(before.position[0].begin(), before.position[0].end(), model.position[0][i]);
    ASSERT_NE(at, before.position[0].end());
    from[i] = static_cast<std::size_t>(at - before.position[0].begin());
    EXPECT_EQ(model.opacity_logit[i], before.opacity_logit[from[i]]);
    EXPECT_EQ(model.sh[2][i], before.sh[2][from[i]]);
  }
  EXPECT_FALSE(std::is_sorted(from.begin(), from.end()));
}

}  // namespace
}  // namespace tessera::reconstruct
