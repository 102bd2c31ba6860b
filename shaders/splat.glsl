// A splat on the device, and the view it is seen in. Mirrored by render/vulkan/splat_renderer.cpp.
struct Packed {     // 32 bytes
  float x, y, z;    // position, scene frame
  float opacity;    // after the sigmoid
  uint scale01;     // unorm16 x2: log scale, kLogScaleLow .. kLogScaleHigh
  uint scale2;      // unorm16: the third
  uint rotation01;  // snorm16 x2: w, x
  uint rotation23;  // y, z
};
const float kLogScaleLow = -24.0, kLogScaleHigh = 8.0;

struct Seen {           // 32 bytes: a splat in the view
  float x, y;           // mean, pixels
  float major_x, major_y;  // longest half axis of the one-sigma ellipse, pixels
  float minor;          // length of the other
  float opacity;
  uint color_rg, color_b;  // half floats
};

const uint kModeSplats = 0, kModePoints = 1, kModeShells = 2, kModeDepth = 3, kModeNormals = 4, kModeOverdraw = 5;
const float kAlphaMin = 1.0 / 255.0, kAlphaMax = 0.99;  // of the reference implementation (Kerbl et al. 2023)
// The surface at one and a half standard deviations, filled faintly; as in render/rasterizer.h.
const float kShellRadius = 1.5, kShellWall = 1.265, kShellFill = 0.25;
const float kOverdrawAlpha = 1.0 / 16.0;  // what each splat adds in that mode
