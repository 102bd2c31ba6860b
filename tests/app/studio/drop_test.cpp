// What is dropped on the window is opened.
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {

class DropTest : public StudioTest {};

TEST_F(DropTest, AModelIsOpened) {
  ASSERT_TRUE(drop({url(write_model(100))}));
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_NE(workspace().model(), nullptr);
  EXPECT_EQ(workspace().model()->size(), 100u);
}

TEST_F(DropTest, ADatasetIsOpened) {
  TESSERA_NEED_DATA("damaged/base");
  ASSERT_TRUE(drop({url(test::shared_data() / "damaged/base")}));
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_NE(workspace().dataset(), nullptr);
  EXPECT_GT(workspace().dataset()->views.size(), 3u);
}

TEST_F(DropTest, TextAndAddressesOfTheNetAreNotTaken) {
  EXPECT_FALSE(drop({QUrl("https://example.org/model.ply")}));
  EXPECT_FALSE(drop({}));
}

TEST_F(DropTest, WhatCannotBeOpenedIsSaid) {
  ASSERT_TRUE(drop({url(folder_.path() / "gone.ply")}));
  EXPECT_THAT(error(), testing::HasSubstr("gone.ply: is not there"));
}

}  // namespace
}  // namespace tessera::app
