#include "scene/formats/cameras_json.h"

#include <glm/gtc/quaternion.hpp>
#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"

namespace tessera::scene {

void write_cameras_json(const Dataset& dataset, const std::filesystem::path& path) {
  using json = nlohmann::ordered_json;
  const Similarity world_from_scene = dataset.scene_from_world.inverse();
  std::string text = "[";
  for (std::size_t i = 0; i < dataset.views.size(); ++i) {
    const View& view = dataset.views[i];
    const Pinhole& intrinsics = view.camera.intrinsics;
    const Rigid world_from_cam = transform_pose(view.camera.cam_from_world, world_from_scene).inverse();
    const glm::dmat3 axes = glm::mat3_cast(world_from_cam.rotation);
    const glm::dvec3& center = world_from_cam.translation;
    json rotation = json::array();
    for (int r = 0; r < 3; ++r) rotation.push_back({axes[0][r], axes[1][r], axes[2][r]});
    const json camera = {{"id", i},
                         {"img_name", view.name},
                         {"width", intrinsics.width},
                         {"height", intrinsics.height},
                         {"position", {center.x, center.y, center.z}},
                         {"rotation", rotation},
                         {"fy", intrinsics.fy},
                         {"fx", intrinsics.fx}};
    // Names are bytes to the file system; what is not UTF-8 in them has no place in JSON and is shown as U+FFFD.
    text += (i ? ",\n" : "\n") + camera.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  write_file_atomically(path, text + "\n]\n");
}

}  // namespace tessera::scene
