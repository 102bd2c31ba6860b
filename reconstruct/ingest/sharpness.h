#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace cv {
class Mat;
}

namespace tessera::reconstruct {

/// Variance of the Laplacian of a grey picture reduced to at most 1000 pixels on its longer side (Pech-Pacheco et al.
/// 2000). Comparable between pictures of one scene only; a blurred one has a fraction of its neighbours' value.
double sharpness(const cv::Mat& grey);

/// A photo with less than this share of the set's median sharpness counts as blurred: what motion of some pixels leaves.
inline constexpr double kBlurredShare = 0.35;
/// The middle one; 0 of none.
double median_sharpness(std::vector<double> values);

/// What telling pictures apart needs of one of them.
struct PhotoLook {
  int width = 0, height = 0;  // of the stored pixels
  double sharpness = 0;
  std::vector<std::uint8_t> thumbnail;  // 32 x 32 means, grey
};
/// Throws scene::Error naming the file (missing, empty, truncated, not a picture).
PhotoLook look_at_photo(const std::filesystem::path& photo);

/// The same picture, perhaps saved anew: equal shape, and no mean of the thumbnails differs by more than two grey
/// levels.
bool same_picture(const PhotoLook& a, const PhotoLook& b);

}  // namespace tessera::reconstruct
