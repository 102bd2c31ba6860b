// tessera_bench [Google Benchmark's options]: the table, bench.json and roofline.svg in the current folder.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>

#include "bench/report.h"

namespace tessera::bench {
namespace {

/// Whether an iteration costs what its pairs cost: correlation over the grid.
void correlate() {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  for (const Row& row : report().rows) {
    if (row.stage != "iteration") continue;
    n += 1, x += row.pairs, y += row.ms, xx += row.pairs * row.pairs, xy += row.pairs * row.ms, yy += row.ms * row.ms;
  }
  if (n < 3) return;
  const double r = (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
  char line[96];
  std::snprintf(line, sizeof line, "time of an iteration against splat-pixel pairs, %g cases: correlation %.4f", n, r);
  report().notes.push_back(line);
}

}  // namespace
}  // namespace tessera::bench

int main(int argc, char** argv) try {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  auto& report = tessera::bench::report();
  report.peaks = tessera::bench::measure_peaks();
  benchmark::RunSpecifiedBenchmarks();
  const auto again = tessera::bench::measure_peaks();  // the machine may have been busy the first time
  report.peaks.fma_gflops = std::max(report.peaks.fma_gflops, again.fma_gflops);
  report.peaks.copy_gb_s = std::max(report.peaks.copy_gb_s, again.copy_gb_s);
  tessera::bench::correlate();
  report.print();
  report.write_json("bench.json");
  report.write_roofline("roofline.svg");
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
