#version 460
#extension GL_GOOGLE_include_directive : require
#include "radix.glsl"
// Exclusive prefix sum of the histogram by one workgroup: each thread takes a run of it.
layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer Count { uint count; };
layout(std430, binding = 1) buffer Histogram { uint histogram[]; };
shared uint sums[kThreads];

void main() {
  const uint thread = gl_LocalInvocationID.x;
  const uint entries = (count + kKeysOfBlock - 1) / kKeysOfBlock * kDigits;
  const uint run = (entries + kThreads - 1) / kThreads;
  const uint begin = min(thread * run, entries), end = min(begin + run, entries);
  uint sum = 0;
  for (uint i = begin; i < end; ++i) sum += histogram[i];
  sums[thread] = sum;
  barrier();
  for (uint step = 1; step < kThreads; step *= 2) {
    const uint before = thread >= step ? sums[thread - step] : 0;
    barrier();
    sums[thread] += before;
    barrier();
  }
  uint at = sums[thread] - sum;
  for (uint i = begin; i < end; ++i) {
    const uint n = histogram[i];
    histogram[i] = at;
    at += n;
  }
}
