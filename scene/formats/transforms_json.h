#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scene/camera.h"

namespace tessera::scene {

/// A transforms.json as nerfstudio and instant-ngp write it, or a Blender-synthetic transforms_{train,val,test}.json. World = the file's own
/// coordinates; camera-to-world matrices are OpenGL's (x right, y up, z back) and are turned to COLMAP's convention here.
struct TransformsFile {
  struct Frame {
    std::string file_path;             // as stated
    std::filesystem::path image_path;  // resolved (".png" appended where Blender leaves it out)
    std::filesystem::path mask_path;   // mask_path of the frame, or empty
    SensorModel sensor;                // per-frame values override the file's
    Rigid cam_from_world;
    bool test = false;                 // Blender: from the test file
  };
  std::vector<Frame> frames;           // in file order, absent photos included
  std::optional<double> aabb_scale;
  std::optional<std::filesystem::path> point_cloud;  // ply_file_path, resolved
  bool blender = false;
};

/// `path`: the JSON file. For transforms_train.json the test file beside it is read too. Throws scene::Error naming the file and the line and
/// column (bad JSON) or the key and the frame (wrong type, wrong shape, not finite, a file_path that leaves the folder).
TransformsFile read_transforms(const std::filesystem::path& path);

}  // namespace tessera::scene
