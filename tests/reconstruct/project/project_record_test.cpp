#include "reconstruct/project/project_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene/error.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/project_target.h"

namespace tessera::reconstruct {
namespace {
using testing::HasSubstr;

constexpr const char* kWhole = R"(version = 1
created = "2026-01-02T03:04:05Z"
run = "2"
later = {key = [1, 2.5, "three"], when = 1979-05-27T07:32:00Z}

[source]
kind = "photos"
relative = "../fox"
absolute = "/photos/fox"
files = 3
bytes = 1000
hash = "0123456789abcdef"
camera = "not known here"

[import]
posed = true

[[runs]]
name = "1"
created = "2026-01-02T03:05:05Z"
colour = "red"

[[runs]]
name = "2"

[studio.camera]
position = [0.1, -2.0, 1e-7]
standing = 4
on = true
)";

std::string problem(const std::string& text) {
  try {
    ProjectRecord::parse(text, "P/project.toml");
    return {};
  } catch (const scene::Error& e) {
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
    return e.what();
  }
}

/// A whole file with a line put in place of the first one that begins so.
std::string with(const std::string& begin, const std::string& line) {
  std::string text = kWhole;
  const std::size_t at = text.find("\n" + begin) + 1;
  return text.replace(at, text.find('\n', at) - at, line);
}

TEST(ProjectRecord, ReadsWhatItWrites) {
  ProjectRecord a;
  a.created = a.changed = utc_now();
  a.kind = ProjectRecord::Kind::video;
  a.relative = "../caf\xc3\xa9 \"x\"/100%.mp4", a.absolute = "/a\\b/\xff\xfe/clip\n.mp4";  // no UTF-8, a new line
  a.fingerprint = {7, 1ull << 40, "00ff"};
  a.posed = true;
  a.runs = {{"1", utc_now()}, {"second try", ""}};
  a.run = "second try";
  a.studio = {
      {"camera", {{"position", {1.0 / 3, 1e300, -0.0}}, {"deep", {{"er", {true, "x", nlohmann::json::array()}}}}}},
      {"mode", "splats"}};
  const std::string text = a.text();
  const ProjectRecord b = ProjectRecord::parse(text, "p");
  EXPECT_EQ(b.created, a.created);
  EXPECT_EQ(b.kind, a.kind);
  EXPECT_EQ(b.relative, a.relative);
  EXPECT_EQ(b.absolute, a.absolute);
  EXPECT_EQ(b.fingerprint, a.fingerprint);
  EXPECT_EQ(b.posed, a.posed);
  EXPECT_EQ(b.runs, a.runs);
  EXPECT_EQ(b.run, a.run);
  EXPECT_EQ(b.studio, a.studio);
  EXPECT_EQ(b.text(), text);
}

TEST(ProjectRecord, KeepsWhatItDoesNotKnow) {
  ProjectRecord record = ProjectRecord::parse(kWhole, "p");
  EXPECT_EQ(record.studio["camera"]["standing"], 4);
  EXPECT_EQ(record.runs.size(), 2u);
  record.runs.push_back({"3", "now"});
  record.run = "3";
  const std::string text = record.text();
  for (const char* kept : {"three", "1979-05-27", "not known here", "red"}) EXPECT_THAT(text, HasSubstr(kept));
  EXPECT_EQ(ProjectRecord::parse(text, "p").run, "3");
}

TEST(ProjectRecord, NoNameLeavesTheFolder) {
  for (const char* name : {"../x", "/etc", "a/b", "..", ".", "a%2Fb"})
    EXPECT_THAT(problem(with("run =", std::string("run = \"") + name + "\"")), HasSubstr("does not name a folder"))
        << name;
  EXPECT_THAT(problem(with("name = \"2\"", "name = \"../2\"")), HasSubstr("does not name a folder"));
}

TEST(ProjectRecord, SaysWhatIsWrong) {
  EXPECT_EQ(problem(kWhole), "");
  EXPECT_THAT(problem(""), HasSubstr("P/project.toml: is not a project of Tessera: it states no version; restore"));
  EXPECT_THAT(problem("\x89PNG\r\n\x1a\n"), HasSubstr("P/project.toml: line 1: "));
  EXPECT_THAT(problem(std::string(kWhole).substr(0, 200)), HasSubstr("line "));
  EXPECT_THAT(problem("version = 2"),
              HasSubstr("was written by a newer Tessera (version 2 of the file; this one reads 1)"));
  EXPECT_THAT(problem("version = 0"), HasSubstr("'version' is not 1 or more"));
  EXPECT_THAT(problem("version = \"1\""), HasSubstr("'version' is not a whole number"));
  EXPECT_THAT(problem("version = 1"), HasSubstr("no [source]"));
  EXPECT_THAT(problem("version = 1\nsource = 3"), HasSubstr("'source' is not a table"));
  EXPECT_THAT(problem(with("kind =", "kind = \"songs\"")), HasSubstr("'source.kind' is not photos, video or dataset"));
  EXPECT_THAT(problem(with("absolute =", "absolute = 1")), HasSubstr("'source.absolute' is not text"));
  EXPECT_THAT(problem(with("files =", "files = -1")), HasSubstr("'source.files' is negative"));
  EXPECT_THAT(problem(with("files =", "files = 1.5")), HasSubstr("'source.files' is not a whole number"));
  EXPECT_THAT(problem(with("posed =", "posed = 1")), HasSubstr("'import.posed' is not true or false"));
  EXPECT_THAT(problem("version = 1\nruns = [1]\n[source]\nkind = \"video\""),
              HasSubstr("'runs' is not a list of tables"));
  EXPECT_THAT(problem("version = 1\nstudio = []\n[source]\nkind = \"video\""), HasSubstr("'studio' is not a table"));
}

TEST(ProjectRecord, TakesHostileBytes) {
  ProjectRecord other;
  other.created = "now", other.relative = "x", other.studio = {{"a", {1, 2, {{"b", nullptr}}}}};
  const std::vector<std::string> seeds{kWhole, other.text()};
  test::Mutator mutate(20261126);
  int accepted = 0;
  constexpr int kTries = 20'000;
  for (int i = 0; i < kTries; ++i) {
    const std::string bytes = mutate(seeds[static_cast<std::size_t>(i) % seeds.size()], seeds);
    ASSERT_NO_THROW(accepted += test::run_project_record(bytes)) << bytes;
  }
  EXPECT_GT(accepted, kTries / 100);
  EXPECT_LT(accepted, kTries);
  EXPECT_NE(problem("version = 1\nx = " + std::string(100'000, '[')), "");
}

}  // namespace
}  // namespace tessera::reconstruct
