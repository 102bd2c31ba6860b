#pragma once

#include <filesystem>
#include <vector>

#include "scene/dataset.h"

namespace tessera::scene {

/// The reference implementation's cameras.json, which splat viewers read for their start views: id, img_name, width, height, position,
/// rotation (world_from_cam, rows), fx, fy; in world coordinates. Atomic.
void write_cameras_json(const Dataset& dataset, const std::filesystem::path& path);

}  // namespace tessera::scene
