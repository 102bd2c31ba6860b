#include "scene/edit/edit_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene/random.h"
#include "tests/support/random_scene.h"

namespace tessera::scene {
namespace {
using testing::ElementsAre;

GaussianModel edited(const GaussianModel& original, const EditHistory& history) {
  GaussianModel model = original;
  model.apply(history.rows());
  return model;
}

void expect_same_bytes(const GaussianModel& a, const GaussianModel& b) {
  const auto left = a.planes(), right = b.planes();
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t p = 0; p < left.size(); ++p) EXPECT_EQ(*left[p], *right[p]) << "plane " << p;
}

TEST(EditHistory, DeletesUndoesAndRedoesWithTheSelection) {
  EditHistory history(5);
  EXPECT_FALSE(history.undo());
  EXPECT_FALSE(history.redo());
  EXPECT_FALSE(history.is_changed());
  history.select({0, 1, 0, 1, 0}, Combine::replace);
  ASSERT_TRUE(history.remove(history.selected(), "Delete 2"));
  EXPECT_THAT(history.rows().old_row, ElementsAre(0u, 2u, 4u));
  EXPECT_EQ(count(history.selected()), 0u);
  EXPECT_EQ(history.undo_name(), "Delete 2");
  EXPECT_EQ(history.redo_name(), "");
  EXPECT_TRUE(history.is_changed());
  ASSERT_TRUE(history.undo());
  EXPECT_THAT(history.rows().old_row, ElementsAre(0u, 1u, 2u, 3u, 4u));
  EXPECT_THAT(history.selected(), ElementsAre(0, 1, 0, 1, 0)) << "as before the edit";
  EXPECT_EQ(history.redo_name(), "Delete 2");
  EXPECT_FALSE(history.is_changed());
  ASSERT_TRUE(history.redo());
  EXPECT_THAT(history.rows().old_row, ElementsAre(0u, 2u, 4u));
  EXPECT_EQ(count(history.selected()), 0u);
}

TEST(EditHistory, AnEditOfNothingIsNone) {
  EditHistory history(3);
  EXPECT_FALSE(history.remove({0, 0, 0}, "x"));
  ASSERT_TRUE(history.remove({1, 0, 0}, "x"));
  EXPECT_FALSE(history.remove({1, 0, 0}, "y")) << "it has gone";
  EXPECT_EQ(history.undo_name(), "x");
}

TEST(EditHistory, ANewEditForgetsWhatCouldBeRedone) {
  EditHistory history(4);
  history.remove({1, 0, 0, 0}, "a");
  history.set_saved();
  history.remove({0, 1, 0, 0}, "b");
  EXPECT_TRUE(history.is_changed());
  history.undo();
  EXPECT_FALSE(history.is_changed()) << "back at what was saved";
  history.undo();
  EXPECT_TRUE(history.is_changed());
  history.remove({0, 0, 1, 0}, "c");
  EXPECT_FALSE(history.redo());
  EXPECT_TRUE(history.is_changed()) << "as many edits as were saved, but not the same";
  EXPECT_THAT(history.rows().old_row, ElementsAre(0u, 1u, 3u));
}

TEST(EditHistory, WhatIsGoneCannotBeSelected) {
  EditHistory history(3);
  history.remove({1, 0, 0}, "a");
  history.select({1, 1, 0}, Combine::replace);
  EXPECT_THAT(history.selected(), ElementsAre(0, 1, 0));
  history.invert_selection();
  EXPECT_THAT(history.selected(), ElementsAre(0, 0, 1));
}

TEST(EditHistory, RandomEditsAreUndoneToTheOriginalBytesAndRedoneToTheLast) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const std::size_t n = 50 + 37 * seed;
    const Camera camera = test::random_camera(seed, 33, 17);
    const GaussianModel original =
        test::random_model(seed, {.splats = n, .sh_degree = static_cast<int>(seed % 4)}, camera);
    EditHistory history(n);
    std::uint32_t draw = 0;
    const auto random = [&](std::uint64_t what) {
      return uniform01(philox(seed, static_cast<std::uint32_t>(RandomStream::kTest), draw, what)[0]);
    };
    struct Moment {
      IndexMap rows;
      RowMask selected;
    };
    std::vector<Moment> before;  // each edit of the line that is under way
    for (draw = 0; draw < 60; ++draw) {
      RowMask mask(n);
      const float share = 0.2f * random(0);
      for (std::size_t i = 0; i < n; ++i) mask[i] = random(100 + i) < share;
      const float what = random(1);
      if (what < 0.25f) {
        history.select(mask, random(2) < 0.5f ? Combine::add : Combine::subtract);
      } else if (what < 0.3f) {
        history.invert_selection();
      } else if (what < 0.5f && !before.empty()) {
        EXPECT_TRUE(history.undo());
        EXPECT_EQ(history.rows().old_row, before.back().rows.old_row);
        EXPECT_EQ(history.selected(), before.back().selected);
        before.pop_back();
      } else {
        const Moment now{history.rows(), history.selected()};
        if (history.remove(random(3) < 0.5f ? mask : history.selected(), "edit")) before.push_back(now);
      }
      for (std::size_t i = 0; i < n; ++i) ASSERT_LE(history.selected()[i], history.alive()[i]);
    }
    const GaussianModel last = edited(original, history);
    const IndexMap rows = history.rows();
    std::size_t undone = 0;
    while (history.undo()) ++undone;
    EXPECT_EQ(undone, before.size());
    expect_same_bytes(edited(original, history), original);
    while (undone-- > 0) EXPECT_TRUE(history.redo());
    EXPECT_EQ(history.rows().old_row, rows.old_row);
    expect_same_bytes(edited(original, history), last);
    last.validate("edited");
  }
}

TEST(EditHistory, KeepsIndexListsAndNoCopies) {
  constexpr std::size_t kRows = 100'000;
  EditHistory history(kRows);
  for (std::size_t first = 0; first < 40; ++first) {
    RowMask mask(kRows);
    for (std::size_t i = first; i < kRows; i += 50) mask[i] = 1;
    ASSERT_TRUE(history.remove(mask, "edit"));
  }
  // Four bytes for each row that went, once, and a bit a row for each edit's selection.
  EXPECT_LE(history.bytes(), 4 * kRows + 40 * (kRows / 8 + 100));
}

}  // namespace
}  // namespace tessera::scene
