#include "reconstruct/ingest/sfm.h"
#include "scene/options_table.h"

namespace tessera::reconstruct {

const scene::OptionsTable<SfmOptions>& sfm_options_table() {
  using O = SfmOptions;
  static const scene::OptionsTable<O> table = [] {
    scene::OptionsTable<O> t;
    t.choice("matching", &O::matching, {"auto", "exhaustive", "sequential", "spatial", "coarse"},
             "which photos are compared: all pairs, neighbours in time, in GPS metres, or those whose largest features "
             "agree");
    t.choice("matcher", &O::matcher, {"auto", "own", "colmap"},
             "who compares descriptors; auto: COLMAP where it has CUDA, own otherwise");
    t.integer("max_features", &O::max_features, 256, 65536, "features", "cap of SIFT features of a photo");
    t.integer("max_feature_image_size", &O::max_feature_image_size, 128, 65536, "pixels",
              "photos are reduced to this longer side for feature extraction");
    t.integer("max_image_size", &O::max_image_size, 16, 65536, "pixels",
              "longer side of the undistorted photos that are written");
    t.choice("camera_model", &O::camera_model,
             {"auto", "SIMPLE_PINHOLE", "PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV", "OPENCV_FISHEYE"},
             "lens model; auto: SIMPLE_RADIAL");
    t.flag("single_camera", &O::single_camera, "photos of one size, camera and focal length share their intrinsics");
    t.real("frames_per_second", &O::frames_per_second, 0.01, 120, "1/s",
           "video: one frame, the sharpest, of each interval");
    t.integer("threads", &O::threads, 0, 1024, "threads", "worker threads; 0 takes all cores");
    t.choice("align", &O::align, {"auto", "gps", "level", "off"},
             "world frame: GPS metres (east, north, up), up = +z only, or as COLMAP left it; auto: GPS where it can be "
             "used, else level");
    t.text("colmap", &O::colmap, "the COLMAP program");
    return t;
  }();
  return table;
}

}  // namespace tessera::reconstruct
