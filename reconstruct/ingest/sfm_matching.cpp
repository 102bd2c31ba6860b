// The stages of SfmJob that fill COLMAP's database: features and matches.

#include <algorithm>
#include <cmath>

#include "reconstruct/ingest/descriptor_matcher.h"
#include "reconstruct/ingest/geodesy.h"
#include "reconstruct/ingest/hash.h"
#include "reconstruct/ingest/sfm_job.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t kMostCameraGroups = 8;    // more, and every photo seems to have its own camera
constexpr std::size_t kSmallSet = 60;           // up to here all pairs are compared whatever is known: a minute at most
constexpr std::size_t kMostExhaustive = 120;    // 7,140 pairs: five minutes on two cores
constexpr std::size_t kSpatialNeighbours = 24;  // the two rings about a photo of a survey grid
constexpr std::size_t kSequentialOverlap = 10;  // COLMAP's default
constexpr std::size_t kLoopAnchors = 60;        // at most 1,770 pairs more for a video
constexpr std::size_t kCoarsePartners = 20;
constexpr std::size_t kSafetyPartners =
    5;                                 // coarse partners beside spatial ones: a wrong position must not isolate a photo
constexpr double kSpatialExtent = 30;  // metres: over less the error of GPS reshuffles the neighbours
constexpr std::size_t kFewestInliers = 15;  // COLMAP's SiftMatching.min_num_inliers

std::vector<std::optional<glm::dvec3>> positions_in_metres(const std::vector<const Photo*>& photos) {
  std::vector<std::optional<glm::dvec3>> positions(photos.size());
  std::optional<LocalFrame> frame;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const auto& gps = photos[i]->exif.gps;
    if (!gps) continue;
    if (!frame) frame.emplace(*gps);
    positions[i] = frame->enu(*gps);
  }
  return positions;
}

/// Largest horizontal extent along east or north, and how many positions there are.
double extent(const std::vector<std::optional<glm::dvec3>>& positions, std::size_t& known) {
  glm::dvec3 low(1e300), high(-1e300);
  known = 0;
  for (const auto& p : positions) {
    if (!p) continue;
    ++known;
    low = glm::min(low, *p);
    high = glm::max(high, *p);
  }
  return known == 0 ? 0 : std::max(high.x - low.x, high.y - low.y);
}

bool has_blank(const std::string& name) { return name.find_first_of(" \t") != std::string::npos; }

}  // namespace

void SfmJob::extract_features() {
  const std::string depends = hex(fingerprint(photos_)) + "\n" + colmap_.version() + "\n" +
                              std::to_string(options_.max_features) + "\n" +
                              std::to_string(options_.max_feature_image_size) + "\n" + options_.camera_model + "\n" +
                              (options_.single_camera ? "single" : "several");
  features_ = stage(
      "features", depends, [&] { return fs::exists(folder_ / "database.db"); },
      [&](bool resumes) { return run_extraction(resumes); });
}

json SfmJob::run_extraction(bool resumes) {
  const fs::path partial = folder_ / "database.partial.db";
  const auto sibling = [](const fs::path& file, const char* suffix) { return fs::path(file.string() + suffix); };
  std::error_code ignored;
  // What an interrupted run with the same inputs left is gone on with.
  if (!resumes)
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(sibling(partial, suffix), ignored);

  std::vector<std::vector<std::size_t>> groups;
  if (options_.single_camera) groups = camera_groups(photos_.photos);
  const bool shared = !groups.empty() && groups.size() <= kMostCameraGroups;
  if (!shared) {
    groups.assign(1, {});
    for (std::size_t i = 0; i < photos_.photos.size(); ++i) groups[0].push_back(i);
  }
  std::size_t before = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::string list;
    for (const std::size_t i : groups[g]) list += photos_.photos[i].name + "\n";
    const fs::path list_file =
        folder_ / (groups.size() == 1 ? "photos.txt" : "photos-" + std::to_string(g + 1) + ".txt");
    scene::write_file_atomically(list_file, list);
    ColmapCommand command = colmap_.command("feature_extractor");
    command.set("database_path", partial).set("image_path", photos_.root).set("image_list_path", list_file);
    command.set("ImageReader.camera_model",
                options_.camera_model == "auto" ? std::string("SIMPLE_RADIAL") : options_.camera_model);
    std::uint32_t camera = 0;  // of this group, where an interrupted run has made it already
    if (shared && resumes && fs::exists(partial, ignored)) {
      const ColmapDatabase database(partial);
      for (const auto& image : database.images())
        for (const std::size_t i : groups[g])
          if (photos_.photos[i].name == image.name) camera = image.camera;
    }
    if (camera != 0) {
      command.set("ImageReader.existing_camera_id", std::to_string(camera));
    } else {
      command.set(shared ? "ImageReader.single_camera" : "ImageReader.single_camera_per_image", std::string("1"));
    }
    command.set({"SiftExtraction.use_gpu", "FeatureExtraction.use_gpu"}, colmap_.cuda() ? 1 : 0);
    command.set({"SiftExtraction.max_image_size", "FeatureExtraction.max_image_size"}, options_.max_feature_image_size);
    command.set("SiftExtraction.max_num_features", std::to_string(options_.max_features));
    if (options_.threads > 0)
      command.set({"SiftExtraction.num_threads", "FeatureExtraction.num_threads"}, options_.threads);
    colmap_.run(command, [&](std::string_view line) {
      int number = 0, total = 0;
      if (parse_counter(line, "Processed file", number, total))
        progress("features", static_cast<double>(before) + number, static_cast<double>(photos_.photos.size()));
    });
    before += groups[g].size();
  }

  json data{{"notes", json::array()}, {"images", json::array()}};
  {
    if (!fs::exists(partial, ignored))
      throw scene::Error("colmap feature_extractor", "made no database",
                         "its output is in " + (folder_ / "log.txt").string());
    ColmapDatabase database(partial);
    database.number_images_by_name();
    for (const auto& image : database.images()) data["images"].push_back(json::array({image.id, image.name}));
    if (data["images"].empty())
      throw scene::Error(input_.string(), "COLMAP could read none of the photos",
                         "its output is in " + (folder_ / "log.txt").string());
  }
  const fs::path final = folder_ / "database.db";
  for (const char* suffix : {"-wal", "-shm", "-journal"}) fs::remove(sibling(final, suffix), ignored);
  std::error_code error;
  fs::rename(partial, final, error);
  if (error) throw scene::Error(final.string(), "cannot be written: " + error.message());
  if (options_.single_camera && !shared)
    data["notes"].push_back("the photos come from more than " + std::to_string(kMostCameraGroups) +
                            " cameras or lens settings: each has its own intrinsics");
  return data;
}

std::vector<IndexPair> SfmJob::choose_pairs(const ColmapDatabase& database,
                                            const std::vector<ColmapDatabase::Image>& images) {
  const std::size_t n = images.size();
  std::vector<const Photo*> photos;
  std::vector<std::uint32_t> ids;
  for (const auto& image : images) {
    const auto it = std::find_if(photos_.photos.begin(), photos_.photos.end(),
                                 [&](const Photo& p) { return p.name == image.name; });
    if (it == photos_.photos.end())
      throw scene::Error((folder_ / "database.db").string(), "holds a photo that is not there: " + image.name);
    photos.push_back(&*it);
    ids.push_back(image.id);
  }
  const std::vector<std::optional<glm::dvec3>> positions = positions_in_metres(photos);
  std::size_t known = 0;
  const bool spread = extent(positions, known) > kSpatialExtent;
  const auto coarse = [&](std::size_t partners) {
    return coarse_pairs(database, ids, partners, options_.threads, job_, [&](std::size_t done, std::size_t total) {
      progress("choosing pairs", static_cast<double>(done), static_cast<double>(total));
    });
  };

  report_.matching = options_.matching;
  if (options_.matching == "auto") {
    if (video_) {
      report_.matching = "sequential";
    } else if (n <= kSmallSet) {
      report_.matching = "exhaustive";
    } else if (spread && 10 * known >= 8 * n) {
      report_.matching = "spatial";
    } else {
      report_.matching = n <= kMostExhaustive ? "exhaustive" : "coarse";
    }
  }
  if (report_.matching == "spatial") {
    if (known < 2)
      throw scene::Error("option 'matching'", "spatial needs GPS positions, and the photos have none",
                         "use matching=auto");
    return merge_pairs(merge_pairs(spatial_pairs(positions, kSpatialNeighbours), sequential_pairs(n, 2)),
                       coarse(kSafetyPartners));
  }
  if (report_.matching == "sequential")
    return merge_pairs(sequential_pairs(n, kSequentialOverlap), loop_pairs(n, kLoopAnchors));
  if (report_.matching == "coarse") return merge_pairs(sequential_pairs(n, 2), coarse(kCoarsePartners));
  return exhaustive_pairs(n);
}

void SfmJob::match() {
  const std::string depends = options_.matching + "\n" + options_.matcher + "\n" + (video_ ? "video" : "photos");
  matching_ = stage(
      "matching", depends, [&] { return fs::exists(folder_ / "database.db"); },
      [&](bool resumes) { return run_matching(resumes); });
  require_connected_photos();
}

json SfmJob::run_matching(bool resumes) {
  ColmapDatabase database(folder_ / "database.db");
  std::map<std::uint32_t, std::string> names;
  for (const json& image : features_.at("images")) names[image[0].get<std::uint32_t>()] = image[1].get<std::string>();
  database.rename_images(names);  // a run that was killed while verifying may have left others
  if (!resumes) database.clear_matches();
  const std::vector<ColmapDatabase::Image> images = database.images();
  std::vector<ImagePair> pairs;
  for (const auto& [i, j] : choose_pairs(database, images)) pairs.push_back(std::minmax(images[i].id, images[j].id));
  const bool own = options_.matcher == "own" || (options_.matcher == "auto" && !colmap_.cuda());
  if (own) {
    step_start_ = std::chrono::steady_clock::now();
    match_pairs(database, pairs, {}, options_.threads, job_, [&](std::size_t done, std::size_t total) {
      progress("matching", static_cast<double>(done), static_cast<double>(total));
    });
    colmap_.log("# compared the descriptors of " + std::to_string(pairs.size()) +
                " pairs without COLMAP (matcher=own)");
  }
  report_.matcher = own ? "own" : "colmap";
  std::map<std::uint32_t, std::size_t> best;  // common points of each photo with its best partner
  const auto count_best = [&](const std::map<ImagePair, std::size_t>& counts) {
    best.clear();
    for (const auto& [pair, count] : counts)
      for (const std::uint32_t id : {pair.first, pair.second}) best[id] = std::max(best[id], count);
  };
  count_best(database.match_counts());
  const std::map<std::uint32_t, std::size_t> best_unverified = best;
  verify(pairs, images);

  json data{{"matching", report_.matching},
            {"matcher", report_.matcher},
            {"pairs", pairs.size()},
            {"photos", json::object()}};
  std::size_t verified_pairs = 0;
  const std::map<ImagePair, std::size_t> verified = database.verified_counts();
  for (const auto& [pair, count] : verified) verified_pairs += count >= kFewestInliers;
  count_best(verified);
  for (const auto& [id, count] : best_unverified)
    if (best[id] == 0) best[id] = count;
  data["verified_pairs"] = verified_pairs;
  for (const auto& image : images)
    data["photos"][image.name] = {{"features", image.features}, {"best", best[image.id]}};
  return data;
}

void SfmJob::verify(const std::vector<ImagePair>& pairs, const std::vector<ColmapDatabase::Image>& images) {
  ColmapDatabase database(folder_ / "database.db");
  // COLMAP's list of pairs cannot hold names with blanks, so such photos are known by their number for a while.
  std::map<std::uint32_t, std::string> names, listed;
  bool blanks = false;
  for (const auto& image : images) {
    names[image.id] = image.name;
    blanks = blanks || has_blank(image.name);
  }
  for (const auto& image : images) listed[image.id] = blanks ? "image-" + std::to_string(image.id) : image.name;
  std::string list;
  for (const auto& [a, b] : pairs) list += listed[a] + " " + listed[b] + "\n";
  const fs::path list_file = folder_ / "pairs.txt";
  scene::write_file_atomically(list_file, list);

  ColmapCommand command = colmap_.command("matches_importer");
  command.set("database_path", folder_ / "database.db")
      .set("match_list_path", list_file)
      .set("match_type", std::string("pairs"));
  command.set({"SiftMatching.use_gpu", "FeatureMatching.use_gpu"}, colmap_.cuda() ? 1 : 0);
  // Verifying takes milliseconds a pair and draws random numbers by thread: on one thread the outcome repeats.
  const int threads = report_.matcher == "own" ? 1 : options_.threads;
  if (threads > 0) command.set({"SiftMatching.num_threads", "FeatureMatching.num_threads"}, threads);
  const std::string label = report_.matcher == "own" ? "verifying" : "matching";
  step_start_ = std::chrono::steady_clock::now();
  progress(label, 0, 0, std::to_string(pairs.size()) + " pairs");
  const auto on_line = [&](std::string_view line) {
    int number = 0, total = 0;
    if (parse_counter(line, "Matching block", number, total)) progress(label, number, total);
  };
  if (!blanks) return colmap_.run(command, on_line);
  database.rename_images(listed);
  try {
    colmap_.run(command, on_line);
  } catch (...) {
    database.rename_images(names);
    throw;
  }
  database.rename_images(names);
}

void SfmJob::require_connected_photos() {
  if (matching_.at("verified_pairs").get<std::size_t>() > 0) return;
  std::size_t best = 0;
  for (const json& photo : matching_.at("photos")) best = std::max(best, photo.at("best").get<std::size_t>());
  throw scene::Error(
      input_.string(),
      "no two photos show the same part of the scene (at most " + std::to_string(best) + " common points were found)",
      "take photos that overlap by 60 % or more, sharp and with texture");
}

}  // namespace tessera::reconstruct
