#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "scene/dataset.h"
#include "scene/formats/ply.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// A model that stays on disk: of a PLY whose rows lie near each other where their places do (as merged scenes are
/// written), the rows that a camera may see. Holds the bounds of every run of kRunRows rows, and no row.
class StreamedModel {
 public:
  static constexpr std::uint64_t kRunRows = 1024;

  /// Reads the file once, a piece at a time. `ply` is in the coordinates of the dataset's files.
  StreamedModel(std::filesystem::path ply, const scene::Similarity& scene_from_file);

  std::uint64_t size() const { return size_; }
  /// Rows that may touch the picture, in the order of the file and in the scene frame: drawn, they give the bytes that
  /// the whole model gives.
  scene::GaussianModel seen_by(const scene::Camera& camera) const;
  /// Reads the whole once, a piece at a time, and tells of every row, in the file's order, its mean in the scene frame
  /// and, of each group of cameras, whether the row may touch one of their pictures.
  using Cameras = std::vector<scene::Camera>;
  using RowSink =
      std::function<void(std::uint64_t row, const std::array<float, 3>& mean, std::span<const std::uint8_t> shown)>;
  void for_each_row(std::span<const Cameras> groups, const RowSink& sink) const;
  /// Those rows, ascending, in the scene frame.
  scene::GaussianModel rows(std::span<const std::uint32_t> list) const;

 private:
  struct Bounds {  // scene frame
    std::array<float, 3> center{};
    float radius = 0;     // of the means about it
    float deviation = 0;  // largest standard deviation
  };
  static Bounds bounds_of(const scene::GaussianModel& model, std::size_t first, std::size_t last);
  static bool may_show(const Bounds& bounds, const scene::Camera& camera);
  scene::GaussianModel rows(scene::RowRun run) const { return rows_of(std::span(&run, 1)); }
  scene::GaussianModel rows_of(std::span<const scene::RowRun> runs) const;

  std::filesystem::path path_;
  scene::Similarity scene_from_file_;
  std::uint64_t size_ = 0;
  int sh_degree_ = 0;
  std::vector<Bounds> runs_;
};

}  // namespace tessera::reconstruct
