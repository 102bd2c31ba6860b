#include "reconstruct/synth/city.h"

#include <fstream>
#include <map>
#include <thread>

#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <glm/geometric.hpp>
#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "scene/dataset.h"
#include "scene/error.h"
#include "scene/formats/colmap.h"
#include "scene/image.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

namespace fs = std::filesystem;

CityOptions tiny() {
  CityOptions options;
  options.views = 6;
  options.width = 64, options.height = 48;
  options.samples = 1;
  options.points = 60;
  return options;
}

std::map<std::string, std::string> folder_bytes(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out[fs::relative(entry.path(), folder).string()] = scene::read_file(entry.path());
  return out;
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// One small town for all cases that only look at it.
class City : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::TemporaryFolder;
    CityOptions options = tiny();
    options.views = 16, options.width = 160, options.height = 120, options.points = 400;
    write_city(folder_->path() / "city", options, {});
    json_ = nlohmann::json::parse(scene::read_file(folder_->path() / "city" / "city.json"));
  }
  static void TearDownTestSuite() { delete folder_; }
  static fs::path out() { return folder_->path() / "city"; }
  static test::TemporaryFolder* folder_;
  static nlohmann::json json_;
};
test::TemporaryFolder* City::folder_ = nullptr;
nlohmann::json City::json_;

TEST(CityOptions, EveryRowRoundTripsAndHasHelp) {
  for (const auto& row : city_options_table().rows()) {
    CityOptions options;
    EXPECT_EQ(row.get(options), row.spec.default_value) << row.spec.name;
    row.set(options, row.spec.default_value);
    EXPECT_EQ(row.get(options), row.spec.default_value) << row.spec.name;
    EXPECT_FALSE(row.spec.help.empty()) << row.spec.name;
  }
  CityOptions options;
  EXPECT_THROW(city_options_table().set(options, "blocks", "65"), scene::Error);
  EXPECT_THROW(city_options_table().set(options, "views", "1"), scene::Error);
}

TEST_F(City, LoadsAsADataset) {
  const scene::Dataset dataset = scene::load_dataset(out());
  EXPECT_EQ(dataset.views.size(), 16u);
  EXPECT_EQ(dataset.test_views().size(), 2u);
  EXPECT_EQ(dataset.points.size(), 400u);
  EXPECT_TRUE(dataset.warnings.empty());
}

TEST_F(City, EveryPhotoHasItsDepthAndNormals) {
  EXPECT_EQ(json_["views"].size(), 16u);
  for (const auto& view : json_["views"]) {
    const std::string stem = fs::path(view["name"].get<std::string>()).stem().string();
    for (const char* kind : {"depth", "normals"}) {
      const scene::ImageInfo info = scene::probe_image(out() / kind / (stem + ".png"));
      EXPECT_EQ(info.width, 160);
      EXPECT_EQ(info.height, 120);
    }
  }
}

TEST_F(City, ObservationsAgreeWithTheCamerasToTheirNoise) {
  const scene::ColmapModel model = scene::read_colmap(out() / "sparse/0");
  ASSERT_EQ(model.points.size(), 400u);
  std::map<std::uint32_t, const scene::ColmapModel::Image*> images;
  for (const auto& image : model.images) images[image.id] = &image;
  double squares = 0, count = 0;
  for (const auto& point : model.points) {
    ASSERT_GE(point.track.size(), 3u);
    double error = 0;
    for (const auto& [image, index] : point.track) {
      const auto& observation = images.at(image)->observations.at(index);
      EXPECT_EQ(observation.point, static_cast<std::int64_t>(point.id));
      EXPECT_GT(observation.x, 0);
      EXPECT_LT(observation.x, 160);
      EXPECT_GT(observation.y, 0);
      EXPECT_LT(observation.y, 120);
      const scene::Pinhole k = model.cameras.at(1).pinhole();
      const glm::dvec3 c = images.at(image)->cam_from_world(point.position);
      const glm::dvec2 off(k.fx * c.x / c.z + k.cx - observation.x, k.fy * c.y / c.z + k.cy - observation.y);
      error += glm::length(off);
      squares += glm::dot(off, off), count += 2;
    }
    EXPECT_NEAR(point.error, error / static_cast<double>(point.track.size()), 1e-9);
  }
  // 0.3 px of the observation, and 0.02 m of the point at some 50 m: 0.05 px at f = 130.
  EXPECT_NEAR(std::sqrt(squares / count), std::hypot(0.3, 0.05), 0.03);
}

TEST_F(City, TheMeshIsFiniteAndWhole) {
  std::ifstream file(out() / "mesh.ply", std::ios::binary);
  std::string line;
  std::uint64_t vertices = 0, faces = 0;
  while (std::getline(file, line) && line != "end_header") {
    if (line.rfind("element vertex ", 0) == 0) vertices = std::stoull(line.substr(15));
    if (line.rfind("element face ", 0) == 0) faces = std::stoull(line.substr(13));
  }
  ASSERT_GT(vertices, 10'000u);
  ASSERT_GT(faces, 10'000u);
  std::vector<float> xyz(vertices * 3);
  file.read(reinterpret_cast<char*>(xyz.data()), static_cast<std::streamsize>(vertices * 12));
  for (const float value : xyz) ASSERT_TRUE(std::isfinite(value) && std::abs(value) < 2000);
  std::vector<char> rows(faces * 13);
  file.read(rows.data(), static_cast<std::streamsize>(rows.size()));
  ASSERT_TRUE(file.good());
  for (std::uint64_t f = 0; f < faces; ++f) {
    ASSERT_EQ(rows[f * 13], 3);
    std::array<std::uint32_t, 3> v;
    std::memcpy(v.data(), rows.data() + f * 13 + 1, 12);
    for (const std::uint32_t index : v) ASSERT_LT(index, vertices);
  }
  EXPECT_EQ(file.get(), std::char_traits<char>::eof());
}

TEST(CityBytes, DoNotDependOnTheNumberOfThreads) {
  test::TemporaryFolder folder;
  for (const int threads : {1, 3}) {
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
    write_city(folder.path() / std::to_string(threads), tiny(), {});
  }
  const auto one = folder_bytes(folder.path() / "1"), three = folder_bytes(folder.path() / "3");
  EXPECT_EQ(one.size(), 6u * 3 + 3 + 2);
  ASSERT_EQ(one.size(), three.size());
  for (const auto& [name, bytes] : one) EXPECT_TRUE(bytes == three.at(name)) << name;
}

TEST(CityErrors, RefuseAFolderThatIsNotEmpty) {
  test::TemporaryFolder folder;
  std::ofstream(folder.path() / "precious.txt") << "mine";
  try {
    write_city(folder.path(), tiny(), {});
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_EQ(e.subject(), folder.path().string());
    EXPECT_NE(std::string(e.what()).find("not empty"), std::string::npos);
  }
  EXPECT_EQ(entries(folder.path()), 1u);
  EXPECT_THROW(write_city(folder.path() / "precious.txt", tiny(), {}), scene::Error);
  EXPECT_THROW(write_city(folder.path() / "precious.txt" / "below", tiny(), {}), scene::Error);
}

TEST(CityErrors, RefuseOptionsThatTheTableWouldRefuse) {
  test::TemporaryFolder folder;
  CityOptions options = tiny();
  options.blocks = 0;
  EXPECT_THROW(write_city(folder.path() / "out", options, {}), scene::Error);
  EXPECT_EQ(entries(folder.path()), 0u);
}

TEST(CityErrors, ACancelledRunLeavesNothing) {
  test::TemporaryFolder folder;
  for (const std::string stage : {"building the town", "taking photos", "sparse points", "writing"}) {
    scene::Cancellation cancellation;
    scene::JobContext job;
    job.cancellation = &cancellation;
    bool reached = false;
    job.on_progress = [&](const scene::Progress& p) {
      if (p.stage == stage) reached = true, cancellation.request();
    };
    EXPECT_THROW(write_city(folder.path() / "out", tiny(), job), scene::Cancelled) << stage;
    EXPECT_TRUE(reached) << stage;
    EXPECT_EQ(entries(folder.path()), 0u) << stage;
  }
}

TEST(CityErrors, AnEmptyFolderIsFilled) {
  test::TemporaryFolder folder;
  fs::create_directories(folder.path() / "out");
  CityOptions options = tiny();
  options.ground_truth = false;
  write_city(folder.path() / "out" / "", options, {});
  EXPECT_TRUE(fs::exists(folder.path() / "out" / "city.json"));
  EXPECT_FALSE(fs::exists(folder.path() / "out" / "mesh.ply"));
  EXPECT_FALSE(fs::exists(folder.path() / "out" / "depth"));
  EXPECT_EQ(entries(folder.path()), 1u);
}

}  // namespace
}  // namespace tessera::reconstruct
