#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::test {

/// One reader to be fed with hostile bytes: by the deterministic mutations of the test suite and by libFuzzer.
struct FormatTarget {
  std::string name;
  std::vector<std::string> seeds;  // good files
  /// Largest peak of memory that an input may cost, per byte of it (a fixed allowance comes on top).
  std::size_t bytes_per_byte = 0;
  /// True where the bytes were accepted and the result keeps its invariants; false where scene::Error was thrown. Any
  /// other exception escapes; a broken invariant throws std::logic_error.
  std::function<bool(std::string_view)> run;
};

std::vector<std::string> format_target_names();
/// `folder` is scratch space of the target's own.
FormatTarget make_format_target(const std::string& name, const std::filesystem::path& folder);

}  // namespace tessera::test
