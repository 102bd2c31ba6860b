#include "reconstruct/ingest/sfm_job.h"

#include <algorithm>

#include "reconstruct/ingest/hash.h"
#include "reconstruct/ingest/photo_states.h"
#include "reconstruct/ingest/sharpness.h"
#include "reconstruct/ingest/video.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t kFewFeatures = 100;
constexpr std::size_t kFewMatches = 30;  // COLMAP's Mapper.abs_pose_min_num_inliers

std::string two_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

}  // namespace

void fresh_folder(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (!error) fs::create_directories(folder, error);
  if (error)
    throw scene::Error(folder.string(), "cannot be made: " + error.message(),
                       "check the disk and the folder's permissions");
}

void replace_folder(const fs::path& partial, const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (!error) fs::create_directories(folder.parent_path(), error);
  if (!error) fs::rename(partial, folder, error);
  if (error) throw scene::Error(folder.string(), "cannot be written: " + error.message());
}

SfmJob::SfmJob(fs::path input, fs::path out, const SfmOptions& options, const scene::JobContext& job,
               const OnGrowth& on_growth)
    : input_(std::move(input)),
      out_(std::move(out)),
      folder_(out_ / "sfm"),
      options_(options),
      job_(job),
      on_growth_(on_growth),
      colmap_(options.colmap, folder_ / "log.txt", job),
      book_(folder_ / "state.json") {}

SfmReport SfmJob::run() {
  video_ = !fs::is_directory(input_);
  write_choices(out_, options_);
  if (video_) extract_video();
  look_at_photos();
  extract_features();
  match();
  map();
  align_model();
  undistort();
  fill_report();
  scene::write_file_atomically(folder_ / "report.json",
                               to_json(report_).dump(1, ' ', false, json::error_handler_t::replace) + "\n");
  return report_;
}

json SfmJob::stage(const std::string& name, const std::string& depends, const std::function<bool()>& there,
                   const std::function<json(bool)>& body) {
  job_.throw_if_cancelled();
  chain_ = hex(fnv1a(name + "\n" + depends + "\n" + chain_));
  const auto start = step_start_ = std::chrono::steady_clock::now();
  const StageBook::Entry* done = book_.find(name, chain_);
  if (done && there()) {
    report_.stages_reused.push_back(name);
  } else {
    colmap_.forget_commands();
    const bool resumes = book_.begun(name) == chain_;
    if (!resumes) book_.begin(name, chain_);
    StageBook::Entry entry;
    entry.data = body(resumes);
    entry.hash = chain_;
    entry.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    entry.commands = colmap_.commands();
    book_.finish(name, std::move(entry));
    done = book_.find(name, chain_);
  }
  report_.stage_seconds.emplace_back(name, done->seconds);
  report_.commands.insert(report_.commands.end(), done->commands.begin(), done->commands.end());
  return done->data;
}

void SfmJob::progress(const std::string& name, double done, double total, const std::string& detail) {
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - step_start_).count();
  const double remaining = done > 0 && total > 0 ? elapsed / done * std::max(0.0, total - done) : -1;
  job_.progress({name, done, total, remaining, detail});
}

void SfmJob::warn(const std::string& line) {
  colmap_.log("# warning: " + line);
  job_.warn(line);
}

void SfmJob::extract_video() {
  std::error_code error;
  const std::string depends = fs::absolute(input_).string() + "\n" + std::to_string(fs::file_size(input_, error)) +
                              "\n" + std::to_string(fs::last_write_time(input_, error).time_since_epoch().count()) +
                              "\n" + std::to_string(options_.frames_per_second);
  const fs::path frames = folder_ / "frames", partial = folder_ / "frames.partial";
  const json data = stage(
      "frames", depends, [&] { return fs::is_directory(frames); },
      [&](bool) {
        fresh_folder(partial);
        const VideoFrames result = extract_frames(input_, partial, options_.frames_per_second, job_);
        replace_folder(partial, frames);
        return json{{"read", result.read}, {"written", result.written}, {"seconds", result.seconds}};
      });
  report_.notes.push_back("kept the sharpest " + std::to_string(data.at("written").get<std::size_t>()) + " of " +
                          std::to_string(data.at("read").get<std::size_t>()) + " frames of the video");
}

void SfmJob::look_at_photos() {
  const fs::path root = video_ ? folder_ / "frames" : input_;
  photos_ = read_photo_set(root, video_ ? fs::path() : out_, options_.threads, job_);
  leave_out(photos_, options_.leave_out);
  report_.photos = fs::absolute(root).lexically_normal().string();
  report_.images = static_cast<int>(photos_.files());
  report_.failed = photos_.left_out;
  for (const FailedImage& image : photos_.left_out) warn((root / image.name).string() + ": left out: " + image.reason);
  require_two_photos(photos_, input_);
}

std::string SfmJob::why_not_registered(const Photo& photo, double median_sharpness) const {
  const json& facts = matching_.at("photos");
  const auto it = facts.find(photo.name);
  if (it == facts.end()) return "COLMAP could not read it";
  const auto features = it->at("features").get<std::size_t>(), best = it->at("best").get<std::size_t>();
  const double relative = median_sharpness > 0 ? photo.sharpness / median_sharpness : 1;
  if (relative < kBlurredShare) return "blurred (sharpness " + two_digits(relative) + " of the median)";
  if (features < kFewFeatures) return "too few features (" + std::to_string(features) + ")";
  if (best < kFewMatches) return "too few matches (" + std::to_string(best) + ")";
  const json& elsewhere = mapping_.at("elsewhere");
  if (std::find(elsewhere.begin(), elsewhere.end(), photo.name) != elsewhere.end())
    return "in a part of the scene that does not connect to the main one";
  return "its " + std::to_string(best) + " matches do not fit the reconstruction";
}

void SfmJob::fill_report() {
  const scene::ColmapModel model = scene::read_colmap(folder_ / "aligned");
  report_.registered = static_cast<int>(model.images.size());
  report_.points = model.points.size();
  report_.reprojection_error = mean_reprojection_error(model);
  if (!model.cameras.empty()) report_.focal_pixels = model.cameras.begin()->second.pinhole().fx;

  report_.matching = matching_.at("matching").get<std::string>();
  report_.matcher = matching_.at("matcher").get<std::string>();
  report_.pairs = matching_.at("pairs").get<int>();
  report_.verified_pairs = matching_.at("verified_pairs").get<int>();
  for (const json* data : {&features_, &matching_, &mapping_, &alignment_})
    for (const json& note : data->value("notes", json::array())) report_.notes.push_back(note.get<std::string>());

  report_.alignment = alignment_.at("kind").get<std::string>();
  report_.up_from = alignment_.at("up_from").get<std::string>();
  if (report_.alignment == "gps") {
    report_.gps_rms_metres = alignment_.at("rms_horizontal").get<double>();
    report_.gps_rms_vertical_metres = alignment_.at("rms_vertical").get<double>();
    report_.gps_used = alignment_.at("gps_used").get<int>();
    report_.origin_wgs84 = alignment_.at("origin").get<std::array<double, 3>>();
  }

  std::vector<double> sharpness;
  std::set<std::string> registered;
  for (const Photo& photo : photos_.photos) sharpness.push_back(photo.sharpness);
  for (const auto& image : model.images) registered.insert(image.name);
  const double median = median_sharpness(sharpness);
  for (const Photo& photo : photos_.photos) {
    if (!registered.contains(photo.name)) report_.failed.push_back({photo.name, why_not_registered(photo, median)});
    if (photo.sharpness < kBlurredShare * median) report_.blurred.push_back(photo.name);
  }
  std::sort(report_.failed.begin(), report_.failed.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const FailedImage& image : report_.failed) {
    const bool told = std::any_of(photos_.left_out.begin(), photos_.left_out.end(),
                                  [&](const auto& other) { return other.name == image.name; });
    if (!told) warn(image.name + ": not registered: " + image.reason);
  }
}

}  // namespace tessera::reconstruct
