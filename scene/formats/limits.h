#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera::scene {

/// Longest image name taken from a file (Linux' PATH_MAX).
inline constexpr std::size_t kMaxName = 4096;
/// Largest side of a photo (OpenCV's CV_IO_MAX_IMAGE_WIDTH; nothing larger could be decoded).
inline constexpr std::uint64_t kMaxSide = std::uint64_t{1} << 20;

}  // namespace tessera::scene
