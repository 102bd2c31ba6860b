#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

namespace tessera::test {

/// Without the syncing of write_file_atomically(), for tests that write hundreds of files.
inline void write_plain(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace tessera::test
