#include <gtest/gtest.h>

#include <exception>

#include "scene/formats/colmap.h"
#include "scene/formats/ply.h"
#include "tests/fuzz/format_targets.h"
#include "tests/fuzz/mutator.h"
#include "tests/support/colmap_model.h"
#include "tests/support/memory_meter.h"
#include "tests/support/test_data.h"

namespace tessera::test {
namespace {

constexpr std::size_t kAllowance = std::size_t{192} << 10;  // one buffer, messages, the other files of a model

class FuzzFormats : public testing::TestWithParam<std::string> {
 protected:
  FuzzFormats() : target_(make_format_target(GetParam(), folder_.path())) {}

  void feed(const std::string& bytes, const std::string& how) {
    const MemoryMeter meter;
    try {
      accepted_ += target_.run(bytes);
    } catch (const std::exception& e) {
      ADD_FAILURE() << how << " of a " << target_.name << " ended in " << e.what();
    }
    ++fed_;
    EXPECT_LE(meter.peak(), target_.bytes_per_byte * bytes.size() + kAllowance)
        << how << ", " << bytes.size() << " bytes";
  }

  TemporaryFolder folder_;
  FormatTarget target_;
  std::size_t fed_ = 0, accepted_ = 0;
};

TEST_P(FuzzFormats, GoodFilesAreAccepted) {
  for (const auto& seed : target_.seeds) feed(seed, "a good copy");
  // The PLY readers share their seeds, and a cloud is no model of splats.
  EXPECT_GE(accepted_ + (GetParam() == "splats.ply" ? 1 : 0), target_.seeds.size());
}

TEST_P(FuzzFormats, MutationsGiveAResultOrAnError) {
  Mutator mutate(GetParam().size());
  for (int i = 0; i < 3000; ++i) {
    const auto& seed = target_.seeds[static_cast<std::size_t>(i) % target_.seeds.size()];
    feed(mutate(seed, target_.seeds), "mutation " + std::to_string(i));
    if (HasFailure()) return;
  }
  // Both ends of the readers are exercised.
  EXPECT_GT(accepted_, 5u);
  EXPECT_GT(fed_ - accepted_, 500u);
}

TEST_P(FuzzFormats, HugeIntegersAnywhereGiveAResultOrAnError) {
  const std::size_t stride = 1 + target_.seeds[0].size() / 300;
  for (std::size_t at = 0; at < target_.seeds[0].size(); at += at < 64 ? 1 : stride)
    for (const std::uint64_t value : Mutator::huge_integers()) {
      std::string bytes = target_.seeds[0];
      bytes.replace(at, std::min<std::size_t>(8, bytes.size() - at), reinterpret_cast<const char*>(&value),
                    std::min<std::size_t>(8, bytes.size() - at));
      feed(bytes, std::to_string(value) + " at byte " + std::to_string(at));
      if (HasFailure()) return;
    }
}

TEST_P(FuzzFormats, WordsInPlaceOfNumbersGiveAResultOrAnError) {
  const std::string& seed = target_.seeds.back();
  std::size_t places = 0;
  for (std::size_t begin = seed.find_first_of("0123456789"); begin != std::string::npos && places < 60; ++places) {
    const std::size_t end = std::min(seed.find_first_not_of("0123456789.eE+-", begin), seed.size());
    for (const auto& word : Mutator::words()) {
      feed(seed.substr(0, begin) + word + seed.substr(end), "'" + word + "' at byte " + std::to_string(begin));
      if (HasFailure()) return;
    }
    begin = seed.find_first_of("0123456789", end);
  }
}

TEST_P(FuzzFormats, EveryTruncationGivesAResultOrAnError) {
  for (const auto& seed : target_.seeds)
    for (std::size_t kept = 0; kept < seed.size(); kept += 1 + seed.size() / 400)
      feed(seed.substr(0, kept), "truncation to " + std::to_string(kept));
}

constexpr std::size_t kSmall = std::size_t{512} << 10;

TEST(ReadingMemory, SplatsCostTheModelAndASmallBuffer) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.ply";
  for (const int degree : {0, 3}) {
    scene::GaussianModel model;
    model.resize(20000, degree);
    for (float& w : model.rotation[0]) w = 1;
    {
      const MemoryMeter meter;
      scene::write_splat_ply(model, path);
      EXPECT_LE(meter.peak(), kSmall);
    }
    const MemoryMeter meter;
    EXPECT_EQ(scene::read_splat_ply(path).size(), 20000u);
    EXPECT_LE(meter.peak(), model.bytes() + kSmall);
    EXPECT_GE(meter.peak(), model.bytes());
  }
}

TEST(ReadingMemory, ColmapModelsCostTwiceTheirFilesAtMost) {
  const TemporaryFolder folder;
  scene::ColmapModel model = make_colmap_model();
  model.images[0].observations.resize(100000);
  model.points[0].track.resize(100000);
  write_colmap(model, folder.path(), scene::ColmapForm::binary);
  const auto size = std::filesystem::file_size(folder.path() / "images.bin") +
                    std::filesystem::file_size(folder.path() / "points3D.bin");
  const MemoryMeter meter;
  EXPECT_EQ(scene::read_colmap(folder.path()).images.size(), 4u);
  EXPECT_LE(meter.peak(), 2 * size);
}

TEST(ReadingMemory, FlatJsonIsBounded) {
  const TemporaryFolder folder;
  FormatTarget target = make_format_target("transforms.json", folder.path());
  std::string numbers = "{\"x\": [1";
  for (int i = 0; i < 500000; ++i) numbers += ",1";
  const MemoryMeter meter;
  EXPECT_FALSE(target.run(numbers + "]}"));
  EXPECT_LE(meter.peak(), target.bytes_per_byte * numbers.size());
}

INSTANTIATE_TEST_SUITE_P(Readers, FuzzFormats, testing::ValuesIn(format_target_names()), [](const auto& tested) {
  std::string name = tested.param;
  for (char& c : name)
    if (c == '.') c = '_';
  return name;
});

}  // namespace
}  // namespace tessera::test
