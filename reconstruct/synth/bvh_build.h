#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <glm/vec3.hpp>

#include "reconstruct/synth/ray_tracer.h"

namespace tessera::reconstruct::synth {

struct Box {
  glm::vec3 low{3e38f}, high{-3e38f};
  void grow(const glm::vec3& p);
  void grow(const Box& b);
  float half_area() const;
};

/// Builds the nodes over `boxes`. A leaf gathers at most RayTracer::kWidth boxes; `make_leaf` is told which and returns
/// the child code
/// (~first) and count to store. Serial, and a function of the boxes alone.
using MakeLeaf = std::function<std::pair<std::int32_t, std::int32_t>(const std::uint32_t* items, int count)>;
std::vector<RayTracer::Node> build_nodes(const std::vector<Box>& boxes, const MakeLeaf& make_leaf);

}  // namespace tessera::reconstruct::synth
