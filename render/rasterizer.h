#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "render/frame.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"
#include "scene/progress.h"

namespace tessera::render {

/// Constants of the reference implementation (Kerbl et al. 2023), kept so that PLY files travel both ways.
inline constexpr float kDilation = 0.3f;             // added to both diagonal terms of the 2D covariance, pixel^2
inline constexpr float kAlphaMin = 1.0f / 255.0f;    // fainter contributions are skipped
inline constexpr float kAlphaMax = 0.99f;
inline constexpr float kTransmittanceMin = 1e-4f;    // blending stops before T would fall below
/// Shells: a splat's surface at this many standard deviations, its outer part opaque and the rest filled faintly.
inline constexpr float kShellRadius = 1.5f, kShellWall = 1.265f, kShellFill = 0.25f;
inline constexpr float kJacobianClamp = 1.3f;        // x/z and y/z are clamped to 1.3 tan(fov/2) in the Jacobian

struct RenderSettings {
  int sh_degree = 3;                         // evaluated degree; never above the model's
  std::array<float, 3> background{0, 0, 0};
  bool antialiased = false;                  // opacity x sqrt(det before dilation / det after) (Yu et al. 2024)
  float near_plane = 0.01f;                  // in the units of the model; splats with z below it are culled
  float far_plane = std::numeric_limits<float>::max();  // likewise, splats beyond it
  bool geometry = false;                     // depth, median depth, normals, count
  bool shells = false;                       // surfaces at kShellRadius, to look at: no geometry, no backward()
  const scene::Cancellation* cancellation = nullptr;  // asked in forward(), which then throws scene::Cancelled
};

/// dL / d(model), rows of the model. Only rows with seen[i] != 0 are written; the others hold stale values and are not to be read.
struct ModelGradients {
  scene::GaussianPlanes planes;
  std::vector<std::uint8_t> seen;            // [N] the splat touched at least one tile of the view
  /// Per row, in pixels of the rendered size: dL/d(mean2d), and the sum over pixels of |dL/d(mean2d)| (Ye et al. 2024, AbsGS).
  std::array<std::vector<float>, 2> mean2d, abs_mean2d;
  std::vector<float> radius;                 // [N] largest half-width of the splat's extent in pixels
  std::vector<float> weight;                 // [N] sum over pixels of T alpha: what the splat contributed to the view
  /// dL / d(camera): small motion of the camera, left-multiplied: cam_from_world' = exp(xi) cam_from_world; xi = (translation, rotation).
  std::array<double, 6> pose{};
};

/// The same for `count` consecutive rows of the model, the first of them `begin`; every array starts at that row.
struct GradientRows {
  std::size_t begin = 0, count = 0;
  std::uint8_t* seen = nullptr;  // rows with seen[i] == 0 hold unspecified values
  float *position[3] = {}, *log_scale[3] = {}, *rotation[4] = {}, *opacity_logit = nullptr;
  float* sh[3 * scene::sh_coefficients(scene::kMaxShDegree)] = {};
  std::size_t sh_planes = 0;  // that are given
};
/// Rows [begin, begin + count) of `all`, with its first `sh_planes` planes of coefficients.
GradientRows rows_of(ModelGradients& all, std::size_t begin, std::size_t count, std::size_t sh_planes);

/// Takes gradients as they are made, while a core has them in its cache: written out and read again, the gradients of a large model cost
/// more than the arithmetic on them.
class GradientSink {
 public:
  virtual ~GradientSink() = default;
  /// Called from any thread, in any order, once for each row of the model. The rows of the model that `rows` names, and only those, may
  /// be changed; the arrays belong to the caller and are gone after the call.
  virtual void take(const GradientRows& rows) = 0;
};

/// dL / d(frame). Planes that are empty (width 0) count as zero.
struct FrameGradient {
  Plane color[3];
  Plane alpha;
  Plane depth;      // needs RenderSettings::geometry in forward()
  Plane normal[3];  // likewise
};

/// Cost of the last forward and backward pass, for benchmarks and predictions.
struct RenderStatistics {
  std::uint64_t visible = 0;      // splats that touch the picture
  std::uint64_t tile_pairs = 0;   // (splat, tile) pairs
  std::uint64_t pixel_pairs = 0;  // (splat, pixel) pairs evaluated, counted in vector lanes
  /// Of the two above, those where some pixel took the splat: what the backward pass works on.
  std::uint64_t blended_tile_pairs = 0, blended_pairs = 0;
  /// Wall milliseconds of the last pass of each stage.
  struct Milliseconds {
    double project = 0, sort = 0, bin = 0, blend = 0, blend_backward = 0, project_backward = 0;
  } milliseconds;
};

/// Differentiable rasteriser of 3D Gaussians: EWA projection (Zwicker et al. 2001), front-to-back compositing. One object serves one
/// thread of control and keeps its buffers between calls (no allocation once sizes are steady). Result bytes depend on the inputs only:
/// not on the number of threads, nor on scheduling.
class Rasterizer {
 public:
  virtual ~Rasterizer() = default;
  /// Renders. The frame belongs to the rasteriser and is valid until the next forward().
  /// Throws scene::Error for a picture or model that does not fit 32-bit indices.
  virtual const Frame& forward(const scene::GaussianModel& model, const scene::Camera& camera, const RenderSettings& settings) = 0;
  /// Gradients for the last forward() (same model, unchanged). `out` is resized as needed; seen rows are overwritten, not added to.
  /// With a sink, the gradients of the rendered degree's planes go there and not into out.planes, which is left alone.
  virtual void backward(const scene::GaussianModel& model, const FrameGradient& gradient, ModelGradients& out,
                        GradientSink* sink = nullptr) = 0;
  virtual const RenderStatistics& statistics() const = 0;
  virtual std::size_t buffer_bytes() const = 0;
};

/// The CPU back end: oneTBB over tiles, Highway lanes over pixels and splats (run-time dispatch).
std::unique_ptr<Rasterizer> make_cpu_rasterizer();

}  // namespace tessera::render
