#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "scene/camera.h"
#include "scene/progress.h"

namespace tessera::scene {

/// One posed photo.
struct View {
  std::string name;                   // as the model states it: relative to the image folder, '/' between parts, UTF-8
  std::filesystem::path image_path;
  std::filesystem::path mask_path;    // empty: none. Grey picture of the photo's size, 0 = this pixel does not count
  SensorModel sensor;                 // as the file states it, of the photo's size (scaled where the photo is a reduced copy)
  Camera camera;                      // undistorted, same size and focal lengths as the sensor; pose in the scene frame
  bool test = false;                  // held out: every test_every-th by sorted name
  std::uint32_t file_id = 0;          // COLMAP image id; 0 where the format has none
};

/// Sparse points of structure from motion, in the scene frame. Row-aligned arrays.
struct SparsePoints {
  std::vector<std::array<float, 3>> position;
  std::vector<std::array<std::uint8_t, 3>> color;
  std::vector<float> error;                      // mean reprojection error in pixels; negative: not known
  /// Views (indices into Dataset::views) that see point i, ascending: track_view[track_begin[i] .. track_begin[i + 1]). Where the format
  /// has no tracks (the point cloud of a transforms.json) track_begin is all zero: it is not known which view sees what.
  std::vector<std::uint32_t> track_begin, track_view;
  std::size_t size() const { return position.size(); }
};

struct Dataset {
  std::filesystem::path root;
  std::string format;                 // "COLMAP binary", "COLMAP text", "transforms.json", "Blender transforms"
  std::vector<View> views;            // sorted by name (byte order)
  SparsePoints points;
  Similarity scene_from_world;        // world = the file's own coordinates
  std::vector<std::string> warnings;  // what was left out and why, a line each; also sent to JobContext::warn

  std::vector<std::size_t> train_views() const;
  std::vector<std::size_t> test_views() const;
};

struct DatasetOptions {
  int test_every = 8;                 // 0: no test views; 1 leaves none to train on and throws. Blender has its own split
  bool scene_frame = true;            // false: scene_from_world is the identity
  std::filesystem::path images;       // overrides where the photos are looked for; empty: images/ beside the model
  bool check_images = true;           // probe each photo: absent, empty, truncated, of another size than its camera
};

/// Opens a dataset folder of any known format, or the file that defines one. Looks for, in this order: transforms_train.json
/// (Blender), transforms.json, sparse/0, sparse, the folder itself (COLMAP, binary before text).
/// Views whose photo cannot be used are left out with a warning that names the file and the reason; anything that makes the
/// rest doubtful (truncated model files, unknown camera model, a name that leaves the image folder) throws scene::Error.
/// At least two usable views remain, or it throws.
Dataset load_dataset(const std::filesystem::path& path, const DatasetOptions& options = {}, const JobContext& job = {});

}  // namespace tessera::scene
