#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/counted_work.h"
#include "bench/peaks.h"

namespace tessera::bench {

/// One kernel in one case.
struct Row {
  std::string scene, stage;
  double ms = 0;      // median, one thread
  Work work;          // counted; none where nothing was counted
  double pairs = 0;   // splat-pixel pairs; 0 where they do not matter
  double splats = 0;  // visible ones, of a whole iteration
};

/// A line of a comparison: what was measured, against what, and the limit it is to keep.
struct Comparison {
  std::string what;
  double value = 0, baseline = 0;
  std::string unit, limit;
};

struct Report {
  Peaks peaks;
  std::vector<Row> rows;
  std::vector<Comparison> comparisons;
  std::vector<std::string> notes;

  /// Share of the limit that the row reaches: of the multiply-add peak or of the copy bandwidth, whichever is nearer.
  double fma_share(const Row& row) const { return row.work.flops / (row.ms * 1e6) / peaks.fma_gflops; }
  double copy_share(const Row& row) const { return row.work.bytes / (row.ms * 1e6) / peaks.copy_gb_s; }

  void print() const;
  void write_json(const std::filesystem::path& path) const;
  /// The roofline (Williams et al. 2009): operations per second over operations per byte, both axes logarithmic.
  void write_roofline(const std::filesystem::path& path) const;
};

/// Filled by the benchmarks, printed by main.
Report& report();

}  // namespace tessera::bench
