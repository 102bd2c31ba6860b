#version 460
// One triangle over the whole picture.
layout(location = 0) out vec2 at;  // 0..1, from the top left

void main() {
  at = vec2((gl_VertexIndex << 1) & 2, gl_VertexIndex & 2);
  gl_Position = vec4(2 * at - 1, 0, 1);
}
