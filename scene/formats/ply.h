#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::scene {

/// What a header says.
struct PlyInfo {
  bool splats = false;  // has the 3DGS properties
  std::uint64_t vertices = 0;
  int sh_degree = 0;
};

/// Reads a 3DGS PLY (Kerbl et al.'s layout: x y z, f_dc_*, f_rest_* channel-major, opacity, scale_*, rot_*), SH degree
/// 0..3 by the number of f_rest properties, binary little-endian or ASCII, properties in any order and of any scalar
/// type; others are skipped and, where `ignored` is given, named there. Throws scene::Error naming the file and what is
/// wrong: truncated, a count that the size does not justify, a missing property, a value that is not finite (with its
/// row).
GaussianModel read_splat_ply(const std::filesystem::path& path, std::vector<std::string>* ignored = nullptr);
/// The same a few rows at a time, for models that memory does not hold. sink(what the header says, first row, rows,
/// values): values[p * rows + r] belongs to plane p of GaussianPlanes::planes() and is gone after the call. The first
/// call has no rows.
using SplatSink =
    std::function<void(const PlyInfo&, std::uint64_t first, std::size_t rows, std::span<const float> values)>;
void stream_splat_ply(const std::filesystem::path& path, const SplatSink& sink,
                      std::vector<std::string>* ignored = nullptr);
/// Rows of such a file: those of `runs` (ascending, apart), one after another. Reads no other where it is binary.
struct RowRun {
  std::uint64_t first = 0, count = 0;
};
GaussianModel read_splat_ply_rows(const std::filesystem::path& path, std::span<const RowRun> runs);
/// Binary little-endian, the reference's property order (with nx ny nz = 0), readable by every viewer. Atomic.
void write_splat_ply(const GaussianModel& model, const std::filesystem::path& path, const JobContext& job = {});
/// The same file written part by part, for scenes that memory does not hold.
class SplatPlyWriter {
 public:
  /// A file of `splats` rows in all.
  SplatPlyWriter(std::filesystem::path path, std::size_t splats, int sh_degree);
  ~SplatPlyWriter();  // without commit(): nothing is left
  /// Throws scene::Error naming a row of `part` that breaks an invariant.
  void append(const GaussianModel& part, const JobContext& job = {});
  /// Throws std::logic_error where the parts are not as many rows as was said.
  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
/// Size of the file that write_splat_ply makes of so many splats.
std::uintmax_t splat_ply_bytes(std::size_t splats, int sh_degree);

/// A plain point cloud PLY (x y z, optional red green blue), as nerfstudio's ply_file_path names.
SparsePoints read_point_ply(const std::filesystem::path& path);
void write_point_ply(const SparsePoints& points, const std::filesystem::path& path);

/// What the header says, without reading the body.
PlyInfo probe_ply(const std::filesystem::path& path);

}  // namespace tessera::scene
