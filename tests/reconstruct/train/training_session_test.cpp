#include "reconstruct/train/training_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/evaluate/picture.h"
#include "reconstruct/train/checkpoint.h"
#include "reconstruct/train/run_record.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/reconstruct/train/session_support.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;
using Outcome = TrainingSession::Outcome;

using test::quick_options;
using test::result_of;
using test::same;
using test::Trained;

double test_psnr(const scene::GaussianModel& model, const scene::Dataset& dataset) {
  scene::ImageCache images(dataset, 1 << 26);
  const auto rasterizer = render::make_cpu_rasterizer();
  return evaluate(model, dataset, images, *rasterizer, {}).mean(true)->psnr;
}

class BothStrategies : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Session, BothStrategies, testing::Values("adc", "mcmc"));

TEST_P(BothStrategies, LearnTheHeldOutViews) {
  test::SmallWorld world;
  auto options = quick_options(1500);
  options.strategy = GetParam();
  options.max_splats = 2000, options.densify_every = 20;
  options.background = "black", options.resolution_schedule = "off";
  TrainingSession session(world.dataset, options, {});
  const double before = test_psnr(session.model(), world.dataset);
  EXPECT_EQ(session.run(), Outcome::finished);
  const double after = test_psnr(session.model(), world.dataset);
  EXPECT_GT(after, before + 6);
  EXPECT_GT(after, 20);
  EXPECT_EQ(session.current_step(), 1500u);
  EXPECT_LE(session.model().size(), 2000u);
  EXPECT_GT(session.model().size(), world.dataset.points.size());
}

TEST_P(BothStrategies, GiveTheSameBytesOnAnyNumberOfThreads) {
  test::SmallWorld world;
  auto options = quick_options();
  options.strategy = GetParam();
  std::vector<Trained> results;
  for (const int threads : {1, 2, 3}) {
    options.threads = threads;
    TrainingSession session(world.dataset, options, {});
    session.run();
    results.push_back(result_of(session));
  }
  EXPECT_TRUE(same(results[0], results[1]));
  EXPECT_TRUE(same(results[0], results[2]));
}

TEST_P(BothStrategies, GiveTheSameBytesWithTermsOfGeometryOnAnyNumberOfThreads) {
  test::SmallWorld world;
  auto options = quick_options();
  options.strategy = GetParam();
  const auto trained = [&] {
    TrainingSession session(world.dataset, options, {});
    session.run();
    return result_of(session);
  };
  const Trained without = trained();
  options.pseudo_view = "released", options.pseudo_from = 0.2;
  EXPECT_TRUE(same(trained(), without)) << "its mask leaves no gradient";
  options.pseudo_view = "corrected", options.exposure = "affine";
  std::vector<Trained> results;
  for (const int threads : {1, 3}) {
    options.threads = threads;
    results.push_back(trained());
  }
  EXPECT_TRUE(same(results[0], results[1]));
  options.pseudo_view = "off";
  EXPECT_FALSE(same(trained(), results[0])) << "the comparison with the view beside teaches something";
}

TEST_P(BothStrategies, GiveTheSameBytesAfterStopsAndResumes) {
  test::SmallWorld world;
  auto options = quick_options();
  options.strategy = GetParam();
  TrainingSession whole(world.dataset, options, {});
  whole.run();
  test::TemporaryFolder run;
  // Stops right after steps 1, 6, 7 (a densification), 20 and 59, each time in a new session.
  const std::vector<std::uint32_t> stops = {1, 6, 7, 20, 59};
  for (std::size_t k = 0; k <= stops.size(); ++k) {
    TrainingSession* current = nullptr;
    TrainEvents events;
    events.on_step = [&](const TrainMetrics& m) {
      if (k < stops.size() && m.step == stops[k]) current->stop();
    };
    TrainingSession part(world.dataset, options, run.path(), events);
    current = &part;
    if (k > 0) {
      part.resume_from_checkpoint();
      EXPECT_EQ(part.current_step(), stops[k - 1]);
    }
    EXPECT_EQ(part.run(), k < stops.size() ? Outcome::stopped : Outcome::finished);
    if (k == stops.size()) {
      EXPECT_TRUE(same(result_of(part), result_of(whole)));
    }
  }
}

TEST(TrainingSession, SeedsDiffer) {
  test::SmallWorld world;
  auto options = quick_options(20);
  TrainingSession a(world.dataset, options, {});
  options.seed = 1;
  TrainingSession b(world.dataset, options, {});
  a.run(), b.run();
  EXPECT_FALSE(same(result_of(a), result_of(b)));
}

TEST(TrainingSession, StepsOneByOneAreTheSameAsARun) {
  test::SmallWorld world;
  const auto options = quick_options(12);
  TrainingSession run(world.dataset, options, {}), steps(world.dataset, options, {});
  run.run();
  for (int i = 1; i <= 12; ++i) {
    steps.step();
    EXPECT_EQ(steps.current_step(), static_cast<std::uint32_t>(i));
  }
  steps.step();  // nothing is left to do
  EXPECT_EQ(steps.current_step(), 12u);
  EXPECT_TRUE(same(result_of(run), result_of(steps)));
}

TEST(TrainingSession, TwoLiveSideBySide) {
  test::SmallWorld world;
  const auto options = quick_options(15);
  TrainingSession alone(world.dataset, options, {}), a(world.dataset, options, {}), b(world.dataset, options, {});
  alone.run();
  std::thread other([&] { a.run(); });
  b.run();
  other.join();
  EXPECT_TRUE(same(result_of(a), result_of(alone)));
  EXPECT_TRUE(same(result_of(b), result_of(alone)));
}

TEST(TrainingSession, ReportsEveryStepAndItsProgress) {
  test::SmallWorld world;
  std::vector<TrainMetrics> steps;
  std::vector<scene::Progress> progress;
  TrainEvents events;
  events.on_step = [&](const TrainMetrics& m) { steps.push_back(m); };
  events.on_progress = [&](const scene::Progress& p) { progress.push_back(p); };
  TrainingSession session(world.dataset, quick_options(20), {}, events);
  session.run();
  ASSERT_EQ(steps.size(), 20u);
  for (std::uint32_t i = 0; i < 20; ++i) {
    EXPECT_EQ(steps[i].step, i + 1);
    EXPECT_NEAR(steps[i].loss, 0.8 * steps[i].l1 + 0.2 * (1 - steps[i].ssim), 1e-9);
    EXPECT_GT(steps[i].step_ms, 0);
    EXPECT_LT(steps[i].test_psnr, 0);
  }
  EXPECT_EQ(steps.back().splats, session.model().size());
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.back().stage, "training");
  EXPECT_EQ(progress.back().done, 20);
  EXPECT_EQ(progress.back().total, 20);
  EXPECT_EQ(progress.back().seconds_remaining, 0);
  EXPECT_NE(progress.back().detail.find("splats"), std::string::npos);
  EXPECT_EQ(session.metrics().step, 20u);
}

TEST(TrainingSession, OtherThreadsMayPauseLookAndStop) {
  test::SmallWorld world;
  auto options = quick_options(1000000);
  test::TemporaryFolder run;
  TrainingSession session(world.dataset, options, run.path());
  Outcome outcome = Outcome::finished;
  std::thread worker([&] { outcome = session.run(); });
  while (session.current_step() < 3) std::this_thread::yield();
  const auto first = session.snapshot();
  EXPECT_GE(first->step, 3u);
  first->model.validate("snapshot");
  session.pause();
  std::uint32_t held = 0;
  // The step under way ends; then nothing moves.
  do {
    held = session.current_step();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  } while (session.current_step() != held);
  const auto paused = session.snapshot(), again = session.snapshot();
  EXPECT_EQ(paused->step, held);
  EXPECT_TRUE(test::same_planes(paused->model, again->model));
  session.checkpoint();
  EXPECT_EQ(read_checkpoint(run.path() / "checkpoint").step, held);
  session.resume();
  while (session.current_step() < held + 3) std::this_thread::yield();
  EXPECT_TRUE(test::same_planes(paused->model, again->model)) << "a snapshot never changes";
  session.stop();
  worker.join();
  EXPECT_EQ(outcome, Outcome::stopped);
  EXPECT_EQ(read_checkpoint(run.path() / "checkpoint").step, session.current_step());
}

TEST(TrainingSession, AStopWhilePausedOrBeforeTheStartEndsTheRun) {
  test::SmallWorld world;
  TrainingSession session(world.dataset, quick_options(), {});
  session.pause();
  session.stop();
  EXPECT_EQ(session.run(), Outcome::stopped);
  EXPECT_EQ(session.current_step(), 0u);
  session.resume();
  EXPECT_EQ(session.run(), Outcome::finished);
}

TEST(TrainingSession, ACancellationStopsTheRunWithACheckpoint) {
  test::SmallWorld world;
  test::TemporaryFolder run;
  scene::Cancellation cancellation;
  auto options = quick_options();
  options.eval = "5";
  TrainEvents events;
  events.cancellation = &cancellation;
  events.on_step = [&](const TrainMetrics& m) {
    if (m.step == 7) cancellation.request();
  };
  TrainingSession session(world.dataset, options, run.path(), events);
  EXPECT_EQ(session.run(), Outcome::stopped);
  EXPECT_EQ(read_checkpoint(run.path() / "checkpoint").step, 7u);
  TrainingSession whole(world.dataset, options, {}), rest(world.dataset, options, run.path());
  whole.run();
  rest.resume_from_checkpoint();
  EXPECT_EQ(rest.run(), Outcome::finished);
  EXPECT_TRUE(same(result_of(rest), result_of(whole)));
}

TEST(TrainingSession, ACancellationEndsEveryKindOfStart) {
  test::SmallWorld world;
  scene::Cancellation cancellation;
  cancellation.request();
  TrainEvents events;
  events.cancellation = &cancellation;
  auto options = quick_options();
  for (const char* how : {"random", "stereo"}) {
    options.initialization = how;
    EXPECT_THROW(TrainingSession(world.dataset, options, {}, events), scene::Cancelled) << how;
  }
}

TEST(TrainingSession, CallbacksMayLookAtTheSession) {
  test::SmallWorld world;
  TrainingSession* current = nullptr;
  std::uint32_t looked = 0;
  TrainEvents events;
  events.on_step = [&](const TrainMetrics& m) { looked += current->snapshot()->step == m.step; };
  TrainingSession session(world.dataset, quick_options(5), {}, events);
  current = &session;
  session.run();
  EXPECT_EQ(looked, 5u);
}

TEST(TrainingSession, WritesMetricsPreviewsAndCheckpoints) {
  test::SmallWorld world;
  test::TemporaryFolder folder;
  const fs::path run = folder.path() / "runs" / "one";
  auto options = quick_options(40);
  options.preview_every = 15, options.checkpoint_every = 20, options.eval = "10";
  EXPECT_FALSE(TrainingSession::has_checkpoint(run));
  TrainingSession session(world.dataset, options, run);
  session.run();
  EXPECT_TRUE(TrainingSession::has_checkpoint(run));
  EXPECT_EQ(read_checkpoint(run / "checkpoint").step, 40u);
  EXPECT_EQ(read_checkpoint(run / "checkpoint.previous").step, 20u);
  std::vector<std::string> previews;
  for (const auto& entry : fs::directory_iterator(run / "previews")) previews.push_back(entry.path().filename());
  std::sort(previews.begin(), previews.end());
  EXPECT_EQ(previews, (std::vector<std::string>{"step_000015.png", "step_000030.png", "step_000040.png"}));
  const auto preview = scene::read_image(run / "previews" / "step_000040.png");
  const auto rasterizer = render::make_cpu_rasterizer();
  render::RenderSettings settings;
  settings.sh_degree = options.sh_degree;
  EXPECT_EQ(preview.pixels,
            to_image8(rasterizer->forward(session.model(), world.dataset.views[0].camera, settings).color).pixels);

  EXPECT_NEAR(session.metrics().test_psnr, test_psnr(session.model(), world.dataset), 1e-6);
  const std::string csv = scene::read_file(run / "metrics.csv");
  EXPECT_EQ(csv.rfind("step,seconds,cpu_seconds,loss,splats,test_psnr,train_psnr,memory_mb\n", 0), 0u);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 41);
  const MetricsRow last = read_metrics(run).back();
  EXPECT_EQ(last.step, 40u);
  EXPECT_NEAR(last.test_psnr, session.metrics().test_psnr, 1e-3);
  EXPECT_NEAR(last.train_psnr, session.metrics().train_psnr, 1e-2) << "a row a step";
  EXPECT_GT(last.memory_mb, 1);
}

TEST(TrainingSession, APausedRunTakesOneStepWhenAskedTo) {
  test::SmallWorld world;
  TrainingSession session(world.dataset, quick_options(40), {});
  session.step_paused();  // nothing: it is not paused
  session.pause();
  std::thread runner([&] { session.run(); });
  for (std::uint32_t step = 1; step <= 3; ++step) {
    session.step_paused();
    while (session.current_step() < step) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(60));  // a second step would have been taken by now
    EXPECT_EQ(session.current_step(), step);
  }
  session.resume();
  runner.join();
  EXPECT_EQ(session.current_step(), 40u);
}

TEST(TrainingSession, TheTableGoesOnAfterAResume) {
  test::SmallWorld world;
  test::TemporaryFolder run;
  const auto options = quick_options(20);
  {
    TrainingSession session(world.dataset, options, run.path());
    for (int i = 0; i < 8; ++i) session.step();
    session.checkpoint();
  }
  TrainingSession session(world.dataset, options, run.path());
  session.resume_from_checkpoint();
  session.run();
  const std::string csv = scene::read_file(run.path() / "metrics.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 21);
  EXPECT_NE(csv.find("\n8,"), std::string::npos);
}

TEST(TrainingSession, ANonFiniteLossStopsTheRunAndNamesStepAndView) {
  test::SmallWorld world;
  test::TemporaryFolder run;
  const auto options = quick_options(20);
  TrainingSession session(world.dataset, options, run.path());
  session.step();
  session.checkpoint();
  Checkpoint c = read_checkpoint(run.path() / "checkpoint");
  for (float& v : c.model.sh[0]) v = 1e30f;  // finite, but its square is not
  write_checkpoint(c, run.path() / "checkpoint");
  session.resume_from_checkpoint();
  try {
    session.run();
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_NE(e.subject().find("step 2, view photo_"), std::string::npos) << e.what();
  }
  EXPECT_EQ(session.current_step(), 1u);
  session.model().validate("model");
}

TEST(TrainingSession, BadInputIsRefusedAtOnce) {
  test::SmallWorld world;
  auto options = quick_options();
  options.iterations = 0;
  EXPECT_THROW(TrainingSession(world.dataset, options, {}), scene::Error);
  options = quick_options();
  options.strategy = "none";
  EXPECT_THROW(TrainingSession(world.dataset, options, {}), scene::Error);
  EXPECT_THROW(TrainingSession(world.dataset, quick_options(), "/proc/no/such/run"), scene::Error);
  EXPECT_THROW(TrainingSession(world.dataset, quick_options(), {}).checkpoint(), scene::Error);
  for (auto& view : world.dataset.views) view.test = true;
  try {
    TrainingSession session(world.dataset, quick_options(), {});
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_EQ(e.subject(), world.dataset.root.string());
    EXPECT_NE(e.problem().find("training views"), std::string::npos);
  }
}

TEST(TrainingSession, APhotoThatVanishesIsNamed) {
  test::SmallWorld world;
  for (const std::size_t v : world.dataset.train_views()) fs::remove(world.dataset.views[v].image_path);
  TrainingSession session(world.dataset, quick_options(), {});
  try {
    session.run();
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_NE(e.subject().find("photo_"), std::string::npos);
  }
}

/// Photos of odd numbers are a third darker.
void darken_half(const test::SmallWorld& world) {
  for (std::size_t v = 1; v < world.dataset.views.size(); v += 2) {
    auto image = scene::read_image(world.dataset.views[v].image_path);
    for (auto& p : image.pixels) p = static_cast<std::uint8_t>(p * 2 / 3);
    scene::write_image(world.dataset.views[v].image_path, image);
  }
}

TEST(TrainingSession, ExposureMapsLearnWhichPhotosAreDarker) {
  test::SmallWorld world;
  darken_half(world);
  auto options = quick_options(400);
  TrainingSession session(world.dataset, options, {});
  session.run();
  double dark = 0, bright = 0;
  for (const std::size_t v : world.dataset.train_views()) (v % 2 ? dark : bright) += session.exposures()[v].m[5];
  EXPECT_LT(dark / 4, bright / 2 - 0.1);
  EXPECT_EQ(session.exposures()[0].m[5], 1.0f) << "a test view";
  options.exposure = "off";
  TrainingSession off(world.dataset, options, {});
  for (int i = 0; i < 5; ++i) off.step();
  for (const Affine& map : off.exposures()) EXPECT_EQ(map.m[5], 1.0f);
}

TEST(TrainingSession, FewPixelsLowerTheCapOnSplats) {
  test::SmallWorld world;  // six training photos of 96 x 64
  auto options = quick_options(40);
  options.densify_from = 0, options.adc_threshold = 0, options.strategy = "adc";
  options.pixels_per_splat = 180;
  TrainingSession session(world.dataset, options, {});
  EXPECT_EQ(session.options().max_splats, 6 * 96 * 64 / 180);
  session.run();
  EXPECT_EQ(session.model().size(), static_cast<std::size_t>(6 * 96 * 64 / 180)) << "grown to the cap and not beyond";
  options.pixels_per_splat = 1;
  EXPECT_EQ(TrainingSession(world.dataset, options, {}).options().max_splats, options.max_splats);
}

}  // namespace
}  // namespace tessera::reconstruct
