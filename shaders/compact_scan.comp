#version 460
// Exclusive prefix sum of the visible splats of each group of 256 rows, by one workgroup; the total becomes the number of
// keys to sort and of quads to draw.
layout(local_size_x = 256) in;
layout(std430, binding = 0) buffer Counts { uint counts[]; };
layout(std430, binding = 1) writeonly buffer Draw { uint visible, vertices, instances, first_vertex, first_instance; };
layout(push_constant) uniform Push { uint groups; };
shared uint sums[256];

void main() {
  const uint thread = gl_LocalInvocationID.x;
  const uint run = (groups + 255) / 256;
  const uint begin = min(thread * run, groups), end = min(begin + run, groups);
  uint sum = 0;
  for (uint i = begin; i < end; ++i) sum += counts[i];
  sums[thread] = sum;
  barrier();
  for (uint step = 1; step < 256; step *= 2) {
    const uint before = thread >= step ? sums[thread - step] : 0;
    barrier();
    sums[thread] += before;
    barrier();
  }
  uint at = sums[thread] - sum;
  for (uint i = begin; i < end; ++i) {
    const uint n = counts[i];
    counts[i] = at;
    at += n;
  }
  if (thread == 255) visible = sums[255], vertices = 4, instances = sums[255], first_vertex = 0, first_instance = 0;
}
