#include "reconstruct/project/source_fingerprint.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "reconstruct/ingest/hash.h"
#include "reconstruct/ingest/photo_set.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

using Files = std::vector<std::pair<std::string, std::uint64_t>>;  // name, size

bool is_ours(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "project.toml", error) || fs::exists(folder / "run.json", error);
}

Files files_below(const fs::path& root) {
  Files files;
  std::error_code error;
  fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, error), end;
  for (; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const fs::path& path = it->path();
    const bool hidden = path.filename().string().front() == '.';
    if (it->is_directory(ignored)) {
      if (hidden || is_ours(path)) it.disable_recursion_pending();
    } else if (!hidden && it->is_regular_file(ignored)) {
      const auto size = it->file_size(ignored);
      files.emplace_back(path.lexically_relative(root).generic_string(), ignored ? 0 : size);
    }
  }
  return files;
}

}  // namespace

SourceFingerprint fingerprint_source(const fs::path& source) {
  Files files;
  std::error_code error;
  if (fs::is_directory(source, error)) {
    files = files_below(source);
    const auto other = [](const auto& file) { return !has_picture_extension(file.first); };
    if (!std::all_of(files.begin(), files.end(), other)) std::erase_if(files, other);
  } else if (const auto size = fs::file_size(source, error); !error) {
    files.emplace_back(source.filename().string(), size);
  }
  std::sort(files.begin(), files.end());
  SourceFingerprint result;
  std::uint64_t hash = fnv1a({});
  for (const auto& [name, size] : files) {
    ++result.files, result.bytes += size;
    hash = fnv1a(name + '\0' + std::to_string(size) + '\n', hash);
  }
  result.hash = hex(hash);
  return result;
}

std::string describe(const SourceFingerprint& fingerprint) {
  char size[32];
  std::snprintf(size, sizeof size, "%.1f MB", 1e-6 * static_cast<double>(fingerprint.bytes));
  return std::to_string(fingerprint.files) + (fingerprint.files == 1 ? " file, " : " files, ") + size;
}

}  // namespace tessera::reconstruct
