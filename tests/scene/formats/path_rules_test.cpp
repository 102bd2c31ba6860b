#include "scene/formats/path_rules.h"

#include <gtest/gtest.h>

namespace tessera::scene {
namespace {

TEST(PathRules, NamesInsideTheFolderPass) {
  for (const char* name : {"a.jpg", "sub/a.jpg", "./a.jpg", "a/../b.jpg", "a/b/../../c.jpg", "..a.jpg", "a../b", "...",
                           "sub//a.jpg", "", "path with spaces [1] ünïcode 数据/a.jpg", "12:30.jpg", "sub\\a.jpg", "a"})
    EXPECT_FALSE(leaves_folder(name)) << name;
}

TEST(PathRules, NamesThatReachOutsideAreFound) {
  for (const char* name : {"../a.jpg", "..", "a/../../b.jpg", "a/../..", "/etc/passwd", "/", "\\a", "..\\a",
                           "a\\..\\..\\b", "C:\\a.jpg", "c:a", "a:b.jpg", "./../a", "a/./../../b"})
    EXPECT_TRUE(leaves_folder(name)) << name;
}

}  // namespace
}  // namespace tessera::scene
