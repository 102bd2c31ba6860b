#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

namespace tessera::scene {

static_assert(std::endian::native == std::endian::little,
              "the binary formats are little-endian and are read by memcpy");

/// A file read from front to back that knows its size, so that counts can be judged before anything is allocated for
/// them. Holds one small buffer. Every failure throws scene::Error naming the file, the record and the byte.
class ByteReader {
 public:
  explicit ByteReader(std::filesystem::path path);

  std::uint64_t size() const { return size_; }
  std::uint64_t offset() const { return offset_; }
  std::uint64_t remaining() const { return size_ - offset_; }
  const std::filesystem::path& path() const { return path_; }

  /// Names what is being read next for messages: record `index` (from 0) of `count` `kind`s.
  void at_record(const char* kind, std::uint64_t index, std::uint64_t count);
  /// The count of records announced by a header, refused unless so many records of at least `min_bytes` fit the rest of
  /// the file.
  std::uint64_t get_count(const char* kind, std::uint64_t min_bytes);

  void read(void* to, std::size_t bytes);
  template <class T>
  T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    read(&value, sizeof(T));
    return value;
  }
  /// Bytes up to a NUL, which is swallowed; refused beyond `max_bytes`.
  std::string get_string(std::size_t max_bytes);
  /// Bytes up to a line feed, which is swallowed like a carriage return before it; false at the end of the file.
  bool get_line(std::string& line, std::size_t max_bytes);
  void skip(std::uint64_t bytes);
  /// Throws unless the file ends here.
  void expect_end();
  /// Throws `problem` with the record and the byte appended.
  [[noreturn]] void fail(const std::string& problem, const std::string& remedy = {}) const;

 private:
  void refill();
  [[noreturn]] void fail_truncated(std::uint64_t wanted) const;
  std::string place() const;

  std::filesystem::path path_;
  std::ifstream stream_;
  std::vector<char> buffer_;
  std::size_t next_ = 0, filled_ = 0;  // unread part of buffer_
  std::uint64_t size_ = 0, offset_ = 0;
  const char* kind_ = nullptr;
  std::uint64_t index_ = 0, count_ = 0;
};

}  // namespace tessera::scene
