#include "render/vulkan/device_model.h"

#include <bit>
#include <cmath>

#include "render/rasterizer.h"
#include "render/vulkan/splat_renderer.h"
#include "tests/support/random_scene.h"
#include "tests/support/vulkan_test.h"

namespace tessera::render::vulkan {
namespace {

constexpr std::size_t kRun = kRunRows;

std::uint64_t bytes(std::size_t rows) { return DeviceModel::splat_bytes(rows) + DeviceModel::harmonic_bytes(rows, 3); }

double psnr(const Frame& a, const Frame& b) {
  double sum = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x)
      for (int c = 0; c < 3; ++c) sum += std::pow(a.color[c].at(x, y) - b.color[c].at(x, y), 2);
  return -10 * std::log10(sum / (3.0 * a.width * a.height) + 1e-12);
}

class DeviceModelTest : public test::VulkanTest {
 protected:
  scene::Camera camera_ = test::random_camera(3, 120, 80);
  scene::GaussianModel model(std::size_t splats, int degree = 3) {
    return test::random_model(3, {.splats = splats, .sh_degree = degree, .scale_high = 0.1}, camera_);
  }
  /// What the renderer shows is what the CPU draws of that model.
  double parity(SplatRenderer& renderer, const scene::GaussianModel& model) {
    renderer.draw(camera_, {});
    Frame frame;
    renderer.read(frame);
    return psnr(frame, make_cpu_rasterizer()->forward(model, camera_, {}));
  }
};

TEST_F(DeviceModelTest, UploadsOnlyWhatHasChanged) {
  SplatRenderer renderer(device());
  auto m = model(5 * kRun + 100);
  const auto uploaded = [&] {
    const std::uint64_t before = renderer.uploaded_bytes();
    renderer.set_model(m);
    return renderer.uploaded_bytes() - before;
  };
  EXPECT_EQ(uploaded(), bytes(m.size()));
  EXPECT_GT(parity(renderer, m), 45);
  EXPECT_EQ(uploaded(), 0u) << "the same again";

  for (std::size_t i = 0; i < 30; ++i) m.opacity_logit[2 * kRun + i] = -20;  // an edit: some become invisible
  EXPECT_EQ(uploaded(), DeviceModel::splat_bytes(kRun)) << "one run of splats, no colours";
  EXPECT_GT(parity(renderer, m), 45);
  m.sh[5][4 * kRun] += 1;
  EXPECT_EQ(uploaded(), DeviceModel::harmonic_bytes(kRun, 3)) << "one run of colours";
  EXPECT_GT(parity(renderer, m), 45);

  for (std::vector<float>* plane : m.planes()) plane->resize(m.size() + 50, plane->back());  // some more at the end
  EXPECT_EQ(uploaded(), bytes(150)) << "the last run";
  EXPECT_GT(parity(renderer, m), 45);
  for (float& x : m.position[0]) x += 0.01f;  // as training does
  for (std::vector<float>& plane : m.sh)
    for (float& value : plane) value *= 0.5f;
  EXPECT_EQ(uploaded(), bytes(m.size()));
  EXPECT_GT(parity(renderer, m), 45);
}

TEST_F(DeviceModelTest, FollowsModelsOfAnySizeAndDegree) {
  SplatRenderer renderer(device());
  for (const auto& [splats, degree] :
       {std::pair{100, 3}, {20'000, 3}, {9000, 1}, {50, 1}, {0, 0}, {4096, 2}, {5000, 2}, {30'000, 0}}) {
    const auto m = model(static_cast<std::size_t>(splats), degree);
    renderer.set_model(m);
    EXPECT_EQ(renderer.drawn_splats(), m.size());
    EXPECT_GT(parity(renderer, m), 45) << splats << " of degree " << degree;
  }
}

TEST_F(DeviceModelTest, DrawsWhatMattersMostWhereItHoldsNoMore) {
  auto m = model(6000);
  for (std::size_t i = 0; i < m.size(); i += 2) m.opacity_logit[i] = -5;  // hardly seen, but not nothing
  SplatRenderer renderer(device(), 3000);
  EXPECT_EQ(renderer.capacity(), 3000u);
  renderer.set_model(m);
  EXPECT_EQ(renderer.drawn_splats(), 3000u);
  // Better than every second splat of those that are seen well.
  scene::IndexMap half;
  for (std::uint32_t i = 1; i < m.size(); i += 4) half.old_row.push_back(i);
  scene::GaussianModel other = m;
  other.apply(half);
  const auto rasterizer = make_cpu_rasterizer();
  const Frame whole = rasterizer->forward(m, camera_, {});
  const double chosen = parity(renderer, m);
  EXPECT_GT(chosen, psnr(rasterizer->forward(other, camera_, {}), whole) + 6);
  EXPECT_GT(chosen, 25);
  renderer.set_model(model(1000));
  EXPECT_EQ(renderer.drawn_splats(), 1000u);
}

TEST(PackedHarmonics, KeepEachCoefficientWithinHalfAStepOfItsRun) {
  const test::RandomSceneOptions o{.splats = 500};
  const auto m = test::random_model(5, o, test::random_camera(5, o.width, o.height));
  const std::vector<std::uint32_t> list{3, 499, 77, 0};
  const auto packed = pack_harmonics(m, {list, 0, list.size()});
  ASSERT_EQ(packed.size(), bound_words(3) + list.size() * harmonic_words(3));
  EXPECT_EQ(harmonic_words(3), 14u);
  for (std::size_t k = 0; k < list.size(); ++k) {
    const std::uint32_t* row = packed.data() + bound_words(3) + k * harmonic_words(3);
    for (std::size_t p = 0; p < 3; ++p) EXPECT_EQ(row[p / 2] >> (p % 2 * 16) & 0xFFFF, to_half(m.sh[p][list[k]]));
    for (std::size_t p = 0; p < 45; ++p) {
      const float low = std::bit_cast<float>(packed[2 * p]), step = std::bit_cast<float>(packed[2 * p + 1]);
      const auto steps = static_cast<float>(row[2 + p / 4] >> (p % 4 * 8) & 0xFF);
      EXPECT_NEAR(low + step * steps, m.sh[3 + p][list[k]], 0.501f * step);
    }
  }
}

TEST(MostImportantRows, AreTheOpaqueAndTheLarge) {
  scene::GaussianModel m;
  m.resize(6, 0);
  for (std::size_t i = 0; i < 6; ++i) m.rotation[0][i] = 1, m.opacity_logit[i] = 0;
  m.opacity_logit[1] = 3;                          // opaque
  m.opacity_logit[2] = -200;                       // nothing
  m.log_scale[0][3] = m.log_scale[2][3] = 1;       // large
  m.log_scale[1][4] = -30, m.log_scale[2][4] = 2;  // flat, and large: thickness is not asked
  EXPECT_THAT(most_important_rows(m, 3), testing::ElementsAre(1, 3, 4));
  EXPECT_THAT(most_important_rows(m, 5), testing::ElementsAre(0, 1, 3, 4, 5));
  EXPECT_THAT(most_important_rows(m, 9), testing::ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(most_important_rows(m, 0), testing::IsEmpty());
}

/// A driver that gives no more than so many bytes at a time.
PFN_vkAllocateMemory real_allocate = nullptr;
VkDeviceSize most_bytes = 0;
VKAPI_ATTR VkResult VKAPI_CALL short_allocate(VkDevice device, const VkMemoryAllocateInfo* info,
                                              const VkAllocationCallbacks* callbacks, VkDeviceMemory* memory) {
  if (info->allocationSize > most_bytes) return VK_ERROR_OUT_OF_DEVICE_MEMORY;
  return real_allocate(device, info, callbacks, memory);
}

TEST_F(DeviceModelTest, DrawsFewerWhereTheDriverHasLessMemoryThanItSays) {
  real_allocate = device().f().vkAllocateMemory;
  device().entry_points().vkAllocateMemory = short_allocate;
  most_bytes = DeviceModel::harmonic_bytes(2 * kRun, 3);  // colours of two runs
  const auto m = model(5 * kRun);
  {
    SplatRenderer renderer(device());
    renderer.set_model(m);
    EXPECT_LE(renderer.drawn_splats(), 2 * kRun);
    EXPECT_GT(renderer.drawn_splats(), kRun);
    most_bytes = 1u << 30;
    EXPECT_GT(parity(renderer, m), 10);
    renderer.set_model(m);
    EXPECT_EQ(renderer.drawn_splats(), m.size());
    most_bytes = 1000;
    try {
      renderer.set_model(model(100'000));
      FAIL() << "there is no room";
    } catch (const OutOfMemory& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr("has no room for"));
    }
    most_bytes = 1u << 30;
    renderer.set_model(m);
    EXPECT_GT(parity(renderer, m), 45);
  }
  device().wait_idle();
  device().collect();
  EXPECT_THAT(device().memory_tree(), testing::IsEmpty());
}

}  // namespace
}  // namespace tessera::render::vulkan
