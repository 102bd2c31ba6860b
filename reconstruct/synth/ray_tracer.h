#pragma once

#include <cstdint>
#include <vector>

#include <glm/vec3.hpp>

#include "reconstruct/synth/mesh.h"

namespace tessera::reconstruct::synth {

/// Points origin + t * direction, t in (t_min, t_max). The direction need not have unit length; t counts it.
struct Ray {
  glm::vec3 origin{0}, direction{0, 0, 1};
  float t_min = 0, t_max = 1e30f;
};
struct Hit {
  float t = 0, u = 0, v = 0;  // point = (1 - u - v) a + u b + v c
  std::uint32_t instance = 0, triangle = 0;
};

/// Two-level bounding volume hierarchy over instances of triangle meshes: eight children a node, built with the binned
/// surface area heuristic (Wald 2007, "On fast construction of SAH-based bounding volume hierarchies"), triangles by
/// Moeller and Trumbore (1997). Ours and not Embree's: the pictures are a yardstick, so a ray must give the same bits
/// on every machine. Every vector width computes the same additions and multiplications (none fused) in the same order.
class RayTracer {
 public:
  /// Instances refer to `meshes`; both are copied into the hierarchy and need not live on. Builds meshes in parallel.
  RayTracer(const std::vector<Mesh>& meshes, const std::vector<Instance>& instances);

  /// Nearest hit, from either side of the triangles.
  bool closest(const Ray& ray, Hit& hit) const;
  bool occluded(const Ray& ray) const;
  std::size_t bytes() const;

  static constexpr int kWidth = 8;  // children of a node, triangles of a packet

  // Read by the traversal, which is compiled once per vector instruction set.
  struct Node {
    float low[3][kWidth], high[3][kWidth];
    std::int32_t child[kWidth];  // >= 0: node; else ~first of the leaf's packets (or instances)
    std::int32_t count[kWidth];  // packets (or instances) of the leaf
  };
  struct Packet {
    float v0[3][kWidth], e1[3][kWidth], e2[3][kWidth];
    std::uint32_t triangle[kWidth];
  };
  struct Bottom {
    std::vector<Node> nodes;
    std::vector<Packet> packets;
    glm::vec3 low{0}, high{0};
  };
  struct Placed {
    glm::mat3 local_from_world;
    glm::vec3 translation;
    std::uint32_t mesh, instance;
  };
  struct Tree {
    std::vector<Bottom> bottoms;
    std::vector<Node> nodes;
    std::vector<Placed> placed;
  };

 private:
  Tree tree_;
};

}  // namespace tessera::reconstruct::synth
