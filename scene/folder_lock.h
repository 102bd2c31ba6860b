#pragma once

#include <filesystem>
#include <string>

#include "scene/error.h"

namespace tessera::scene {

/// Another program, or another window of this one, holds the lock.
class Locked : public Error {
 public:
  using Error::Error;
};

/// Keeps a second writer out of a folder: a file in it that is locked for as long as the object lives. The lock goes
/// with the process, however that ends; a file that a killed one left behind keeps nobody out. Two objects exclude each
/// other within one process too, and a child process inherits none.
class FolderLock {
 public:
  /// For the error that the second one gets: "SUBJECT: HELD (process N on HOST); REMEDY".
  struct Words {
    std::string subject, held, remedy;
  };
  /// Makes `file`, which says who holds it. Throws Locked, or Error where it cannot be written.
  FolderLock(std::filesystem::path file, const Words& words);
  ~FolderLock();  // removes the file
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  /// False where the file system has no locks: then nobody is kept out.
  bool is_held() const { return descriptor_ >= 0; }

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace tessera::scene
