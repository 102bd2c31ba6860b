#include "reconstruct/run/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene/error.h"
#include "scene/formats/ply.h"
#include "tests/support/random_scene.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

TEST(ReadModel, SaysWhatItNeedsWhereMemoryIsShort) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "model.ply";
  const test::RandomSceneOptions o{.splats = 10'000};
  scene::write_splat_ply(test::random_model(1, o, test::random_camera(1, 8, 8)), file);
  EXPECT_EQ(read_model(file, {2'360'000 + 500, "in the test", 500}).size(), 10'000u);  // 59 floats a splat
  EXPECT_EQ(read_model(file).size(), 10'000u);
  try {
    read_model(file, {2'360'000 + 500, "in the test", 501});
    FAIL() << "one byte is missing";
  } catch (const scene::Error& e) {
    EXPECT_EQ(e.subject(), file.string());
    EXPECT_EQ(e.problem(), "holds 10000 splats, which need 2 MB of memory; there are 2 MB left of those in the test");
  }
}

}  // namespace
}  // namespace tessera::reconstruct
