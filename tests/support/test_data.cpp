#include "tests/support/test_data.h"

#include <stdlib.h>

namespace tessera::test {
namespace fs = std::filesystem;

fs::path shared_data() {
  const char* set = std::getenv("TESSERA_DATA");
  const fs::path folder = set && *set ? fs::path(set) : fs::path(TESSERA_SHARED_DATA);
  std::error_code error;
  return fs::is_directory(folder, error) ? fs::canonical(folder, error) : fs::path();
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "tessera-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw fs::filesystem_error("mkdtemp", pattern, std::error_code(errno, std::generic_category()));
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace tessera::test
