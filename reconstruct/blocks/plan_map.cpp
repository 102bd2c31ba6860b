#include "reconstruct/blocks/plan_map.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include "scene/atomic_file.h"

namespace tessera::reconstruct {
namespace {

// Layout in pixels.
constexpr int kLongSide = 1100, kShortSide = 340;  // of the map; the shorter side at least
constexpr int kFrame = 30, kHead = 62, kFoot = 56;
constexpr double kBin = 10;      // side of a square of the density
constexpr int kShades = 8;       // of it
constexpr double kBeyond = 0.1;  // share of the region that is shown around it
constexpr int kEdgePoints = 24;  // of a cell's edge: curved where the plane is contracted

constexpr Ink kPaper{{250, 250, 247}}, kInk{{28, 32, 38}}, kGrey{{110, 116, 124}}, kSeam{{150, 40, 24}},
    kCamera{{0, 112, 116}}, kHeldOut{{214, 138, 0}}, kHalo{{250, 250, 247}, 0.72};

Ink shade(int level) {  // pale to dark blue-grey
  const double t = (level + 1.0) / kShades;
  const auto mix = [t](double from, double to) {
    return static_cast<std::uint8_t>(std::lround(from + t * (to - from)));
  };
  return {{mix(236, 70), mix(238, 92), mix(240, 128)}};
}

/// 1, 2 or 5 times a power of ten, not above `most`.
double round_length(double most) {
  const double power = std::pow(10, std::floor(std::log10(most)));
  return power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
}

std::string text_of(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// Pixels from the ground of the turned scene frame.
struct Sheet {
  CellFrame plain;  // the plan's frame, not contracted
  Rect shown;
  double scale = 1;
  glm::dvec2 size{0};

  explicit Sheet(const CellFrame& frame) : plain(frame) {
    plain.contracted = false;
    shown = frame.region.expanded(2 * kBeyond);
    scale = kLongSide / std::max(shown.size().x, shown.size().y);
    size = glm::max(scale * shown.size(), glm::dvec2(kShortSide));
    const glm::dvec2 middle = 0.5 * (shown.low + shown.high);
    shown = {middle - 0.5 * size / scale, middle + 0.5 * size / scale};
  }
  /// North up where the first axis runs east: v grows upwards.
  glm::dvec2 at(const glm::dvec2& p) const {
    const glm::dvec2 q = glm::clamp(p, shown.low, shown.high);
    return {kFrame + scale * (q.x - shown.low.x), kHead + scale * (shown.high.y - q.y)};
  }
  glm::dvec2 at(const glm::dvec3& scene_point) const { return at(plain.cell_from_scene(scene_point)); }
  bool shows(const glm::dvec3& scene_point) const { return shown.contains(plain.cell_from_scene(scene_point)); }
  std::vector<glm::dvec2> rect(glm::dvec2 low, glm::dvec2 high) const {
    return {low, {high.x, low.y}, high, {low.x, high.y}};
  }
};

std::vector<glm::dvec2> cell_polygon(const Sheet& sheet, const Partition& partition, std::uint32_t cell) {
  const Rect rect = partition.cell(cell);
  const CellFrame& frame = partition.frame();
  const glm::dvec2 corner[] = {rect.low, {rect.high.x, rect.low.y}, rect.high, {rect.low.x, rect.high.y}};
  std::vector<glm::dvec2> polygon;
  for (int edge = 0; edge < 4; ++edge)
    for (int k = 0; k < kEdgePoints; ++k) {
      glm::dvec2 p = glm::mix(corner[edge], corner[(edge + 1) % 4], static_cast<double>(k) / kEdgePoints);
      if (frame.contracted) p = glm::clamp(p, 1e-6, 1 - 1e-6);  // 0 and 1 lie at infinity
      polygon.push_back(sheet.at(glm::dvec3(frame.scene_from_cell(p), 0)));
    }
  return polygon;
}

void draw_density(Drawing& map, const Sheet& sheet, const scene::SparsePoints& points) {
  const int nx = static_cast<int>(std::ceil(sheet.size.x / kBin)),
            ny = static_cast<int>(std::ceil(sheet.size.y / kBin));
  std::vector<int> count(static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny));
  int most = 1;
  for (const auto& p : points.position) {
    if (!sheet.shows({p[0], p[1], p[2]})) continue;
    const glm::dvec2 at = (sheet.at(glm::dvec3(p[0], p[1], p[2])) - glm::dvec2(kFrame, kHead)) / kBin;
    const int x = std::clamp(static_cast<int>(at.x), 0, nx - 1), y = std::clamp(static_cast<int>(at.y), 0, ny - 1);
    most = std::max(most, ++count[static_cast<std::size_t>(y * nx + x)]);
  }
  // Logarithmic: roofs hold a hundred times what lawns do.
  const auto level = [&](int n) {
    if (n == 0) return -1;
    return std::min(kShades - 1, static_cast<int>(kShades * std::log(1.0 + n) / std::log(1.0 + most)));
  };
  for (int y = 0; y < ny; ++y)
    for (int x = 0; x < nx;) {
      const int shown = level(count[static_cast<std::size_t>(y * nx + x)]);
      int end = x + 1;
      while (end < nx && level(count[static_cast<std::size_t>(y * nx + end)]) == shown) ++end;
      const glm::dvec2 low(kFrame + kBin * x, kHead + kBin * y);
      const glm::dvec2 high =
          glm::min(glm::dvec2(kFrame + kBin * end, low.y + kBin), glm::dvec2(kFrame, kHead) + sheet.size);
      if (shown >= 0) map.fill(sheet.rect(low, high), shade(shown));
      x = end;
    }
}

void draw_label(Drawing& map, const Sheet& sheet, const std::vector<glm::dvec2>& polygon, std::uint32_t id,
                const BlockForecast& f, double mean) {
  glm::dvec2 low(1e9), high(-1e9);
  for (const glm::dvec2& p : polygon) low = glm::min(low, p), high = glm::max(high, p);
  const glm::dvec2 middle = 0.5 * (low + high);
  std::vector<std::string> lines{std::to_string(f.views) + " photos",
                                 text_of("%.0fk splats", std::round(static_cast<double>(f.splats) / 1e3)),
                                 text_of("load %.2f", mean > 0 ? f.cpu_seconds / mean : 0)};
  const double letters = 9.5, space = 17, half = 50;
  const bool roomy = high.x - low.x > 2 * half && high.y - low.y > 40 + space * static_cast<double>(lines.size());
  if (!roomy) lines.clear();
  const double height = 26 + space * static_cast<double>(lines.size());
  double y = middle.y - 0.5 * height;
  const double wide = lines.empty() ? 18 : half;
  map.fill(sheet.rect({middle.x - wide, y - 5}, {middle.x + wide, y + height + 4}), kHalo);
  map.text({middle.x, y += 18}, std::to_string(id), 17, kInk, Drawing::Anchor::middle);
  for (const std::string& words : lines)
    map.text({middle.x, y += space}, words, letters, kInk, Drawing::Anchor::middle);
}

}  // namespace

Balance balance_of(const BlockPlan& plan, const SceneForecast& forecast) {
  std::vector<double> seconds;
  for (const BlockForecast& f : forecast.blocks) seconds.push_back(f.cpu_seconds);
  return balance_of(plan.partition, seconds);
}

Drawing plan_map(const BlockPlan& plan, const scene::Dataset& dataset, std::span<const BlockData> blocks,
                 const SceneForecast& forecast) {
  const Sheet sheet(plan.partition.frame());
  Drawing map(static_cast<int>(std::lround(sheet.size.x)) + 2 * kFrame,
              static_cast<int>(std::lround(sheet.size.y)) + kHead + kFoot, kPaper);
  draw_density(map, sheet, dataset.points);
  double most = 0, mean = 0;
  for (const BlockForecast& f : forecast.blocks)
    most = std::max(most, f.cpu_seconds), mean += f.cpu_seconds / static_cast<double>(blocks.size());
  std::vector<std::vector<glm::dvec2>> cells;
  for (std::uint32_t c = 0; c < plan.partition.cells(); ++c) cells.push_back(cell_polygon(sheet, plan.partition, c));
  for (std::size_t c = 0; c < cells.size(); ++c)
    map.fill(cells[c], {kSeam.rgb, most > 0 ? 0.2 * std::pow(forecast.blocks[c].cpu_seconds / most, 2) : 0.0});
  for (const auto& cell : cells) map.outline(cell, kSeam, 2);
  for (const scene::View& view : dataset.views)
    if (sheet.shows(view.camera.center())) map.disc(sheet.at(view.camera.center()), 3, view.test ? kHeldOut : kCamera);
  for (std::uint32_t c = 0; c < plan.partition.cells(); ++c)
    draw_label(map, sheet, cells[c], c, forecast.blocks[c], mean);

  const Balance balance = balance_of(plan, forecast);
  char head[160];
  std::snprintf(head, sizeof head, "%zu block%s, %zu photos", blocks.size(), blocks.size() == 1 ? "" : "s",
                dataset.views.size());
  map.text({kFrame, 28}, head, 14, kInk);
  std::snprintf(head, sizeof head, "load = forecast time over its mean: max %.2f, CV %.2f; worst aspect %.1f",
                balance.max_over_mean, balance.variation, balance.worst_aspect);
  map.text({kFrame, 50}, head, 9.5, kGrey);

  const double bottom = kHead + sheet.size.y, foot = bottom + 36;
  map.outline(sheet.rect({kFrame, kHead}, {kFrame + sheet.size.x, bottom}), kGrey, 1);
  const double unit = sheet.scale * dataset.scene_from_world.scale;  // pixels of one of the dataset's units
  const double length = round_length(0.25 * sheet.size.x / unit);
  map.line({kFrame, foot}, {kFrame + length * unit, foot}, kInk, 3);
  map.text({kFrame + length * unit + 8, foot + 5}, text_of("%g units", length), 9.5, kInk);
  double x = kFrame + length * unit + 110;
  map.disc({x, foot}, 4, kCamera), map.text({x + 9, foot + 5}, "photo", 9.5, kInk);
  map.disc({x += 75, foot}, 4, kHeldOut), map.text({x + 9, foot + 5}, "held out", 9.5, kInk);

  // Where the dataset's y axis points, if it lies along the ground.
  const glm::dvec3 y_axis = dataset.scene_from_world.rotation * glm::dvec3(0, 1, 0);
  glm::dvec2 north = sheet.plain.cell_from_scene(glm::dvec3(glm::dvec2(y_axis), 0));
  if (glm::length(north) > 0.9) {
    north = glm::normalize(glm::dvec2(north.x, -north.y));
    const glm::dvec2 middle(kFrame + sheet.size.x - 26, 0.5 * kHead), side(-north.y, north.x);
    map.fill({middle + 20.0 * north, middle - 12.0 * north + 8.0 * side, middle - 12.0 * north - 8.0 * side}, kInk);
    map.text({middle.x - 42, middle.y + 5}, "+y", 9.5, kInk);
  }
  return map;
}

void write_plan_map(const Drawing& map, const std::filesystem::path& project) {
  scene::write_file_atomically(project / "plan.svg", map.svg());
  scene::write_image(project / "plan.png", map.image());
}

}  // namespace tessera::reconstruct
