#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "reconstruct/ingest/alignment.h"
#include "reconstruct/ingest/colmap_database.h"
#include "reconstruct/ingest/colmap_program.h"
#include "reconstruct/ingest/pair_selection.h"
#include "reconstruct/ingest/photo_set.h"
#include "reconstruct/ingest/sfm.h"
#include "reconstruct/ingest/stage_book.h"
#include "scene/formats/colmap.h"

namespace tessera::reconstruct {

/// One run of run_sfm: its stages in order, each leaving its result in `out`/sfm under a final name, or nothing.
/// The inputs have been checked and the folders are there.
class SfmJob {
 public:
  SfmJob(std::filesystem::path input, std::filesystem::path out, const SfmOptions& options, const scene::JobContext& job,
         const OnGrowth& on_growth = {});
  SfmReport run();

 private:
  /// Runs `body` unless the stage is complete for these inputs (`depends`, chained to all stages before it) and `there`
  /// says that its results still are; gives back what the stage noted for later ones. `body` is told whether it was
  /// interrupted with the same inputs.
  nlohmann::json stage(const std::string& name, const std::string& depends, const std::function<bool()>& there,
                       const std::function<nlohmann::json(bool resumes)>& body);
  /// Reports progress of the running stage, with the time that the rest takes at the rate so far.
  void progress(const std::string& name, double done, double total, const std::string& detail = {});
  void warn(const std::string& line);

  void extract_video();
  void look_at_photos();
  void extract_features();
  nlohmann::json run_extraction(bool resumes);
  void match();
  nlohmann::json run_matching(bool resumes);
  std::vector<IndexPair> choose_pairs(const ColmapDatabase& database, const std::vector<ColmapDatabase::Image>& images);
  void verify(const std::vector<ImagePair>& pairs, const std::vector<ColmapDatabase::Image>& images);
  void require_connected_photos();
  void map();
  nlohmann::json run_mapper();
  void align_model();
  nlohmann::json run_alignment();
  std::string hold_focal_length(scene::ColmapModel& model);
  void undistort();
  void fill_report();
  std::string why_not_registered(const Photo& photo, double median_sharpness) const;

  std::filesystem::path input_, out_, folder_;  // folder_ = out_/sfm
  SfmOptions options_;
  const scene::JobContext& job_;
  const OnGrowth& on_growth_;
  ColmapProgram colmap_;
  StageBook book_;
  SfmReport report_;
  bool video_ = false;
  PhotoSet photos_;
  std::string chain_;                                 // hash of everything that the next stage builds on
  std::chrono::steady_clock::time_point step_start_;  // of what progress() reports

  // What the stages noted, for the report.
  nlohmann::json features_, matching_, mapping_, alignment_;
};

/// The reconstruction with the most registered photos, of equal ones that with most points, among the numbered folders
/// of `parent`; the numbers of registered photos of all of them in `sizes`. Empty path: there is none.
std::filesystem::path best_sub_model(const std::filesystem::path& parent, std::vector<std::size_t>& sizes,
                                     scene::ColmapModel& best);

/// `folder` emptied or made; `partial` in place of `folder`.
void fresh_folder(const std::filesystem::path& folder);
void replace_folder(const std::filesystem::path& partial, const std::filesystem::path& folder);

/// Mean over the observations of their distance to the reprojected point, pixels. Negative: no observations.
double mean_reprojection_error(const scene::ColmapModel& model);

}  // namespace tessera::reconstruct
