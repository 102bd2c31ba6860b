#include "reconstruct/ingest/stage_book.h"

#include <gtest/gtest.h>

#include "reconstruct/ingest/hash.h"
#include "scene/atomic_file.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

class StageBookFile : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "state.json";
};

TEST_F(StageBookFile, RemembersAFinishedStageAcrossRuns) {
  {
    StageBook book(file_);
    EXPECT_EQ(book.find("features", "abc"), nullptr);
    book.finish("features", {"abc", 12.5, {"colmap a", "colmap 'b c'"}, {{"images", {1, 2}}}});
    ASSERT_NE(book.find("features", "abc"), nullptr);
  }
  const StageBook again(file_);
  const StageBook::Entry* entry = again.find("features", "abc");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->seconds, 12.5);
  EXPECT_EQ(entry->commands, (std::vector<std::string>{"colmap a", "colmap 'b c'"}));
  EXPECT_EQ(entry->data.at("images"), nlohmann::json({1, 2}));
  EXPECT_EQ(again.find("features", "abd"), nullptr) << "other inputs";
  EXPECT_EQ(again.find("matching", "abc"), nullptr) << "another stage";
}

TEST_F(StageBookFile, RemembersWhatAnInterruptedStageHadBegunWith) {
  StageBook(file_).begin("matching", "h1");
  EXPECT_EQ(StageBook(file_).begun("matching"), "h1");
  EXPECT_EQ(StageBook(file_).begun("mapping"), "");
  StageBook book(file_);
  book.finish("matching", {"h1", 1, {}, {}});
  EXPECT_EQ(StageBook(file_).begun("matching"), "") << "finished is no longer begun";
}

TEST_F(StageBookFile, BeginningAgainForgetsTheOldResult) {
  StageBook book(file_);
  book.finish("mapping", {"h1", 1, {}, {}});
  book.finish("matching", {"h0", 1, {}, {}});
  book.begin("mapping", "h2");
  const StageBook again(file_);
  EXPECT_EQ(again.find("mapping", "h1"), nullptr);
  EXPECT_NE(again.find("matching", "h0"), nullptr);
}

TEST_F(StageBookFile, WhatCannotBeUnderstoodCountsAsEmpty) {
  for (
      const char* text :
      {"", "{", "[]", "null", "{}", R"({"version": 1})", R"({"version": 2, "finished": {}, "begun": {}})",
       R"({"version": 1, "finished": {"a": {"hash": "h", "seconds": 1, "commands": [], "data": {}}, "b": 3}, "begun": {"c": "h"}})",
       R"({"version": 1, "finished": {"a": {"hash": "h", "seconds": "x", "commands": [], "data": {}}}, "begun": {"c": "h"}})",
       R"({"version": 1, "finished": {"a": {"hash": "h", "seconds": 1, "commands": [], "data": {}}}, "begun": {"c": 5}})"}) {
    scene::write_file_atomically(file_, text);
    const StageBook book(file_);
    EXPECT_EQ(book.find("a", "h"), nullptr) << text;
    EXPECT_EQ(book.begun("c"), "") << text;
  }
}

TEST_F(StageBookFile, NamesThatAreNoUtf8DoNotKeepItFromBeingWritten) {
  StageBook book(file_);
  book.finish("features", {"abc", 1, {"colmap caf\xe9.jpg"}, {{"name", "caf\xe9.jpg"}}});
  EXPECT_NE(StageBook(file_).find("features", "abc"), nullptr);
}

TEST(Hash, IsFnv1a) {
  // Test vectors of the FNV reference (http://www.isthe.com/chongo/src/fnv/test_fnv.c).
  EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325u);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8u);
  EXPECT_EQ(fnv1a("bar", fnv1a("foo")), fnv1a("foobar"));
  EXPECT_EQ(hex(0x85944171f73967e8u), "85944171f73967e8");
  EXPECT_EQ(hex(0xa), "000000000000000a");
}

}  // namespace
}  // namespace tessera::reconstruct
