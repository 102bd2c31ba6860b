#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera::reconstruct {

/// Kingma & Ba 2015 with the epsilon of Kerbl et al. 2023.
inline constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
inline constexpr float kOneMinusBeta1 = static_cast<float>(1 - kBeta1), kOneMinusBeta2 = static_cast<float>(1 - kBeta2);
inline constexpr float kAdamEpsilon = 1e-15f;

inline constexpr std::size_t kAdamGroup = 16;  // rows that are updated or skipped together

/// The part of Adam that all planes of a chunk of rows share. Group g covers rows 16 g .. 16 g + 15 of the chunk.
struct AdamGroups {
  const std::uint32_t* groups = nullptr;  // indices of groups with a seen row, ascending
  std::size_t count = 0;
  const float* decay1 = nullptr;  // [rows of the chunk] beta1^(k + 1); 1 where the row was not seen
  const float* decay2 = nullptr;  // likewise for beta2
};
/// One plane of the chunk. Only rows whose decay is below 1 are changed.
struct AdamPlane {
  float *value = nullptr, *first = nullptr, *second = nullptr;
  const float* gradient = nullptr;
  std::size_t rows = 0;
  float rate = 0;           // learning rate / (1 - beta1^t)
  float inverse_bias2 = 0;  // 1 / sqrt(1 - beta2^t)
};
/// Kingma & Ba 2015, algorithm 1, without fused operations: the same bytes on every machine.
void adam_plane(const AdamPlane& plane, const AdamGroups& groups);

}  // namespace tessera::reconstruct
