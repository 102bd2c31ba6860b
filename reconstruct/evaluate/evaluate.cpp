#include "reconstruct/evaluate/evaluate.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <stdexcept>

#include "reconstruct/evaluate/contact_sheet.h"
#include "reconstruct/evaluate/gallery.h"
#include "scene/atomic_file.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
namespace {

std::vector<std::size_t> views_of(const scene::Dataset& dataset, Split split) {
  if (split == Split::test) return dataset.test_views();
  if (split == Split::train) return dataset.train_views();
  std::vector<std::size_t> all(dataset.views.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

nlohmann::json numbers(const ViewScore& s) {
  return {{"psnr", s.psnr},
          {"psnr_corrected", s.psnr_corrected},
          {"ssim", s.ssim},
          {"ssim_standard", s.ssim_standard},
          {"ms_ssim", s.ms_ssim}};
}

}  // namespace

std::optional<ViewScore> Scores::mean(bool test) const {
  ViewScore sum;
  sum.name = "mean";
  sum.test = test;
  double count = 0;
  for (const ViewScore& v : views) {
    if (v.test != test) continue;
    sum.psnr += v.psnr, sum.psnr_corrected += v.psnr_corrected, sum.ssim += v.ssim,
        sum.ssim_standard += v.ssim_standard, sum.ms_ssim += v.ms_ssim;
    ++count;
  }
  if (count == 0) return std::nullopt;
  for (double* value : {&sum.psnr, &sum.psnr_corrected, &sum.ssim, &sum.ssim_standard, &sum.ms_ssim}) *value /= count;
  return sum;
}

Scores evaluate(const scene::GaussianModel& model, const scene::Dataset& dataset, scene::ImageCache& images,
                render::Rasterizer& rasterizer, const EvaluateOptions& options, const scene::JobContext& job) {
  if (options.level < 0) throw std::invalid_argument("evaluate: level below 0");
  const bool with_pictures = !options.pictures.empty();
  if (with_pictures) scene::make_folder(options.pictures);
  const std::vector<std::size_t> views = views_of(dataset, options.split);
  Gallery gallery(model, dataset, images, rasterizer, options);

  Scores scores;
  std::vector<std::size_t> scored;  // indices of the views in scores
  std::set<std::string> names;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < views.size(); ++i) {
    job.throw_if_cancelled();
    const scene::View& view = dataset.views[views[i]];
    scene::Progress progress{"evaluating", static_cast<double>(i), static_cast<double>(views.size()), -1, view.name};
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if (i > 0) progress.seconds_remaining = passed.count() / progress.done * (progress.total - progress.done);
    job.progress(progress);
    if (i + 1 < views.size()) images.prefetch(views[i + 1], options.level);
    const render::Plane* picture = gallery.show(views[i]);
    if (gallery.truth().weight_sum == 0) {
      job.warn(view.name + ": every pixel is masked; not scored");
      continue;
    }
    scores.views.push_back(score(view, picture, gallery.truth()));
    scored.push_back(views[i]);
    if (with_pictures)
      scene::write_image(options.pictures / picture_name(view.name, "_error.png", names),
                         error_map(picture, gallery.truth()));
  }

  if (with_pictures) {
    // Held-out views say more than those trained on, so where there are any, the sheet shows only them.
    const bool held_out = scores.mean(true).has_value();
    std::vector<std::size_t> shown;
    std::vector<double> psnr;
    for (std::size_t i = 0; i < scores.views.size(); ++i)
      if (!held_out || scores.views[i].test) shown.push_back(i), psnr.push_back(scores.views[i].psnr);
    ContactSheet sheet;
    for (const std::size_t row : choose_views(psnr, options.contact_sheet_views)) {
      job.throw_if_cancelled();
      const std::size_t i = shown[row];
      const render::Plane* picture = gallery.show(scored[i]);
      const Truth& truth = gallery.truth();
      sheet.add(scores.views[i].name, scores.views[i].psnr, to_image8(picture), to_image8(truth.color),
                error_map(picture, truth));
    }
    if (!sheet.empty()) scene::write_image(options.pictures / "contact_sheet.png", sheet.image());
  }
  job.progress({"evaluating", static_cast<double>(views.size()), static_cast<double>(views.size()), 0, ""});
  return scores;
}

nlohmann::json to_json(const Scores& scores) {
  nlohmann::json json = nlohmann::json::object();
  for (const bool test : {true, false}) {
    const auto mean = scores.mean(test);
    if (!mean) continue;
    nlohmann::json& part = json[test ? "test" : "train"] = numbers(*mean);
    part["views"] =
        std::count_if(scores.views.begin(), scores.views.end(), [&](const ViewScore& v) { return v.test == test; });
  }
  json["views"] = nlohmann::json::array();
  for (const ViewScore& v : scores.views) {
    nlohmann::json entry = numbers(v);
    entry["name"] = v.name;
    entry["split"] = v.test ? "test" : "train";
    json["views"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace tessera::reconstruct
