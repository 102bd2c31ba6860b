#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "scene/gaussian_model.h"

namespace tessera::scene {

/// Splats put into buckets, on disk: what does not fit memory. The file has no name once it is open, so that nothing is
/// left of it however the program ends. Failures throw scene::Error naming `beside`.
class RowStore {
 public:
  /// In the folder of `beside`.
  RowStore(const std::filesystem::path& beside, int sh_degree, std::size_t buckets);
  ~RowStore();
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  /// values[p * stride + row] belongs to plane p of GaussianPlanes::planes().
  void add(std::size_t bucket, std::span<const float> values, std::size_t stride, std::size_t row);
  std::size_t rows(std::size_t bucket) const { return buckets_[bucket].rows; }
  /// The bucket's rows as they were added.
  GaussianModel read(std::size_t bucket) const;

 private:
  struct Bucket {
    std::size_t rows = 0;
    std::vector<std::uint64_t> blocks;  // full ones: where they are
    std::vector<float> waiting;         // rows for the next, one after the other
  };
  [[noreturn]] void fail(int error) const;

  std::filesystem::path beside_;
  int sh_degree_, descriptor_ = -1;
  std::size_t planes_;
  std::uint64_t end_ = 0;
  std::vector<Bucket> buckets_;
};

}  // namespace tessera::scene
