#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

#include "reconstruct/train/train_options.h"
#include "scene/atomic_file.h"
#include "scene/dataset.h"
#include "scene/error.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {

/// A few photographs, and options with which a block of them takes a moment.
class SmallBlocks : public testing::Test {
 protected:
  void SetUp() override {
    TESSERA_NEED_DATA("damaged/base");
    dataset_ = scene::load_dataset(test::shared_data() / "damaged/base");
    options_.iterations = 30, options_.max_splats = 800, options_.checkpoint_every = 10, options_.preview_every = 0;
    options_.initialization = "points";
  }
  static std::string model(const std::filesystem::path& project) { return scene::read_file(project / "model.ply"); }
  /// What the error says that `call` throws.
  static std::string message(const std::function<void()>& call) {
    try {
      call();
    } catch (const scene::Error& e) {
      return e.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
  }
  scene::Dataset dataset_;
  TrainOptions options_;
  test::TemporaryFolder folder_;
};

}  // namespace tessera::reconstruct
