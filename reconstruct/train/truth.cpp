#include <stdexcept>

#include "reconstruct/train/loss.h"
#include "reconstruct/train/row_kernels.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

constexpr int kRowsPerTask = 32;
constexpr float kByte = 1.0f / 255.0f;

}  // namespace

void Truth::assign(const scene::Picture& picture, const float background[3]) {
  const std::size_t pixels = static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  if (picture.rgb.size() != 3 * pixels || (!picture.alpha.empty() && picture.alpha.size() != pixels) ||
      (!picture.mask.empty() && picture.mask.size() != pixels))
    throw std::invalid_argument("Truth: the picture's arrays do not fit its size");
  width = picture.width, height = picture.height;
  for (auto& plane : color) plane.resize(width, height);

  std::size_t counted = pixels;
  if (!picture.mask.empty()) {
    counted = 0;
    for (const std::uint8_t m : picture.mask) counted += m != 0;
  }
  const bool masked = counted != pixels;
  weight.resize(masked ? width : 0, masked ? height : 0);
  weight_sum = static_cast<double>(counted);

  const auto rows = [&](int begin, int end) {
    for (int y = begin; y < end; ++y) {
      const std::size_t first = static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
      float* const out[3] = {color[0].row(y), color[1].row(y), color[2].row(y)};
      bytes_to_planes(picture.rgb.data() + 3 * first, width, out);
      if (!picture.alpha.empty()) {
        const std::uint8_t* alpha = picture.alpha.data() + first;
        for (int c = 0; c < 3; ++c) {
          float* row = color[c].row(y);
          for (int x = 0; x < width; ++x) {
            const float a = static_cast<float>(alpha[x]) * kByte;
            row[x] = row[x] * a + background[c] * (1 - a);
          }
        }
      }
      if (masked) {
        const std::uint8_t* mask = picture.mask.data() + first;
        float* row = weight.row(y);
        for (int x = 0; x < width; ++x) row[x] = mask[x] ? 1.0f : 0.0f;
      }
    }
  };
  scene::parallel_blocks(0, height, kRowsPerTask, rows);
}

}  // namespace tessera::reconstruct
