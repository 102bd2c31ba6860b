#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scene/image.h"

namespace tessera::bench {

struct Tile {
  std::string caption;
  std::optional<scene::Image8> picture;  // none: only the caption
};

/// The pictures of an experiment in rows, each under its caption and drawn to one width.
scene::Image8 sheet(const std::vector<Tile>& tiles, int columns);

}  // namespace tessera::bench
