#pragma once

#include <string>
#include <string_view>

#include "scene/image.h"

namespace tessera::scene {

/// Decodes a PNG to grey, RGB or RGBA of 8 bits, as stored (no gamma, no EXIF orientation). False, with the reason,
/// where the file is damaged. (OpenCV's decoder lets libpng write to stderr.)
bool decode_png(std::string_view bytes, Image8& image, std::string& problem);

}  // namespace tessera::scene
