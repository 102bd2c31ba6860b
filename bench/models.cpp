#include "bench/models.h"

#include <cmath>
#include <numbers>
#include <optional>

#include "reconstruct/train/checkpoint.h"
#include "reconstruct/train/exposure.h"
#include "reconstruct/train/run_record.h"
#include "reconstruct/train/splat_math.h"
#include "reconstruct/train/strategy.h"
#include "scene/random.h"

namespace tessera::bench {

namespace {

std::array<std::uint32_t, 4> draw(std::uint32_t stream, std::uint64_t i) {
  return scene::philox(1, static_cast<std::uint32_t>(scene::RandomStream::kTest), stream, i);
}

}  // namespace

scene::GaussianModel synthetic_splats(std::size_t count, const scene::Pinhole& pinhole, double overlap) {
  scene::GaussianModel model;
  model.resize(count, 3);
  constexpr double kSizeSpread = 0.6, kFlatness = 0.7;
  // Extent of an average splat: pi (2.2 sigma)^2 at opacity 0.5 and the mean square of the log-normal.
  const double sigma = std::sqrt(overlap * pinhole.width * pinhole.height / (static_cast<double>(count) * 15.0)) /
                       std::exp(kSizeSpread * kSizeSpread);
  for (std::size_t i = 0; i < count; ++i) {
    const auto a = draw(0, i), b = draw(1, i), c = draw(2, i);
    const double z = 1 + 3 * scene::uniform01(a[0]);
    model.position[0][i] = static_cast<float>((scene::uniform01(a[1]) - 0.5) * pinhole.width / pinhole.fx * z);
    model.position[1][i] = static_cast<float>((scene::uniform01(a[2]) - 0.5) * pinhole.height / pinhole.fy * z);
    model.position[2][i] = static_cast<float>(z);
    const auto n0 = scene::normal_pair(b[0], b[1]), n1 = scene::normal_pair(b[2], b[3]);
    const double size = std::log(sigma * z / pinhole.fx) + kSizeSpread * n0[0];
    for (std::size_t k = 0; k < 3; ++k)
      model.log_scale[k][i] =
          static_cast<float>(size - (k == 2 ? 2.0 : static_cast<double>(k) * kFlatness * scene::uniform01(a[3])));
    model.rotation[0][i] = static_cast<float>(n0[1]), model.rotation[1][i] = static_cast<float>(n1[0]);
    model.rotation[2][i] = static_cast<float>(n1[1]), model.rotation[3][i] = 0.3f;
    model.opacity_logit[i] = 5 * scene::uniform01(c[0]) - 2.5f;
    for (std::size_t p = 0; p < model.sh.size(); ++p)
      model.sh[p][i] = (p < 3 ? 2.0f : 0.2f) * (scene::uniform01(draw(3 + static_cast<std::uint32_t>(p), i)[0]) - 0.4f);
  }
  return model;
}

scene::Camera synthetic_camera(int width, int height) {
  const double focal = width / (2 * std::tan(65 * std::numbers::pi / 360));
  return {.intrinsics = {width, height, focal, focal, width / 2.0, height / 2.0}, .cam_from_world = {}};
}

scene::GaussianModel resample(const scene::GaussianModel& model, int copies, double size) {
  scene::IndexMap map;
  for (std::uint32_t i = 0; i < model.size(); ++i) map.old_row.insert(map.old_row.end(), copies, i);
  scene::GaussianModel out = model;
  out.apply(map);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto bits = draw(100, i);
    const auto xy = scene::normal_pair(bits[0], bits[1]), z = scene::normal_pair(bits[2], bits[3]);
    const auto place = reconstruct::offset_by_sample(model, map.old_row[i], {xy[0], xy[1], z[0]});
    for (std::size_t a = 0; a < 3; ++a) {
      out.position[a][i] = place[a];
      out.log_scale[a][i] += static_cast<float>(std::log(size));
    }
  }
  return out;
}

std::unique_ptr<reconstruct::TrainingSession> session_from(const scene::Dataset& dataset,
                                                           const reconstruct::TrainOptions& options,
                                                           const scene::GaussianModel& model, std::uint32_t step,
                                                           const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  auto session = std::make_unique<reconstruct::TrainingSession>(dataset, options, folder);
  reconstruct::Checkpoint c;
  c.options = reconstruct::options_text(session->options());
  c.data_fingerprint = reconstruct::fingerprint(dataset);
  c.step = step;
  c.metrics_csv = reconstruct::MetricsTable().csv();
  c.model = model;
  c.first.resize(model.size(), model.sh_degree()), c.second.resize(model.size(), model.sh_degree());
  c.last_step.assign(model.size(), step);
  c.strategy = reconstruct::make_strategy(options)->save();
  c.exposure = reconstruct::ExposureCorrection(dataset.views.size(), dataset.train_views()).save();
  reconstruct::write_checkpoint(c, folder / "checkpoint");
  session->resume_from_checkpoint();
  return session;
}

const scene::Dataset* brighton() {
  static const std::optional<scene::Dataset> dataset = []() -> std::optional<scene::Dataset> {
    const std::filesystem::path folder = std::filesystem::path(TESSERA_SHARED_DATA) / "brighton_beach";
    if (!std::filesystem::exists(folder)) return {};
    return scene::load_dataset(folder);
  }();
  return dataset ? &*dataset : nullptr;
}

const scene::GaussianModel& trained() {
  static const scene::GaussianModel model = [] {
    reconstruct::TrainOptions options;
    options.strategy = "adc", options.iterations = 2000, options.max_splats = 13600, options.initialization = "points";
    options.adc_threshold = 1e-4;  // low enough that the cap is reached
    options.eval = "off", options.checkpoint_every = 0, options.preview_every = 0;
    reconstruct::TrainingSession session(*brighton(), options, {});
    session.run();
    return session.model();
  }();
  return model;
}

}  // namespace tessera::bench
