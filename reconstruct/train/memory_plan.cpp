#include "reconstruct/train/memory_plan.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>

#include "reconstruct/train/run_setup.h"
#include "reconstruct/train/schedule.h"
#include "reconstruct/train/stereo_seeds.h"
#include "scene/error.h"
#include "scene/image_cache.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMega = 1'000'000;

// Program: what `tessera train` holds before it opens a dataset, 50 MB with OpenCV's libraries (measured), and the
// allocator's slack.
constexpr std::size_t kProgramBytes = 64 * kMega;

// Splats. Value and two moments of each float (GaussianModel, SparseAdam); gradients live in the cache.
constexpr std::size_t kFloatCopies = 3;
// ModelGradients: seen 1, mean2d and abs_mean2d 16, radius and weight 8. SparseAdam::last_step 4, Dropout 4,
// strategy 8.
constexpr std::size_t kStatisticsBytes = 41;
// A densification's EditRow 24, its sorted twin 32, index maps 8, running sums, copies and scores 28; and one plane of
// the model twice.
constexpr std::size_t kEditBytes = 96;
// A checkpoint's copy: value and two moments of each float; last_step 4 and the strategy's 8.
constexpr std::size_t kSnapshotCopies = 3;
constexpr std::size_t kSnapshotBytes = 12;

// Rasteriser (render/cpu/splat.h, binning.h), whose buffers grow with a quarter to spare: Splat 64, depth 4, Footprint
// 8, two sort keys of 8; tile 4, TileEntry 8, touched groups 4, sums 64 a pair.
constexpr std::size_t kProjectedBytes = (64 + 4 + 8 + 16) * 5 / 4;
constexpr std::size_t kPairBytes = (4 + 8 + 4 + 64) * 5 / 4;
// Pairs are fewest for a trained scene (1.3 to 3 a splat) and most for a random start, whose splats overlap: up to 23 a
// splat and 600 a tile were measured on brighton_beach and caliterra with 20,000 and 60,000 splats.
constexpr std::size_t kPairsOfSplat = 32;
constexpr std::size_t kPairsOfTile = 700, kPairsBesides = 2;
constexpr int kTilePixels = 16;  // a side

// Pictures: frame 4 floats, truth and weight 4, gradient 3, corrected picture and gradient 6, transmittance and stops
// 4, loss 3; as many again while a preview is written or a test view is scored.
constexpr std::size_t kPixelBytes = 2 * 24 * sizeof(float);

// Photos. Two threads decode: the file's pixels, a copy, the reduced picture; where something is masked, weighted sums
// of four floats twice besides.
constexpr std::size_t kDecoders = 2, kDecodeBytes = 9, kDecodeMaskedBytes = 32;
// Coarse levels are kept beside the full one: 1 + 1/4 + 1/16.
constexpr double kLevels = 1.3125;
constexpr std::size_t kLeastCached = 5;  // pictures: the one in use, three ahead, one being decoded
// Depth, normals and matching costs of the stereo start, a pixel of its small pictures (10 measured on caliterra).
constexpr std::size_t kStereoPixelBytes = 12;

// A share of what the machine has is left to others who may grow meanwhile, and to the page cache. Vectors that grow
// map up to twice what they use, hence less of an address space.
constexpr double kShareOfMachine = 0.9, kShareOfAddresses = 0.75;
// Each thread maps a stack (8 MB) and an arena of the allocator (64 MB) without using them.
constexpr std::size_t kThreadAddresses = 72 * kMega;

constexpr int kFewestSplats = 1000;  // fewer show nothing
constexpr int kRound = 1000;         // caps in whole thousands read better

std::size_t floats_of(int sh_degree) { return 11 + 3 * static_cast<std::size_t>(scene::sh_coefficients(sh_degree)); }

std::string mb_text(double bytes) {
  char text[32];
  std::snprintf(text, sizeof text, bytes < 1e10 ? "%.0f MB" : "%.1f GB", bytes < 1e10 ? bytes / 1e6 : bytes / 1e9);
  return text;
}

/// First number of a file, or of its line that begins with `key`; negative: there is none ("max").
double number_in(const fs::path& file, const std::string& key = {}) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    std::istringstream rest(line.substr(key.size()));
    double value = -1;
    if (rest >> value) return value;
    return -1;
  }
  return -1;
}

/// What a control group and those above it leave to their processes; infinity: no limit.
double left_in_groups(const fs::path& root, const fs::path& group, const char* limit_name, const char* used_name,
                      const char* cache_key) {
  double left = std::numeric_limits<double>::infinity();
  for (fs::path at = root / group.relative_path();; at = at.parent_path()) {
    const double limit = number_in(at / limit_name), used = number_in(at / used_name);
    // Pages of files that nobody has touched lately are given up for the asking.
    const double cache = std::max(0.0, number_in(at / "memory.stat", cache_key));
    if (limit >= 0 && used >= 0) left = std::min(left, std::max(0.0, limit - used + cache));
    if (at == root || !at.has_relative_path()) return left;
  }
}

}  // namespace

MemoryNeed memory_need(const scene::Dataset& dataset, const TrainOptions& options) {
  const std::size_t n = static_cast<std::size_t>(options.max_splats), floats = floats_of(options.sh_degree);
  const int level = level_of(dataset, options.max_image_size);
  std::size_t pixels = 0, tiles = 0, cached = 0, largest = 0, decoding = 0, stereo = 0;
  for (const scene::View& view : dataset.views) {
    const scene::Pinhole& full = view.camera.intrinsics;
    const scene::Pinhole k = scene::level_camera(full, level);
    const auto tiles_of = [](int side) { return static_cast<std::size_t>((side + kTilePixels - 1) / kTilePixels); };
    const std::size_t view_tiles = tiles_of(k.width) * tiles_of(k.height),
                      area = static_cast<std::size_t>(k.width) * k.height;
    tiles = std::max(tiles, view_tiles);
    pixels = std::max(pixels, view_tiles * kTilePixels * kTilePixels);
    const bool masked = !view.mask_path.empty() || view.sensor.distorted() ||
                        view.image_path.extension() == ".png";  // which may be transparent
    const std::size_t picture = area * (3 + 2 * masked);
    largest = std::max(largest, picture);
    cached += static_cast<std::size_t>(kLevels * static_cast<double>(picture));
    decoding = std::max(
        decoding, static_cast<std::size_t>(full.width) * full.height * (kDecodeBytes + kDecodeMaskedBytes * masked));
    const scene::Pinhole small = scene::level_camera(full, base_level(full.width, full.height, kStereoSize));
    stereo += static_cast<std::size_t>(small.width) * small.height * kStereoPixelBytes;
  }
  const auto& points = dataset.points;
  MemoryNeed need;
  need.program = kProgramBytes + points.size() * (sizeof(points.position[0]) + sizeof(points.color[0]) + 8) +
                 4 * points.track_view.size();
  need.splats = n * (kFloatCopies * sizeof(float) * floats + kStatisticsBytes + kEditBytes);
  need.snapshot = options.checkpoint_every > 0 ? n * (kSnapshotCopies * sizeof(float) * floats + kSnapshotBytes) : 0;
  need.tiles = n * kProjectedBytes + kPairBytes * std::min(kPairsOfSplat * n, kPairsOfTile * tiles + kPairsBesides * n);
  need.pictures = pixels * kPixelBytes;
  if (options.pseudo_view == "corrected") {  // a second picture with its lists, and gradients that are kept
    need.splats += n * (sizeof(float) * floats + kStatisticsBytes);
    need.tiles *= 2, need.pictures *= 2;
  }
  const auto budget = static_cast<std::size_t>(options.image_cache_mb * 1e6);
  need.photos = std::min(cached, std::max(budget, kLeastCached * largest)) + kDecoders * decoding;
  // The stereo start is over before gradients, moments and lists are made.
  if (options.initialization == "stereo") {
    const std::size_t later = need.total(), start = need.program + need.splats / kFloatCopies + need.photos + stereo;
    if (start > later) need.photos += start - later;
  }
  return need;
}

MemoryLimit machine_limit(int threads, const fs::path& proc, const fs::path& cgroup) {
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  double mapped = 0, resident = 0, of_files = 0;
  std::ifstream(proc / "self/statm") >> mapped >> resident >> of_files;
  mapped *= page;
  // Pages of files (libraries) count for whoever read them first, or as available.
  const double held = page * std::max(0.0, resident - of_files);
  double bytes = std::numeric_limits<double>::infinity();
  MemoryLimit limit;
  const auto consider = [&](double free, double share, const char* source) {
    if (share * free + held >= bytes) return;
    bytes = share * free + held;
    limit.source = source;
  };
  if (const double kilobytes = number_in(proc / "meminfo", "MemAvailable:"); kilobytes >= 0)
    consider(1024 * kilobytes, kShareOfMachine, "that this machine can give");
  std::ifstream groups(proc / "self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // ID:CONTROLLERS:PATH
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",",
                      path = line.substr(second + 1);
    double left = std::numeric_limits<double>::infinity();
    if (controllers == ",,")
      left = left_in_groups(cgroup, path, "memory.max", "memory.current", "inactive_file");
    else if (controllers.find(",memory,") != std::string::npos)
      left = left_in_groups(cgroup / "memory", path, "memory.limit_in_bytes", "memory.usage_in_bytes",
                            "total_inactive_file");
    consider(left, kShareOfMachine, "that the control group allows");
  }
  rlimit addresses{};
  if (::getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur != RLIM_INFINITY) {
    const double stacks = static_cast<double>(threads) * static_cast<double>(kThreadAddresses);
    consider(std::max(0.0, static_cast<double>(addresses.rlim_cur) - mapped - stacks), kShareOfAddresses,
             "that the limit on addresses (ulimit -v) leaves");
  }
  constexpr double kMost = 1e18;  // where nothing could be read
  limit.bytes = static_cast<std::size_t>(std::min(bytes, kMost));
  limit.held = static_cast<std::size_t>(held);
  return limit;
}

std::string MemoryPlan::statement() const {
  const auto part = [](const char* name, std::size_t bytes) {
    return std::string(name) + " " + mb_text(static_cast<double>(bytes));
  };
  return "memory: up to " + mb_text(static_cast<double>(need.total())) + " (" + part("splats", need.splats) + ", " +
         part("checkpoint", need.snapshot) + ", " + part("tiles", need.tiles) + ", " + part("pictures", need.pictures) +
         ", " + part("photos", need.photos) + ", " + part("program", need.program) + ") of the " +
         mb_text(static_cast<double>(limit.bytes)) + " " + limit.source;
}

std::string MemoryPlan::step_text(const OptionChange& step) const {
  return "memory: " + step.name + " lowered from " + step.before + " to " + step.now + " to stay within the " +
         mb_text(static_cast<double>(limit.bytes)) + " " + limit.source;
}

MemoryPlan plan_memory(const scene::Dataset& dataset, TrainOptions given, bool resumes, const MemoryLimit& machine) {
  MemoryPlan plan;
  plan.options = std::move(given);
  TrainOptions& o = plan.options;
  const bool asked = o.memory_mb > 0;
  plan.limit = asked ? MemoryLimit{static_cast<std::size_t>(o.memory_mb * 1e6), "of memory_mb"} : machine;
  const auto fits = [&](const TrainOptions& options) {
    return memory_need(dataset, options).total() <= plan.limit.bytes;
  };
  const auto note = [&](const char* name, const TrainOptions& before) {
    const auto* row = train_options_table().find(name);
    plan.steps.push_back({name, row->get(before), row->get(o), row->spec.harmless});
  };
  if (!fits(o)) {
    const TrainOptions before = o;
    int low = kSmallestCache, high = static_cast<int>(o.image_cache_mb);  // the largest cache that fits, else the least
    while (high - low > 1) {
      const int middle = low + (high - low) / 2;
      o.image_cache_mb = middle;
      (fits(o) ? low : high) = middle;
    }
    o.image_cache_mb = std::min<double>(before.image_cache_mb, low);
    if (memory_need(dataset, o).total() < memory_need(dataset, before).total())
      note("image_cache_mb", before);
    else
      o.image_cache_mb = before.image_cache_mb;  // all photos are smaller than that
  }
  if (!fits(o)) {
    const TrainOptions before = o;
    int low = 0, high = o.max_splats;  // the largest cap that fits is in [low, high)
    while (high - low > 1) {
      o.max_splats = low + (high - low) / 2;
      (fits(o) ? low : high) = o.max_splats;
    }
    o.max_splats = low >= 10 * kRound ? low / kRound * kRound : low;
    const std::string need = mb_text(static_cast<double>(memory_need(dataset, before).total())),
                      have = mb_text(static_cast<double>(plan.limit.bytes)) + " " + plan.limit.source;
    if (o.max_splats < std::min(kFewestSplats, before.max_splats))
      throw scene::Error(
          "memory", "training on these photos does not fit into the " + have,
          "lower max_image_size, now " + std::to_string(o.max_image_size) + (asked ? ", or raise memory_mb" : ""));
    if (resumes && !asked)
      throw scene::Error("memory", "the run may need " + need + ", more than the " + have,
                         "free some, or go on with fewer splats (--max-splats " + std::to_string(o.max_splats) +
                             "), or at your own risk (--set memory_mb=N)");
    note("max_splats", before);
  }
  plan.need = memory_need(dataset, o);
  return plan;
}

}  // namespace tessera::reconstruct
