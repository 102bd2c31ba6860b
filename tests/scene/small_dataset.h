#pragma once

#include <filesystem>

#include "scene/formats/colmap.h"

namespace tessera::test {

/// A COLMAP model of `views` cameras (PINHOLE, 64x48) on a ring about the origin, named v00.png, v01.png, ..., ids from
/// 1, and forty points, each seen by every view.
scene::ColmapModel ring_model(int views);

/// Writes the model to folder/sparse/0 and a photo for each of its images to folder/images.
void write_dataset(const scene::ColmapModel& model, const std::filesystem::path& folder);

}  // namespace tessera::test
