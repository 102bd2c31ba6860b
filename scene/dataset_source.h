#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scene/dataset.h"
#include "scene/scene_frame.h"

// What the readers of dataset folders hand to load_dataset; not for use outside dataset*.cpp.
namespace tessera::scene {

/// A view as its file states it, nothing judged yet.
struct SourceView {
  std::string name;
  std::filesystem::path image_path;  // the first place where the photo may be; need not exist
  std::filesystem::path mask_path;   // stated by the file, or empty
  SensorModel sensor;
  std::string sensor_name;  // "camera 1", for messages
  Rigid cam_from_world;     // may be damaged
  bool test = false;        // where Source::own_split
  std::uint32_t file_id = 0;
};

struct Source {
  std::filesystem::path root;
  std::filesystem::path file;  // that states the poses, for messages
  std::filesystem::path points_file;
  std::string format;
  std::vector<SourceView> views;
  bool own_split = false;
  WorldPoints points;  // track_view: indices into `views`
  std::vector<std::array<std::uint8_t, 3>> point_color;
  std::vector<float> point_error;
  std::vector<std::filesystem::path> searched;  // where photos were looked for, for messages
  std::filesystem::path photo_folder;           // holds photos and nothing else; those without a pose are counted there
};

Source read_colmap_source(const std::filesystem::path& root, const std::filesystem::path& model,
                          const DatasetOptions& options);
Source read_transforms_source(const std::filesystem::path& file, const DatasetOptions& options);

}  // namespace tessera::scene
