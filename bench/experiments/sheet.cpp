#include "bench/experiments/sheet.h"

#include <algorithm>

#include "reconstruct/blocks/drawing.h"

namespace tessera::bench {
namespace {

constexpr int kTile = 620, kCaption = 34;  // pixels

}  // namespace

scene::Image8 sheet(const std::vector<Tile>& tiles, int columns) {
  const auto per_row = static_cast<std::size_t>(columns);
  std::vector<int> height((tiles.size() + per_row - 1) / per_row, kCaption);
  std::vector<scene::Image8> pictures(tiles.size());
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    if (const auto& p = tiles[i].picture) pictures[i] = scene::resize_image(*p, kTile, p->height * kTile / p->width);
    height[i / per_row] = std::max(height[i / per_row], kCaption + pictures[i].height);
  }
  std::vector<int> top{0};
  for (const int h : height) top.push_back(top.back() + h);
  reconstruct::Drawing captions(kTile * columns, top.back(), {{250, 250, 247}});
  const auto left = [&](std::size_t i) { return kTile * static_cast<int>(i % per_row); };
  for (std::size_t i = 0; i < tiles.size(); ++i)
    captions.text({left(i) + 16.0, top[i / per_row] + 24.0}, tiles[i].caption, 13, {});
  scene::Image8 all = captions.image();
  for (std::size_t i = 0; i < tiles.size(); ++i)
    for (int y = 0; y < pictures[i].height; ++y)
      std::copy_n(pictures[i].at(0, y), 3 * kTile, all.at(left(i), top[i / per_row] + kCaption + y));
  return all;
}

}  // namespace tessera::bench
