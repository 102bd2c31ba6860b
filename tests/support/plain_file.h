#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

namespace tessera::test {

/// Without the syncing of write_file_atomically(), for tests that write thousands of files. Removed first, since file
/// systems sync what is truncated and written again.
inline void write_plain(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace tessera::test
