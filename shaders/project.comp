#version 460
#extension GL_GOOGLE_include_directive : require
#include "splat.glsl"
// Splats of one chunk into the view: EWA projection (Zwicker et al. 2001) with the conventions of the CPU rasteriser.
// Writes a record and a key for each row (0: not visible), and how many of each 256 are visible.
layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer Splats { Packed splats[]; };
// Runs of 4096 rows. First the bounds of each of their coefficients but the first three (low and step, floats); then each
// row: the first three as half floats, the rest in 8 bits between the bounds. Coefficient-major, RGB inside.
layout(std430, binding = 1) readonly buffer Harmonics { uint harmonics[]; };
layout(std430, binding = 2) writeonly buffer Records { Seen records[]; };
layout(std430, binding = 3) writeonly buffer Keys { uint row_keys[]; };
layout(std430, binding = 4) writeonly buffer Counts { uint counts[]; };
layout(push_constant) uniform Push {
  vec4 view[3];      // rows of cam_from_scene
  vec2 focal, centre;
  vec2 size, limit;  // limit: 1.3 tan(fov / 2), clamp of x/z and y/z in the Jacobian
  float near, far, scale, gain;
  uint first_row, rows;     // of the chunk
  uint modes;               // mode, SH degree << 8, anti-aliased << 16, SH degree of the model << 24
  uint harmonic_words;      // of a splat
};
shared uint visible_of_group;

const float kDilation = 0.3;
const uint kRunRows = 4096;  // of render/vulkan/packed_model.h

uint run_at, row_at;  // words of the harmonics where the row's run and the row begin

void find_harmonics(uint row, uint of_model) {
  const uint bounds = 6 * (of_model * (of_model + 2));  // words: two a coefficient
  run_at = (row / kRunRows) * (bounds + kRunRows * harmonic_words);
  row_at = run_at + bounds + row % kRunRows * harmonic_words;
}
float harmonic(uint i) {
  if (i < 3) {
    const vec2 two = unpackHalf2x16(harmonics[row_at + i / 2]);
    return (i & 1) == 0 ? two.x : two.y;
  }
  i -= 3;
  const float steps = float(harmonics[row_at + 2 + i / 4] >> (i % 4 * 8) & 0xFF);
  return uintBitsToFloat(harmonics[run_at + 2 * i]) + uintBitsToFloat(harmonics[run_at + 2 * i + 1]) * steps;
}
vec3 coefficient(uint k) { return vec3(harmonic(3 * k), harmonic(3 * k + 1), harmonic(3 * k + 2)); }

// Real spherical harmonics up to degree 3 in the order and signs of the 3DGS files (scene/sh_basis.h).
vec3 shade(vec3 d, uint degree) {
  vec3 c = 0.5 + 0.28209479177387814 * coefficient(0);
  if (degree > 0) {
    c += 0.4886025119029199 * (-d.y * coefficient(1) + d.z * coefficient(2) - d.x * coefficient(3));
  }
  if (degree > 1) {
    const vec3 s = d * d;
    c += 1.0925484305920792 * (d.x * d.y * coefficient(4) - d.y * d.z * coefficient(5) -
                               d.x * d.z * coefficient(7)) +
         0.31539156525252005 * (2 * s.z - s.x - s.y) * coefficient(6) +
         0.5462742152960396 * (s.x - s.y) * coefficient(8);
    if (degree > 2)
      c += -0.5900435899266435 * d.y * (3 * s.x - s.y) * coefficient(9) +
           2.890611442640554 * d.x * d.y * d.z * coefficient(10) -
           0.4570457994644658 * d.y * (4 * s.z - s.x - s.y) * coefficient(11) +
           0.3731763325901154 * d.z * (2 * s.z - 3 * s.x - 3 * s.y) * coefficient(12) -
           0.4570457994644658 * d.x * (4 * s.z - s.x - s.y) * coefficient(13) +
           1.445305721320277 * d.z * (s.x - s.y) * coefficient(14) -
           0.5900435899266435 * d.x * (s.x - 3 * s.y) * coefficient(15);
  }
  return max(c, vec3(0));
}

bool project(uint row, out Seen seen, out float depth) {
  const Packed s = splats[row];
  const vec4 position = vec4(s.x, s.y, s.z, 1);
  const vec3 p = vec3(dot(view[0], position), dot(view[1], position), dot(view[2], position));
  depth = p.z;
  if (!(p.z >= near && p.z <= far)) return false;
  const uint mode = modes & 0xFF;
  const float inv_z = 1 / p.z;
  const vec2 ratio = p.xy * inv_z, clamped = clamp(ratio, -limit, limit);
  seen.x = focal.x * ratio.x + centre.x;
  seen.y = focal.y * ratio.y + centre.y;

  const vec4 q = normalize(vec4(unpackSnorm2x16(s.rotation01), unpackSnorm2x16(s.rotation23)));  // w, x, y, z
  const mat3 r = mat3(1 - 2 * (q.z * q.z + q.w * q.w), 2 * (q.y * q.z + q.x * q.w), 2 * (q.y * q.w - q.x * q.z),
                      2 * (q.y * q.z - q.x * q.w), 1 - 2 * (q.y * q.y + q.w * q.w), 2 * (q.z * q.w + q.x * q.y),
                      2 * (q.y * q.w + q.x * q.z), 2 * (q.z * q.w - q.x * q.y), 1 - 2 * (q.y * q.y + q.z * q.z));
  const vec3 unit = vec3(unpackUnorm2x16(s.scale01), unpackUnorm2x16(s.scale2).x);
  const vec3 sigma = exp(mix(vec3(kLogScaleLow), vec3(kLogScaleHigh), unit)) * scale;
  const mat3 w = transpose(mat3(view[0].xyz, view[1].xyz, view[2].xyz));
  const mat3 axes = w * r;  // local axes in camera coordinates, columns
  vec3 p0, p1;              // rows of J W R S
  for (int j = 0; j < 3; ++j) {
    const vec3 k = sigma[j] * axes[j];
    p0[j] = focal.x * inv_z * (k.x - clamped.x * k.z);
    p1[j] = focal.y * inv_z * (k.y - clamped.y * k.z);
  }
  float opacity = s.opacity;
  if (mode == kModePoints) p0 = p1 = vec3(0), opacity = 1;  // nothing but the dilation is left: a dot
  const float xx = dot(p0, p0) + kDilation, yy = dot(p1, p1) + kDilation, xy = dot(p0, p1);
  if ((modes >> 16 & 1) != 0 && mode != kModePoints) {
    const vec3 n = cross(p0, p1);
    const float before = dot(n, n);
    opacity *= sqrt(before / (before + kDilation * (xx + yy) - kDilation * kDilation));
  }
  if (!(opacity >= kAlphaMin) || isinf(xx + yy)) return false;

  // Extent at alpha = 1/255 against the picture.
  const float reach = sqrt(2 * log(255 * opacity));
  const vec2 half_size = reach * sqrt(vec2(xx, yy)), mean = vec2(seen.x, seen.y);
  if (any(lessThan(mean + half_size, vec2(0))) || any(greaterThan(mean - half_size, size))) return false;

  // Axes of the ellipse: eigenvectors of a symmetric 2 x 2 matrix.
  const float mid = 0.5 * (xx + yy), off = 0.5 * (xx - yy), spread = sqrt(off * off + xy * xy);
  const float major = sqrt(mid + spread);
  seen.minor = sqrt(max(mid - spread, 0.5 * kDilation));
  // Of the two forms of the eigenvector the one without cancellation.
  const vec2 v = off >= 0 ? vec2(off + spread, xy) : vec2(xy, spread - off);
  const float length2 = dot(v, v);
  const vec2 direction = length2 > 0 ? v * inversesqrt(length2) : vec2(1, 0);
  seen.major_x = direction.x * major;
  seen.major_y = direction.y * major;
  seen.opacity = opacity;

  vec3 color;
  const uint degree = modes >> 8 & 0xFF;
  const vec3 camera = -(transpose(w) * vec3(view[0].w, view[1].w, view[2].w));
  if (mode == kModeDepth) {
    color = vec3(1 - 1 / (1 + p.z));  // scene frame: the median depth is at 1/2
  } else if (mode == kModeNormals) {
    const int shortest = sigma.x <= sigma.y && sigma.x <= sigma.z ? 0 : sigma.y <= sigma.z ? 1 : 2;
    const vec3 n = axes[shortest];
    color = 0.5 + 0.5 * (dot(n, p) > 0 ? -n : n) * vec3(1, -1, -1);
  } else if (mode == kModeOverdraw) {
    color = vec3(1.0, 0.55, 0.15);
  } else {
    find_harmonics(row, modes >> 24);
    color = gain * shade(normalize(position.xyz - camera), degree);
  }
  color = min(color, vec3(65504.0));  // largest half float
  seen.color_rg = packHalf2x16(color.rg);
  seen.color_b = packHalf2x16(vec2(color.b, 0));
  return true;
}

void main() {
  const uint row = gl_GlobalInvocationID.x;
  if (gl_LocalInvocationID.x == 0) visible_of_group = 0;
  barrier();
  if (row < rows) {
    Seen seen;
    float depth;
    const bool visible = project(row, seen, depth);
    // Far to near in ascending order. Depths are positive: as integers they order as they do as numbers.
    row_keys[first_row + row] = visible ? ~floatBitsToUint(depth) : 0;
    if (visible) {
      records[first_row + row] = seen;
      atomicAdd(visible_of_group, 1);
    }
  }
  barrier();
  if (gl_LocalInvocationID.x == 0) counts[first_row / 256 + gl_WorkGroupID.x] = visible_of_group;
}
