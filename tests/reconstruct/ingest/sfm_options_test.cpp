#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconstruct/ingest/sfm.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SfmOptions, TableNamesEveryOption) {
  std::vector<std::string> names;
  for (const auto& row : sfm_options_table().rows()) {
    names.push_back(row.spec.name);
    EXPECT_FALSE(row.spec.help.empty()) << row.spec.name;
    EXPECT_FALSE(row.spec.default_value.empty()) << row.spec.name;
  }
  EXPECT_THAT(names, ElementsAre("matching", "matcher", "max_features", "max_feature_image_size", "max_image_size",
                                 "camera_model", "single_camera", "frames_per_second", "threads", "align", "colmap"));
}

TEST(SfmOptions, EachRowSetsItsOwnMember) {
  SfmOptions o;
  const auto set = [&](const char* name, const char* value) { sfm_options_table().set(o, name, value); };
  set("matching", "spatial");
  EXPECT_EQ(o.matching, "spatial");
  set("matcher", "colmap");
  EXPECT_EQ(o.matcher, "colmap");
  set("max_features", "300");
  EXPECT_EQ(o.max_features, 300);
  set("max_feature_image_size", "700");
  EXPECT_EQ(o.max_feature_image_size, 700);
  set("max_image_size", "900");
  EXPECT_EQ(o.max_image_size, 900);
  set("camera_model", "OPENCV");
  EXPECT_EQ(o.camera_model, "OPENCV");
  set("single_camera", "false");
  EXPECT_FALSE(o.single_camera);
  set("frames_per_second", "0.5");
  EXPECT_EQ(o.frames_per_second, 0.5);
  set("threads", "3");
  EXPECT_EQ(o.threads, 3);
  set("align", "level");
  EXPECT_EQ(o.align, "level");
  set("colmap", "/opt/colmap");
  EXPECT_EQ(o.colmap, "/opt/colmap");
}

TEST(SfmOptions, ValuesOutOfRangeAreRefusedByName) {
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, const char*>>{{"matching", "all"},
                                                                  {"matcher", "gpu"},
                                                                  {"max_features", "255"},
                                                                  {"max_features", "65537"},
                                                                  {"max_feature_image_size", "127"},
                                                                  {"max_image_size", "15"},
                                                                  {"camera_model", "FULL_OPENCV"},
                                                                  {"single_camera", "maybe"},
                                                                  {"frames_per_second", "0"},
                                                                  {"frames_per_second", "nan"},
                                                                  {"threads", "-1"},
                                                                  {"align", "up"},
                                                                  {"colmap", ""}}) {
    SfmOptions options;
    try {
      sfm_options_table().set(options, name, value);
      ADD_FAILURE() << name << "=" << value << " was taken";
    } catch (const scene::Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(name));
    }
  }
}

TEST(SfmOptions, StructAndTableAgreeOnTheDefaults) {
  SfmOptions changed;
  for (const auto& row : sfm_options_table().rows()) {
    EXPECT_EQ(row.get(SfmOptions{}), row.spec.default_value);
    row.set(changed, row.spec.default_value);
  }
  EXPECT_EQ(changed.max_features, 4096);
  EXPECT_EQ(changed.align, "auto");
}

}  // namespace
}  // namespace tessera::reconstruct
