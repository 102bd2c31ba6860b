#version 460
#extension GL_GOOGLE_include_directive : require
#include "splat.glsl"
// One quad a visible splat, far to near, just large enough for the ellipse at alpha = 1/255.
layout(std430, binding = 0) readonly buffer Records { Seen records[]; };
layout(std430, binding = 1) readonly buffer Order { uint order[]; };
layout(push_constant) uniform Push {
  vec2 size;
  uint mode;
};
layout(location = 0) out vec2 sigma;  // place in the quad, in standard deviations along the ellipse's axes
layout(location = 1) flat out vec4 color;

void main() {
  const Seen s = records[order[gl_InstanceIndex]];
  const vec2 corner = vec2((gl_VertexIndex & 1) * 2 - 1, (gl_VertexIndex & 2) - 1);
  const vec2 major = vec2(s.major_x, s.major_y);
  const vec2 minor = vec2(-major.y, major.x) * (s.minor / length(major));
  sigma = sqrt(2 * log(255 * s.opacity)) * corner;
  const vec2 place = vec2(s.x, s.y) + sigma.x * major + sigma.y * minor;
  color = vec4(unpackHalf2x16(s.color_rg), unpackHalf2x16(s.color_b).x, s.opacity);
  gl_Position = vec4(2 * place / size - 1, 0, 1);
}
