#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "reconstruct/blocks/partition.h"
#include "reconstruct/train/loss.h"
#include "render/frame.h"
#include "scene/camera.h"
#include "scene/image.h"

namespace tessera::reconstruct {

/// How well a merged scene is rendered where cells meet, against everywhere else: squared errors of held-out views,
/// pixel by pixel, told apart by the place on the ground that the pixel shows (its rendered depth). Sums of errors, so
/// that each PSNR is that of all its pixels pooled.
class SeamReport {
 public:
  /// A place belongs to a border where it lies within this share of its cell's edge of it (BlockGaussian's experiments
  /// call for 2 %).
  static constexpr double kBand = 0.02;

  explicit SeamReport(const Partition& partition);
  /// `picture` with colours corrected to the photo, so that an exposure is no seam; `depth` and `alpha` of the same
  /// frame.
  void add(const scene::Camera& camera, const render::Plane picture[3], const render::Frame& frame, const Truth& truth);

  struct Error {
    double squares = 0;  // summed over channels
    std::uint64_t pixels = 0;
    double psnr() const;  // 0 where there is no pixel
  };
  const Error& interior() const { return interior_; }
  Error borders() const;                                                                              // all of them
  const std::map<std::pair<std::uint32_t, std::uint32_t>, Error>& border() const { return border_; }  // low id first
  /// {"band", "interior": {"psnr", "pixels"}, "borders": {...}, "difference_db", "border": [{"between", "psnr", ...}]}
  nlohmann::json json() const;
  /// The region from above: root mean squared error of every place (dark blue none, yellow kBrightest), cuts in white,
  /// black where no held-out photo looks. North (+y of the cell frame) is up.
  scene::Image8 map() const;

 private:
  static constexpr int kMapSide = 512;
  const Partition& partition_;
  Error interior_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Error> border_;
  int width_ = 0, height_ = 0;
  std::vector<Error> places_;  // [height_ * width_], row 0 the highest v
};

}  // namespace tessera::reconstruct
