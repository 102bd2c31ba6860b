#include "bench/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <sstream>

#include <nlohmann/json.hpp>

#include "reconstruct/provenance.h"
#include "scene/atomic_file.h"

namespace tessera::bench {

Report& report() {
  static Report one;
  return one;
}

void Report::print() const {
  std::printf("\none thread: %.1f GFLOP/s multiply-add, %.1f GB/s copy\n", peaks.fma_gflops, peaks.copy_gb_s);
  std::string scene;
  for (const Row& row : rows) {
    if (row.scene != scene) {
      scene = row.scene;
      std::printf("\n%s\n%-24s %9s %9s %9s %7s %9s %7s\n", scene.c_str(), "stage", "ms", "Gpairs/s", "GFLOP/s",
                  "of FMA", "GB/s", "of copy");
    }
    std::printf("%-24s %9.3f", row.stage.c_str(), row.ms);
    const auto cell = [](double value, const char* format, int width) {
      value > 0 ? std::printf(format, value) : std::printf("%*s", width, "");
    };
    cell(row.pairs / (row.ms * 1e6), " %9.3f", 10);
    cell(row.work.flops / (row.ms * 1e6), " %9.1f", 10);
    cell(100 * fma_share(row), " %5.0f %%", 8);
    cell(row.work.bytes / (row.ms * 1e6), " %9.1f", 10);
    cell(100 * copy_share(row), " %5.0f %%", 8);
    std::printf("\n");
  }
  if (!comparisons.empty())
    std::printf("\n%-58s %10s %10s %7s  %s\n", "comparison", "here", "baseline", "ratio", "limit");
  for (const Comparison& c : comparisons)
    std::printf("%-58s %10.4g %10.4g %7.2f  %s\n", (c.what + ", " + c.unit).c_str(), c.value, c.baseline,
                c.baseline / c.value, c.limit.c_str());
  for (const std::string& note : notes) std::printf("%s\n", note.c_str());
}

void Report::write_json(const std::filesystem::path& path) const {
  nlohmann::json out;
  out["version"] = reconstruct::version_text();
  out["machine"] = reconstruct::machine_json();
  out["peaks"] = {{"fma_gflops", peaks.fma_gflops}, {"copy_gb_s", peaks.copy_gb_s}};
  out["stages"] = nlohmann::json::array();
  for (const Row& row : rows)
    out["stages"].push_back({{"scene", row.scene},
                             {"stage", row.stage},
                             {"ms", row.ms},
                             {"flops", row.work.flops},
                             {"bytes", row.work.bytes},
                             {"pairs", row.pairs},
                             {"fma_share", fma_share(row)},
                             {"copy_share", copy_share(row)}});
  out["comparisons"] = nlohmann::json::array();
  for (const Comparison& c : comparisons)
    out["comparisons"].push_back(
        {{"what", c.what}, {"value", c.value}, {"baseline", c.baseline}, {"unit", c.unit}, {"limit", c.limit}});
  out["notes"] = notes;
  scene::write_file_atomically(path, out.dump(1) + "\n");
}

void Report::write_roofline(const std::filesystem::path& path) const {
  // Operations per byte from 1/4 to 256, operations per second from 1 G to twice the peak.
  constexpr double kLeft = 70, kTop = 20, kWidth = 620, kHeight = 380, kLeast = 0.25, kMost = 256;
  const double floor = 1, ceiling = 2 * peaks.fma_gflops;
  const auto x = [&](double intensity) {
    return kLeft + kWidth * std::log(intensity / kLeast) / std::log(kMost / kLeast);
  };
  const auto y = [&](double gflops) {
    return kTop + kHeight * (1 - std::log(gflops / floor) / std::log(ceiling / floor));
  };
  std::ostringstream svg;
  svg.precision(5);
  svg << "<svg xmlns='http://www.w3.org/2000/svg' width='860' height='450' font-family='sans-serif' font-size='12'>\n"
      << "<rect width='860' height='450' fill='white'/>\n";
  for (double v = kLeast; v <= kMost; v *= 4)
    svg << "<line x1='" << x(v) << "' x2='" << x(v) << "' y1='" << kTop << "' y2='" << kTop + kHeight
        << "' stroke='#ddd'/><text x='" << x(v) << "' y='" << kTop + kHeight + 16 << "' text-anchor='middle'>" << v
        << "</text>\n";
  for (double v = 1; v <= ceiling; v *= 2)
    svg << "<line x1='" << kLeft << "' x2='" << kLeft + kWidth << "' y1='" << y(v) << "' y2='" << y(v)
        << "' stroke='#ddd'/><text x='" << kLeft - 6 << "' y='" << y(v) + 4 << "' text-anchor='end'>" << v
        << "</text>\n";
  const double ridge = peaks.fma_gflops / peaks.copy_gb_s;
  svg << "<text x='" << kLeft + kWidth / 2 << "' y='" << kTop + kHeight + 36
      << "' text-anchor='middle'>operations per byte</text>\n<text transform='translate(18 " << kTop + kHeight / 2
      << ") rotate(-90)' text-anchor='middle'>GFLOP/s, one thread</text>\n<polyline fill='none' stroke='black' "
         "stroke-width='2' points='"
      << x(kLeast) << ',' << y(kLeast * peaks.copy_gb_s) << ' ' << x(ridge) << ',' << y(peaks.fma_gflops) << ' '
      << x(kMost) << ',' << y(peaks.fma_gflops) << "'/>\n";
  const char* colors[] = {"#1b6ca8", "#c8553d", "#3a7d44", "#7b4b94", "#b8860b", "#2a9d8f", "#555555", "#d16ba5"};
  std::map<std::string, std::size_t> stages;  // colour of each
  for (const Row& row : rows) {
    if (row.work.flops <= 0 || row.work.bytes <= 0) continue;
    const std::size_t index = stages.try_emplace(row.stage, stages.size()).first->second;
    const double intensity = std::clamp(row.work.flops / row.work.bytes, kLeast, kMost);
    const double gflops = std::max(floor, row.work.flops / (row.ms * 1e6));
    svg << "<circle cx='" << x(intensity) << "' cy='" << y(gflops) << "' r='4' fill-opacity='0.7' fill='"
        << colors[index % std::size(colors)] << "'><title>" << row.stage << ", " << row.scene << "</title></circle>\n";
  }
  for (const auto& [stage, index] : stages)
    svg << "<circle cx='706' cy='" << 36 + 20 * index << "' r='4' fill='" << colors[index % std::size(colors)]
        << "'/><text x='716' y='" << 40 + 20 * index << "'>" << stage << "</text>\n";
  svg << "</svg>\n";
  scene::write_file_atomically(path, svg.str());
}

}  // namespace tessera::bench
