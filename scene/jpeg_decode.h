#pragma once

#include <string>
#include <string_view>

#include "scene/image.h"

namespace tessera::scene {

/// Decodes a baseline or progressive JPEG to grey or RGB, as stored (no EXIF orientation). False, with the reason,
/// where libjpeg had to invent pixels: data that end early, an unreadable code, a lost restart marker. (OpenCV's
/// decoder fills these with grey and says nothing.)
/// With a `reduction` of 2, 4 or 8 both sides are that many times shorter (rounded up), at a fraction of the time; as
/// `grey` the colours are left out.
bool decode_jpeg(std::string_view bytes, Image8& image, std::string& problem, int reduction = 1, bool grey = false);

}  // namespace tessera::scene
