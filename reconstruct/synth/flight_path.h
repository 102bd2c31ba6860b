#pragma once

#include <string>
#include <vector>

#include "reconstruct/synth/city_layout.h"
#include "scene/camera.h"

namespace tessera::reconstruct::synth {

struct Photo {
  std::string name;  // photo_0000.jpg: names in the order of the list
  scene::Camera camera;
  bool nadir = false;
};

/// The flight of a survey drone: straight-down photos on a grid of lines at about 52 m, and views tilted by about 45
/// degrees in eight headings at about 40 and 50 m whose targets cover the town, so that every wall is seen. At the
/// border most cameras stand outside and look in. Names mix the kinds such that every eighth photo (the test views) is
/// a fair sample. PINHOLE, 63 degrees across.
std::vector<Photo> plan_flight(const CityLayout& city, int views, int width, int height);

}  // namespace tessera::reconstruct::synth
