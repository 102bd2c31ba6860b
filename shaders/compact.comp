#version 460
// Keys and rows of the visible splats, in the order of their rows.
layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer RowKeys { uint row_keys[]; };
layout(std430, binding = 1) readonly buffer Counts { uint counts[]; };
layout(std430, binding = 2) writeonly buffer Keys { uint keys[]; };
layout(std430, binding = 3) writeonly buffer Values { uint values[]; };
layout(push_constant) uniform Push { uint rows; };
shared uint before[256];

void main() {
  const uint thread = gl_LocalInvocationID.x, row = gl_GlobalInvocationID.x;
  const uint key = row < rows ? row_keys[row] : 0;
  const uint mine = key != 0 ? 1 : 0;
  before[thread] = mine;
  barrier();
  for (uint step = 1; step < 256; step *= 2) {
    const uint left = thread >= step ? before[thread - step] : 0;
    barrier();
    before[thread] += left;
    barrier();
  }
  if (mine == 0) return;
  const uint to = counts[gl_WorkGroupID.x] + before[thread] - 1;
  keys[to] = key;
  values[to] = row;
}
