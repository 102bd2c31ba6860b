#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "reconstruct/train/train_options.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// A row of a run's table. Loss and train_psnr are means over the steps since the row before; negative: not measured.
struct MetricsRow {
  std::uint32_t step = 0;
  double seconds = 0, cpu_seconds = 0, loss = 0;
  std::size_t splats = 0;
  double test_psnr = -1, train_psnr = -1;  // dB
  double memory_mb = -1;                   // resident set of the process
};
/// Of RUN/metrics.csv; none where it is not there. Columns are found by name: older programs wrote fewer. Throws
/// scene::Error: not such a table.
std::vector<MetricsRow> read_metrics(const std::filesystem::path& run);

/// The table of a run over time, RUN/metrics.csv (docs/formats.md): a column for each field of MetricsRow, empty where
/// it was not measured. Part of the checkpoint, so that a resume has the rows up to its step and no others.
class MetricsTable {
 public:
  MetricsTable();
  void add_step(double loss, double train_psnr);
  void add_row(std::uint32_t step, double seconds, double cpu_seconds, std::size_t splats, double test_psnr,
               std::size_t memory_bytes);
  /// Rows so far with the header.
  const std::string& csv() const { return csv_; }
  /// Goes on from the table of a checkpoint, also of one with fewer columns.
  void restore(std::string csv);
  void write(const std::filesystem::path& run) const;

 private:
  static constexpr std::size_t kUsualBytes = 32 << 10;  // some 200 rows and as many scores: grows without allocating
  std::string csv_;
  double loss_sum_ = 0, psnr_sum_ = 0;
  std::size_t steps_ = 0;
};

/// RUN/previews/step_NNNNNN.png.
std::filesystem::path preview_path(const std::filesystem::path& run, std::uint32_t step);

/// What the result of a run depends on besides its options: views, cameras, points, sizes of the photo files (FNV-1a).
std::uint64_t fingerprint(const scene::Dataset& dataset, const std::string& grows_where = {});

/// All options as "key=value" lines.
std::string options_text(const TrainOptions& options);
/// An option that a resumed run goes on with another value of.
struct OptionChange {
  std::string name, before, now;
  bool harmless = false;  // no result depends on it
};
/// From two options_text(), in the order of the table. Throws scene::Error where a fixed option differs, or where
/// `before` has one that the table does not know.
std::vector<OptionChange> option_changes(const std::string& before, const std::string& now);

}  // namespace tessera::reconstruct
