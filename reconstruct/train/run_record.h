#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// The table of a run over time: RUN/metrics.csv with the columns step, seconds, cpu_seconds, loss (mean since the row
/// before), splats, test_psnr (empty where it was not measured).
class MetricsTable {
 public:
  void add_loss(double loss);
  void add_row(std::uint32_t step, double seconds, double cpu_seconds, std::size_t splats, double test_psnr);
  /// Rows so far with the header.
  const std::string& csv() const { return csv_; }
  /// Goes on from the table of a checkpoint.
  void restore(std::string csv);
  void write(const std::filesystem::path& run) const;

 private:
  std::string csv_ = "step,seconds,cpu_seconds,loss,splats,test_psnr\n";
  double loss_sum_ = 0;
  std::size_t losses_ = 0;
};

/// RUN/previews/step_NNNNNN.png.
std::filesystem::path preview_path(const std::filesystem::path& run, std::uint32_t step);

/// What the result of a run depends on besides its options: views, cameras, points, sizes of the photo files (FNV-1a).
std::uint64_t fingerprint(const scene::Dataset& dataset);

/// All options as "key=value" lines.
std::string options_text(const TrainOptions& options);
/// The options that differ and change the result, as "was seed=0, now seed=1; ..."; empty: none.
std::string options_difference(const std::string& before, const std::string& now);

}  // namespace tessera::reconstruct
