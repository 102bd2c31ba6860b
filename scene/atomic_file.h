#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

namespace tessera::scene {

/// A file that appears whole or not at all: written to a temporary name beside `path`, synced and renamed by commit().
/// Destroyed without commit(), it leaves nothing behind. Errors (unwritable folder, disk full) throw scene::Error naming `path`.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Binary stream to write to. Failures are noticed at commit() at the latest.
  std::ostream& stream() { return stream_; }
  /// The temporary name, for writers that insist on a path (OpenCV). It keeps the extension of `path`.
  const std::filesystem::path& temporary_path() const { return temporary_; }
  /// Flush and fsync: whatever could still fail for want of space has then happened. For files that belong together:
  /// finish() them all, then commit() them. Nothing may be written afterwards.
  void finish();
  /// finish(), rename over `path`, fsync the folder. Throws scene::Error; then nothing has changed on disk.
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  std::ofstream stream_;
  bool finished_ = false, committed_ = false;
};

/// Creates a folder and its parents where they are missing. Throws scene::Error naming it.
void make_folder(const std::filesystem::path& folder);

/// The whole of `bytes` as `path`, atomically.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The whole file. Throws scene::Error (missing, unreadable, larger than max_bytes).
std::string read_file(const std::filesystem::path& path, std::uintmax_t max_bytes = std::uintmax_t{1} << 34);

}  // namespace tessera::scene
