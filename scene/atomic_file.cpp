#include "scene/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "scene/error.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& path, int error) {
  const char* remedy = error == ENOSPC ? "free some space and run the command again"
                       : error == EACCES || error == EROFS || error == EPERM ? "choose a folder that you may write to"
                                                                             : "";
  throw Error(path.string(), std::string("cannot write: ") + std::strerror(error ? error : EIO), remedy);
}

void sync_path(const fs::path& path, int flags, const fs::path& named) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) fail(named, errno);
  const int result = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  // Some file systems refuse fsync on a folder; the rename itself has then been done as well as it can be.
  if (result != 0 && error != EINVAL) fail(named, error);
}

}  // namespace

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  static std::atomic<unsigned> serial{0};
  // What the rename would fail on after all the work, or do harm to: a device would become a file.
  std::error_code error;
  const fs::file_status there = fs::status(path_, error);
  if (fs::is_directory(there)) throw Error(path_.string(), "cannot write: it is a folder", "name a file");
  if (fs::exists(there) && !fs::is_regular_file(there))
    throw Error(path_.string(), "cannot write: it is a device or a pipe", "name a file");
  // Hidden, unique in this process and among processes, same folder (rename must not cross file systems), same
  // extension. Shortened, so that it fits where `path` does (255 bytes).
  constexpr std::size_t kStemBytes = 160, kExtensionBytes = 40;
  temporary_ =
      path_.parent_path() / ("." + path_.stem().string().substr(0, kStemBytes) + ".tmp" + std::to_string(::getpid()) +
                             "-" + std::to_string(serial++) + path_.extension().string().substr(0, kExtensionBytes));
  errno = 0;
  stream_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!stream_) fail(path_, errno);
}

AtomicFile::~AtomicFile() {
  if (committed_) return;
  stream_.close();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void AtomicFile::finish() {
  if (finished_) return;
  errno = 0;
  stream_.flush();
  if (!stream_) fail(path_, errno ? errno : ENOSPC);
  stream_.close();
  sync_path(temporary_, O_RDONLY, path_);
  finished_ = true;
}

void AtomicFile::commit() {
  finish();
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, errno);
  committed_ = true;
  sync_path(path_.has_parent_path() ? path_.parent_path() : fs::path("."), O_RDONLY | O_DIRECTORY, path_);
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder, error))
    throw Error(folder.string(), "cannot create the folder" + (error ? ": " + error.message() : std::string()),
                "choose a place that you may write to");
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.stream().write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.commit();
}

std::string read_file(const fs::path& path, std::uintmax_t max_bytes) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) throw Error(path.string(), "cannot read: " + error.message());
  if (size > max_bytes) throw Error(path.string(), "is larger than " + std::to_string(max_bytes) + " bytes");
  std::string bytes(size, '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!stream) throw Error(path.string(), "cannot read the whole file", "check the disk and its permissions");
  return bytes;
}

}  // namespace tessera::scene
