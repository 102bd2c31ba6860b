#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "scene/camera.h"
#include "scene/gaussian_model.h"
#include "scene/lod/lod_file.h"
#include "scene/lod/select_lod.h"

namespace tessera::render {

struct LodStreamOptions {
  scene::LodBudget budget;
  /// Bytes of nodes that are kept for views to come, the least recently wanted given up first. What one view needs is
  /// kept in any case.
  std::uint64_t memory = std::uint64_t{1} << 30;
};

/// Keeps a model that holds what a moving camera wants of a .tlod file. Nodes are read on a thread of their own; until
/// they are there, the nearest node above stands for them, so that update() never waits. Serves one thread.
class LodStream {
 public:
  /// Cameras are in the frame that `scene_from_file` leads to, and so is model(). Reads the root. Throws scene::Error.
  LodStream(std::shared_ptr<const scene::LodFile> file, const scene::Similarity& scene_from_file,
            const LodStreamOptions& options = {});
  ~LodStream();
  LodStream(LodStream&&) = delete;

  /// Makes model() what the view wants, as far as it has been read; with `complete`, reads what is missing, and throws
  /// scene::Error where that cannot be read. Otherwise such a node is told to the log and done without. Returns whether
  /// model() has changed.
  bool update(const scene::Camera& camera, bool complete = false);
  /// One and the same object, changed by update(). Nodes that stay keep their rows; rows that nothing has are
  /// invisible.
  const std::shared_ptr<const scene::GaussianModel>& model() const { return shown_model_; }
  /// Splats of the file in it.
  std::uint64_t splats() const { return splats_; }
  const std::vector<scene::LodPick>& picks() const { return shown_; }
  /// Whether the last update() had all that it wanted: another one of the same view changes nothing.
  bool settled() const { return settled_; }
  /// Of nodes, read and kept.
  std::uint64_t held_bytes() const;
  const std::shared_ptr<const scene::LodFile>& file() const { return file_; }

 private:
  using Node = std::shared_ptr<const scene::GaussianModel>;
  struct Held {
    Node model;
    std::uint64_t used = 0;  // the last update() that wanted it
  };
  Node read(std::uint32_t node) const;
  void work();
  /// Nodes that the picks need and that are not there, the coarse ones first.
  std::vector<std::uint32_t> missing(const std::vector<scene::LodPick>& picks);
  /// The picks with what stands for those that are not there.
  std::vector<scene::LodPick> available(const std::vector<scene::LodPick>& picks) const;
  void forget();
  void show(const std::vector<scene::LodPick>& picks);
  void fill(std::size_t slot, const scene::GaussianModel* node, std::size_t rows);

  std::shared_ptr<const scene::LodFile> file_;
  scene::Similarity scene_from_file_;
  LodStreamOptions options_;
  std::uint64_t updates_ = 0, splats_ = 0;
  bool settled_ = false;
  std::shared_ptr<scene::GaussianModel> model_;
  std::shared_ptr<const scene::GaussianModel> shown_model_;  // the same
  std::size_t slot_rows_ = 0;
  std::vector<scene::LodPick> slots_;  // what each holds; rows 0: nothing
  std::vector<scene::LodPick> shown_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::uint32_t, Held> held_;
  std::set<std::uint32_t> broken_;
  std::vector<std::uint32_t> wanted_;
  bool stop_ = false;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace tessera::render
