#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "render/frame.h"
#include "render/rasterizer.h"
#include "scene/gaussian_model.h"

namespace tessera::render {

inline constexpr int kTile = 16;  // pixels a side
inline constexpr int kGroup =
    4;  // a tile is 4 x 4 groups of 4 x 4 pixels; the 16 pixels of a group are one virtual vector
inline constexpr int kTilePixels = kTile * kTile;
inline constexpr int kLanes = 16;  // virtual vector width: reductions are defined over it, whatever the machine has
inline constexpr std::size_t kChunk = 1024;  // model rows a projection task
// Model rows that a projection kernel works on at a time. Each of the model's planes is then read in runs of 512 bytes:
// with runs of one vector, 100 streams would fight for the address translation cache.
inline constexpr std::size_t kSpan = 128;
inline constexpr std::size_t kSpanBlocks = kSpan / kLanes;
inline constexpr int kMaxFeatures = 3 * scene::sh_coefficients(scene::kMaxShDegree);

/// A projected splat, one cache line. With d = mean - pixel:
///   log2(alpha) = lo - a (d.x - k d.y)^2 - c d.y^2,
/// the LDL^T form of the conic, which stays accurate for needles where the three-coefficient form cancels.
struct alignas(64) Splat {
  float x, y;        // mean, pixels
  float a, k, c, h;  // h: along an edge of constant d.x the exponent is largest at d.y = h d.x
  float lo;          // log2 of the opacity, compensation included
  float z;           // depth in camera coordinates
  float color[3];
  float normal[3];  // camera coordinates, towards the camera
  float pad[2];
};
static_assert(sizeof(Splat) == 64);

/// The (splat, tile) pairs of a splat: consecutive slots.
struct Footprint {
  std::uint32_t slot;  // the first; relative to its chunk until Binner::sort() made it absolute
  std::uint32_t pairs;
};

/// Tiles are listed in vectors of this many, of which the last may stand past the end.
inline constexpr int kTileSlack = 8;

/// What projection found in kChunk rows of the model. Splats of chunk c stand at c * kChunk onwards, in row order.
struct ChunkResult {
  std::uint32_t visible = 0;
  std::uint64_t pairs = 0;  // where there are more than 32 bits can name, `tiles` is incomplete
  std::uint32_t first_visible = 0, first_pair = 0;  // prefix sums over the chunks
  double pose[6] = {};                              // backward: this chunk's share of the pose gradient
  std::vector<std::uint32_t> tiles;  // of its pairs, in the order of slots; then kTileSlack more at least
};

struct TileEntry {
  std::uint32_t splat;  // index into the splats
  std::uint32_t slot;   // pair number in splat-major order
};

/// Partial sums of one (splat, tile) pair over the tile's pixels. w = dL/dln(alpha); (gx, gy) = d log2(alpha) /
/// d(pixel).
enum Slot : int {
  kSumW,
  kSumX,
  kSumY,
  kSumAbsX,
  kSumAbsY,
  kSumXX,
  kSumXY,
  kSumYY,  // w, w gx, w gy, |w gx|, |w gy|, w gx gx, w gx gy, w gy gy
  kSumRed,
  kSumGreen,
  kSumBlue,
  kSumWeight,  // T alpha g_c, T alpha
  kSumDepth,
  kSumNormalX,
  kSumNormalY,
  kSumNormalZ,
  kSlotSize
};
static_assert(kSlotSize == kLanes);

/// Camera and settings in the form the kernels need. Floats are rounded once, here.
struct ViewParameters {
  float w[9];  // rotation world -> camera, row-major
  float t[3];
  float center[3];  // camera centre in the world
  float fx, fy, cx, cy;
  float limit_x, limit_y;  // kJacobianClamp tan(fov / 2)
  float near_plane, far_plane;
  int width, height, tiles_x, tiles_y;
  int sh_degree;
  bool antialiased, geometry, shells;
  float background[3];
};

struct ProjectJob {
  const ViewParameters* view;
  std::size_t rows;  // of the model
  const float* position[3];
  const float* log_scale[3];
  const float* rotation[4];
  const float* opacity_logit;
  const float* sh[kMaxFeatures];
  Splat* splats;              // [chunks * kChunk]
  float* depths;              // [chunks * kChunk] Splat::z of each
  Footprint* footprints;      // [chunks * kChunk]
  std::uint16_t* block_mask;  // [ceil(rows / kLanes)] visible rows of each 16
  ChunkResult* chunks;
};

/// The arrays are those of the whole model.
struct ProjectBackwardJob {
  ProjectJob forward;
  const float* slots;            // [pairs * kSlotSize]
  const std::uint16_t* touched;  // [pairs] groups with at least one blended pixel; slots of 0 were never written
  float* mean2d[2];
  float* abs_mean2d[2];
  float* radius;
  float* weight;
};

/// Pixels of a group at which blending stopped before entry `entry` of the tile's list.
struct Stop {
  std::uint32_t entry;
  std::uint16_t group, lanes;
};

struct TileResult {
  std::uint32_t processed;  // entries looked at
  std::uint32_t stops;
  std::uint32_t groups;  // groups evaluated, for statistics
  std::uint32_t blended_groups,
      blended_entries;  // of them, those with a pixel that took the splat; likewise of the list
};

struct BlendJob {
  const ViewParameters* view;
  const Splat* splats;
  const TileEntry* entries;
  const std::uint32_t* tile_begin;  // [tiles + 1]
  std::uint16_t* touched;           // [pairs], by slot: groups with at least one blended pixel
  std::uint16_t* entry_touched;     // [pairs], the same in the order of the lists
  float* transmittance;             // [tiles * kTilePixels] final T, in group order
  Stop* stops;                      // [tiles * kTilePixels] in the order of entries
  TileResult* results;              // [tiles]
  Frame* frame;
};

struct BlendBackwardJob {
  BlendJob forward;
  const FrameGradient* gradient;
  float* slots;
};

// Kernels, compiled for every vector target and chosen at run time.
void project_chunk(const ProjectJob& job, std::size_t chunk);
/// Into `rows`, which are those of the chunk.
void project_backward_chunk(const ProjectBackwardJob& job, std::size_t chunk, const GradientRows& rows);
void blend_tile(const BlendJob& job, std::size_t tile);
void blend_backward_tile(const BlendBackwardJob& job, std::size_t tile);

}  // namespace tessera::render
