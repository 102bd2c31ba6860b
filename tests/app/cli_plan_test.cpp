// tessera plan: what it writes and prints, and what it says where a plan cannot be made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "scene/atomic_file.h"
#include "scene/dataset.h"
#include "scene/formats/colmap.h"
#include "scene/image.h"
#include "tests/support/run_process.h"
#include "tests/support/test_data.h"

namespace tessera {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using test::tessera;
using testing::HasSubstr;

class CommandLinePlan : public testing::Test {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("damaged/base");
    fs::create_directory_symlink(test::shared_data() / "damaged/base/images", data_ / "images");
    fs::create_directories(data_ / "sparse/0");
    model_ = scene::read_colmap(test::shared_data() / "damaged/base/sparse/0");
    write();
  }
  void write() { scene::write_colmap(model_, data_ / "sparse/0", scene::ColmapForm::binary); }
  test::ProcessResult plan(std::vector<std::string> words) {
    std::vector<std::string> all{"plan", data_.string(), "--out", out_.string(), "--preset", "draft"};
    all.insert(all.end(), words.begin(), words.end());
    return tessera(all);
  }
  /// One line says what is wrong, and nothing is left behind.
  void expect_refusal(const std::vector<std::string>& words, const std::string& part, int code = 1) {
    const auto result = plan(words);
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(part));
    const auto begin = result.err.find("tessera: ");
    ASSERT_NE(begin, std::string::npos) << result.err;
    EXPECT_EQ(result.err.find('\n', begin), result.err.size() - 1) << result.err;
    EXPECT_FALSE(fs::exists(out_));
  }
  test::TemporaryFolder folder_, project_;
  const fs::path data_ = folder_.path(), out_ = project_.path() / "plan";
  scene::ColmapModel model_;
};

TEST_F(CommandLinePlan, WritesThePlanItsMapAndATable) {
  const auto result = plan({"--blocks", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* column : {"block", "photos", "points", "splats", "memory", "time", "disk", "estimates", "balance"})
    EXPECT_THAT(result.out, HasSubstr(column));
  EXPECT_THAT(scene::read_file(out_ / "plan.svg"), HasSubstr("2 blocks"));
  EXPECT_GT(scene::read_image(out_ / "plan.png").width, 300);
  const json record = json::parse(scene::read_file(out_ / "plan.json"));
  ASSERT_EQ(record["assignment"]["blocks"].size(), 2u);
  for (const json& view : record["assignment"]["blocks"][0]) {
    EXPECT_FALSE(view["reason"].get<std::string>().empty());
    EXPECT_GT(view["cover"].get<double>() + view["share"].get<double>(), 0.1);
  }
  const std::string first = scene::read_file(out_ / "plan.json"), map = scene::read_file(out_ / "plan.svg");
  ASSERT_EQ(plan({"--blocks", "2"}).exit_code, 0) << "over one that nothing was trained by";
  EXPECT_EQ(scene::read_file(out_ / "plan.json"), first);
  EXPECT_EQ(scene::read_file(out_ / "plan.svg"), map);
}

TEST_F(CommandLinePlan, OfASceneThatIsThereFindsTheFewestBlocksThatFit) {
  const fs::path run = project_.path() / "run";
  ASSERT_EQ(tessera({"train", data_, "--out", run, "--preset", "draft", "--iterations", "5", "--max-splats", "3000"})
                .exit_code,
            0);
  ASSERT_EQ(plan({"--start", run.string()}).exit_code, 0);
  const json whole = json::parse(scene::read_file(out_ / "plan.json"));
  ASSERT_EQ(whole["start"]["rows"].size(), 1u);
  EXPECT_EQ(whole["start"]["rows"][0][0], whole["start"]["splats"]);
  EXPECT_EQ(whole["start"]["rows"][0][1], 0);
  const auto fitted = plan({"--start", run.string(), "--memory", "1GB"});
  ASSERT_EQ(fitted.exit_code, 0) << fitted.err;
  EXPECT_EQ(json::parse(scene::read_file(out_ / "plan.json"))["start"]["rows"].size(), 1u);
  fs::remove_all(out_);
  expect_refusal({"--start", run.string(), "--memory", "70MB"}, "the smallest that would is");
  expect_refusal({"--start", (project_.path() / "none").string()}, "none");
  expect_refusal({"--start", run.string(), "--max-splats", "100"}, "--max-splats", 2);
  expect_refusal({"--start", data_.string()}, "holds no model.ply");
  expect_refusal({"--start", (data_ / "sparse/0/points3D.bin").string()}, "points3D.bin");
}

TEST_F(CommandLinePlan, ChoosesPhotosByPicturesWithAndWithoutACoarseModel) {
  const std::string run = (project_.path() / "coarse").string();
  const auto train = tessera({"train", data_.string(), "--out", run, "--preset", "draft", "--iterations", "20", "--set",
                              "initialization=points"});
  ASSERT_EQ(train.exit_code, 0) << train.err;
  for (const std::string rule : {"visibility", "ssim-drop"})
    for (const bool coarse : {false, true}) {
      std::vector<std::string> words{"--blocks", "2", "--assignment", rule};
      if (coarse) words.insert(words.end(), {"--coarse", run});
      const auto result = plan(words);
      ASSERT_EQ(result.exit_code, 0) << result.err;
      const json assignment = json::parse(scene::read_file(out_ / "plan.json"))["assignment"];
      EXPECT_EQ(assignment["rule"], rule);
      for (const json& block : assignment["blocks"])
        for (const json& view : block)
          EXPECT_GT(view[rule == "visibility" ? "contribution" : "drop"],
                    assignment[rule == "visibility" ? "contribution_above" : "drop_above"]);
    }
  fs::remove_all(out_);
  expect_refusal({"--blocks", "2", "--assignment", "visibility", "--coarse", "absent"}, "absent");
  expect_refusal({"--blocks", "2", "--assignment", "guess"}, "it takes tracks, visibility or ssim-drop");
}

TEST_F(CommandLinePlan, FewerPhotosThanBlocks) {
  expect_refusal({"--blocks", "6"}, "blocks: 6 for 5 photos; give at most 2");
  expect_refusal({"--blocks", "0"}, "--blocks", 2);
}

TEST_F(CommandLinePlan, ABlockWithoutPointsOrPhotos) {
  // All points in one corner: a grid has empty cells.
  for (auto& point : model_.points)
    point.position = model_.points[0].position + 0.01 * (point.position - model_.points[0].position);
  write();
  expect_refusal({"--blocks", "4", "--partitioner", "grid"}, "would have no points");
  // One photo sees everything, the others nothing.
  model_ = scene::read_colmap(test::shared_data() / "damaged/base/sparse/0");
  for (auto& point : model_.points)
    std::erase_if(point.track, [&](const auto& t) { return t[0] != model_.images[1].id; });
  write();
  expect_refusal({"--blocks", "2"}, "photo, and two are the least");
}

TEST_F(CommandLinePlan, NoPointsAtAll) {
  model_.points.clear();
  for (auto& image : model_.images) image.observations.clear();
  write();
  expect_refusal({"--blocks", "2"}, "has no sparse points to cut it by; train it as one block");
  EXPECT_EQ(plan({"--blocks", "1"}).exit_code, 0);
}

TEST_F(CommandLinePlan, PhotosOfTwoSitesAreToldApart) {
  // The last three photos see points of their own only.
  std::vector<std::uint32_t> others;
  for (std::size_t i = 3; i < model_.images.size(); ++i) others.push_back(model_.images[i].id);
  std::erase_if(model_.points, [&](scene::ColmapModel::Point& point) {
    const auto is_other = [&](const auto& t) { return std::count(others.begin(), others.end(), t[0]) > 0; };
    const auto apart = std::count_if(point.track.begin(), point.track.end(), is_other);
    return apart > 0 && apart < std::ssize(point.track);
  });
  for (auto& image : model_.images)
    for (auto& o : image.observations)
      if (std::none_of(model_.points.begin(), model_.points.end(),
                       [&](const auto& p) { return static_cast<std::int64_t>(p.id) == o.point; }))
        o.point = -1;
  write();
  const auto result = plan({"--blocks", "1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("share no sparse point with the other"));
}

TEST_F(CommandLinePlan, AGpsPositionFarAwayIsNamedAndLeftOutOfTheRegion) {
  const scene::Dataset flown = scene::load_dataset(test::shared_data() / "caliterra");
  const auto one =
      tessera({"plan", (test::shared_data() / "caliterra").string(), "--out", out_.string(), "--blocks", "2"});
  ASSERT_EQ(one.exit_code, 0) << one.err;
  const json before = json::parse(scene::read_file(out_ / "plan.json"))["partition"];
  fs::remove_all(data_ / "images"), fs::remove_all(data_ / "sparse");
  fs::create_directory_symlink(test::shared_data() / "caliterra/images", data_ / "images");
  fs::create_directories(data_ / "sparse/0");
  fs::path sparse = test::shared_data() / "caliterra/sparse/0";
  if (!fs::exists(sparse)) sparse = sparse.parent_path();
  model_ = scene::read_colmap(sparse);
  for (auto& image : model_.images)
    if (image.name == flown.views[5].name) image.cam_from_world.translation += glm::dvec3(4000, 3000, 0);
  write();
  const auto result = plan({"--blocks", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr(flown.views[5].name + " was taken far from all others"));
  const json after = json::parse(scene::read_file(out_ / "plan.json"))["partition"];
  const auto width = [](const json& p) { return p["high"][0].get<double>() - p["low"][0].get<double>(); };
  EXPECT_NEAR(width(after), width(before), 0.2 * width(before));
}

TEST_F(CommandLinePlan, ARegionThatExcludesEverythingOrIsNone) {
  // The words depend on whether the photos' own coordinates have z up; either way it is one line.
  expect_refusal({"--blocks", "2", "--region", "1e6,1e6 2e6,2e6"}, "--region: ");
  expect_refusal({"--blocks", "2", "--region", "here"}, "--region here: is neither a file nor corners");
  scene::write_file_atomically(project_.path() / "r.json", "[[0,0]");
  expect_refusal({"--blocks", "2", "--region", (project_.path() / "r.json").string()}, "r.json: is not valid JSON");
}

TEST_F(CommandLinePlan, BudgetsThatNothingFits) {
  expect_refusal({"--memory", "20MB"}, "the smallest that would is ");
  expect_refusal({"--memory", "20"}, "--memory 20: is no amount of memory; write 6GB, 6GiB or 600MB");
  expect_refusal({"--memory", "6GB", "--blocks", "2"}, "--blocks", 2);
  expect_refusal({"--time", "1s"}, "the fewest steps that show anything, 300 a block, take about");
  expect_refusal({"--time", "soon"}, "--time soon: is no length of time; write 8h, 90min or 1h30min");
}

TEST_F(CommandLinePlan, AMemoryBudgetIsKeptByTheTrainer) {
  const auto made = plan({"--memory", "600MB", "--iterations", "20", "--set", "initialization=points"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const json record = json::parse(scene::read_file(out_ / "plan.json"));
  EXPECT_EQ(record["options"]["memory_mb"], "600");
  const auto train = tessera({"train", out_.string(), "--json"});
  ASSERT_EQ(train.exit_code, 0) << train.err;
  EXPECT_EQ(train.err.find("lowered"), std::string::npos) << train.err;
  EXPECT_LT(json::parse(train.out)["peak_memory_bytes"], 600e6);
}

TEST_F(CommandLinePlan, APlanForOtherPhotosIsNotTrained) {
  ASSERT_EQ(plan({"--blocks", "2"}).exit_code, 0);
  model_.images.pop_back();
  write();
  const auto train = tessera({"train", out_.string()});
  EXPECT_EQ(train.exit_code, 1);
  EXPECT_THAT(train.err, HasSubstr("plan.json: was made for other photos"));
  EXPECT_FALSE(fs::exists(out_ / "blocks"));
}

}  // namespace
}  // namespace tessera
