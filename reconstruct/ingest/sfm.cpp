#include "reconstruct/ingest/sfm.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include <nlohmann/json.hpp>

#include "reconstruct/ingest/photo_set.h"
#include "reconstruct/ingest/sfm_job.h"
#include "reconstruct/ingest/video.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

/// Keeps a second run out of a folder for as long as it lives; the kernel lets go when the process ends, however it
/// does.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder) {
    const fs::path file = folder / ".lock";
    descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) {
      throw scene::Error(
          folder.string(), "cannot write: " + std::generic_category().message(errno),
          errno == ENOSPC ? "free some space and run the command again" : "choose a folder that you may write to");
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor_);
      throw scene::Error(folder.string(), "another run is at work here", "wait for it to end");
    }
  }
  ~FolderLock() { ::close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

/// Every value as the table would have it, however it got into the struct.
void check_options(const SfmOptions& options) {
  SfmOptions copy = options;
  for (const auto& row : sfm_options_table().rows()) row.set(copy, row.get(options));
}

void check_input(const fs::path& input) {
  std::error_code error;
  if (fs::is_directory(input, error)) return;
  if (!fs::exists(input, error)) throw scene::Error(input.string(), "there is no such folder or video");
  if (has_picture_extension(input))
    throw scene::Error(input.string(), "is a single picture", "give the folder that holds all of them");
  if (!is_video(input)) throw scene::Error(input.string(), "is neither a folder of photos nor a video (mp4, mov)");
}

bool same_place(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

/// Refuses to mix with what is there already, makes the folders, and says so where that cannot be done.
void prepare_output(const fs::path& input, const fs::path& out) {
  std::error_code error;
  if (same_place(input, out))
    throw scene::Error(out.string(), "is the photo folder itself", "choose another output folder");
  for (const char* own : {"images", "sparse", "sfm"})
    if (same_place(input, out / own))
      throw scene::Error(input.string(), "is where the result would be written", "choose another output folder");
  if (fs::exists(out, error) && !fs::is_directory(out, error))
    throw scene::Error(out.string(), "is a file", "choose another output folder");
  if (!fs::exists(out / "sfm" / "state.json", error)) {
    for (const char* own : {"images", "sparse", "sfm"}) {
      const bool left_by_us = std::string(own) == "sfm" && fs::exists(out / "sfm" / ".lock", error);
      if (fs::exists(out / own, error) && !left_by_us)
        throw scene::Error(out.string(), std::string("already holds '") + own + "' that was not made here",
                           "choose another output folder");
    }
  }
  fs::create_directories(out / "sfm", error);
  if (error)
    throw scene::Error(out.string(), "cannot write: " + error.message(), "choose a folder that you may write to");
}

}  // namespace

SfmReport run_sfm(const fs::path& input, const fs::path& out, const SfmOptions& options, const scene::JobContext& job,
                  const OnGrowth& on_growth) {
  check_options(options);
  check_input(input);
  prepare_output(input, out);
  const FolderLock lock(out / "sfm");
  return SfmJob(input, out, options, job, on_growth).run();
}

nlohmann::json to_json(const SfmReport& r) {
  nlohmann::json json{{"photos", r.photos},
                      {"blurred", r.blurred},
                      {"images", r.images},
                      {"registered", r.registered},
                      {"points", r.points},
                      {"reprojection_error", r.reprojection_error},
                      {"alignment", r.alignment},
                      {"up_from", r.up_from},
                      {"focal_pixels", r.focal_pixels},
                      {"matching", r.matching},
                      {"matcher", r.matcher},
                      {"pairs", r.pairs},
                      {"verified_pairs", r.verified_pairs},
                      {"notes", r.notes},
                      {"commands", r.commands},
                      {"stages_reused", r.stages_reused}};
  if (r.alignment == "gps") {
    json["gps"] = {
        {"used", r.gps_used},
        {"rms_horizontal_metres", r.gps_rms_metres},
        {"origin",
         {{"latitude", r.origin_wgs84[0]}, {"longitude", r.origin_wgs84[1]}, {"altitude", r.origin_wgs84[2]}}}};
    if (r.gps_rms_vertical_metres >= 0) json["gps"]["rms_vertical_metres"] = r.gps_rms_vertical_metres;
  }
  json["failed"] = nlohmann::json::array();
  for (const FailedImage& image : r.failed) json["failed"].push_back({{"name", image.name}, {"reason", image.reason}});
  json["stage_seconds"] = nlohmann::json::object();
  for (const auto& [stage, seconds] : r.stage_seconds) json["stage_seconds"][stage] = seconds;
  return json;
}

}  // namespace tessera::reconstruct
