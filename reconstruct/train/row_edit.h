#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "reconstruct/train/adam.h"
#include "scene/gaussian_model.h"

namespace tessera::reconstruct {

/// Interleaved bits of the cell of `p` in a grid of 2^21 cells a side over [low, high] (Morton 1966). Points outside go
/// to the border.
std::uint64_t morton_code(const std::array<float, 3>& p, const std::array<float, 3>& low,
                          const std::array<float, 3>& high);

/// One row of the set that is to be: a copy of `old_row`, placed at `position`.
struct EditRow {
  std::uint32_t old_row = 0;
  std::array<float, 3> position{};
  bool fresh = false;    // its moments start at zero
  std::uint8_t tag = 0;  // for the caller
};

/// Sorts the rows by Morton code of their positions (ties: old row, tag), so that splats near in space stay near in
/// memory, and returns the map that makes them. Depends on the set of rows only, not on their order.
scene::IndexMap sort_rows(std::vector<EditRow>& rows);

/// Applies `map` (of sort_rows) to model and moments, moves the rows to their positions and clears the moments of fresh
/// ones.
void apply_rows(std::span<const EditRow> rows, const scene::IndexMap& map, scene::GaussianModel& model,
                SparseAdam& adam);

/// Puts a whole model in Morton order (initialisation).
void sort_model(scene::GaussianModel& model);

}  // namespace tessera::reconstruct
