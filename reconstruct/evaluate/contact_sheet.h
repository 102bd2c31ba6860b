#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "reconstruct/evaluate/picture.h"
#include "reconstruct/train/loss.h"
#include "render/frame.h"
#include "scene/image.h"

namespace tessera::reconstruct {

/// Mean absolute difference of the channels, as shown in 8 bit, on a dark-to-bright perceptual ramp (inferno): 0 black,
/// kErrorFull and above pale yellow, masked pixels grey. Below the picture a strip with the ramp and its scale. RGB.
inline constexpr double kErrorFull = 0.25;
scene::Image8 error_map(const render::Plane picture[3], const Truth& truth);

/// Name of a view's picture file: '/' and whatever a file system may refuse become '_', the extension goes, `suffix`
/// comes; never twice the same
/// (`taken` remembers). At most 200 bytes before the suffix.
std::string picture_name(const std::string& view, const std::string& suffix, std::set<std::string>& taken);

/// `rows` indices at most, ascending: the best, the worst, and the others spread evenly over the views.
std::vector<std::size_t> choose_views(std::span<const double> psnr, int rows);

/// Rows of render, truth and error side by side under a line with the view's name and PSNR.
class ContactSheet {
 public:
  /// The three pictures of one size (the error map may have its strip below).
  void add(const std::string& name, double psnr, const scene::Image8& render, const scene::Image8& truth,
           const scene::Image8& error);
  bool empty() const { return rows_.empty(); }
  /// The sheet, RGB; an empty picture if there are no rows.
  scene::Image8 image() const;

 private:
  std::vector<scene::Image8> rows_;
};

}  // namespace tessera::reconstruct
