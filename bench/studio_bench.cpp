// tessera_studio_bench [PAIRS [STEPS]]: what the open window costs training. The same run, step for step, is trained
// alternately headless and in the studio, with a view that draws nothing (as on a device of its own) and with the CPU
// renderer at its default share of the cores. Wants a display: xvfb-run does.
#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/studio/main_window.h"
#include "app/studio/theme.h"
#include "bench/measure.h"
#include "bench/models.h"
#include "reconstruct/run/train_run.h"
#include "render/view_renderer.h"
#include "scene/error.h"

namespace tessera::bench {
namespace {

constexpr int kLongest = 600'000;    // ms
constexpr int kSettle = 1500;        // ms: thumbnails, the first picture
constexpr std::uint32_t kWarm = 20;  // steps before the clock starts: photos decoded, buffers grown

/// Stands for a renderer that has a device of its own.
class NothingDrawn : public render::ViewRenderer {
 public:
  std::string name() const override { return "nothing"; }
  bool shares_cores() const override { return false; }
  void set_model(std::shared_ptr<const scene::GaussianModel>) override {}
  const render::Frame& draw(const scene::Camera& camera, const render::ViewSettings&) override {
    for (render::Plane& plane : frame_.color)
      if (plane.width != camera.intrinsics.width || plane.height != camera.intrinsics.height)
        plane.resize(camera.intrinsics.width, camera.intrinsics.height);
    return frame_;
  }

 private:
  render::Frame frame_;
};
std::unique_ptr<render::ViewRenderer> make_nothing() { return std::make_unique<NothingDrawn>(); }

/// Wall and CPU milliseconds from step kWarm to the last, a step.
struct Cost {
  double wall = 0, cpu = 0;
};

/// Told of steps, all of them or some.
class StepClock {
 public:
  void operator()(const reconstruct::TrainMetrics& m) {
    if (m.step < kWarm) return;
    if (first_ == 0) first_ = m.step, wall_ = wall_ms(), cpu_ = cpu_ms();
    if (m.step == first_) return;
    cost_ = {(wall_ms() - wall_) / (m.step - first_), (cpu_ms() - cpu_) / (m.step - first_)};
  }
  Cost cost() const { return cost_; }

 private:
  std::uint32_t first_ = 0;
  double wall_ = 0, cpu_ = 0;
  Cost cost_;
};

reconstruct::Plan plan_of(const QTemporaryDir& folder, int steps) {
  reconstruct::Plan plan = reconstruct::plan_new(brighton()->root, (folder.path() + "/run").toStdString(), "draft");
  plan.options.iterations = steps, plan.options.max_splats = 60'000;
  plan.options.eval = "off", plan.options.checkpoint_every = 0, plan.options.preview_every = 0;
  plan.options.resolution_schedule = "off", plan.options.initialization = "points";
  return plan;
}

Cost headless(int steps) {
  const QTemporaryDir folder;
  reconstruct::StageClock stages;
  StepClock clock;
  reconstruct::TrainEvents events;
  events.on_step = [&](const reconstruct::TrainMetrics& m) { clock(m); };
  events.on_progress = [](const scene::Progress&) {};
  reconstruct::TrainRun run(plan_of(folder, steps), *brighton(), stages, events);
  // On a thread beside one that waits, as the window's.
  std::thread([&] { run.run(); }).join();
  return clock.cost();
}

Cost in_the_studio(int steps, std::unique_ptr<render::ViewRenderer> (*make_renderer)()) {
  const QTemporaryDir folder;
  app::RendererOptions renderer;
  renderer.make = make_renderer;
  app::MainWindow window(renderer);
  window.show();
  window.open(brighton()->root);
  const auto idle = [&] { return !window.workspace().busy(); };
  if (!QTest::qWaitFor(idle, kLongest) || !window.workspace().dataset())
    throw scene::Error("brighton_beach", "does not open");
  QTest::qWait(kSettle);
  StepClock clock;
  QObject::connect(&window.workspace(), &app::Workspace::stepped, &window,
                   [&](const reconstruct::TrainMetrics& m) { clock(m); });
  window.workspace().start(plan_of(folder, steps));
  if (!QTest::qWaitFor(idle, kLongest)) throw scene::Error("the run", "does not end");
  return clock.cost();
}

void compare(const char* name, int pairs, int steps, std::unique_ptr<render::ViewRenderer> (*make_renderer)(),
             const char* limit) {
  std::vector<double> wall[2], cpu[2], wall_ratio, cpu_ratio, extra;
  for (int i = 0; i < pairs; ++i) {
    Cost cost[2];
    // Now one first, now the other.
    for (const int which : {i % 2, 1 - i % 2})
      cost[which] = which == 0 ? headless(steps) : in_the_studio(steps, make_renderer);
    for (const int which : {0, 1}) wall[which].push_back(cost[which].wall), cpu[which].push_back(cost[which].cpu);
    wall_ratio.push_back(cost[1].wall / cost[0].wall), cpu_ratio.push_back(cost[1].cpu / cost[0].cpu);
    extra.push_back(1e3 * (cost[1].cpu - cost[0].cpu) / cost[1].wall);
    std::fprintf(stderr, "%s, pair %d: headless %.2f ms wall %.2f ms CPU, window %.2f ms wall %.2f ms CPU\n", name,
                 i + 1, cost[0].wall, cost[0].cpu, cost[1].wall, cost[1].cpu);
  }
  const double cores = std::max(1u, std::thread::hardware_concurrency());
  std::printf("%-36s wall %7.2f -> %7.2f ms (x %.3f)   CPU %7.2f -> %7.2f ms (x %.3f)   %s\n", name, median(wall[0]),
              median(wall[1]), median(wall_ratio), median(cpu[0]), median(cpu[1]), median(cpu_ratio), limit);
  // Does not depend on how busy the machine is with other things.
  std::printf("%-36s the window takes %.0f ms of CPU a second, %.1f %% of the cores\n", "", median(extra),
              0.1 * median(extra) / cores);
  std::fflush(stdout);
}

}  // namespace
}  // namespace tessera::bench

int main(int argc, char** argv) try {
  using namespace tessera;
  QApplication application(argc, argv);
  const QTemporaryDir settings;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  app::set_theme(application, true);
  const int pairs = argc > 1 ? std::atoi(argv[1]) : 5, steps = argc > 2 ? std::atoi(argv[2]) : 200;
  if (pairs < 1 || steps <= static_cast<int>(bench::kWarm)) {
    std::fprintf(stderr, "usage: tessera_studio_bench [PAIRS [STEPS]], more than %u steps\n", bench::kWarm);
    return 2;
  }
  if (!bench::brighton()) {
    std::fprintf(stderr, "shared/data/brighton_beach is not there\n");
    return 1;
  }
  std::printf("a training step, headless -> with the studio's window open; medians of %d pairs of %d steps\n", pairs,
              steps);
  bench::compare("view that draws nothing", pairs, steps, bench::make_nothing, "at most x 1.03");
  bench::compare("CPU renderer, a quarter of the time", pairs, steps, render::make_cpu_view_renderer, "");
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
