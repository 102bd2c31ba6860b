#include "scene/dataset.h"

#include <gtest/gtest.h>

#include "scene/image_cache.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {

TEST(Dataset, OpensAColmapFolderWithItsHeldOutSplit) {
  TESSERA_NEED_DATA("brighton_beach");
  const Dataset dataset = load_dataset(test::shared_data() / "brighton_beach");
  ASSERT_EQ(dataset.views.size(), 18u);
  EXPECT_EQ(dataset.format, "COLMAP binary");
  EXPECT_EQ(dataset.points.size(), 5535u);
  std::vector<std::string> held_out;
  for (const std::size_t i : dataset.test_views()) held_out.push_back(dataset.views[i].name);
  EXPECT_EQ(held_out, (std::vector<std::string>{"DJI_0018.JPG", "DJI_0026.JPG", "DJI_0034.JPG"}));
  EXPECT_EQ(dataset.train_views().size(), 15u);
  EXPECT_TRUE(dataset.warnings.empty()) << dataset.warnings.front();
}

TEST(ImageCache, GivesThePictureAtTheAskedLevel) {
  TESSERA_NEED_DATA("brighton_beach");
  const Dataset dataset = load_dataset(test::shared_data() / "brighton_beach");
  ImageCache cache(dataset, 100 << 20);
  const auto full = cache.get(3), half = cache.get(3, 1);
  EXPECT_EQ(full->width, 640);
  EXPECT_EQ(half->height, 180);
  EXPECT_EQ(cache.get(3), full);
  EXPECT_EQ(cache.misses(), 2u);
  EXPECT_EQ(cache.bytes(), full->bytes() + half->bytes());
}

}  // namespace
}  // namespace tessera::scene
