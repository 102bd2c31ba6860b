#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/format_targets.h"
#include "tests/support/plain_file.h"
#include "tests/support/test_data.h"

// One libFuzzer program per reader (TESSERA_FUZZ_TARGET). TESSERA_FUZZ_SEEDS=folder writes the good files there first.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tessera::test::TemporaryFolder folder;
  static const tessera::test::FormatTarget target = [] {
    auto made = tessera::test::make_format_target(TESSERA_FUZZ_TARGET, folder.path());
    if (const char* seeds = std::getenv("TESSERA_FUZZ_SEEDS"))
      for (std::size_t i = 0; i < made.seeds.size(); ++i)
        tessera::test::write_plain(std::filesystem::path(seeds) / ("seed" + std::to_string(i)), made.seeds[i]);
    return made;
  }();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
