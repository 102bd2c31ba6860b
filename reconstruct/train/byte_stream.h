#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "scene/error.h"

namespace tessera::reconstruct {

/// Appends plain values to a string, in the machine's byte order (checkpoints stay on the machine that wrote them; the
/// magic number tells).
class ByteWriter {
 public:
  /// Takes over the memory of `reuse`, not its contents.
  explicit ByteWriter(std::string reuse = {}) : bytes_(std::move(reuse)) { bytes_.clear(); }
  template <class T>
  void value(T v) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&v), sizeof v);
  }
  /// Count and elements.
  template <class T>
  void array(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    value<std::uint64_t>(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void text(std::string_view s) {
    value<std::uint64_t>(s.size());
    bytes_.append(s);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what ByteWriter wrote. Takes hostile bytes: every count is compared with what is left before anything is
/// allocated. Throws scene::Error with `subject` and the offset.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string subject) : bytes_(bytes), subject_(std::move(subject)) {}

  template <class T>
  T value() {
    static_assert(std::is_trivially_copyable_v<T>);
    T v;
    std::memcpy(&v, need(sizeof v), sizeof v);
    return v;
  }
  template <class T>
  std::vector<T> array() {
    const auto n = value<std::uint64_t>();
    if (n > (bytes_.size() - offset_) / sizeof(T)) fail("claims " + std::to_string(n) + " values, more than are there");
    std::vector<T> values(n);
    if (n) std::memcpy(values.data(), need(n * sizeof(T)), n * sizeof(T));
    return values;
  }
  std::string text() {
    const auto n = value<std::uint64_t>();
    if (n > bytes_.size() - offset_) fail("claims a text of " + std::to_string(n) + " bytes, more than are there");
    return std::string(need(n), n);
  }
  /// Everything must have been read.
  void finish() const {
    if (offset_ != bytes_.size()) fail("has " + std::to_string(bytes_.size() - offset_) + " bytes too many");
  }
  [[noreturn]] void fail(const std::string& problem) const {
    throw scene::Error(subject_, problem + " (at byte " + std::to_string(offset_) + ")");
  }

 private:
  const char* need(std::size_t n) {
    if (n > bytes_.size() - offset_) fail("ends too early");
    const char* at = bytes_.data() + offset_;
    offset_ += n;
    return at;
  }

  std::string_view bytes_;
  std::size_t offset_ = 0;
  std::string subject_;
};

}  // namespace tessera::reconstruct
