#include <iterator>

#include "scene/camera.h"

namespace tessera::scene {
namespace {

struct ModelRow {
  const char* name;
  int parameters;
};
// Indexed by COLMAP's model id.
constexpr ModelRow kModels[] = {{"SIMPLE_PINHOLE", 3}, {"PINHOLE", 4}, {"SIMPLE_RADIAL", 4},
                                {"RADIAL", 5},         {"OPENCV", 8},  {"OPENCV_FISHEYE", 8}};

}  // namespace

int parameter_count(CameraModel model) { return kModels[static_cast<int>(model)].parameters; }

const char* model_name(CameraModel model) { return kModels[static_cast<int>(model)].name; }

bool parse_model_name(std::string_view name, CameraModel& out) {
  for (std::size_t i = 0; i < std::size(kModels); ++i)
    if (name == kModels[i].name) {
      out = static_cast<CameraModel>(i);
      return true;
    }
  return false;
}

}  // namespace tessera::scene
