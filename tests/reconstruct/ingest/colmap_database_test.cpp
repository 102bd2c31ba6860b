#include "reconstruct/ingest/colmap_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mount.h>

#include <cstring>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/reconstruct/ingest/toy_database.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;
using test::Sqlite;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const scene::Error& error) {
    return error.what();
  }
  return "no error";
}

// The formula of COLMAP's documentation, with its number.
std::int64_t documented_pair_id(std::int64_t a, std::int64_t b) { return a * 2147483647 + b; }

class Database : public testing::Test {
 protected:
  void SetUp() override {
    test::make_database(path_);
    test::add_image(path_, 7, "b.jpg", {1, 2, 3});
    test::add_image(path_, 3, "c d.jpg", {2, 3, 4, 5});
    test::add_image(path_, 12, "a.jpg", {});
  }
  test::TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "database.db";
};

TEST_F(Database, ListsImagesByName) {
  const ColmapDatabase database(path_);
  const auto images = database.images();
  ASSERT_EQ(images.size(), 3u);
  EXPECT_EQ(images[0].name, "a.jpg");
  EXPECT_EQ(images[0].id, 12u);
  EXPECT_EQ(images[0].features, 0u);
  EXPECT_EQ(images[1].name, "b.jpg");
  EXPECT_EQ(images[1].features, 3u);
  EXPECT_EQ(images[2].name, "c d.jpg");
  EXPECT_EQ(images[2].id, 3u);
  EXPECT_EQ(images[2].camera, 1u);
  EXPECT_EQ(images[2].features, 4u);
}

TEST_F(Database, CountsNoFeaturesWhereThereIsNoRow) {
  Sqlite(path_).query("DELETE FROM keypoints WHERE image_id = 7");
  const ColmapDatabase database(path_);
  EXPECT_EQ(database.images()[1].features, 0u);
  EXPECT_THAT(database.keypoints(7), IsEmpty());
  EXPECT_EQ(database.descriptors(99).count, 0u);
}

TEST_F(Database, GivesCameras) {
  {
    Sqlite sqlite(path_);
    test::add_camera(sqlite, 5, 4, 4000, 3000, {3000, 3010, 2000, 1500, 0.1, -0.2, 0.3, -0.4}, true);
  }
  const auto cameras = ColmapDatabase(path_).cameras();
  ASSERT_EQ(cameras.size(), 2u);
  EXPECT_EQ(cameras[0].id, 1u);
  EXPECT_FALSE(cameras[0].prior_focal_length);
  EXPECT_EQ(cameras[1].id, 5u);
  EXPECT_EQ(cameras[1].model, 4);
  EXPECT_EQ(cameras[1].width, 4000);
  EXPECT_EQ(cameras[1].height, 3000);
  EXPECT_TRUE(cameras[1].prior_focal_length);
  EXPECT_THAT(cameras[1].parameters, ElementsAre(3000, 3010, 2000, 1500, 0.1, -0.2, 0.3, -0.4));
}

TEST_F(Database, GivesKeypointsOfEveryForm) {
  Sqlite sqlite(path_);
  const auto put = [&](int columns, const std::vector<float>& values) {
    sqlite.query("UPDATE keypoints SET rows = " + std::to_string(values.size() / static_cast<std::size_t>(columns)) +
                     ", cols = " + std::to_string(columns) + ", data = ?1 WHERE image_id = 7",
                 {bytes_of(values)});
  };
  const ColmapDatabase database(path_);
  using Point = std::array<float, 3>;
  EXPECT_THAT(database.keypoints(7), ElementsAre(Point{10, 20, 1}, Point{20, 40, 2}, Point{30, 60, 3}));
  put(2, {1, 2, 3, 4});
  EXPECT_THAT(database.keypoints(7), ElementsAre(Point{1, 2, 1}, Point{3, 4, 1}));
  put(4, {1, 2, 8, 0.5f});
  EXPECT_THAT(database.keypoints(7), ElementsAre(Point{1, 2, 8}));
  put(6, {1, 2, 3, 100, 4, 100});  // first column of the affine shape: (3, 4)
  EXPECT_THAT(database.keypoints(7), ElementsAre(Point{1, 2, 5}));
  put(1, {1, 2});
  EXPECT_THAT(database.keypoints(7), IsEmpty());
}

TEST_F(Database, GivesDescriptors) {
  const ColmapDatabase database(path_);
  const Descriptors descriptors = database.descriptors(3);
  EXPECT_EQ(descriptors.count, 4u);
  EXPECT_EQ(descriptors.values, test::descriptors_of({2, 3, 4, 5}).values);
  EXPECT_EQ(database.descriptors(12).count, 0u);
}

TEST_F(Database, RefusesTablesThatContradictThemselves) {
  Sqlite sqlite(path_);
  const ColmapDatabase database(path_);
  for (const char* rows : {"2", "-1", "4000000000", "9223372036854775807"}) {
    sqlite.query(std::string("UPDATE keypoints SET rows = ") + rows + " WHERE image_id = 7");
    sqlite.query(std::string("UPDATE descriptors SET rows = ") + rows + " WHERE image_id = 7");
    EXPECT_THAT(error_of([&] { database.keypoints(7); }), HasSubstr("is damaged")) << rows;
    EXPECT_THAT(error_of([&] { database.descriptors(7); }), HasSubstr("is damaged")) << rows;
  }
  sqlite.query("UPDATE keypoints SET rows = 1, cols = 4000000000 WHERE image_id = 7");
  EXPECT_THAT(error_of([&] { database.keypoints(7); }), HasSubstr("database.db"));
  sqlite.query("UPDATE descriptors SET rows = 3, cols = 64 WHERE image_id = 7");
  EXPECT_THAT(error_of([&] { database.descriptors(7); }), HasSubstr("descriptors of 64 bytes where 128 are expected"));
  sqlite.query("UPDATE cameras SET params = x'0102030405'");
  EXPECT_THAT(error_of([&] { database.cameras(); }), HasSubstr("is damaged"));
  sqlite.query("INSERT INTO matches VALUES(" + std::to_string(documented_pair_id(3, 7)) + ", 5, 2, x'00')");
  EXPECT_THAT(error_of([&] { database.matches({3, 7}); }), HasSubstr("is damaged"));
}

TEST_F(Database, WritesMatchesAsSqliteAndTheDocumentationReadThem) {
  {
    ColmapDatabase database(path_);
    database.begin();
    database.write_matches({3, 7}, {{0, 1}, {1, 2}, {70000, 3}});
    database.write_matches({3, 12}, {});
    database.write_matches({3, 7}, {{1, 2}, {4000000000u, 5}});  // in place of the first
    database.commit();
    EXPECT_THAT(database.matches({3, 7}), ElementsAre(Match{1, 2}, Match{4000000000u, 5}));
    EXPECT_THAT(database.matches({3, 12}), IsEmpty());
    EXPECT_THAT(database.matches({7, 12}), IsEmpty());
    EXPECT_EQ(database.match_counts(), (std::map<ImagePair, std::size_t>{{{3, 7}, 2}, {{3, 12}, 0}}));
  }
  Sqlite sqlite(path_);
  const auto rows = sqlite.query("SELECT pair_id, rows, cols, data FROM matches ORDER BY pair_id");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].integer(0), documented_pair_id(3, 7));
  EXPECT_EQ(rows[0].integer(1), 2);
  EXPECT_EQ(rows[0].integer(2), 2);
  EXPECT_EQ(rows[0].columns[3], bytes_of(std::vector<std::uint32_t>{1, 2, 4000000000u, 5}));
  EXPECT_EQ(rows[1].integer(0), documented_pair_id(3, 12));
  EXPECT_EQ(rows[1].integer(1), 0);
}

TEST_F(Database, KnowsPairsOfLargeIds) {
  ColmapDatabase database(path_);
  const ImagePair far{2147483640u, 2147483645u};
  database.write_matches(far, {{1, 1}});
  EXPECT_EQ(database.match_counts().begin()->first, far);
  EXPECT_EQ(Sqlite(path_).query("SELECT pair_id FROM matches")[0].integer(0),
            documented_pair_id(2147483640, 2147483645));
}

TEST_F(Database, CountsWhatTheGeometricVerificationLeft) {
  Sqlite sqlite(path_);
  for (const auto& [a, b, rows] : {std::tuple{3, 7, 40}, std::tuple{7, 12, 0}})
    sqlite.query("INSERT INTO two_view_geometries(pair_id, rows, cols, config) VALUES(" +
                 std::to_string(documented_pair_id(a, b)) + "," + std::to_string(rows) + ",2,2)");
  ColmapDatabase database(path_);
  EXPECT_EQ(database.verified_counts(), (std::map<ImagePair, std::size_t>{{{3, 7}, 40}, {{7, 12}, 0}}));
  database.write_matches({3, 7}, {{0, 0}});
  database.clear_matches();
  EXPECT_THAT(database.verified_counts(), IsEmpty());
  EXPECT_THAT(database.match_counts(), IsEmpty());
}

TEST_F(Database, NumbersImagesByName) {
  // A table of later versions that refers to images too.
  Sqlite(path_).query("CREATE TABLE pose_priors (image_id INTEGER PRIMARY KEY NOT NULL, position BLOB)");
  Sqlite(path_).query("INSERT INTO pose_priors VALUES(7, x'0b'), (12, x'0a')");
  {
    ColmapDatabase database(path_);
    database.number_images_by_name();
    database.number_images_by_name();  // once more changes nothing
    const auto images = database.images();
    ASSERT_EQ(images.size(), 3u);
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(images[i].id, i + 1);
    EXPECT_EQ(images[0].name, "a.jpg");
    EXPECT_EQ(images[1].features, 3u);
    EXPECT_EQ(database.descriptors(2).values, test::descriptors_of({1, 2, 3}).values);
    EXPECT_EQ(database.descriptors(3).values, test::descriptors_of({2, 3, 4, 5}).values);
    EXPECT_EQ(database.keypoints(3)[0], (std::array<float, 3>{20, 40, 1}));
  }
  const auto priors = Sqlite(path_).query("SELECT image_id, position FROM pose_priors ORDER BY image_id");
  EXPECT_EQ(priors[0].integer(0), 1);
  EXPECT_EQ(priors[0].columns[1], "\x0a");
  EXPECT_EQ(priors[1].integer(0), 2);
}

TEST_F(Database, NumbersImagesWhoseIdsAreTakenByOthers) {
  // a.jpg has to become 1, which belongs to z.jpg, and so on in a ring.
  Sqlite(path_).query("DELETE FROM images");
  Sqlite(path_).query("DELETE FROM keypoints");
  Sqlite(path_).query("DELETE FROM descriptors");
  for (std::uint32_t id = 1; id <= 5; ++id)
    test::add_image(path_, id, std::string(1, static_cast<char>('z' - id)) + ".jpg", {id});
  ColmapDatabase database(path_);
  database.number_images_by_name();
  for (std::uint32_t id = 1; id <= 5; ++id) {
    EXPECT_EQ(database.images()[id - 1].id, id);
    EXPECT_EQ(database.descriptors(id).values, test::descriptors_of({6 - id}).values);
  }
}

TEST_F(Database, LeavesIdsAloneWhereFramesReferToThem) {
  Sqlite(path_).query("CREATE TABLE frame_data (frame_id INTEGER, data_id INTEGER)");
  ColmapDatabase database(path_);
  database.number_images_by_name();
  EXPECT_EQ(database.images()[0].id, 12u);
}

TEST_F(Database, RenamesImagesAllOrNone) {
  ColmapDatabase database(path_);
  database.rename_images({{3, "image-3"}, {7, "image-7"}});
  EXPECT_EQ(database.images()[2].name, "image-7");
  EXPECT_EQ(database.images()[1].name, "image-3");
  // a.jpg is taken: the first of the two must not stay.
  {
    ColmapDatabase second(path_);
    EXPECT_THROW(second.rename_images({{3, "changed"}, {7, "a.jpg"}}), scene::Error);
  }
  EXPECT_EQ(database.images()[1].name, "image-3");
}

TEST_F(Database, RollsBackWhatWasNotCommitted) {
  {
    ColmapDatabase database(path_);
    database.begin();
    database.write_matches({3, 7}, {{0, 0}});
  }
  EXPECT_THAT(ColmapDatabase(path_).match_counts(), IsEmpty());
}

TEST_F(Database, WhatIsNoDatabaseIsRefusedByName) {
  EXPECT_THAT(error_of([&] { ColmapDatabase(folder_.path() / "absent.db"); }), HasSubstr("absent.db: cannot open"));
  EXPECT_FALSE(fs::exists(folder_.path() / "absent.db"));
  const fs::path text = folder_.path() / "text.db";
  scene::write_file_atomically(text, std::string(5000, 'x'));
  EXPECT_THAT(error_of([&] { ColmapDatabase(text).images(); }), HasSubstr("text.db: cannot read COLMAP's database"));
  EXPECT_THAT(error_of([&] { ColmapDatabase(text).clear_matches(); }), HasSubstr("text.db"));
  const fs::path empty = folder_.path() / "empty.db";
  scene::write_file_atomically(empty, "");
  EXPECT_THAT(error_of([&] { ColmapDatabase(empty).images(); }), HasSubstr("no such table"));
  // Cut in the middle of a table.
  const std::string whole = scene::read_file(path_);
  scene::write_file_atomically(path_, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(error_of([&] {
                const ColmapDatabase database(path_);
                for (const auto& image : database.images()) database.descriptors(image.id);
                database.cameras();
              }),
              HasSubstr("database.db"));
}

TEST_F(Database, AFullDiskIsSaidToBeOne) {
  const fs::path disk = folder_.path() / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k") != 0)
    GTEST_SKIP() << "SKIPPED: mounting a small tmpfs needs root";
  fs::copy_file(path_, disk / "database.db");
  const std::string message = error_of([&] {
    ColmapDatabase database(disk / "database.db");
    database.begin();
    for (std::uint32_t i = 1; i < 200; ++i) database.write_matches({i, i + 1}, std::vector<Match>(1000));
    database.commit();
  });
  ::umount2(disk.c_str(), MNT_DETACH);
  EXPECT_THAT(message, HasSubstr("full"));
  EXPECT_THAT(message, HasSubstr("free some space"));
}

TEST_F(Database, IsReadByColmapItself) {
  if (test::run_process({"sh", "-c", "command -v colmap"}).exit_code != 0)
    GTEST_SKIP() << "SKIPPED: COLMAP is not installed";
  // COLMAP's own tables, filled by it with two pictures of nothing; our matches; and its verification of them.
  const fs::path own = folder_.path() / "colmap.db", list = folder_.path() / "pairs.txt";
  const std::vector<std::string> environment = {"QT_QPA_PLATFORM=offscreen"};
  ASSERT_EQ(
      test::run_process({"colmap", "database_creator", "--database_path", own.string()}, {.environment = environment})
          .exit_code,
      0);
  {
    Sqlite sqlite(own);
    test::add_camera(sqlite, 1, 2, 1000, 1000, {1000, 500, 500, 0}, true);
    // Two views of a box of points, a metre apart.
    std::vector<std::uint32_t> features;
    std::vector<std::array<float, 4>> left, right;
    for (int i = 0; i < 60; ++i) {
      const float x = static_cast<float>(i % 8) - 4, y = static_cast<float>(i / 8) - 4,
                  z = 10 + static_cast<float>(i * i % 7);
      left.push_back({500 + 1000 * x / z, 500 + 1000 * y / z, 1, 0});
      right.push_back({500 + 1000 * (x - 1) / z, 500 + 1000 * y / z, 1, 0});
      features.push_back(static_cast<std::uint32_t>(i));
    }
    test::add_image(sqlite, 1, 1, "left.jpg", left, test::descriptors_of(features));
    test::add_image(sqlite, 2, 1, "right.jpg", right, test::descriptors_of(features));
  }
  std::vector<Match> matches;
  for (std::uint32_t i = 0; i < 60; ++i) matches.push_back({i, i});
  {
    ColmapDatabase database(own);
    database.number_images_by_name();
    database.write_matches({1, 2}, matches);
  }
  scene::write_file_atomically(list, "left.jpg right.jpg\n");
  const auto result =
      test::run_process({"colmap", "matches_importer", "--database_path", own.string(), "--match_list_path",
                         list.string(), "--match_type", "pairs", "--SiftMatching.use_gpu", "0"},
                        {.environment = environment});
  ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  const ColmapDatabase database(own);
  EXPECT_EQ(database.matches({1, 2}), matches) << "COLMAP took them as they were";
  EXPECT_EQ(database.verified_counts().at({1, 2}), 60u);
}

}  // namespace
}  // namespace tessera::reconstruct
