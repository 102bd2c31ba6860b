#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <glm/vec2.hpp>

#include "reconstruct/blocks/cell_frame.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// Views whose cameras are far from all others, as a wrong GPS position puts them: farther from the median position
/// than kFarCamera times the median of those distances. Where these are more than one in ten they are a place of their
/// own and none is returned. Ascending.
inline constexpr double kFarCamera = 8;  // a flown strip reaches to 2, a square to 1.9
std::vector<std::size_t> far_cameras(const scene::Dataset& dataset);

/// The region that a scene is cut within: around the ground positions of all cameras but far_cameras(), and half of
/// their median height above the median point beyond (what they see obliquely).
CellFrame region_of_interest(const scene::Dataset& dataset);

/// What a person names as the region: corners on the ground, in the dataset's own coordinates (x, y). From "x,y x,y
/// ..." (two are the corners of a rectangle), or a JSON file with a list of [x, y], or GeoJSON with a Polygon. Throws
/// scene::Error.
std::vector<glm::dvec2> read_region(const std::string& text_or_file);
/// The rectangle of least area around `corners`. Throws scene::Error where the dataset's z axis is not up (its x and y
/// are no ground then), or where no sparse point (without any: no camera) lies within.
CellFrame region_around(const scene::Dataset& dataset, std::span<const glm::dvec2> corners);

/// Groups of views that are linked by sparse points, largest first, views ascending. One group where no tracks are
/// known. Views that see no point are in none.
std::vector<std::vector<std::size_t>> linked_views(const scene::Dataset& dataset);

}  // namespace tessera::reconstruct
