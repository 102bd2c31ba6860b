#version 460
#extension GL_GOOGLE_include_directive : require
#include "splat.glsl"
layout(location = 0) in vec2 sigma;
layout(location = 1) flat in vec4 color;
layout(push_constant) uniform Push {
  vec2 size;
  uint mode;
};
layout(location = 0) out vec4 result;

void main() {
  const float square = dot(sigma, sigma);
  float alpha = min(kAlphaMax, color.a * exp(-0.5 * square));
  if (alpha < kAlphaMin) discard;
  if (mode == kModeOverdraw) alpha = kOverdrawAlpha;
  if (mode == kModeShells) {
    if (square > kShellRadius * kShellRadius) discard;
    alpha = min(kAlphaMax, square > kShellWall * kShellWall ? color.a : kShellFill * color.a);
  }
  result = vec4(color.rgb, alpha);
}
