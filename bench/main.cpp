// tessera_bench [Google Benchmark's options]: the table, bench.json and roofline.svg in the current folder.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <vector>

#include "bench/report.h"

namespace tessera::bench {
namespace {

/// x with a x = b by Gauss's elimination; a row is that of a, then that of b. Three positive definite equations need no
/// pivots.
std::array<double, 3> solve(std::array<std::array<double, 4>, 3> a) {
  for (std::size_t k = 0; k < 3; ++k)
    for (std::size_t r = 0; r < 3; ++r) {
      if (r == k) continue;
      const double f = a[r][k] / a[k][k];
      for (std::size_t c = k; c < 4; ++c) a[r][c] -= f * a[k][c];
    }
  return {a[0][3] / a[0][0], a[1][3] / a[1][1], a[2][3] / a[2][2]};
}

/// Whether an iteration costs what its pairs and its splats cost: correlation over the grid with the pairs alone, and
/// of a least-squares plane over pairs and visible splats.
void correlate() {
  std::vector<std::array<double, 3>> cases;  // pairs, visible splats, ms; in millions, so that all are of one size
  for (const Row& row : report().rows)
    if (row.stage == "iteration") cases.push_back({1e-6 * row.pairs, 1e-6 * row.splats, row.ms});
  if (cases.size() < 4) return;
  const auto correlation = [&](auto&& x) {
    double n = 0, sx = 0, sy = 0, xx = 0, xy = 0, yy = 0;
    for (const auto& c : cases) {
      const double v = x(c), y = c[2];
      n += 1, sx += v, sy += y, xx += v * v, xy += v * y, yy += y * y;
    }
    return (n * xy - sx * sy) / std::sqrt((n * xx - sx * sx) * (n * yy - sy * sy));
  };
  std::array<std::array<double, 4>, 3> normal{};
  for (const auto& c : cases) {
    const double x[4] = {1, c[0], c[1], c[2]};
    for (std::size_t r = 0; r < 3; ++r)
      for (std::size_t k = 0; k < 4; ++k) normal[r][k] += x[r] * x[k];
  }
  const auto fit = solve(normal);
  char line[200];
  std::snprintf(
      line, sizeof line,
      "time of an iteration over %zu cases: correlation %.4f with splat-pixel pairs, %.4f with %.2f ms + %.2f "
      "ns a pair + %.0f ns a visible splat",
      cases.size(), correlation([](const auto& c) { return c[0]; }),
      correlation([&](const auto& c) { return fit[0] + fit[1] * c[0] + fit[2] * c[1]; }), fit[0], fit[1], fit[2]);
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
