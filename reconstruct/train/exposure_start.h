#pragma once

#include <vector>

#include "reconstruct/train/loss.h"
#include "scene/dataset.h"
#include "scene/image_cache.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// Colour maps to start training with, one a view: gains per channel that bring the photos' colours at the sparse
/// points that they share to one value (least squares of logarithms with Huber's weights; the model of Brown & Lowe
/// 2007, section 6, with points in place of overlaps). Their mean over the training views is the identity. Views that
/// are not trained on, and those without shared points (no tracks in the dataset), have the identity.
/// Throws scene::Error naming a photo that cannot be decoded, scene::Cancelled.
std::vector<Affine> exposure_start(const scene::Dataset& dataset, scene::ImageCache& images,
                                   const scene::JobContext& job = {});

}  // namespace tessera::reconstruct
