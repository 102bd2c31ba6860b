#include "scene/atomic_file.h"

#include <gtest/gtest.h>

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

TEST(ReadFile, RefusesWhatIsLargerThanAllowed) {
  test::TemporaryFolder folder;
  write_file_atomically(folder.path() / "big", std::string(100, 'x'));
  EXPECT_THROW(read_file(folder.path() / "big", 99), Error);
  EXPECT_THROW(read_file(folder.path() / "absent"), Error);
}

}  // namespace
}  // namespace tessera::scene
