#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera::reconstruct {

/// FNV-1a, 64 bits (Fowler, Noll, Vo): tells inputs apart, resists nobody.
inline std::uint64_t fnv1a(std::string_view bytes, std::uint64_t hash = 0xcbf29ce484222325u) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

inline std::string hex(std::uint64_t value) {
  std::string text(16, '0');
  for (int i = 15; i >= 0; --i, value >>= 4) text[static_cast<std::size_t>(i)] = "0123456789abcdef"[value & 15];
  return text;
}

}  // namespace tessera::reconstruct
