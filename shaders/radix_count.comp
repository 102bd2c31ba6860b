#version 460
#extension GL_GOOGLE_include_directive : require
#include "radix.glsl"
// How often each digit occurs in each block of keys: histogram[digit * blocks + block].
layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer Keys { uvec4 keys[]; };
layout(std430, binding = 1) readonly buffer Count { uint count; };
layout(std430, binding = 2) writeonly buffer Histogram { uint histogram[]; };
layout(push_constant) uniform Push { uint shift; };
shared uint bins[kDigits];

void main() {
  const uint block = gl_WorkGroupID.x, thread = gl_LocalInvocationID.x;
  const uint blocks = (count + kKeysOfBlock - 1) / kKeysOfBlock;
  if (block >= blocks) return;
  if (thread < kDigits) bins[thread] = 0;
  barrier();
  const uint first = block * kKeysOfBlock + thread * kKeysOfThread;
  for (uint part = 0; part < kKeysOfThread / 4; ++part) {
    const uvec4 four = keys[first / 4 + part];
    for (uint i = 0; i < 4; ++i)
      if (first + 4 * part + i < count) atomicAdd(bins[four[i] >> shift & (kDigits - 1)], 1);
  }
  barrier();
  if (thread < kDigits) histogram[thread * blocks + block] = bins[thread];
}
