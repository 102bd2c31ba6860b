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

}  // namespace tessera::reconstruct
