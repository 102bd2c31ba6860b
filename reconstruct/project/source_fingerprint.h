#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace tessera::reconstruct {

/// Tells whether photos are those that were there before, wherever they are now: names and sizes, not contents.
struct SourceFingerprint {
  std::uint64_t files = 0, bytes = 0;
  std::string hash;  // 16 hexadecimal digits, of names relative to the folder and sizes
  bool operator==(const SourceFingerprint&) const = default;
};

/// Of a folder: its pictures at any depth (all files where it holds none), leaving out what is hidden and the folders
/// of projects and runs. Of a file: its own. Zero files where there is nothing or it cannot be read.
SourceFingerprint fingerprint_source(const std::filesystem::path& source);

/// "12 files, 3.4 MB".
std::string describe(const SourceFingerprint& fingerprint);

}  // namespace tessera::reconstruct
