#pragma once

#include <string>
#include <string_view>

#include "scene/image.h"

namespace tessera::scene {

/// Decodes a baseline or progressive JPEG to grey or RGB, as stored (no EXIF orientation). False, with the reason,
/// where libjpeg had to invent pixels: data that end early, an unreadable code, a lost restart marker. (OpenCV's
/// decoder fills these with grey and says nothing.)
bool decode_jpeg(std::string_view bytes, Image8& image, std::string& problem);

}  // namespace tessera::scene
