// The stages of run_sfm() that fill COLMAP's database: cameras, names, which photos are compared and by whom.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "reconstruct/ingest/colmap_database.h"
#include "scene/formats/colmap.h"
#include "tests/reconstruct/ingest/toy_photo.h"
#include "tests/reconstruct/ingest/toy_run.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SfmMatching : public test::ToyRun {
 protected:
  /// The pairs that COLMAP was asked to verify.
  std::set<std::pair<std::string, std::string>> pairs() {
    std::set<std::pair<std::string, std::string>> list;
    std::ifstream file(out_ / "sfm/pairs.txt");
    for (std::string a, b; file >> a >> b;) list.insert({a, b});
    return list;
  }
};

TEST_F(SfmMatching, ColmapIsGivenItsOptions) {
  test::write_toy_photos(photos_, 5);
  options_.max_features = 2222;
  options_.max_feature_image_size = 1111;
  options_.max_image_size = 999;
  options_.camera_model = "OPENCV";
  options_.threads = 3;
  const SfmReport report = run();
  ASSERT_EQ(report.commands.size(), 4u);
  for (const char* text :
       {" feature_extractor ", "--log_to_stderr 1", "--ImageReader.camera_model OPENCV",
        "--ImageReader.single_camera 1", "--SiftExtraction.use_gpu 0", "--SiftExtraction.max_image_size 1111",
        "--SiftExtraction.max_num_features 2222", "--SiftExtraction.num_threads 3"})
    EXPECT_THAT(report.commands[0], HasSubstr(text));
  EXPECT_THAT(report.commands[0], HasSubstr("--image_path " + photos_.string()));
  for (const char* text :
       {" matches_importer ", "--match_type pairs", "--SiftMatching.use_gpu 0", "--SiftMatching.num_threads 1"})
    EXPECT_THAT(report.commands[1], HasSubstr(text)) << "verified on one thread, so that the outcome repeats";
  for (const char* text : {" mapper ", "--Mapper.num_threads 3"}) EXPECT_THAT(report.commands[2], HasSubstr(text));
  for (const char* text : {" image_undistorter ", "--output_type COLMAP", "--max_image_size 999"})
    EXPECT_THAT(report.commands[3], HasSubstr(text));
}

TEST_F(SfmMatching, ColmapWithCudaComparesByItself) {
  test::write_toy_photos(photos_, 5);
  ::setenv("FAKE_COLMAP_CUDA", "1", 1);
  const SfmReport report = run();
  EXPECT_EQ(report.matcher, "colmap");
  EXPECT_EQ(report.registered, 5);
  EXPECT_THAT(report.commands[0], HasSubstr("--SiftExtraction.use_gpu 1"));
  EXPECT_THAT(report.commands[1], HasSubstr("--SiftMatching.use_gpu 1"));
  EXPECT_THAT(report.commands[1], Not(HasSubstr("num_threads")));
  options_.matcher = "own";
  EXPECT_EQ(run().matcher, "own");
}

TEST_F(SfmMatching, BothMatchersFindTheSamePoints) {
  test::write_toy_photos(photos_, 6);
  run();
  const auto own = ColmapDatabase(out_ / "sfm/database.db").match_counts();
  options_.matcher = "colmap";
  EXPECT_EQ(run().matcher, "colmap");
  const auto exact = ColmapDatabase(out_ / "sfm/database.db").match_counts();
  ASSERT_EQ(own.size(), 15u);
  ASSERT_EQ(exact.size(), 15u);
  for (const auto& [pair, count] : exact) {
    EXPECT_LE(own.at(pair), count + 2);
    EXPECT_GE(static_cast<double>(own.at(pair)), 0.95 * static_cast<double>(count));
  }
}

TEST_F(SfmMatching, ImagesAreNumberedByName) {
  test::write_toy_photos(photos_, 7);
  run();
  const auto images = ColmapDatabase(out_ / "sfm/database.db").images();
  for (std::uint32_t i = 0; i < 7; ++i) EXPECT_EQ(images[i].id, i + 1) << images[i].name;
}

TEST_F(SfmMatching, NamesWithBlanksAndFoldersAreKept) {
  test::write_toy_photos(photos_ / "day one", 3, {.prefix = "my photo "});
  for (int i = 3; i < 6; ++i) test::write_toy_photo(photos_ / "b", i);
  const SfmReport report = run();
  EXPECT_EQ(report.registered, 6);
  std::set<std::string> names;
  for (const auto& image : scene::read_colmap(out_ / "sparse/0").images) names.insert(image.name);
  EXPECT_THAT(names, ElementsAre("b/photo_03.jpg", "b/photo_04.jpg", "b/photo_05.jpg", "day one/my photo 00.jpg",
                                 "day one/my photo 01.jpg", "day one/my photo 02.jpg"));
  EXPECT_TRUE(fs::exists(out_ / "images/day one/my photo 02.jpg"));
  EXPECT_THAT(scene::read_file(out_ / "sfm/pairs.txt"), HasSubstr("image-1 image-2\n"));
}

TEST_F(SfmMatching, EachCameraHasItsIntrinsics) {
  test::write_toy_photos(photos_, 4);
  for (int i = 4; i < 8; ++i) test::write_toy_photo(photos_, i, {.model = "Other camera"});
  const SfmReport report = run();
  EXPECT_EQ(report.registered, 8);
  const scene::ColmapModel model = scene::read_colmap(out_ / "sparse/0");
  EXPECT_EQ(model.cameras.size(), 2u);
  std::map<std::uint32_t, std::set<int>> photos_of;
  for (const auto& image : model.images) photos_of[image.camera].insert(test::toy_number(image.name) / 4);
  for (const auto& [camera, groups] : photos_of) EXPECT_EQ(groups.size(), 1u) << camera;
  EXPECT_EQ(report.commands.size(), 5u);
  EXPECT_EQ(scene::read_file(out_ / "sfm/photos-2.txt"), "photo_04.jpg\nphoto_05.jpg\nphoto_06.jpg\nphoto_07.jpg\n");

  options_.single_camera = false;
  EXPECT_THAT(run().commands[0], HasSubstr("--ImageReader.single_camera_per_image 1"));
  EXPECT_EQ(scene::read_colmap(out_ / "sparse/0").cameras.size(), 8u);
}

TEST_F(SfmMatching, ManyCamerasAreTakenForOneEach) {
  for (int i = 0; i < 9; ++i) test::write_toy_photo(photos_, i, {.model = "Camera " + std::to_string(i)});
  const SfmReport report = run();
  EXPECT_EQ(scene::read_colmap(out_ / "sparse/0").cameras.size(), 9u);
  EXPECT_THAT(report.notes, testing::Contains(HasSubstr("more than 8 cameras or lens settings")));
}

TEST_F(SfmMatching, ASmallSetIsComparedInFull) {
  test::write_toy_photos(photos_, 8);
  EXPECT_EQ(run().matching, "exhaustive");
  EXPECT_EQ(pairs().size(), 28u);
}

TEST_F(SfmMatching, SequentialComparesNeighboursAndAnchors) {
  ::setenv("FAKE_COLMAP_THIN", "1", 1);
  test::write_toy_photos(photos_, 70);
  options_.matching = "sequential";
  const SfmReport report = run();
  EXPECT_EQ(report.matching, "sequential");
  const auto list = pairs();
  EXPECT_EQ(static_cast<int>(list.size()), report.pairs);
  EXPECT_TRUE(list.contains({"photo_00.jpg", "photo_10.jpg"}));
  EXPECT_TRUE(list.contains({"photo_00.jpg", "photo_64.jpg"})) << "2^6 further on";
  EXPECT_FALSE(list.contains({"photo_01.jpg", "photo_12.jpg"}));
  EXPECT_TRUE(list.contains({"photo_00.jpg", "photo_68.jpg"})) << "anchors: every second photo";
  EXPECT_FALSE(list.contains({"photo_01.jpg", "photo_69.jpg"}));
}

TEST_F(SfmMatching, ALargeSetWithGpsIsComparedInSpace) {
  ::setenv("FAKE_COLMAP_THIN", "1", 1);
  test::write_toy_photos(photos_, 64);
  const SfmReport report = run();
  EXPECT_EQ(report.matching, "spatial");
  EXPECT_EQ(report.registered, 64);
  const auto list = pairs();
  EXPECT_LT(list.size(), 64u * 63 / 2);
  // Rows run back and forth: 2 and 7 lie side by side, 0 and 63 at opposite ends.
  EXPECT_TRUE(list.contains({"photo_02.jpg", "photo_07.jpg"}));
  EXPECT_FALSE(list.contains({"photo_00.jpg", "photo_63.jpg"}));
}

TEST_F(SfmMatching, ALargeSetWithoutGpsIsComparedInFullWhileThatIsQuick) {
  ::setenv("FAKE_COLMAP_THIN", "1", 1);
  test::write_toy_photos(photos_, 61, {.gps = false});
  EXPECT_EQ(run().matching, "exhaustive");
}

TEST_F(SfmMatching, AVeryLargeSetWithoutGpsIsComparedByItsLargestFeatures) {
  ::setenv("FAKE_COLMAP_THIN", "1", 1);
  test::write_toy_photos(photos_, 121, {.gps = false});
  std::vector<double> choosing;
  scene::JobContext job;
  job.on_progress = [&](const scene::Progress& p) {
    if (p.stage == "choosing pairs") choosing.push_back(p.done);
  };
  const SfmReport report = run(job);
  EXPECT_EQ(report.matching, "coarse");
  EXPECT_EQ(report.registered, 121);
  ASSERT_EQ(choosing.size(), 121u);
  EXPECT_EQ(choosing.back(), 121);
  EXPECT_LT(report.pairs, 121 * 25);
  const auto list = pairs();
  std::map<std::string, int> place;  // in the list by name
  for (const auto& entry : fs::directory_iterator(photos_)) place[entry.path().filename().string()] = 0;
  int count = 0;
  for (auto& [name, index] : place) index = count++;
  int further = 0;
  for (const auto& [a, b] : list) {
    if (std::abs(place.at(a) - place.at(b)) <= 2) continue;
    const int i = test::toy_number(a), j = test::toy_number(b);
    ++further;
    std::set<int> points;
    for (const auto& feature : test::toy_features(i, test::ToyFlight::oblique)) points.insert(feature.point);
    const auto features = test::toy_features(j, test::ToyFlight::oblique);
    const auto common =
        std::count_if(features.begin(), features.end(), [&](const auto& f) { return points.contains(f.point); });
    EXPECT_GE(common, 4) << a << " " << b;
  }
  EXPECT_GT(further, 500) << "neighbours on the ground, not in the list alone";
}

TEST_F(SfmMatching, SpatialNeedsPositions) {
  test::write_toy_photos(photos_, 5, {.gps = false});
  options_.matching = "spatial";
  EXPECT_THAT(error_of_run(), HasSubstr("option 'matching': spatial needs GPS positions, and the photos have none; use "
                                        "matching=auto"));
}

TEST_F(SfmMatching, GpsOfOnePlaceIsNoReasonForSpatial) {
  // All within thirty metres: neighbours by position would be chance.
  for (int i = 0; i < 61; ++i) {
    test::write_toy_photo(photos_, i, {.gps = false});
    char leaf[32];
    std::snprintf(leaf, sizeof leaf, "photo_%02d.jpg", i);
    scene::Exif exif = scene::read_exif(photos_ / leaf);
    exif.gps = test::toy_home();
    scene::write_exif(photos_ / leaf, exif);
  }
  EXPECT_EQ(run().matching, "exhaustive");
}

}  // namespace
}  // namespace tessera::reconstruct
