#include "reconstruct/clean/floaters.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scene/random.h"

namespace tessera::reconstruct {
namespace {

/// A ball's surface of small opaque splats with natural spread of sizes and opacities; rows `count` and on are to be
/// set by a test.
scene::GaussianModel surface(std::size_t count, std::size_t more = 0) {
  scene::GaussianModel model;
  model.resize(count + more, 0);
  for (std::size_t i = 0; i < count + more; ++i) {
    const auto a = scene::philox(7, static_cast<std::uint32_t>(scene::RandomStream::kTest), 0, i);
    const auto b = scene::philox(7, static_cast<std::uint32_t>(scene::RandomStream::kTest), 1, i);
    const auto [x, y] = scene::normal_pair(a[0], a[1]);
    const auto [z, size] = scene::normal_pair(a[2], a[3]);
    const double length = std::sqrt(x * x + y * y + z * z);
    model.position[0][i] = static_cast<float>(x / length);
    model.position[1][i] = static_cast<float>(y / length);
    model.position[2][i] = static_cast<float>(z / length);
    for (auto& plane : model.log_scale) plane[i] = static_cast<float>(std::log(0.03) + 0.3 * size);
    model.rotation[0][i] = 1;
    model.opacity_logit[i] = static_cast<float>(1 + 1.5 * scene::normal_pair(b[0], b[1])[0]);
  }
  return model;
}

void place(scene::GaussianModel& model, std::size_t row, float x, float y, float z) {
  model.position[0][row] = x, model.position[1][row] = y, model.position[2][row] = z;
}

Floaters find(const scene::GaussianModel& model, const scene::Dataset* dataset = nullptr) {
  return find_floaters(model, scene::measure(model, dataset), scene::RowMask(model.size(), 1));
}

TEST(Floaters, AScanOfASurfaceHasAlmostNone) {
  const Floaters floaters = find(surface(5000));
  EXPECT_LE(scene::count(floaters.any()), 25u) << "half a percent";
  EXPECT_EQ(scene::count(floaters.rarely_seen), 0u);
}

TEST(Floaters, FindsWhatIsAlone) {
  scene::GaussianModel model = surface(5000, 3);
  place(model, 5000, 2, 0, 0), place(model, 5001, 0, -3, 1), place(model, 5002, 0, 0, 0);
  const Floaters floaters = find(model);
  for (std::size_t row = 5000; row < 5003; ++row) {
    EXPECT_EQ(floaters.isolated[row], 1) << row;
    EXPECT_EQ(floaters.any()[row], 1) << row;
  }
}

TEST(Floaters, AThinBackgroundIsNoneThoughItIsFarFromEverything) {
  scene::GaussianModel model = surface(5000, 400);
  for (std::size_t i = 5000; i < 5400; ++i) {  // a shell ten times as far, of splats in proportion to their spacing
    for (auto& plane : model.position) plane[i] *= 10;
    for (auto& plane : model.log_scale) plane[i] += std::log(30.0f);
  }
  const Floaters floaters = find(model);
  std::size_t found = 0;
  for (std::size_t i = 5000; i < 5400; ++i) found += floaters.isolated[i] | floaters.huge[i];
  EXPECT_LE(found, 8u);
}

TEST(Floaters, FindsWhatIsHugeAmongItsNeighbours) {
  scene::GaussianModel model = surface(5000, 1);
  model.log_scale[1][5000] = std::log(1.5f);
  const Floaters floaters = find(model);
  EXPECT_EQ(floaters.huge[5000], 1);
  EXPECT_LE(scene::count(floaters.huge), 25u);
}

TEST(Floaters, FindsWhatIsNearlyTransparentButLeavesHazeAlone) {
  scene::GaussianModel model = surface(5000, 1);
  model.opacity_logit[5000] = -6;
  const Floaters floaters = find(model);
  EXPECT_EQ(floaters.faint[5000], 1);
  EXPECT_LT(scene::count(floaters.faint), 100u);
  for (std::size_t i = 0; i < 5001; ++i) model.opacity_logit[i] -= 8;  // all is haze
  EXPECT_LE(scene::count(find(model).faint), 251u);
}

TEST(Floaters, FindsWhatOnePhotoSeesWhereTheRestIsSeenByMany) {
  scene::GaussianModel model = surface(3000, 8);
  // In front of one camera alone; eight, so that they are not alone.
  for (std::size_t i = 3000; i < 3008; ++i) place(model, i, 0.02f * static_cast<float>(i - 3000), 0, 3.9f);
  scene::Dataset dataset;
  dataset.views.resize(6);
  for (std::size_t v = 0; v < 6; ++v) {
    scene::Camera& camera = dataset.views[v].camera;
    camera.intrinsics = {200, 200, 200, 200, 100, 100};
    // At (0, 0, 4) looking down, and from its sides.
    camera.cam_from_world.rotation = glm::angleAxis(3.14159265 + 0.3 * static_cast<double>(v), glm::dvec3(1, 0, 0));
    camera.cam_from_world.translation = {0, 0, 4};
  }
  const Floaters floaters = find(model, &dataset);
  for (std::size_t i = 3000; i < 3008; ++i) EXPECT_EQ(floaters.rarely_seen[i], 1) << i;
  EXPECT_EQ(scene::count(floaters.rarely_seen), 8u);
  dataset.views.resize(1);
  EXPECT_EQ(scene::count(find(model, &dataset).rarely_seen), 0u) << "one photo says nothing";
}

TEST(Floaters, WhatIsGoneIsNobodysNeighbour) {
  scene::GaussianModel model = surface(5000, 20);
  for (std::size_t i = 5000; i < 5020; ++i) place(model, i, 2 + 0.01f * static_cast<float>(i - 5000), 0, 0);
  EXPECT_EQ(find(model).isolated[5000], 0) << "a clump";
  scene::RowMask alive(model.size(), 1);
  for (std::size_t i = 5001; i < 5020; ++i) alive[i] = 0;
  const Floaters floaters = find_floaters(model, scene::measure(model, nullptr), alive);
  EXPECT_EQ(floaters.isolated[5000], 1);
  for (std::size_t i = 5001; i < 5020; ++i) EXPECT_EQ(floaters.any()[i], 0);
}

TEST(Floaters, AHandfulOfSplatsAndCopiesOfOneAreNoScene) {
  EXPECT_EQ(scene::count(find(surface(8)).any()), 0u);
  EXPECT_EQ(scene::count(find(surface(0)).any()), 0u);
  scene::GaussianModel same = surface(100);
  for (std::size_t i = 0; i < 100; ++i) place(same, i, 1, 2, 3), same.log_scale[0][i] = -1;
  EXPECT_EQ(scene::count(find(same).isolated), 0u);
}

TEST(Floaters, CanBeCancelled) {
  scene::Cancellation cancellation;
  cancellation.request();
  scene::JobContext job;
  job.cancellation = &cancellation;
  const scene::GaussianModel model = surface(100);
  EXPECT_THROW(find_floaters(model, scene::measure(model, nullptr), scene::RowMask(100, 1), job), scene::Cancelled);
}

}  // namespace
}  // namespace tessera::reconstruct
