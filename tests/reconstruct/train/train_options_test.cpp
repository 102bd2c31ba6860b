#include "reconstruct/train/train_options.h"

#include <gtest/gtest.h>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {

TEST(TrainOptions, EveryRowRoundTripsAndHasHelp) {
  for (const auto& row : train_options_table().rows()) {
    TrainOptions options;
    EXPECT_EQ(row.get(options), row.spec.default_value) << row.spec.name;
    row.set(options, row.spec.default_value);
    EXPECT_EQ(row.get(options), row.spec.default_value) << row.spec.name;
    EXPECT_FALSE(row.spec.help.empty()) << row.spec.name;
  }
}

TEST(TrainOptions, RefusesUnknownNamesAndValuesOutOfRange) {
  TrainOptions options;
  const auto& table = train_options_table();
  for (const auto& [key, value] : {std::pair{"sh_degree", "4"}, {"iterations", "0"}, {"iterations", "12x"}, {"lambda_dssim", "nan"},
                                   {"eval", "sometimes"}, {"exposure", "on"}, {"antialiased", "maybe"}})
    EXPECT_THROW(table.set(options, key, value), scene::Error) << key;
  try {
    table.set(options, "iteration", "5");
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_NE(std::string(e.what()).find("'iterations'"), std::string::npos);
  }
  table.set(options, "eval", "250");
  EXPECT_EQ(options.eval, "250");
}

TEST(TrainOptions, TheTableSaysWhatAResumeMayChange) {
  std::vector<std::string> fixed, harmless;
  for (const auto& row : train_options_table().rows()) {
    if (!row.spec.fixed.empty()) fixed.push_back(row.spec.name);
    if (row.spec.harmless) harmless.push_back(row.spec.name);
  }
  EXPECT_EQ(fixed, (std::vector<std::string>{"strategy", "seed", "sh_degree", "exposure", "initial_random_splats",
                                             "initialization", "stereo_splats", "backdrop"}));
  EXPECT_EQ(harmless, (std::vector<std::string>{"threads", "backend", "eval", "checkpoint_every", "preview_every",
                                                "image_cache_mb", "memory_mb"}));
}

TEST(TrainOptions, PresetErrorsNameTheFile) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "mine.toml";
  TrainOptions options;
  EXPECT_THROW(apply_preset(options, "nonsense"), scene::Error);
  scene::write_file_atomically(file, "iterations = 123\nantialiased = true\nlr_scale = 0.01\nstrategy = \"adc\"\n");
  apply_preset(options, file.string());
  EXPECT_EQ(options.iterations, 123);
  EXPECT_TRUE(options.antialiased);
  EXPECT_EQ(options.lr_scale, 0.01);
  EXPECT_EQ(options.strategy, "adc");
  for (const char* bad : {"iterations = ", "iteration = 1\n", "iterations = -3\n", "iterations = [1]\n"}) {
    scene::write_file_atomically(file, bad);
    try {
      apply_preset(options, file.string());
      FAIL() << bad;
    } catch (const scene::Error& e) {
      EXPECT_EQ(e.subject(), file.string());
    }
  }
}

}  // namespace
}  // namespace tessera::reconstruct
