// Counts every allocation of the program: a training iteration past the first few makes none in the loss or the
// optimiser.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "reconstruct/train/adam.h"
#include "reconstruct/train/loss.h"
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

}  // namespace
}  // namespace tessera::reconstruct
