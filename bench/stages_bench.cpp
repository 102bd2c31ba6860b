// Every stage of an iteration on one thread, over splats x picture x overlap.
#include <benchmark/benchmark.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "bench/measure.h"
#include "bench/models.h"
#include "bench/report.h"
#include "reconstruct/train/adam.h"
#include "reconstruct/train/loss.h"
#include "reconstruct/train/memory_plan.h"
#include "reconstruct/train/strategy.h"
#include "render/rasterizer.h"
#include "scene/random.h"

namespace tessera::bench {
namespace {

constexpr int kSteps = 11;  // of which the medians are taken
constexpr int kDegree = 3;

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Times {
  std::vector<double> project, sort, bin, blend, loss, blend_backward, update, project_backward, adam, whole;
};

/// The trainer's way from gradients to the model: Adam on each run of rows as it is made.
struct AdamSink final : render::GradientSink {
  AdamSink(scene::GaussianModel& m, reconstruct::SparseAdam& a, const reconstruct::LearningRates& r)
      : model(m), adam(a), rates(r) {}
  void take(const render::GradientRows& rows) override { adam.step_rows(model, rows, rates, step); }
  scene::GaussianModel& model;
  reconstruct::SparseAdam& adam;
  const reconstruct::LearningRates& rates;
  std::uint32_t step = 0;
};

void iteration(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const int width = static_cast<int>(state.range(1)), height = width * 9 / 16;
  const scene::Camera camera = synthetic_camera(width, height);
  scene::GaussianModel model = synthetic_splats(count, camera.intrinsics, static_cast<double>(state.range(2)));
  const auto rasterizer = render::make_cpu_rasterizer();
  render::RenderSettings settings;
  settings.sh_degree = kDegree;
  reconstruct::Truth truth;
  truth.width = width, truth.height = height, truth.weight_sum = static_cast<double>(width) * height;
  for (std::uint32_t c = 0; c < 3; ++c) {
    truth.color[c].resize(width, height);
    for (std::size_t i = 0; i < truth.color[c].data.size(); ++i)
      truth.color[c].data[i] =
          scene::uniform01(scene::philox(1, static_cast<std::uint32_t>(scene::RandomStream::kTest), 200 + c, i)[0]);
  }
  reconstruct::PhotometricLoss loss;
  render::FrameGradient gradient;
  render::ModelGradients gradients;
  reconstruct::SparseAdam adam;
  adam.resize(count, kDegree);
  const reconstruct::LearningRates rates{1e-9f, 1e-9f, 1e-9f, 1e-9f, 1e-9f, 1e-9f};  // the scene stays what it is
  Times t;
  AdamSink sink(model, adam, rates);
  tbb::task_arena arena(1);
  for (auto _ : state)
    arena.execute([&] {
      for (std::uint32_t step = 0; step <= kSteps; ++step) {
        const double start = now_ms();
        const render::Frame& frame = rasterizer->forward(model, camera, settings);
        const double forward = now_ms();
        benchmark::DoNotOptimize(loss.evaluate(frame.color, truth, 0.2, gradient.color).total);
        const double lost = now_ms();
        sink.step = 2 * step + 1;
        rasterizer->backward(model, gradient, gradients, &sink);
        const double end = now_ms();
        const double update = rasterizer->statistics().milliseconds.project_backward;
        rasterizer->backward(model, gradient, gradients);  // once more in two stages, to see them apart
        const double back = now_ms();
        adam.step(model, gradients, rates, 2 * step + 2, kDegree);
        const double updated = now_ms();
        if (step == 0) continue;  // buffers grow
        const auto& ms = rasterizer->statistics().milliseconds;
        t.update.push_back(update);
        t.project.push_back(ms.project), t.sort.push_back(ms.sort), t.bin.push_back(ms.bin);
        t.blend.push_back(ms.blend), t.blend_backward.push_back(ms.blend_backward);
        t.project_backward.push_back(ms.project_backward);
        t.loss.push_back(lost - forward), t.adam.push_back(updated - back), t.whole.push_back(end - start);
      }
    });

  const render::RenderStatistics& s = rasterizer->statistics();
  const auto pairs = static_cast<double>(s.pixel_pairs), blended = static_cast<double>(s.blended_pairs);
  const auto splats = static_cast<double>(count);
  char name[96];
  std::snprintf(name, sizeof name, "%zuk splats, %d x %d, %.0f pairs a pixel", count / 1000, width, height,
                pairs / (width * height));
  const auto row = [&](const char* stage, const std::vector<double>& times, Work work, double row_pairs) {
    report().rows.push_back({name, stage, median(times), work, row_pairs});
    state.counters[std::string(stage) + "_ms"] = median(times);
  };
  row("projection, SH", t.project, project_work(s, splats, kDegree), 0);
  row("sort", t.sort, sort_work(s), 0);
  row("binning", t.bin, bin_work(s), 0);
  row("blend", t.blend, blend_work(s, width, height), pairs);
  row("loss", t.loss, loss_work(width, height), 0);
  row("blend backward", t.blend_backward, blend_backward_work(s, width, height), blended);
  row("project backward, Adam", t.update, update_work(s, splats, kDegree), 0);
  row("iteration", t.whole, {}, pairs);
  report().rows.back().splats = static_cast<double>(s.visible);
  // The two stages of which the trainer makes one.
  row("project backward alone", t.project_backward, project_backward_work(s, splats, kDegree), 0);
  row("Adam alone", t.adam, adam_work(static_cast<double>(s.visible), kDegree), 0);
  state.counters["pairs"] = pairs;
  state.counters["buffer_bytes_per_splat"] = static_cast<double>(rasterizer->buffer_bytes()) / splats;
}
BENCHMARK(iteration)
    ->ArgNames({"splats", "width", "overlap"})
    ->ArgsProduct({{5000, 50000, 500000}, {640, 1280}, {15, 60}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// What a splat and a pixel cost in memory, as the trainer plans it.
void memory(benchmark::State& state) {
  scene::Dataset dataset;
  dataset.views.resize(1);
  scene::View& view = dataset.views[0];
  const auto need = [&](int width, int splats) {
    view.sensor = {scene::CameraModel::pinhole, width, width, {1.0 * width, 1.0 * width, width / 2.0, width / 2.0}};
    view.camera = synthetic_camera(width, width);
    reconstruct::TrainOptions options;
    options.max_splats = splats, options.sh_degree = kDegree;
    return reconstruct::memory_need(dataset, options);
  };
  for (auto _ : state) {
    constexpr int kFew = 1'000'000, kMany = 2'000'000, kSmall = 512, kLarge = 1024;
    const auto few = need(kSmall, kFew), many = need(kSmall, kMany), large = need(kLarge, kFew);
    const auto each = [](std::size_t a, std::size_t b, double n) { return static_cast<double>(b - a) / n; };
    const double pixels = static_cast<double>(kLarge) * kLarge - static_cast<double>(kSmall) * kSmall;
    char line[160];
    std::snprintf(
        line, sizeof line,
        "memory, at most: %.0f bytes a splat, of which %.0f for background checkpoints; %.0f bytes a pixel of "
        "the largest photo",
        each(few.total(), many.total(), kMany - kFew), each(few.snapshot, many.snapshot, kMany - kFew),
        each(few.pictures, large.pictures, pixels));
    report().notes.push_back(line);
  }
}
BENCHMARK(memory)->Iterations(1);

/// One densification of a model of which a tenth asks for more splats.
void densify(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const scene::Camera camera = synthetic_camera(640, 360);
  const scene::GaussianModel start = synthetic_splats(count, camera.intrinsics, 15);
  reconstruct::TrainOptions options;
  options.iterations = 1000, options.max_splats = 10'000'000;
  render::ModelGradients gradients;
  gradients.planes.resize(count, kDegree);
  gradients.seen.assign(count, 1);
  for (int c = 0; c < 2; ++c) gradients.mean2d[c].assign(count, 0), gradients.abs_mean2d[c].assign(count, 0);
  gradients.radius.assign(count, 1), gradients.weight.assign(count, 1);
  for (std::size_t i = 0; i < count; i += 10) gradients.abs_mean2d[0][i] = gradients.mean2d[0][i] = 1;
  reconstruct::StepContext context;
  context.step = 500, context.width = 640, context.height = 360, context.lr_position = 1e-4f;
  std::vector<double> times;
  tbb::task_arena arena(1);
  std::size_t grown = 0;
  for (auto _ : state)
    for (int k = 0; k < kSteps; ++k) {
      scene::GaussianModel model = start;
      reconstruct::SparseAdam adam;
      adam.resize(count, kDegree);
      const auto strategy = reconstruct::make_strategy(options);
      arena.execute([&] {
        const double begin = now_ms();
        strategy->after_step(model, adam, gradients, context);
        times.push_back(now_ms() - begin);
      });
      grown = model.size();
    }
  if (grown <= count) state.SkipWithError("nothing was densified");
  report().rows.push_back({std::to_string(count / 1000) + "k splats, a tenth cloned or split",
                           "densify",
                           median(times),
                           {0, 2 * 4.0 * 3 * 59 * static_cast<double>(grown)},
                           0});
}
BENCHMARK(densify)->Arg(5000)->Arg(50000)->Arg(500000)->Iterations(1)->Unit(benchmark::kMillisecond);

/// Twice the splats of which half lie outside the view, against the view alone.
void outside(benchmark::State& state) {
  constexpr std::size_t kCount = 50000;
  constexpr int kRounds = 15;
  const scene::Camera camera = synthetic_camera(640, 360);
  const scene::GaussianModel inside = synthetic_splats(kCount, camera.intrinsics, 15);
  scene::IndexMap twice;
  for (std::uint32_t i = 0; i < 2 * kCount; ++i) twice.old_row.push_back(i % kCount);
  scene::GaussianModel beside = inside;
  beside.apply(twice);
  for (std::size_t i = kCount; i < 2 * kCount; ++i) beside.position[0][i] += 12;  // all beyond the right edge
  struct Case {
    scene::GaussianModel model;
    std::unique_ptr<render::Rasterizer> rasterizer = render::make_cpu_rasterizer();
    reconstruct::SparseAdam adam;
    std::unique_ptr<AdamSink> sink;
    render::ModelGradients gradients;
    std::vector<double> ms;
  };
  Case cases[2];
  cases[0].model = inside, cases[1].model = beside;
  render::FrameGradient gradient;
  for (render::Plane& plane : gradient.color) plane.resize(640, 360), plane.fill(1e-5f);
  const reconstruct::LearningRates rates{1e-9f, 1e-9f, 1e-9f, 1e-9f, 1e-9f, 1e-9f};
  tbb::task_arena arena(1);
  for (auto _ : state)
    for (std::uint32_t round = 0; round <= kRounds; ++round)
      for (Case& c : cases) {  // in turn, so that a disturbance meets both
        if (round == 0) {
          c.adam.resize(c.model.size(), kDegree);
          c.sink = std::make_unique<AdamSink>(c.model, c.adam, rates);
        }
        c.sink->step = round + 1;
        arena.execute([&] {
          const double start = now_ms();
          c.rasterizer->forward(c.model, camera, {});
          c.rasterizer->backward(c.model, gradient, c.gradients, c.sink.get());
          if (round > 0) c.ms.push_back(now_ms() - start);
        });
      }
  report().comparisons.push_back({"50k splats and as many outside the view, without loss", median(cases[1].ms),
                                  median(cases[0].ms), "ms", "ratio at least 0.97"});
}
BENCHMARK(outside)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tessera::bench
