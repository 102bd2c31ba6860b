#version 460
// What the window shows: the scene, and over it what the studio has painted (premultiplied).
layout(set = 0, binding = 0) uniform sampler2D scene;
layout(set = 0, binding = 1) uniform sampler2D overlay;
layout(location = 0) in vec2 at;
layout(location = 0) out vec4 result;

void main() {
  const vec4 over = texture(overlay, at);
  result = vec4(over.rgb + (1 - over.a) * clamp(texture(scene, at).rgb, 0, 1), 1);
}
