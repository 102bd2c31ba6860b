#include "reconstruct/blocks/block_dataset.h"

#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>

#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

constexpr std::uint32_t kNoView = 0xFFFFFFFFu;

}  // namespace

scene::Dataset block_dataset(const scene::Dataset& whole, const BlockData& block, const std::string& block_name) {
  if (block.views.size() < 2)
    throw scene::Error(block_name,
                       "has " + std::to_string(block.views.size()) + " photos to train on, and two are the least",
                       "plan fewer blocks");
  scene::Dataset part;
  part.root = whole.root, part.format = whole.format, part.scene_from_world = whole.scene_from_world;
  std::vector<std::uint32_t> new_view(whole.views.size(), kNoView);
  for (const BlockView& v : block.views) {
    new_view[v.view] = static_cast<std::uint32_t>(part.views.size());
    part.views.push_back(whole.views[v.view]);
  }
  std::vector<std::uint32_t> rows;
  std::merge(block.points.begin(), block.points.end(), block.auxiliary.begin(), block.auxiliary.end(),
             std::back_inserter(rows));
  const scene::SparsePoints& from = whole.points;
  part.points.track_begin.push_back(0);
  for (const std::uint32_t i : rows) {
    part.points.position.push_back(from.position[i]);
    part.points.color.push_back(from.color[i]);
    part.points.error.push_back(from.error.empty() ? -1.0f : from.error[i]);
    if (!from.track_view.empty())
      for (std::uint32_t t = from.track_begin[i]; t < from.track_begin[i + 1]; ++t)
        if (new_view[from.track_view[t]] != kNoView) part.points.track_view.push_back(new_view[from.track_view[t]]);
    part.points.track_begin.push_back(static_cast<std::uint32_t>(part.points.track_view.size()));
  }
  return part;
}

GrowFilter grows_within(const Partition& partition, std::uint32_t cell, double margin) {
  if (partition.cells() == 1) return {};  // a scene of one block has no outside
  const Rect rect = partition.cell(cell).expanded(margin);
  const std::string text =
      partition.json().dump() + " cell " + std::to_string(cell) + " margin " + std::to_string(margin);
  return {[partition, rect, cell](const std::array<float, 3>& p) {
            const glm::dvec2 at = partition.frame().cell_from_scene({p[0], p[1], p[2]});
            return rect.contains(at) || partition.owner_at(at) == cell;
          },
          text};
}

}  // namespace tessera::reconstruct
