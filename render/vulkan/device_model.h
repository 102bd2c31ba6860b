#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "render/vulkan/memory.h"
#include "render/vulkan/packed_model.h"
#include "scene/gaussian_model.h"

namespace tessera::render::vulkan {

/// A model on the device, in chunks, as one binding may not hold all of it. Of the next model only those runs of rows
/// are uploaded whose stored bytes differ, which is told by a 64-bit hash of each run: an edit of some splats uploads
/// little; rows that move (some before them were taken out) are uploaded anew, as are those that training has changed.
class DeviceModel {
 public:
  struct Chunk {
    std::uint32_t first_row = 0, rows = 0;
    Buffer splats, harmonics;
    std::vector<std::uint64_t> splat_hashes, harmonic_hashes;  // of each run; 0: nothing is there
  };

  explicit DeviceModel(Device& device) : device_(device) {}
  DeviceModel(DeviceModel&&) = delete;
  ~DeviceModel();

  /// Bytes that rows take here: splats, and coefficients with their bounds.
  static std::uint64_t splat_bytes(std::size_t rows);
  static std::uint64_t harmonic_bytes(std::size_t rows, int sh_degree);
  /// Row i becomes row selection[i] of the model, or row i where the selection is empty. Returns whether a buffer is
  /// another one than before. Throws OutOfMemory, after which it is empty.
  bool set(const scene::GaussianModel& model, std::span<const std::uint32_t> selection);
  void clear();
  const std::vector<Chunk>& chunks() const { return chunks_; }
  int sh_degree() const { return sh_degree_; }
  /// Bytes sent to the device so far.
  std::uint64_t uploaded_bytes() const { return uploaded_bytes_; }

 private:
  bool fit(std::size_t rows);
  void upload(const scene::GaussianModel& model, std::span<const std::uint32_t> selection, Chunk& chunk);
  Device& device_;
  int sh_degree_ = 0;
  std::vector<Chunk> chunks_;
  std::uint64_t uploaded_bytes_ = 0;
};

/// The `count` rows that matter most, ascending: by opacity times the area of the two longest axes. Each counts alone;
/// what lies in front of what is not asked.
std::vector<std::uint32_t> most_important_rows(const scene::GaussianModel& model, std::size_t count);

}  // namespace tessera::render::vulkan
