#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "scene/dataset.h"
#include "scene/options_table.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// Structure from motion by the installed COLMAP, run as a child process.
struct SfmOptions {
  std::string matching = "auto";  // auto | exhaustive | sequential | spatial | coarse
  std::string matcher = "auto";   // auto | colmap | own: who compares descriptors
  int max_features = 4096;
  int max_feature_image_size = 1600;  // longer side for feature extraction
  int max_image_size = 1600;          // longer side of the undistorted photos
  std::string camera_model = "auto";  // auto | SIMPLE_RADIAL | OPENCV | ...
  bool single_camera = true;
  double frames_per_second = 2;  // video: one frame, the sharpest, of each interval
  int threads = 0;
  std::string align = "auto";     // auto | gps | level | off
  std::string colmap = "colmap";  // executable
  /// Names of photos (relative to the folder) that are not to be used; no row of the table.
  std::vector<std::string> leave_out;
};
const scene::OptionsTable<SfmOptions>& sfm_options_table();

struct FailedImage {
  std::string name, reason;  // "blurred (sharpness 0.12 of the median)", "too few matches (7)", ...
};
struct SfmReport {
  std::string photos;  // folder that the names of photos are relative to: the input, or the frames of the video
  int images = 0, registered = 0;
  std::size_t points = 0;
  double reprojection_error = 0;  // mean, pixels of the pictures as extracted
  std::string alignment;          // "gps", "level" or "none"
  std::string up_from;            // "GPS", "ground plane", "view axes", "camera tilt" or "camera up"
  double gps_rms_metres = -1;     // horizontal residual of the alignment; negative: none
  double gps_rms_vertical_metres = -1;
  int gps_used = 0;                      // positions that agree with the reconstruction
  std::array<double, 3> origin_wgs84{};  // latitude, longitude, altitude of the world origin when aligned to GPS
  double focal_pixels = 0;               // of the first camera, as reconstructed
  int pairs = 0, verified_pairs = 0;     // of photos: compared, and seen to show the same scene
  std::string matching, matcher;         // what "auto" became
  std::vector<FailedImage> failed;
  std::vector<std::string> blurred;                           // names, registered or not
  std::vector<std::string> notes;                             // decisions that a user may want to know of, a line each
  std::vector<std::string> commands;                          // COLMAP command lines as run
  std::vector<std::pair<std::string, double>> stage_seconds;  // as measured when the stage was last run
  std::vector<std::string> stages_reused;                     // complete from an earlier run
};

/// The reconstruction while it grows: the cameras registered so far as views (no test views) and the points, in a scene
/// frame of the moment. Called on the job's thread, at a rate that costs it at most a twentieth of its time.
using OnGrowth = std::function<void(std::shared_ptr<const scene::Dataset>)>;

/// Photos (a folder) or a video (mp4, mov) -> dataset folder `out`: images/, sparse/0 (undistorted, aligned, COLMAP
/// binary), geo.json (where aligned to GPS), sfm/ (database, log.txt, report.json). Stages that are complete in `out`
/// for the same input and options are not run again. Throws scene::Error (no COLMAP, fewer than two pictures, nothing
/// registered, ...) or scene::Cancelled (within a second of the request; children are ended).
SfmReport run_sfm(const std::filesystem::path& input, const std::filesystem::path& out, const SfmOptions& options,
                  const scene::JobContext& job, const OnGrowth& on_growth = {});

nlohmann::json to_json(const SfmReport& report);

}  // namespace tessera::reconstruct
