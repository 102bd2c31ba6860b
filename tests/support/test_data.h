#pragma once

#include <filesystem>
#include <string>

namespace tessera::test {

/// The folder of real photographs and damaged inputs beside the checkout (TESSERA_DATA overrides). Empty where it is
/// missing.
std::filesystem::path shared_data();

/// A folder of this test's own, removed when the object goes.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tessera::test

/// Skips, loudly, where the shared photographs are missing.
#define TESSERA_NEED_DATA(name)                          \
  if (tessera::test::shared_data().empty())              \
  GTEST_SKIP() << "SKIPPED: the photographs (" << (name) \
               << ") are not beside this checkout; set TESSERA_DATA to their folder"
