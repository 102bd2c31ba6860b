#include "reconstruct/blocks/shared_exposure.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reconstruct/run/inputs.h"
#include "reconstruct/train/exposure_start.h"
#include "reconstruct/train/run_setup.h"
#include "scene/atomic_file.h"
#include "scene/image_cache.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 30;

/// Empty where the file is not of these photos.
std::vector<Affine> read_maps(const fs::path& file, std::uint64_t data, std::size_t views) {
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  const json record = json::parse(scene::read_file(file, kLargestFile), nullptr, false);
  if (!record.is_object() || record.value("data_fingerprint", json()) != json(data) || !record.contains("maps") ||
      !record["maps"].is_array() || record["maps"].size() != views)
    return {};
  std::vector<Affine> maps(views);
  for (std::size_t v = 0; v < views; ++v) {
    const json& values = record["maps"][v];
    if (!values.is_array() || values.size() != std::size(maps[v].m)) return {};
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (!values[k].is_number()) return {};
      maps[v].m[k] = values[k].get<float>();
    }
  }
  return maps;
}

}  // namespace

std::vector<Affine> shared_exposure(const scene::Dataset& dataset, const TrainOptions& options, const fs::path& project,
                                    const scene::JobContext& job) {
  if (options.exposure != "affine") return {};
  const std::uint64_t data = fingerprint(dataset);
  const fs::path file = project / "exposures.json";
  if (auto maps = read_maps(file, data, dataset.views.size()); !maps.empty()) return maps;
  scene::ImageCache images(dataset, static_cast<std::size_t>(options.image_cache_mb * 1e6));
  const std::vector<Affine> maps = exposure_start(dataset, images, job);
  json record = {{"data_fingerprint", data}, {"maps", json::array()}};
  for (const Affine& map : maps) record["maps"].push_back(map.m);
  scene::write_file_atomically(file, json_text(record, -1) + "\n");
  return maps;
}

std::vector<Affine> exposure_of(const std::vector<Affine>& whole, const BlockData& block) {
  std::vector<Affine> maps;
  if (whole.empty()) return maps;
  for (const BlockView& v : block.views) maps.push_back(whole[v.view]);
  return maps;
}

}  // namespace tessera::reconstruct
