#include "reconstruct/project/project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "tests/support/plain_file.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ProjectTest : public testing::Test {
 protected:
  void SetUp() override { make_photos(photos_); }
  static void make_photos(const fs::path& folder, const std::string& bytes = "picture") {
    fs::create_directories(folder);
    for (const char* name : {"1.jpg", "2.jpg", "3.jpg"}) test::write_plain(folder / name, bytes);
  }
  static void make_run(const fs::path& run) {
    fs::create_directories(run);
    test::write_plain(run / "run.json", "{}");
  }
  std::shared_ptr<Project> create(Project::Kind kind = Project::Kind::dataset) {
    return Project::create(home_, photos_, kind);
  }
  static std::string problem(const fs::path& folder, const ProjectOptions& options = {}) {
    try {
      Project::open(folder, options);
      return {};
    } catch (const scene::Error& e) {
      EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
      return e.what();
    }
  }
  std::string saved() const { return scene::read_file(home_ / "project.toml"); }
  test::TemporaryFolder folder_;
  const fs::path root_ = folder_.path() / "a", photos_ = root_ / "fox", home_ = root_ / "fox-tessera";
};

TEST_F(ProjectTest, IsThereAgainWhenItIsOpened) {
  {
    const auto project = create(Project::Kind::photos);
    EXPECT_TRUE(is_project(home_));
    EXPECT_EQ(project->name(), "fox");
    EXPECT_EQ(project->next_run(), home_ / "runs/1");
    EXPECT_TRUE(project->run().empty());
    make_run(home_ / "runs/1");
    project->set_run(home_ / "runs/1");
    project->set_posed(true);
    project->set_studio({{"mode", "points"}});
  }
  const auto project = Project::open(home_.string() + "/");
  EXPECT_EQ(project->folder(), home_);
  EXPECT_EQ(project->kind(), Project::Kind::photos);
  EXPECT_EQ(project->source(), photos_);
  EXPECT_EQ(project->run(), home_ / "runs/1");
  EXPECT_EQ(project->next_run(), home_ / "runs/2");
  EXPECT_TRUE(project->posed());
  EXPECT_EQ(project->studio()["mode"], "points");
  EXPECT_THAT(project->notes(), IsEmpty());
}

TEST_F(ProjectTest, TheDiskSaysWhichRunsThereAre) {
  {
    const auto project = create();
    for (const char* name : {"1", "2", "10"}) make_run(home_ / "runs" / name);
    for (const char* name : {"1", "2"}) project->set_run(home_ / "runs" / name);
    project->set_run(root_ / "elsewhere");
    EXPECT_THAT(project->runs(), ElementsAre(home_ / "runs/1", home_ / "runs/2"));
  }
  fs::remove_all(home_ / "runs/2");
  fs::create_directories(home_ / "runs/3/previews");  // killed before it had a record
  fs::create_directories(home_ / "runs/mine");
  test::write_plain(home_ / "runs/mine/notes.txt", "kept");
  const auto project = Project::open(home_);
  EXPECT_THAT(project->runs(), ElementsAre(home_ / "runs/1", home_ / "runs/10"));
  EXPECT_EQ(project->run(), home_ / "runs/10");
  EXPECT_THAT(project->notes(), ElementsAre(HasSubstr("runs/2: the run is no longer there")));
  EXPECT_FALSE(fs::exists(home_ / "runs/3"));
  EXPECT_TRUE(fs::exists(home_ / "runs/mine/notes.txt"));
  project->flush();
  project->forget_run(home_ / "runs/10");
  EXPECT_EQ(project->run(), home_ / "runs/1");
}

TEST_F(ProjectTest, MovesWithItsPhotos) {
  create();
  fs::rename(root_, folder_.path() / "b");
  const auto project = Project::open(folder_.path() / "b/fox-tessera");
  EXPECT_EQ(project->source(), folder_.path() / "b/fox");
  project->flush();
  EXPECT_THAT(scene::read_file(project->folder() / "project.toml"), HasSubstr((folder_.path() / "b/fox").string()));
}

TEST_F(ProjectTest, MovesAwayFromItsPhotosAndTheyFromIt) {
  create();
  const fs::path away = folder_.path() / "disk/projects/x";
  fs::create_directories(away.parent_path());
  fs::rename(home_, away);
  EXPECT_EQ(Project::open(away)->source(), photos_) << "where they were";
  fs::rename(photos_, away.parent_path() / "fox");
  EXPECT_EQ(Project::open(away)->source(), away.parent_path() / "fox") << "beside it";
  // Others of that name are not taken for them.
  fs::rename(away.parent_path() / "fox", folder_.path() / "kept");
  make_photos(away.parent_path() / "fox", "another picture");
  make_photos(photos_, "another picture");
  fs::rename(away, away.parent_path() / "y");
  const fs::path moved = away.parent_path() / "y";
  fs::rename(moved, home_);
  EXPECT_THAT(problem(home_), HasSubstr("its photos are not where they were"));
  EXPECT_THROW(Project::open(home_), PhotosMissing);
  EXPECT_THAT(problem(home_, {.source = photos_}), HasSubstr("does not hold the photos of the project (3 files"));
  EXPECT_THAT(problem(home_, {.source = root_ / "none"}), HasSubstr("does not hold"));
  EXPECT_EQ(Project::open(home_, {.source = folder_.path() / "kept"})->source(), folder_.path() / "kept");
  EXPECT_EQ(Project::open(home_)->source(), folder_.path() / "kept") << "remembered";
}

TEST_F(ProjectTest, PhotosThatWereChangedInTheirPlaceAreTakenWithAWord) {
  create();
  make_photos(photos_, "smaller");
  test::write_plain(photos_ / "4.jpg", "one more");
  EXPECT_THAT(Project::open(home_)->notes(),
              ElementsAre(HasSubstr("fox: has changed since the project was last open")));
  EXPECT_THAT(Project::open(home_)->notes(), IsEmpty());
}

TEST_F(ProjectTest, PosedPhotosAreNotNeeded) {
  create(Project::Kind::photos)->set_posed(true);
  fs::remove_all(photos_);
  const auto project = Project::open(home_);
  EXPECT_TRUE(project->source().empty());
  EXPECT_EQ(project->name(), "fox");
  EXPECT_THAT(project->notes(), ElementsAre(HasSubstr("goes on with its own copies")));
}

TEST_F(ProjectTest, ASecondWindowIsKeptOutButMayLook) {
  auto first = create();
  EXPECT_THROW(Project::open(home_), scene::Locked);
  EXPECT_THAT(problem(home_), HasSubstr("is open in another window of Tessera (process " + std::to_string(::getpid())));
  const auto looker = Project::open(home_, {.read_only = true});
  const std::string before = saved();
  looker->set_studio({{"mode", "depth"}});
  looker->set_posed(true);
  EXPECT_TRUE(looker->flush());
  EXPECT_EQ(saved(), before);
  const auto again = Project::open(home_, {.lock = first->lock()});
  first.reset();
  EXPECT_THROW(Project::open(home_), scene::Locked) << "the same window still has it";
}

TEST_F(ProjectTest, AFolderThatCannotBeWrittenIsOpenToLookAt) {
  create();
  fs::create_directory(home_ / "project.lock");  // stands for a disk that is read-only, for root too
  const auto project = Project::open(home_);
  EXPECT_TRUE(project->read_only());
  EXPECT_THAT(project->notes(), ElementsAre(HasSubstr("cannot be written to; the project is open to look at only")));
}

TEST_F(ProjectTest, SavesThatFailAreToldOnceAndMadeGood) {
  std::vector<std::string> problems;
  const auto project = Project::create(home_, photos_, Project::Kind::dataset,
                                       {.on_problem = [&](const std::string& line) { problems.push_back(line); }});
  fs::rename(home_, root_ / "gone");
  project->set_studio({{"a", 1}});
  EXPECT_FALSE(project->flush());
  project->set_studio({{"a", 2}});
  EXPECT_FALSE(project->flush());
  EXPECT_THAT(problems, ElementsAre(HasSubstr("project.toml: cannot write")));
  fs::rename(root_ / "gone", home_);
  EXPECT_TRUE(project->flush());
  EXPECT_THAT(saved(), HasSubstr("a = 2"));
}

TEST_F(ProjectTest, BrokenFilesAreOneClearLine) {
  create();
  const std::string whole = saved();
  for (std::size_t size = 0; size < whole.size(); size += 37) {
    test::write_plain(home_ / "project.toml", std::string_view(whole).substr(0, size));
    problem(home_);  // may open, where the cut left a whole file
  }
  test::write_plain(home_ / "project.toml", "");
  EXPECT_THAT(problem(home_), HasSubstr("project.toml: is not a project of Tessera: it states no version; restore"));
  test::write_plain(home_ / "project.toml", std::string(5u << 20, '#'));
  EXPECT_THAT(problem(home_), HasSubstr("is larger than"));
  EXPECT_FALSE(fs::exists(home_ / "project.lock"));
  fs::remove(home_ / "project.toml");
  EXPECT_THAT(problem(home_), HasSubstr("holds no project.toml"));
}

TEST_F(ProjectTest, IsNotMadeOverSomethingElse) {
  fs::create_directories(home_);
  test::write_plain(home_ / "letter.txt", "mine");
  EXPECT_THROW(create(), scene::Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(home_), {}), 1);
  EXPECT_THROW(Project::create("/proc/tessera", photos_, Project::Kind::dataset), scene::Error);
}

TEST_F(ProjectTest, IsFoundFromWhatIsInIt) {
  create();
  make_run(home_ / "runs/1");
  fs::create_directories(home_ / "sfm");
  for (const char* part : {"", "project.toml", "sfm"}) {
    const auto found = find_project(*part ? home_ / part : home_);
    ASSERT_TRUE(found) << part;
    EXPECT_EQ(found->folder, home_);
    EXPECT_TRUE(found->run.empty());
  }
  EXPECT_EQ(find_project(home_ / "runs/1")->run, home_ / "runs/1");
  EXPECT_FALSE(find_project(photos_));
  EXPECT_FALSE(find_project(home_ / "runs/2"));
}

TEST_F(ProjectTest, StandsBesideItsPhotosUnderAFreeName) {
  EXPECT_EQ(place_of(photos_).free, home_);
  fs::create_directories(home_);
  test::write_plain(home_ / ".project.tmp12-0.toml", "killed while it was made");
  EXPECT_EQ(place_of(photos_).free, home_);
  create();
  ProjectPlace place = place_of(photos_);
  EXPECT_EQ(place.project, home_);
  EXPECT_EQ(place.free, root_ / "fox-tessera-2");
  // Of other photos of that name.
  fs::rename(photos_, root_ / "wolf");
  make_photos(photos_);
  test::write_plain(home_ / "project.toml",
                    "version = 1\n[source]\nkind = \"dataset\"\nabsolute = \"/elsewhere/fox\"\n");
  place = place_of(photos_);
  EXPECT_TRUE(place.project.empty());
  EXPECT_THAT(place.warnings, IsEmpty());
  test::write_plain(home_ / "project.toml", "version = 9");
  EXPECT_THAT(place_of(photos_).warnings, ElementsAre(HasSubstr("newer")));
  EXPECT_EQ(place_of(photos_, "/elsewhere").free, "/elsewhere/fox-tessera");
  test::write_plain(root_ / "clip.mp4", "x");
  EXPECT_EQ(place_of(root_ / "clip.mp4").free, root_ / "clip-tessera");
}

}  // namespace
}  // namespace tessera::reconstruct
