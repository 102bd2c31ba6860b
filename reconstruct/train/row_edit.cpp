#include "reconstruct/train/row_edit.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "scene/parallel.h"

namespace tessera::reconstruct {

namespace {

constexpr int kMortonBits = 21;  // 3 x 21 = 63 bits

/// Bits of a 21-bit number moved to every third place.
std::uint64_t spread_bits(std::uint64_t v) {
  v &= 0x1FFFFF;
  v = (v | v << 32) & 0x1F00000000FFFF;
  v = (v | v << 16) & 0x1F0000FF0000FF;
  v = (v | v << 8) & 0x100F00F00F00F00F;
  v = (v | v << 4) & 0x10C30C30C30C30C3;
  v = (v | v << 2) & 0x1249249249249249;
  return v;
}

}  // namespace

std::uint64_t morton_code(const std::array<float, 3>& p, const std::array<float, 3>& low,
                          const std::array<float, 3>& high) {
  constexpr double kCells = std::uint64_t{1} << kMortonBits;
  std::uint64_t code = 0;
  for (int a = 0; a < 3; ++a) {
    const double width = static_cast<double>(high[a]) - low[a];
    const double t = width > 0 ? (static_cast<double>(p[a]) - low[a]) / width : 0.0;
    const auto cell = static_cast<std::uint64_t>(std::clamp(t * kCells, 0.0, kCells - 1));
    code |= spread_bits(cell) << a;
  }
  return code;
}

scene::IndexMap sort_rows(std::vector<EditRow>& rows) {
  std::array<float, 3> low, high;
  low.fill(std::numeric_limits<float>::max());
  high.fill(std::numeric_limits<float>::lowest());
  for (const EditRow& row : rows)
    for (int a = 0; a < 3; ++a)
      low[a] = std::min(low[a], row.position[a]), high[a] = std::max(high[a], row.position[a]);
  std::vector<std::pair<std::uint64_t, EditRow>> keyed(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) keyed[i] = {morton_code(rows[i].position, low, high), rows[i]};
  std::sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.old_row, a.second.tag) < std::tie(b.first, b.second.old_row, b.second.tag);
  });
  scene::IndexMap map;
  map.old_row.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = keyed[i].second, map.old_row[i] = rows[i].old_row;
  return map;
}

void apply_rows(std::span<const EditRow> rows, const scene::IndexMap& map, scene::GaussianModel& model,
                SparseAdam& adam) {
  const auto planes = model.planes();
  scene::parallel_for(std::size_t{0}, planes.size(), [&](std::size_t p) { scene::apply_index_map(map, *planes[p]); });
  adam.apply(map);
  std::vector<std::uint32_t> fresh;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (int a = 0; a < 3; ++a) model.position[a][i] = rows[i].position[a];
    if (rows[i].fresh) fresh.push_back(static_cast<std::uint32_t>(i));
  }
  adam.reset_rows(fresh);
}

void sort_model(scene::GaussianModel& model) {
  std::vector<EditRow> rows(model.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = {static_cast<std::uint32_t>(i), {model.position[0][i], model.position[1][i], model.position[2][i]}};
  model.apply(sort_rows(rows));
}

}  // namespace tessera::reconstruct
