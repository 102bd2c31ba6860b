#include "app/studio/block_colors.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "app/studio/tinted_model.h"
#include "scene/parallel.h"

namespace tessera::app {
namespace {

constexpr double kGoldenAngle = 137.50776;  // degrees
constexpr double kFirstHue = 210;           // the blue of the studio
constexpr std::size_t kPalette = 8;         // hues at least 32 degrees apart; more cells than that share them
constexpr std::size_t kGrain = 4096;

QColor color_of(std::size_t entry) {
  const double hue = std::fmod(kFirstHue + kGoldenAngle * static_cast<double>(entry), 360.0);
  return QColor::fromHsvF(static_cast<float>(hue / 360), 0.62f, 0.95f);
}

}  // namespace

std::vector<QColor> block_colors(const reconstruct::Partition& partition) {
  std::vector<std::size_t> entry(partition.cells()), used(kPalette);
  for (std::uint32_t cell = 0; cell < partition.cells(); ++cell) {
    std::set<std::size_t> taken;
    for (const std::uint32_t other : partition.neighbours(cell))
      if (other < cell) taken.insert(entry[other]);
    // Of those that are free the one that the fewest cells have; where neighbours have all of them, one more.
    std::size_t best = used.size();
    for (std::size_t e = 0; e < used.size(); ++e)
      if (!taken.contains(e) && (best == used.size() || used[e] < used[best])) best = e;
    if (best == used.size()) used.push_back(0);
    entry[cell] = best;
    ++used[best];
  }
  std::vector<QColor> colors;
  for (const std::size_t e : entry) colors.push_back(color_of(e));
  colors.push_back(QColor(0x80, 0x80, 0x80));
  return colors;
}

std::shared_ptr<const scene::GaussianModel> colored_by_block(const scene::GaussianModel& model,
                                                             const reconstruct::Partition& partition) {
  std::vector<TintedModel::Color> colors;
  for (const QColor& c : block_colors(partition))
    colors.push_back({static_cast<float>(c.redF()), static_cast<float>(c.greenF()), static_cast<float>(c.blueF())});
  auto copy = std::make_shared<scene::GaussianModel>(model);
  scene::parallel_blocks(std::size_t{0}, model.size(), kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
      TintedModel::tint(*copy, model, i,
                        colors[partition.owner({model.position[0][i], model.position[1][i], model.position[2][i]})]);
  });
  return copy;
}

}  // namespace tessera::app
