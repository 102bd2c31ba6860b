#include <cstdint>

#include "tests/fuzz/project_target.h"

// The libFuzzer program of project.toml; any project's own is a seed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tessera::test::run_project_record({reinterpret_cast<const char*>(data), size});
  return 0;
}
