#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "reconstruct/ingest/sfm.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {

/// A photo that belongs to a dataset and has no place in it.
struct UnregisteredPhoto {
  std::string name, reason;
  std::filesystem::path file;  // where it lies; need not be there any more
};

/// What is known of a dataset's photos besides its views.
struct PhotoStates {
  std::vector<UnregisteredPhoto> unregistered;  // by name
  std::set<std::string> blurred;                // names, registered or not
  bool knows_blur = false;                      // whether anybody looked
};

/// From the report of the structure from motion in its folder, and the pictures of its image folder that no view uses.
/// A report that cannot be understood counts as absent.
PhotoStates read_photo_states(const scene::Dataset& dataset);

/// What was chosen for what is posed into `out`, for the next time: the photos to leave out and the frames a second.
void write_choices(const std::filesystem::path& out, const SfmOptions& options);
/// The default options but for these.
SfmOptions read_choices(const std::filesystem::path& out);

/// How far structure from motion has come in a dataset folder.
enum class PoseState { none, begun, finished };
PoseState pose_state(const std::filesystem::path& out);

}  // namespace tessera::reconstruct
