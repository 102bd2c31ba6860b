#include "scene/formats/byte_reader.h"

#include <algorithm>
#include <cerrno>

#include "scene/error.h"

namespace tessera::scene {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;
constexpr const char* kCopyAgain = "the file is damaged or was not copied whole: make or copy it again";

}  // namespace

ByteReader::ByteReader(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code error;
  size_ = std::filesystem::file_size(path_, error);
  if (error) throw Error(path_.string(), "cannot read: " + error.message());
  stream_.rdbuf()->pubsetbuf(nullptr, 0);  // buffered here
  errno = 0;
  stream_.open(path_, std::ios::binary);
  if (!stream_) throw Error(path_.string(), std::string("cannot read: ") + std::strerror(errno ? errno : EIO));
  buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kBufferBytes, size_)));
}

void ByteReader::at_record(const char* kind, std::uint64_t index, std::uint64_t count) {
  kind_ = kind;
  index_ = index;
  count_ = count;
}

std::uint64_t ByteReader::get_count(const char* kind, std::uint64_t min_bytes) {
  const auto count = get<std::uint64_t>();
  if (count > remaining() / min_bytes)
    throw Error(path_.string(),
                "its header claims " + std::to_string(count) + " " + kind + "s, but the file ends at byte " +
                    std::to_string(size_) + ", too early for more than " + std::to_string(remaining() / min_bytes),
                kCopyAgain);
  return count;
}

void ByteReader::refill() {
  next_ = 0;
  stream_.read(buffer_.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(buffer_.size(), remaining())));
  filled_ = static_cast<std::size_t>(stream_.gcount());
  if (filled_ == 0) throw Error(path_.string(), "cannot read on at byte " + std::to_string(offset_), "check the disk");
}

void ByteReader::read(void* to, std::size_t bytes) {
  if (bytes > remaining()) fail_truncated(bytes);
  for (char* out = static_cast<char*>(to); bytes > 0;) {
    if (next_ == filled_) refill();
    const std::size_t part = std::min(bytes, filled_ - next_);
    std::memcpy(out, buffer_.data() + next_, part);
    out += part;
    next_ += part;
    offset_ += part;
    bytes -= part;
  }
}

std::string ByteReader::get_string(std::size_t max_bytes) {
  std::string text;
  for (char c = get<char>(); c != '\0'; c = get<char>()) {
    if (text.size() == max_bytes) fail("a name is longer than " + std::to_string(max_bytes) + " bytes", kCopyAgain);
    text += c;
  }
  return text;
}

bool ByteReader::get_line(std::string& line, std::size_t max_bytes) {
  line.clear();
  if (remaining() == 0) return false;
  while (remaining() > 0) {
    const char c = get<char>();
    if (c == '\n') break;
    if (line.size() == max_bytes) fail("a line is longer than " + std::to_string(max_bytes) + " bytes");
    line += c;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

void ByteReader::skip(std::uint64_t bytes) {
  if (bytes > remaining()) fail_truncated(bytes);
  offset_ += bytes;
  const std::uint64_t buffered = filled_ - next_;
  if (bytes <= buffered) {
    next_ += static_cast<std::size_t>(bytes);
    return;
  }
  next_ = filled_ = 0;
  stream_.seekg(static_cast<std::streamoff>(bytes - buffered), std::ios::cur);
}

void ByteReader::expect_end() {
  if (remaining() == 0) return;
  throw Error(path_.string(),
              "has " + std::to_string(remaining()) + " bytes more than its header accounts for, from byte " +
                  std::to_string(offset_),
              kCopyAgain);
}

std::string ByteReader::place() const {
  const std::string byte = "byte " + std::to_string(offset_);
  if (!kind_) return byte;
  return std::string(kind_) + " " + std::to_string(index_ + 1) + " of " + std::to_string(count_) + ", " + byte;
}

void ByteReader::fail(const std::string& problem, const std::string& remedy) const {
  throw Error(path_.string(), problem + " (" + place() + ")", remedy);
}

void ByteReader::fail_truncated(std::uint64_t wanted) const {
  throw Error(path_.string(),
              "ends too early, after " + std::to_string(size_) + " bytes (" + place() + " needs " +
                  std::to_string(wanted) + " more)",
              kCopyAgain);
}

}  // namespace tessera::scene
