#include "scene/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {

TEST(AtomicFile, AppearsOnlyWhenCommitted) {
  test::TemporaryFolder folder;
  const auto path = folder.path() / "a.bin";
  {
    AtomicFile file(path);
    file.stream() << "half";
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  write_file_atomically(path, "whole");
  EXPECT_EQ(read_file(path), "whole");
  {
    AtomicFile file(path);
    file.stream() << "never";
    EXPECT_EQ(read_file(path), "whole");
  }
  EXPECT_EQ(read_file(path), "whole");
}

TEST(AtomicFile, NamesTheFileItCannotWrite) {
  try {
    AtomicFile file("/proc/no-such-folder/model.ply");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.subject(), "/proc/no-such-folder/model.ply");
  }
}

TEST(AtomicFile, RefusesFoldersAndPipesBeforeAnythingIsWritten) {
  test::TemporaryFolder folder;
  const auto inner = folder.path() / "inner", pipe = folder.path() / "pipe";
  std::filesystem::create_directory(inner);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THROW(AtomicFile{inner}, Error);
  EXPECT_THROW(AtomicFile{pipe}, Error) << "as root, /dev/null would become a file";
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

TEST(AtomicFile, TakesTheLongestNameThatTheFileSystemDoes) {
  test::TemporaryFolder folder;
  const auto path = folder.path() / (std::string(251, 'n') + ".ply");
  write_file_atomically(path, "whole");
  EXPECT_EQ(read_file(path), "whole");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(AtomicFile, FinishedButNotCommittedIsNotThere) {
  test::TemporaryFolder folder;
  const auto path = folder.path() / "a.bin";
  {
    AtomicFile file(path);
    file.stream() << "whole";
    file.finish();
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  AtomicFile file(path);
  file.stream() << "whole";
  file.finish();
  file.commit();
  EXPECT_EQ(read_file(path), "whole");
}

TEST(ReadFile, RefusesWhatIsLargerThanAllowed) {
  test::TemporaryFolder folder;
  write_file_atomically(folder.path() / "big", std::string(100, 'x'));
  EXPECT_THROW(read_file(folder.path() / "big", 99), Error);
  EXPECT_THROW(read_file(folder.path() / "absent"), Error);
}

}  // namespace
}  // namespace tessera::scene
