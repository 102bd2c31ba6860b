#version 460
#extension GL_GOOGLE_include_directive : require
#include "radix.glsl"
// Moves each key and its value to the place of its digit, equal digits in their order.
layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer Keys { uvec4 keys[]; };
layout(std430, binding = 1) readonly buffer Values { uvec4 values[]; };
layout(std430, binding = 2) readonly buffer Count { uint count; };
layout(std430, binding = 3) readonly buffer Histogram { uint histogram[]; };
layout(std430, binding = 4) writeonly buffer KeysOut { uint keys_out[]; };
layout(std430, binding = 5) writeonly buffer ValuesOut { uint values_out[]; };
layout(push_constant) uniform Push { uint shift; };
// Two 16-bit counters a word: digit d of a thread is half d & 1 of word d / 2. A block holds 2048 keys: no half overflows.
const uint kWords = kDigits / 2;
shared uint counters[kWords][kThreads];

void main() {
  const uint block = gl_WorkGroupID.x, thread = gl_LocalInvocationID.x;
  const uint blocks = (count + kKeysOfBlock - 1) / kKeysOfBlock;
  if (block >= blocks) return;
  const uint first = block * kKeysOfBlock + thread * kKeysOfThread;
  const uint mine = first < count ? min(kKeysOfThread, count - first) : 0;
  uint key[kKeysOfThread], value[kKeysOfThread];
  for (uint part = 0; part < kKeysOfThread / 4; ++part) {
    const uvec4 k = keys[first / 4 + part], v = values[first / 4 + part];
    for (uint i = 0; i < 4; ++i) key[4 * part + i] = k[i], value[4 * part + i] = v[i];
  }
  for (uint w = 0; w < kWords; ++w) counters[w][thread] = 0;
  uint rank[kKeysOfThread];  // among the thread's own keys of that digit
  for (uint i = 0; i < mine; ++i) {
    const uint digit = key[i] >> shift & (kDigits - 1), half_shift = (digit & 1) * 16;
    rank[i] = counters[digit / 2][thread] >> half_shift & 0xFFFF;
    counters[digit / 2][thread] += 1u << half_shift;
  }
  uint own[kWords];
  for (uint w = 0; w < kWords; ++w) own[w] = counters[w][thread];
  barrier();
  for (uint step = 1; step < kThreads; step *= 2) {
    uint before[kWords];
    for (uint w = 0; w < kWords; ++w) before[w] = thread >= step ? counters[w][thread - step] : 0;
    barrier();
    for (uint w = 0; w < kWords; ++w) counters[w][thread] += before[w];
    barrier();
  }
  for (uint i = 0; i < mine; ++i) {
    const uint digit = key[i] >> shift & (kDigits - 1), half_shift = (digit & 1) * 16;
    const uint before = (counters[digit / 2][thread] - own[digit / 2]) >> half_shift & 0xFFFF;
    const uint to = histogram[digit * blocks + block] + before + rank[i];
    keys_out[to] = key[i];
    values_out[to] = value[i];
  }
}
