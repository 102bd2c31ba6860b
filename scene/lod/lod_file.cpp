#include "scene/lod/lod_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "scene/crc32.h"
#include "scene/error.h"

namespace tessera::scene {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian and is read by memcpy");

// Like PNG's: eight bytes that no text has and that a transfer as text would change.
constexpr std::array<char, 8> kMagic{'T', 'L', 'O', 'D', '\r', '\n', '\x1a', '\n'};
constexpr std::uint32_t kVersion = 1, kAntialiased = 1;
constexpr std::uint64_t kAlignment = 64;
constexpr const char* kMakeAgain =
    "the file is damaged or was not copied whole: copy it again, or make it with tessera lod";

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion, sh_degree = 0, nodes = 0, flags = 0;
  std::uint64_t splats = 0, bytes = 0;
  std::array<std::uint8_t, 20> reserved{};
  std::uint32_t crc = 0;  // of the header before it and the table behind it
};
static_assert(sizeof(Header) == 64);

std::uint32_t crc_of(const Header& header, std::span<const LodNode> nodes) {
  return crc32(crc32(0, &header, offsetof(Header, crc)), nodes.data(), nodes.size_bytes());
}

std::uint64_t row_bytes(int sh_degree) {
  GaussianModel none;
  none.resize(0, sh_degree);
  return sizeof(float) * none.planes().size();
}

std::uint64_t aligned(std::uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

std::uint64_t place_of(std::uint32_t node) { return sizeof(Header) + sizeof(LodNode) * std::uint64_t{node}; }

}  // namespace

LodFile::LodFile(fs::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw Error(path_.string(), std::string("cannot read: ") + std::strerror(errno));
  try {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode))
      throw Error(path_.string(), "cannot read: it is no file", "name a .tlod file");
    bytes_ = static_cast<std::uint64_t>(status.st_size);
    read_table();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

LodFile::~LodFile() { ::close(descriptor_); }

void LodFile::fail(const std::string& field, std::uint64_t offset, const std::string& problem) const {
  throw Error(path_.string(), field + " " + problem + " (byte " + std::to_string(offset) + ")", kMakeAgain);
}

void LodFile::read_at(std::uint64_t offset, void* to, std::size_t bytes) const {
  auto* out = static_cast<char*>(to);
  while (bytes > 0) {
    const ssize_t part = ::pread(descriptor_, out, bytes, static_cast<off_t>(offset));
    if (part < 0 && errno == EINTR) continue;
    if (part < 0)
      throw Error(path_.string(), "cannot read on at byte " + std::to_string(offset) + ": " + std::strerror(errno),
                  "check the disk");
    if (part == 0) throw Error(path_.string(), "ends too early, at byte " + std::to_string(offset), kMakeAgain);
    out += part, offset += static_cast<std::uint64_t>(part), bytes -= static_cast<std::size_t>(part);
  }
}

void LodFile::read_table() {
  if (bytes_ < sizeof(Header)) fail("the header", bytes_, "ends too early");
  Header header;
  read_at(0, &header, sizeof header);
  if (header.magic != kMagic) throw Error(path_.string(), "is no .tlod file: it does not begin like one");
  if (header.version != kVersion)
    throw Error(path_.string(),
                "is of version " + std::to_string(header.version) + " of the format; this program knows " +
                    std::to_string(kVersion),
                "take a newer program, or make the file anew");
  const auto at = [](auto member) { return reinterpret_cast<std::uintptr_t>(member); };
  const auto field = [&](const char* name, const void* member, const std::string& problem) {
    fail(name, at(member) - at(&header), problem);
  };
  if (header.sh_degree > kMaxShDegree)
    field("sh_degree", &header.sh_degree, "is " + std::to_string(header.sh_degree) + ", more than 3");
  if (header.bytes != bytes_)
    field("bytes", &header.bytes,
          "says " + std::to_string(header.bytes) + ", but the file has " + std::to_string(bytes_));
  if (header.nodes == 0 || header.nodes > (bytes_ - sizeof header) / sizeof(LodNode))
    field("nodes", &header.nodes, "is " + std::to_string(header.nodes) + ", which does not fit the file");
  if (header.flags & ~kAntialiased) field("flags", &header.flags, "has bits that mean nothing");
  nodes_.resize(header.nodes);
  read_at(sizeof header, nodes_.data(), sizeof(LodNode) * nodes_.size());
  if (header.crc != crc_of(header, nodes_)) field("crc", &header.crc, "is not that of header and table");

  scene_ = {static_cast<int>(header.sh_degree), (header.flags & kAntialiased) != 0, header.splats};
  std::uint64_t splats = 0;
  for (std::uint32_t i = 0; i < header.nodes; ++i) {
    check_node(i, row_bytes(scene_.sh_degree));
    if (nodes_[i].is_leaf()) splats += nodes_[i].rows;
  }
  if (splats != header.splats)
    field("splats", &header.splats,
          "says " + std::to_string(header.splats) + ", but the leaves have " + std::to_string(splats));
}

void LodFile::check_node(std::uint32_t index, std::uint64_t node_bytes) const {
  const LodNode& node = nodes_[index];
  const auto bad = [&](const char* name, std::size_t member, const std::string& problem) {
    fail("node " + std::to_string(index) + ": " + name, place_of(index) + member, problem);
  };
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (!std::isfinite(node.low[axis]) || !std::isfinite(node.high[axis]) || node.low[axis] > node.high[axis])
      bad("low, high", offsetof(LodNode, low), "are no bounds");
  if (!std::isfinite(node.error) || node.error < 0) bad("error", offsetof(LodNode, error), "is no distance");
  if (!std::isfinite(node.change) || node.change < 0)
    bad("change", offsetof(LodNode, change), "is no squared difference");
  if (index == 0 && node.parent != kNoNode) bad("parent", offsetof(LodNode, parent), "is set, though it is the root");
  if (index > 0) {
    if (node.parent >= index) bad("parent", offsetof(LodNode, parent), "does not stand before it");
    const LodNode& parent = nodes_[node.parent];
    if ((parent.child[0] == index) == (parent.child[1] == index))
      bad("parent", offsetof(LodNode, parent), "is node " + std::to_string(node.parent) + ", which has other children");
    if (node.error > parent.error) bad("error", offsetof(LodNode, error), "is more than its parent's");
  }
  std::uint32_t level = 0;
  if (node.child[0] != kNoNode || node.child[1] != kNoNode)
    for (const std::uint32_t child : node.child) {
      if (child <= index || child >= nodes_.size() || nodes_[child].parent != index)
        bad("child", offsetof(LodNode, child), "is no node behind it whose parent it is");
      level = std::max(level, nodes_[child].level < kNoNode ? nodes_[child].level + 1 : 0);
    }
  if (node.level != level) bad("level", offsetof(LodNode, level), "is not one more than its higher child's");
  if (node.rows == 0) bad("rows", offsetof(LodNode, rows), "is 0");
  if (node.offset % kAlignment != 0 || node.offset < place_of(static_cast<std::uint32_t>(nodes_.size())) ||
      node.offset > bytes_ || node.rows > (bytes_ - node.offset) / node_bytes)
    bad("offset", offsetof(LodNode, offset), "places its " + std::to_string(node.rows) + " rows outside of the file");
}

GaussianModel LodFile::read(std::uint32_t index, std::size_t rows) const {
  const LodNode& node = nodes_[index];
  GaussianModel model;
  model.resize(node.rows, scene_.sh_degree);
  std::uint64_t offset = node.offset;
  std::uint32_t crc = 0;
  for (std::vector<float>* plane : model.planes()) {
    const std::size_t bytes = plane->size() * sizeof(float);
    read_at(offset, plane->data(), bytes);
    crc = crc32(crc, plane->data(), bytes);
    offset += bytes;
  }
  const std::string subject = path_.string() + ", node " + std::to_string(index);
  if (crc != node.crc)
    throw Error(subject, "its splats are not those of its checksum (from byte " + std::to_string(node.offset) + ")",
                kMakeAgain);
  model.validate(subject);
  if (rows < model.size())
    for (std::vector<float>* plane : model.planes()) plane->resize(rows);
  return model;
}

LodWriter::LodWriter(const fs::path& path, const LodScene& scene, std::size_t nodes)
    : file_(path), scene_(scene), nodes_(nodes), end_(sizeof(Header) + sizeof(LodNode) * nodes) {
  const std::string room(end_, '\0');
  file_.stream().write(room.data(), static_cast<std::streamsize>(room.size()));
}

void LodWriter::write(LodNode& node, const GaussianModel& model) {
  const std::uint64_t begin = aligned(end_);
  const std::array<char, kAlignment> zeros{};
  file_.stream().write(zeros.data(), static_cast<std::streamsize>(begin - end_));
  node.rows = static_cast<std::uint32_t>(model.size()), node.offset = begin, node.crc = 0;
  end_ = begin;
  for (const std::vector<float>* plane : model.planes()) {
    const std::size_t bytes = plane->size() * sizeof(float);
    node.crc = crc32(node.crc, plane->data(), bytes);
    file_.stream().write(reinterpret_cast<const char*>(plane->data()), static_cast<std::streamsize>(bytes));
    end_ += bytes;
  }
}

void LodWriter::finish(std::span<const LodNode> nodes) {
  Header header;
  header.sh_degree = static_cast<std::uint32_t>(scene_.sh_degree);
  header.nodes = static_cast<std::uint32_t>(nodes_), header.flags = scene_.antialiased ? kAntialiased : 0;
  header.splats = scene_.splats, header.bytes = end_;
  header.crc = crc_of(header, nodes);
  file_.stream().seekp(0);
  file_.stream().write(reinterpret_cast<const char*>(&header), sizeof header);
  file_.stream().write(reinterpret_cast<const char*>(nodes.data()), static_cast<std::streamsize>(nodes.size_bytes()));
  file_.commit();
}

}  // namespace tessera::scene
