#include "scene/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>

namespace tessera::scene {

namespace {

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "this machine";
  return name.data();
}

/// " (process N on HOST)", as its holder has written it; empty where it has not yet.
std::string holder(int descriptor) {
  std::array<char, 512> bytes{};
  const ssize_t size = ::pread(descriptor, bytes.data(), bytes.size() - 1, 0);
  std::istringstream text(std::string(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0));
  long process = 0;
  std::string host;
  if (!(text >> process >> host)) return {};
  return " (process " + std::to_string(process) + " on " + host + ")";
}

bool is_still(int descriptor, const std::filesystem::path& file) {
  struct stat held {
  }, named{};
  return ::fstat(descriptor, &held) == 0 && ::stat(file.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

}  // namespace

FolderLock::FolderLock(std::filesystem::path file, const Words& words) : file_(std::move(file)) {
  while (descriptor_ < 0) {
    const int descriptor = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
      throw Error(file_.string(), std::string("cannot write: ") + std::strerror(errno),
                  "choose a folder that you may write to");
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      const std::string who = error == EWOULDBLOCK ? holder(descriptor) : std::string();
      ::close(descriptor);
      if (error == EWOULDBLOCK) throw Locked(words.subject, words.held + who, words.remedy);
      if (error == EINTR) continue;
      return;  // a file system without locks
    }
    // Its last holder may have removed the file since it was opened here: then this is a lock on nothing.
    if (is_still(descriptor, file_))
      descriptor_ = descriptor;
    else
      ::close(descriptor);
  }
  const std::string text = std::to_string(::getpid()) + " " + host_name() + "\n";
  // A disk that is full costs the second one no more than a name.
  [[maybe_unused]] const bool written =
      ::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, text.data(), text.size(), 0) > 0;
}

FolderLock::~FolderLock() {
  if (descriptor_ < 0) return;
  ::unlink(file_.c_str());  // while it is held: whoever waits for this very file sees that it is gone
  ::close(descriptor_);
}

}  // namespace tessera::scene
