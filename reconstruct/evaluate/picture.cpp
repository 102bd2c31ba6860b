#include "reconstruct/evaluate/picture.h"

namespace tessera::reconstruct {

scene::Image8 to_image8(const render::Plane color[3]) {
  scene::Image8 image{color[0].width, color[0].height, 3, {}};
  image.pixels.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < 3; ++c) image.at(x, y)[c] = to_byte(color[c].at(x, y));
  return image;
}

scene::Image8 to_rgba8(const render::Frame& frame) {
  scene::Image8 image{frame.width, frame.height, 4, {}};
  image.pixels.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 4);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      const float alpha = frame.alpha.at(x, y);
      std::uint8_t* pixel = image.at(x, y);
      for (int c = 0; c < 3; ++c) pixel[c] = alpha > 0 ? to_byte(frame.color[c].at(x, y) / alpha) : std::uint8_t{0};
      pixel[3] = to_byte(alpha);
    }
  return image;
}

}  // namespace tessera::reconstruct
