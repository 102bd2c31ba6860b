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
  // The surface at one and a half standard deviations, filled faintly.
  if (mode == kModeShells) {
    if (square > 2.25) discard;
    alpha = square > 1.6 ? color.a : 0.25 * color.a;
  }
  result = vec4(color.rgb, alpha);
}
