#pragma once

/// Vector targets the kernels are compiled for: AVX-512, AVX2, SSE4 and the scalar fallback on x86, NEON on ARM.
/// Targets whose width is only known at run time are left out, since the kernels are written against a fixed virtual
/// width.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
