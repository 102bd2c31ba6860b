#include "render/rasterizer.h"

#include <algorithm>

namespace tessera::render {

GradientRows rows_of(ModelGradients& all, std::size_t begin, std::size_t count, std::size_t sh_planes) {
  GradientRows rows;
  rows.begin = begin, rows.count = count, rows.seen = all.seen.data() + begin;
  for (std::size_t c = 0; c < 3; ++c)
    rows.position[c] = all.planes.position[c].data() + begin, rows.log_scale[c] = all.planes.log_scale[c].data() + begin;
  for (std::size_t c = 0; c < 4; ++c) rows.rotation[c] = all.planes.rotation[c].data() + begin;
  rows.opacity_logit = all.planes.opacity_logit.data() + begin;
  rows.sh_planes = std::min(sh_planes, all.planes.sh.size());
  for (std::size_t p = 0; p < rows.sh_planes; ++p) rows.sh[p] = all.planes.sh[p].data() + begin;
  return rows;
}

}  // namespace tessera::render
