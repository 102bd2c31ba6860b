#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "reconstruct/ingest/sfm.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/reconstruct/ingest/toy_scene.h"
#include "tests/support/test_data.h"

namespace tessera::test {

/// run_sfm() on made-up photos with the program that stands in for COLMAP.
class ToyRun : public testing::Test {
 protected:
  ToyRun() {
    options_.colmap = fake_colmap();
    ::setenv("FAKE_COLMAP_CALLS", calls_.c_str(), 1);
  }
  ~ToyRun() override {
    for (const char* name : {"FAKE_COLMAP", "FAKE_COLMAP_FLIGHT", "FAKE_COLMAP_CUDA", "FAKE_COLMAP_THIN",
                             "FAKE_COLMAP_CALLS", "FAKE_COLMAP_PID"})
      ::unsetenv(name);
  }
  void fault(const std::string& text) { ::setenv("FAKE_COLMAP", text.c_str(), 1); }

  reconstruct::SfmReport run(const scene::JobContext& job = {}) {
    std::filesystem::remove(calls_);
    return reconstruct::run_sfm(photos_, out_, options_, job);
  }
  std::string error_of_run() {
    try {
      run();
    } catch (const scene::Error& error) {
      return error.what();
    }
    return "no error";
  }
  /// Commands that COLMAP was given by the last run.
  std::vector<std::string> calls() const {
    std::vector<std::string> lines;
    std::ifstream file(calls_);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  std::string reason(const reconstruct::SfmReport& report, const std::string& name) const {
    for (const auto& image : report.failed)
      if (image.name == name) return image.reason;
    return "not failed";
  }
  /// No stage's unfinished work but what resuming needs, and nothing that a writer has begun.
  void expect_tidy() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(out_)) {
      const std::string leaf = entry.path().filename().string();
      EXPECT_EQ(leaf.find(".tmp"), std::string::npos) << entry.path();
      EXPECT_EQ(leaf.find(".partial"), std::string::npos) << entry.path();
    }
  }

  TemporaryFolder folder_;
  std::filesystem::path photos_ = folder_.path() / "photos", out_ = folder_.path() / "out",
                        calls_ = folder_.path() / "calls";
  reconstruct::SfmOptions options_;
};

}  // namespace tessera::test
