#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "scene/dataset.h"

namespace tessera::scene {

/// A view's photo, ready to train on: undistorted to the view's pinhole camera, at one resolution level.
struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;    // [H * W * 3] interleaved
  std::vector<std::uint8_t> alpha;  // [H * W] or empty: opaque. Colour is not premultiplied
  std::vector<std::uint8_t>
      mask;  // [H * W] or empty: every pixel counts. 0: does not count (mask file, or nothing to undistort from)
  std::size_t bytes() const { return rgb.size() + alpha.size() + mask.size(); }
};

/// Size of a side at a resolution level: level 0 is full, each further level half of the one before, rounded up.
constexpr int level_size(int full, int level) { return (full + (1 << level) - 1) >> level; }
/// Camera of a view at a level.
Pinhole level_camera(const Pinhole& full, int level);

/// Decoded pictures under a byte budget, least recently used dropped first. Thread-safe. A picture handed out stays
/// alive with its holder. Decoding ahead runs on the cache's own thread.
class ImageCache {
 public:
  /// `dataset` must outlive the cache.
  ImageCache(const Dataset& dataset, std::size_t budget_bytes);
  ~ImageCache();
  ImageCache(const ImageCache&) = delete;
  ImageCache& operator=(const ImageCache&) = delete;

  /// Decodes on a miss. Throws scene::Error naming the file.
  std::shared_ptr<const Picture> get(std::size_t view, int level = 0);
  /// Starts decoding in the background; errors surface at get().
  void prefetch(std::size_t view, int level = 0);
  void set_budget(std::size_t bytes);
  std::size_t bytes() const;   // held by the cache now
  std::size_t misses() const;  // decodes so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One view's picture without a cache.
Picture load_picture(const View& view, int level = 0);

}  // namespace tessera::scene
