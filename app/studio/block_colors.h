#pragma once

#include <QColor>
#include <memory>
#include <vector>

#include "reconstruct/blocks/partition.h"
#include "scene/gaussian_model.h"

namespace tessera::app {

/// A colour for every cell, and a grey for the background, the last. Neighbours never share one; hues of the palette
/// are a golden angle apart, so that the first few differ most.
std::vector<QColor> block_colors(const reconstruct::Partition& partition);
/// A copy in which every splat has the colour of the block that owns its centre. The model is in the scene frame.
std::shared_ptr<const scene::GaussianModel> colored_by_block(const scene::GaussianModel& model,
                                                             const reconstruct::Partition& partition);

}  // namespace tessera::app
