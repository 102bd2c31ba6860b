#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "scene/atomic_file.h"
#include "scene/gaussian_model.h"

namespace tessera::scene {

inline constexpr std::uint32_t kNoNode = 0xFFFFFFFFu;

/// A chunk of a scene at one level of detail, as it stands in the table of a .tlod file (docs/formats.md). A node's
/// splats stand for those of both its children, of which they are about half.
struct LodNode {
  std::array<float, 3> low{}, high{};  // holds all that can be seen of what is in the node and below
  float error = 0;          // how far its splats have moved from the model's: root mean square, units of the file
  std::uint32_t level = 0;  // 0: a leaf, of the model's own splats; else one more than the higher child
  std::uint32_t parent = kNoNode;
  std::array<std::uint32_t, 2> child{kNoNode, kNoNode};  // behind their parent in the table; both or none
  std::uint32_t rows = 0;                                // by falling importance, so that a prefix is a coarser level
  std::uint64_t offset = 0;                              // of the payload, from the start of the file; a multiple of 64
  std::uint32_t crc = 0;                                 // CRC-32 of the payload
  float change = 0;  // how pictures of it differ from the model's: MergedSplats::change, of it and all below

  bool is_leaf() const { return child[0] == kNoNode; }
};
static_assert(sizeof(LodNode) == 64);

/// What is said of the whole scene. Frame and units are those of the model that the file was made from.
struct LodScene {
  int sh_degree = 0;
  bool antialiased = false;  // trained for RenderSettings::antialiased
  std::uint64_t splats = 0;  // of the leaves: of the model
};

/// Reads a .tlod file: its table at once, its nodes when they are asked for. Takes any bytes: what is wrong throws
/// scene::Error naming the field and its byte. Reads by position instead of mapping the file, since what a failing disk
/// does to a mapping ends the program. Thread-safe once it is there.
class LodFile {
 public:
  explicit LodFile(std::filesystem::path path);
  ~LodFile();
  LodFile(const LodFile&) = delete;
  LodFile& operator=(const LodFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t bytes() const { return bytes_; }
  const LodScene& scene() const { return scene_; }
  /// [0] is the root; parents stand before their children.
  std::span<const LodNode> nodes() const { return nodes_; }
  /// The first `rows` rows of a node, all of them where it has no more. All rows are held against the checksum.
  GaussianModel read(std::uint32_t node, std::size_t rows = SIZE_MAX) const;

 private:
  void read_at(std::uint64_t offset, void* to, std::size_t bytes) const;
  void read_table();
  void check_node(std::uint32_t index, std::uint64_t node_bytes) const;
  [[noreturn]] void fail(const std::string& field, std::uint64_t offset, const std::string& problem) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
  LodScene scene_;
  std::vector<LodNode> nodes_;
};

/// Writes a .tlod file whose number of nodes is known, its nodes in any order. Atomic: there is no file before
/// finish().
class LodWriter {
 public:
  LodWriter(const std::filesystem::path& path, const LodScene& scene, std::size_t nodes);
  /// Appends the payload and fills in rows, offset and crc.
  void write(LodNode& node, const GaussianModel& model);
  void finish(std::span<const LodNode> nodes);

 private:
  AtomicFile file_;
  LodScene scene_;
  std::size_t nodes_;
  std::uint64_t end_;
};

}  // namespace tessera::scene
