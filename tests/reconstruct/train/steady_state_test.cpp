// Counts every allocation of the program: a training iteration past the first few makes none, on any thread.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "reconstruct/train/adam.h"
#include "reconstruct/train/loss.h"
#include "tests/reconstruct/train/session_support.h"
#include "tests/support/pictures.h"

namespace {
std::atomic<std::size_t> allocations{0};

void* counted(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  // aligned_alloc wants whole multiples.
  void* p = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (!p) throw std::bad_alloc();
  return p;
}
}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace tessera::reconstruct {
namespace {

TEST(SteadyState, TruthLossExposureAndAdamAllocateNothing) {
  constexpr int kWidth = 100, kHeight = 150;
  scene::Picture photo;
  photo.width = kWidth, photo.height = kHeight;
  photo.rgb.assign(3 * kWidth * kHeight, 77);
  photo.mask.assign(kWidth * kHeight, 1);
  photo.mask[5] = 0;
  render::Plane picture[3], corrected[3], gradient[3], d_picture[3];
  test::make_picture(kWidth, kHeight, 1, 0.5, picture);
  Truth truth;
  PhotometricLoss loss;
  const Affine affine;
  const float black[3] = {0, 0, 0};
  double d_affine[12];

  constexpr std::size_t kRows = 5000;
  scene::GaussianModel model;
  model.resize(kRows, 3);
  render::ModelGradients gradients;
  gradients.planes.resize(kRows, 3);
  gradients.seen.assign(kRows, 1);
  SparseAdam adam;
  adam.resize(kRows, 3);

  std::size_t before = 0;
  for (std::uint32_t step = 1; step <= 20; ++step) {
    if (step == 4) before = allocations.load();
    truth.assign(photo, black);
    apply_affine(affine, picture, corrected);
    loss.evaluate(corrected, truth, 0.2, gradient);
    affine_backward(affine, picture, gradient, d_picture, d_affine);
    adam.step(model, gradients, LearningRates{}, step, 3);
  }
  EXPECT_EQ(allocations.load() - before, 0u);
  EXPECT_GT(before, 0u) << "the counter counts";
}

/// Steps of 600 that allocate, once 200 are done: whole steps of a session (picture, look ahead, rendering, loss,
/// backward, optimiser, exposure, strategy, events) after its densifications, over a hundred epochs of the view order.
std::size_t allocating_steps(TrainOptions options) {
  test::SmallWorld world;                                                                // six training photos
  options.densify_from = 0, options.densify_every = 60, options.densify_until = 130e-6;  // steps 60 and 120
  options.dropout = 0.2;
  std::size_t heard = 0, allocating = 0;
  TrainEvents events;
  events.on_step = [&](const TrainMetrics&) { ++heard; };
  TrainingSession session(world.dataset, options, {}, events);
  for (int i = 0; i < 800; ++i) {
    const std::size_t before = allocations.load();
    session.step();
    allocating += i >= 200 && allocations.load() != before;
  }
  EXPECT_EQ(heard, 800u);
  return allocating;
}

TEST(SteadyState, AStepOfASessionAllocatesNothing) {
  for (const char* strategy : {"adc", "mcmc"})
    for (const char* exposure : {"off", "affine"})
      for (const char* resolution : {"off", "auto"}) {
        auto options = test::quick_options(1'000'000);
        options.strategy = strategy, options.exposure = exposure, options.resolution_schedule = resolution;
        // Splats that move and grow touch more tiles, and the lists of tiles then grow, by a quarter at a time.
        EXPECT_LE(allocating_steps(options), 6u) << strategy << ", exposure " << exposure << ", " << resolution;
        // Splats of one shape, whose colours learn.
        options.lr_position = options.lr_position_final = options.lr_scale = options.lr_rotation = 0;
        options.lr_opacity = 0;
        EXPECT_EQ(allocating_steps(options), 0u) << strategy << ", exposure " << exposure << ", " << resolution;
      }
}

}  // namespace
}  // namespace tessera::reconstruct
