#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera::scene {

/// CRC-32 (IEEE 802.3, reflected polynomial EDB88320), continued from `crc` (0 at the start).
std::uint32_t crc32(std::uint32_t crc, const void* bytes, std::size_t size);

}  // namespace tessera::scene
