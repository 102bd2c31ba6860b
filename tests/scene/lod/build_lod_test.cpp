#include "scene/lod/build_lod.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>

#include "scene/crc32.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/lod/merge_splats.h"
#include "scene/lod/select_lod.h"
#include "tests/support/run_process.h"
#include "tests/support/splat_ground.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class Lod : public testing::Test {
 protected:
  LodFile build(const GaussianModel& model, std::size_t chunk = 100, const std::string& name = "model.tlod") {
    write_splat_ply(model, ply_);
    build_lod(ply_, folder_.path() / name, {chunk, true});
    return LodFile(folder_.path() / name);
  }
  test::TemporaryFolder folder_;
  const fs::path ply_ = folder_.path() / "model.ply", file_ = folder_.path() / "model.tlod";
};

using Row = std::vector<float>;
std::multiset<Row> rows_of(const GaussianModel& model) {
  std::multiset<Row> rows;
  for (std::size_t i = 0; i < model.size(); ++i) {
    Row row;
    for (const auto* plane : model.planes()) row.push_back((*plane)[i]);
    rows.insert(row);
  }
  return rows;
}

TEST_F(Lod, TheLeavesAreTheModelAndEachNodeHalfOfWhatIsBelow) {
  const GaussianModel model = test::splat_ground(40);
  const LodFile file = build(model);
  EXPECT_EQ(file.scene().splats, 1600u);
  EXPECT_TRUE(file.scene().antialiased);
  std::multiset<Row> leaves;
  for (std::uint32_t i = 0; i < file.nodes().size(); ++i) {
    const LodNode& node = file.nodes()[i];
    EXPECT_LE(node.rows, 100u);
    const GaussianModel rows = file.read(i);
    if (node.is_leaf()) {
      EXPECT_EQ(node.error, 0);
      leaves.merge(rows_of(rows));
    } else {
      EXPECT_EQ(node.rows, (file.nodes()[node.child[0]].rows + file.nodes()[node.child[1]].rows + 1) / 2);
      EXPECT_GT(node.error, 0);
      EXPECT_GT(node.change, 0);
    }
    const auto mass = opacity_mass(rows);
    EXPECT_TRUE(std::is_sorted(mass.rbegin(), mass.rend())) << "by importance";
    for (std::size_t axis = 0; axis < 3; ++axis)
      for (const float at : rows.position[axis]) EXPECT_TRUE(node.low[axis] < at && at < node.high[axis]);
  }
  EXPECT_TRUE(leaves == rows_of(model));
}

TEST_F(Lod, WhatStraysIsKeptApartSoThatBoundsStayTight) {
  GaussianModel model = test::splat_ground(40);
  model.log_scale[0][5] = 8;      // wide as the sky
  model.position[2][900] = 1000;  // and high up in it
  const LodFile file = build(model);
  std::size_t large = 0;
  for (const LodNode& node : file.nodes())
    if (node.is_leaf()) large += node.high[0] - node.low[0] > 60 || node.high[2] - node.low[2] > 60;
  EXPECT_EQ(large, 1u);
}

TEST_F(Lod, SplatsInOnePlaceMakeOneNodeAndASingleOneToo) {
  GaussianModel model = test::splat_ground(20);
  for (auto& plane : model.position) std::fill(plane.begin(), plane.end(), 1.0f);
  EXPECT_EQ(build(model).nodes().size(), 1u);
  EXPECT_EQ(build(test::splat_ground(1)).nodes().size(), 1u);
}

TEST_F(Lod, SameBytesOnAnyNumberOfThreads) {
  const auto bytes_with = [&](int threads) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
    tbb::task_arena arena(threads);
    arena.execute([&] { build(test::splat_ground(40)); });
    return read_file(file_);
  };
  EXPECT_TRUE(bytes_with(1) == bytes_with(3));
}

TEST_F(Lod, ModelsWithoutSplatsAreRefusedAndNothingIsLeftOfWhatFails) {
  GaussianModel none;
  none.resize(0, 0);
  EXPECT_THROW(build(none), Error);
  write_splat_ply(test::splat_ground(20), ply_);
  Cancellation stop;
  JobContext job;
  job.cancellation = &stop;
  job.on_progress = [&](const Progress& p) {
    if (p.stage == "merging") stop.request();
  };
  EXPECT_THROW(build_lod(ply_, file_, {50, false}, job), Cancelled);
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_.path())) ++entries;
  EXPECT_EQ(entries, 1u) << "the PLY alone";
}

TEST_F(Lod, AnotherProgramReadsIt) {
  if (std::system("python3 -c 'import zlib, struct' >/dev/null 2>&1") != 0) GTEST_SKIP() << "SKIPPED: no python3";
  const LodFile file = build(test::splat_ground(20));
  std::ofstream(folder_.path() / "read.py") << R"(import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
magic, version, degree, nodes, flags, splats, size, crc = struct.unpack_from("<8s4I2Q20xI", data)
assert magic == b"TLOD\r\n\x1a\n" and version == 1 and size == len(data)
assert crc == zlib.crc32(data[64:64 + 64 * nodes], zlib.crc32(data[:60]))
planes = 11 + 3 * (degree + 1) ** 2
leaves, sum_x = 0, 0.0
for i in range(nodes):
    node = struct.unpack_from("<7f5IQIf", data, 64 + 64 * i)
    child, rows, offset = node[9], node[11], node[12]
    assert offset % 64 == 0 and node[13] == zlib.crc32(data[offset:offset + 4 * planes * rows])
    if child == 0xFFFFFFFF:
        leaves += rows
        sum_x += sum(struct.unpack_from("<%df" % rows, data, offset))
assert leaves == splats
print(degree, nodes, flags, splats, round(sum_x))
)";
  const auto read = test::run_process({"python3", (folder_.path() / "read.py").string(), file_.string()});
  ASSERT_EQ(read.exit_code, 0) << read.err;
  double sum = 0;
  const GaussianModel model = test::splat_ground(20);
  for (const float x : model.position[0]) sum += static_cast<double>(x);
  EXPECT_EQ(read.out, "1 " + std::to_string(file.nodes().size()) + " 1 400 " + std::to_string(std::lround(sum)) + "\n");
}

TEST_F(Lod, DamageIsNamed) {
  build(test::splat_ground(20));
  const std::string good = read_file(file_);
  const auto error_of = [&](std::string bytes, bool mend) {
    if (mend) {  // the checksum of the table
      std::uint32_t nodes;
      std::memcpy(&nodes, bytes.data() + 16, 4);
      const std::uint32_t crc = crc32(crc32(0, bytes.data(), 60), bytes.data() + 64, 64 * nodes);
      std::memcpy(bytes.data() + 60, &crc, 4);
    }
    write_file_atomically(file_, bytes);
    try {
      const LodFile file(file_);
      for (std::uint32_t i = 0; i < file.nodes().size(); ++i) file.read(i);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const auto with = [&](std::size_t at, std::uint32_t value) {
    std::string bytes = good;
    std::memcpy(bytes.data() + at, &value, 4);
    return bytes;
  };
  EXPECT_EQ(error_of(good, true), "");
  EXPECT_THAT(error_of(good.substr(0, 30), false), HasSubstr("the header ends too early"));
  EXPECT_THAT(error_of(good.substr(0, good.size() - 1), true), HasSubstr("bytes says"));
  EXPECT_THAT(error_of("ply" + good, false), HasSubstr("is no .tlod file"));
  EXPECT_THAT(error_of(with(8, 2), true), HasSubstr("is of version 2"));
  EXPECT_THAT(error_of(with(12, 4), true), HasSubstr("sh_degree is 4"));
  EXPECT_THAT(error_of(with(16, 0), false), HasSubstr("nodes is 0"));
  EXPECT_THAT(error_of(with(64, 0x7FC00000), false), HasSubstr("crc is not that"));
  EXPECT_THAT(error_of(with(64, 0x7FC00000), true), HasSubstr("node 0: low, high are no bounds (byte 64)"));
  EXPECT_THAT(error_of(with(64 + 36, 0), true), HasSubstr("node 0: child"));
  EXPECT_THAT(error_of(with(128 + 32, 7), true), HasSubstr("node 0: child is no node behind it whose parent it is"));
  EXPECT_THAT(error_of(with(64 + 44, 0x7FFFFFFF), true), HasSubstr("node 0: offset places its"));
  EXPECT_THAT(error_of(with(good.size() - 8, 0x7FC00000), true), HasSubstr("its splats are not those of its checksum"));
}

TEST_F(Lod, AViewTakesWhatItSeesAndNoMoreThanItsBudget) {
  const LodFile file = build(test::splat_ground(40));
  for (const std::uint64_t budget : {50u, 200u, 600u, 5000u})
    for (const double height : {4.0, 40.0}) {
      const Camera camera = test::camera_over(10, 10, height);
      const auto picks = select_lod(file.nodes(), camera, {budget, 0.01});
      std::uint64_t rows = 0;
      std::set<std::uint32_t> chosen;
      for (const LodPick& pick : picks) rows += pick.rows, chosen.insert(pick.node);
      EXPECT_LE(rows, budget);
      EXPECT_GE(rows, std::min<std::uint64_t>(budget, 50));
      for (std::uint32_t i = 0; i < file.nodes().size(); ++i) {
        if (!file.nodes()[i].is_leaf()) continue;
        std::size_t over = 0;
        for (std::uint32_t at = i; at != kNoNode; at = file.nodes()[at].parent) over += chosen.contains(at);
        EXPECT_LE(over, 1u) << "a part is drawn once";
        EXPECT_TRUE(over == 1 || !is_in_view(file.nodes()[i], camera)) << "and nothing in view is left out";
      }
    }
}

TEST(LodChunk, GrowsWithTheModelBetweenWhatIsWorthReadingAndWhatIsNot) {
  EXPECT_EQ(lod_chunk(1), 256u);
  EXPECT_EQ(lod_chunk(1'000'000), 976u);
  EXPECT_EQ(lod_chunk(100'000'000), 65'536u);
}

TEST_F(Lod, NearPartsAreFinerAndWhatIsBehindIsNotDrawn) {
  const LodFile file = build(test::splat_ground(40));
  const auto all = select_lod(file.nodes(), test::camera_over(20, 20, 50), {5000, 1e-9});
  for (const LodPick& pick : all) EXPECT_TRUE(file.nodes()[pick.node].is_leaf()) << "the budget holds all of it";
  EXPECT_EQ(select_lod(file.nodes(), test::camera_over(20, 20, 50), {5000, 1e9}).size(), 1u) << "nothing is in error";
  Camera up = test::camera_over(20, 20, 50);
  up.cam_from_world.rotation = {1, 0, 0, 0}, up.cam_from_world.translation = {-20, -20, -50};
  EXPECT_TRUE(select_lod(file.nodes(), up, {5000, 0.01}).empty());
  EXPECT_LT(seen_error(file.nodes()[0], test::camera_over(20, 20, 100)),
            seen_error(file.nodes()[0], test::camera_over(20, 20, 50)));
}

}  // namespace
}  // namespace tessera::scene
