#pragma once

#include <cstdint>

namespace tessera::reconstruct {

/// Kernels over one row of a picture. Float rows are padded to whole groups of 16 (render::Plane); the bytes written
/// are the same for every vector width with fused multiply-add.

/// rgb: 3 * width bytes. out[c][x] = byte / 255, the nearest float.
void bytes_to_planes(const std::uint8_t* rgb, int width, float* const out[3]);

/// m: 3 x 4 as Affine::m. Runs over `stride` columns.
void affine_row(const float m[12], const float* const in[3], float* const out[3], int stride);

/// d_in = M^T d_out over `stride` columns; sums[r * 4 + k] += sum of d_out[r] * in[k] (k = 3: of d_out[r]) over the
/// first `width` columns.
void affine_backward_row(const float m[12], const float* const in[3], const float* const d_out[3], float* const d_in[3],
                         int width, int stride, double sums[12]);

}  // namespace tessera::reconstruct
