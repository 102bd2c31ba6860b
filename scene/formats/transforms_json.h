#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scene/camera.h"

namespace tessera::scene {

/// A transforms.json as nerfstudio and instant-ngp write it, or a Blender-synthetic transforms_{train,val,test}.json.
/// World = the file's own coordinates; camera-to-world matrices are OpenGL's (x right, y up, z back) and are turned to
/// COLMAP's convention here. nerfstudio's applied_transform is left alone: it says how its importer moved the world,
/// and poses and point cloud were moved alike.
struct TransformsFile {
  /// Intrinsics as stated, the frame's own over the file's. Focal lengths fall back on the angles, then on the other
  /// axis; the principal point on the centre.
  struct Lens {
    CameraModel model = CameraModel::pinhole;  // pinhole, opencv or opencv_fisheye
    int width = 0, height = 0;                 // 0: not stated, the photo decides
    std::optional<double> fl_x, fl_y;          // pixels
    std::optional<double> angle_x, angle_y;    // full fields of view in radians
    std::optional<double> cx, cy;              // pixels
    std::array<double, 4> distortion{};        // opencv: k1 k2 p1 p2; opencv_fisheye: k1 k2 k3 k4
    /// The sensor of a photo of that size; width and height as stated are not looked at.
    SensorModel sensor(int photo_width, int photo_height) const;
  };
  struct Frame {
    std::string file_path;             // as stated
    std::filesystem::path image_path;  // resolved (".png" appended where Blender leaves it out)
    std::filesystem::path mask_path;   // mask_path of the frame, or empty
    Lens lens;
    SensorModel sensor;  // lens.sensor() of the stated size. Width and height are 0 and there are no parameters where
                         // the file states no size (Blender): probe the photo and take lens.sensor(its size)
    Rigid cam_from_world;
    bool test = false;  // Blender: from the test file
  };
  std::vector<Frame> frames;  // in file order, absent photos included
  std::optional<double> aabb_scale;
  std::optional<std::filesystem::path> point_cloud;  // ply_file_path, resolved; in the coordinates of the poses
  bool blender = false;  // named transforms_train.json, transforms_val.json or transforms_test.json
};

/// `path`: the JSON file. For transforms_train.json the test file beside it is read too. Throws scene::Error naming the
/// file and the line and column (bad JSON) or the key and the frame (wrong type, wrong shape, not finite, not a
/// rotation, a file_path that leaves the folder or appears twice, a lens that no CameraModel holds); several such
/// mistakes are named together.
TransformsFile read_transforms(const std::filesystem::path& path);

}  // namespace tessera::scene
