#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include <glm/vec3.hpp>

#include "reconstruct/ingest/colmap_program.h"
#include "reconstruct/ingest/sfm.h"

namespace tessera::reconstruct {

/// Shows the reconstruction while COLMAP's mapper makes it: has it write the model every few photos, reads the newest
/// that is complete, and removes what is older. Nothing is written where nobody looks (`on_growth` is empty). The
/// folder goes with the object.
class GrowthReader {
 public:
  GrowthReader(std::filesystem::path folder, std::filesystem::path photos, const OnGrowth& on_growth);
  ~GrowthReader();
  GrowthReader(const GrowthReader&) = delete;
  GrowthReader& operator=(const GrowthReader&) = delete;

  /// Adds what the mapper's command line needs.
  void ask(ColmapCommand& mapper, std::size_t photos);
  /// To be called now and then while the mapper runs.
  void poll();

 private:
  std::filesystem::path folder_, photos_;
  const OnGrowth& on_growth_;
  std::chrono::steady_clock::time_point next_{};
  std::optional<glm::dvec3> heading_;  // of the scene's x axis, in the mapper's world, which does not turn
};

}  // namespace tessera::reconstruct
