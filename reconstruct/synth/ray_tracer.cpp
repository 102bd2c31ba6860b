#include "reconstruct/synth/ray_tracer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reconstruct/synth/ray_tracer.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tessera::reconstruct::synth {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int kWidth = RayTracer::kWidth;
const hn::CappedTag<float, kWidth> d;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(hn::CappedTag<float, kWidth>()));
static_assert(kWidth % kLanes == 0, "a node is a whole number of vectors");

// Deepest tree: kDeepestSah levels of binary splits and 32 of halving, at most kWidth - 1 waiting siblings each
// (bvh_build.cpp).
constexpr int kStack = (24 + 32) * (kWidth - 1) + 1;

struct Entry {
  std::int32_t child, count;
  float t;
};

// The ray as the traversal wants it. Zero directions become tiny ones: their reciprocal stays finite, and 0 * inf never
// arises.
struct Prepared {
  float origin[3], direction[3], inverse[3];
  bool negative[3];
};
Prepared prepare(const glm::vec3& origin, const glm::vec3& direction) {
  Prepared p;
  for (int axis = 0; axis < 3; ++axis) {
    const float raw = direction[axis];
    const float safe = raw > -1e-12f && raw < 1e-12f ? (raw < 0 ? -1e-12f : 1e-12f) : raw;
    p.origin[axis] = origin[axis];
    p.direction[axis] = raw;
    p.inverse[axis] = 1.0f / safe;
    p.negative[axis] = safe < 0;
  }
  return p;
}

// Pushes the children that the ray enters before t_max, the nearest last. Returns the new height of the stack.
HWY_INLINE HWY_ATTR int push_children(const RayTracer::Node& node, const Prepared& ray, float t_min, float t_max,
                                      Entry* stack, int height) {
  alignas(64) float near[kWidth];
  std::uint32_t entered = 0;
  for (int i = 0; i < kWidth; i += kLanes) {
    auto t0 = hn::Set(d, t_min), t1 = hn::Set(d, t_max);
    for (int axis = 0; axis < 3; ++axis) {
      const float* first = ray.negative[axis] ? node.high[axis] : node.low[axis];
      const float* last = ray.negative[axis] ? node.low[axis] : node.high[axis];
      const auto origin = hn::Set(d, ray.origin[axis]), inverse = hn::Set(d, ray.inverse[axis]);
      t0 = hn::Max(t0, hn::Mul(hn::Sub(hn::LoadU(d, first + i), origin), inverse));
      t1 = hn::Min(t1, hn::Mul(hn::Sub(hn::LoadU(d, last + i), origin), inverse));
    }
    // Two roundings above may each be half an ulp short (Ize 2013, "Robust BVH ray traversal").
    t1 = hn::Mul(t1, hn::Set(d, 1.0f + 4.0f * 1.1920929e-7f));
    hn::StoreU(t0, d, near + i);
    std::uint8_t bits[8] = {};
    hn::StoreMaskBits(d, hn::Le(t0, t1), bits);
    entered |= static_cast<std::uint32_t>(bits[0]) << i;
  }
  while (entered) {
    const int i = __builtin_ctz(entered);
    entered &= entered - 1;
    stack[height++] = {node.child[i], node.count[i], near[i]};
  }
  return height;
}

// Insertion sort of stack[begin, end) by falling t: at most eight entries.
HWY_INLINE void sort_falling(Entry* stack, int begin, int end) {
  for (int i = begin + 1; i < end; ++i) {
    const Entry entry = stack[i];
    int at = i;
    for (; at > begin && stack[at - 1].t < entry.t; --at) stack[at] = stack[at - 1];
    stack[at] = entry;
  }
}

// Moeller and Trumbore: solves origin + t direction = v0 + u e1 + v e2 for eight triangles. True if t_max came nearer.
HWY_INLINE HWY_ATTR bool intersect_packet(const RayTracer::Packet& packet, const Prepared& ray, float t_min,
                                          float& t_max, Hit& hit) {
  bool found = false;
  const auto zero = hn::Zero(d), one = hn::Set(d, 1.0f);
  const auto dx = hn::Set(d, ray.direction[0]), dy = hn::Set(d, ray.direction[1]), dz = hn::Set(d, ray.direction[2]);
  for (int i = 0; i < kWidth; i += kLanes) {
    const auto e1x = hn::LoadU(d, packet.e1[0] + i), e1y = hn::LoadU(d, packet.e1[1] + i),
               e1z = hn::LoadU(d, packet.e1[2] + i);
    const auto e2x = hn::LoadU(d, packet.e2[0] + i), e2y = hn::LoadU(d, packet.e2[1] + i),
               e2z = hn::LoadU(d, packet.e2[2] + i);
    const auto px = hn::Sub(hn::Mul(dy, e2z), hn::Mul(dz, e2y));
    const auto py = hn::Sub(hn::Mul(dz, e2x), hn::Mul(dx, e2z));
    const auto pz = hn::Sub(hn::Mul(dx, e2y), hn::Mul(dy, e2x));
    const auto det = hn::Add(hn::Add(hn::Mul(e1x, px), hn::Mul(e1y, py)), hn::Mul(e1z, pz));
    // Parallel or padded (all zero): the reciprocal of a harmless number, and the mask says no.
    const auto proper = hn::Ne(det, zero);
    const auto inverse = hn::Div(one, hn::IfThenElse(proper, det, one));
    const auto sx = hn::Sub(hn::Set(d, ray.origin[0]), hn::LoadU(d, packet.v0[0] + i));
    const auto sy = hn::Sub(hn::Set(d, ray.origin[1]), hn::LoadU(d, packet.v0[1] + i));
    const auto sz = hn::Sub(hn::Set(d, ray.origin[2]), hn::LoadU(d, packet.v0[2] + i));
    const auto u = hn::Mul(hn::Add(hn::Add(hn::Mul(sx, px), hn::Mul(sy, py)), hn::Mul(sz, pz)), inverse);
    const auto qx = hn::Sub(hn::Mul(sy, e1z), hn::Mul(sz, e1y));
    const auto qy = hn::Sub(hn::Mul(sz, e1x), hn::Mul(sx, e1z));
    const auto qz = hn::Sub(hn::Mul(sx, e1y), hn::Mul(sy, e1x));
    const auto v = hn::Mul(hn::Add(hn::Add(hn::Mul(dx, qx), hn::Mul(dy, qy)), hn::Mul(dz, qz)), inverse);
    const auto t = hn::Mul(hn::Add(hn::Add(hn::Mul(e2x, qx), hn::Mul(e2y, qy)), hn::Mul(e2z, qz)), inverse);
    const auto inside = hn::And(hn::And(hn::Ge(u, zero), hn::Ge(v, zero)), hn::Le(hn::Add(u, v), one));
    const auto within = hn::And(hn::Gt(t, hn::Set(d, t_min)), hn::Lt(t, hn::Set(d, t_max)));
    const auto ok = hn::And(proper, hn::And(inside, within));
    if (hn::AllFalse(d, ok)) continue;
    alignas(64) float ts[kLanes], us[kLanes], vs[kLanes];
    hn::StoreU(t, d, ts), hn::StoreU(u, d, us), hn::StoreU(v, d, vs);
    std::uint8_t bits[8] = {};
    hn::StoreMaskBits(d, ok, bits);
    for (int lane = 0; lane < kLanes; ++lane)
      if ((bits[0] >> lane & 1) && ts[lane] < t_max) {
        t_max = hit.t = ts[lane], hit.u = us[lane], hit.v = vs[lane], hit.triangle = packet.triangle[i + lane];
        found = true;
      }
  }
  return found;
}

template <bool kAnyHit>
HWY_ATTR bool trace_bottom(const RayTracer::Bottom& bottom, const Prepared& ray, float t_min, float& t_max, Hit& hit) {
  Entry stack[kStack];
  int height = 0;
  stack[height++] = {0, 0, t_min};
  bool found = false;
  while (height > 0) {
    const Entry entry = stack[--height];
    if (entry.t > t_max) continue;
    if (entry.child >= 0) {
      const int before = height;
      height = push_children(bottom.nodes[entry.child], ray, t_min, t_max, stack, height);
      sort_falling(stack, before, height);
      continue;
    }
    for (std::int32_t i = 0; i < entry.count; ++i)
      found |= intersect_packet(bottom.packets[~entry.child + i], ray, t_min, t_max, hit);
    if (kAnyHit && found) return true;
  }
  return found;
}

template <bool kAnyHit>
HWY_ATTR bool trace(const RayTracer::Tree& tree, const Ray& ray, Hit& hit) {
  if (tree.nodes.empty()) return false;
  const Prepared world = prepare(ray.origin, ray.direction);
  Entry stack[kStack];
  int height = 0;
  stack[height++] = {0, 0, ray.t_min};
  float t_max = ray.t_max;
  bool found = false;
  while (height > 0) {
    const Entry entry = stack[--height];
    if (entry.t > t_max) continue;
    if (entry.child >= 0) {
      const int before = height;
      height = push_children(tree.nodes[entry.child], world, ray.t_min, t_max, stack, height);
      sort_falling(stack, before, height);
      continue;
    }
    for (std::int32_t i = 0; i < entry.count; ++i) {
      const RayTracer::Placed& placed = tree.placed[~entry.child + i];
      const glm::vec3 origin = placed.local_from_world * (ray.origin - placed.translation);
      const Prepared local = prepare(origin, placed.local_from_world * ray.direction);
      if (trace_bottom<kAnyHit>(tree.bottoms[placed.mesh], local, ray.t_min, t_max, hit)) {
        hit.instance = placed.instance;
        found = true;
        if (kAnyHit) return true;
      }
    }
  }
  return found;
}

bool Closest(const RayTracer::Tree& tree, const Ray& ray, Hit& hit) { return trace<false>(tree, ray, hit); }
bool Occluded(const RayTracer::Tree& tree, const Ray& ray) {
  Hit hit;
  return trace<true>(tree, ray, hit);
}

}  // namespace HWY_NAMESPACE
}  // namespace tessera::reconstruct::synth
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include <array>

#include <glm/matrix.hpp>

#include "reconstruct/synth/bvh_build.h"
#include "scene/parallel.h"

namespace tessera::reconstruct::synth {

HWY_EXPORT(Closest);
HWY_EXPORT(Occluded);

namespace {

RayTracer::Bottom build_bottom(const Mesh& mesh) {
  RayTracer::Bottom bottom;
  std::vector<Box> boxes(mesh.triangles.size());
  Box all;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Triangle& t = mesh.triangles[i];
    for (const std::uint32_t v : {t.a, t.b, t.c}) boxes[i].grow(mesh.vertices[v].position);
    all.grow(boxes[i]);
  }
  if (!boxes.empty()) bottom.low = all.low, bottom.high = all.high;
  bottom.nodes = build_nodes(boxes, [&](const std::uint32_t* items, int count) {
    RayTracer::Packet packet{};
    for (int lane = 0; lane < count; ++lane) {
      const Triangle& t = mesh.triangles[items[lane]];
      const glm::vec3 a = mesh.vertices[t.a].position;
      const glm::vec3 e1 = mesh.vertices[t.b].position - a, e2 = mesh.vertices[t.c].position - a;
      for (int axis = 0; axis < 3; ++axis)
        packet.v0[axis][lane] = a[axis], packet.e1[axis][lane] = e1[axis], packet.e2[axis][lane] = e2[axis];
      packet.triangle[lane] = items[lane];
    }
    bottom.packets.push_back(packet);
    return std::pair{~static_cast<std::int32_t>(bottom.packets.size() - 1), 1};
  });
  return bottom;
}

}  // namespace

RayTracer::RayTracer(const std::vector<Mesh>& meshes, const std::vector<Instance>& instances) {
  tree_.bottoms.resize(meshes.size());
  scene::parallel_for(std::size_t{0}, meshes.size(),
                      [&](std::size_t i) { tree_.bottoms[i] = build_bottom(meshes[i]); });
  std::vector<Box> boxes;
  std::vector<std::uint32_t> used;
  for (std::uint32_t i = 0; i < instances.size(); ++i) {
    const Bottom& bottom = tree_.bottoms[instances[i].mesh];
    if (bottom.nodes.empty()) continue;
    Box box;
    for (int corner = 0; corner < 8; ++corner) {
      const glm::vec3 p(corner & 1 ? bottom.high.x : bottom.low.x, corner & 2 ? bottom.high.y : bottom.low.y,
                        corner & 4 ? bottom.high.z : bottom.low.z);
      box.grow(instances[i].linear * p + instances[i].translation);
    }
    boxes.push_back(box);
    used.push_back(i);
  }
  tree_.nodes = build_nodes(boxes, [&](const std::uint32_t* items, int count) {
    const auto first = static_cast<std::int32_t>(tree_.placed.size());
    for (int i = 0; i < count; ++i) {
      const Instance& instance = instances[used[items[i]]];
      tree_.placed.push_back({glm::inverse(instance.linear), instance.translation, instance.mesh, used[items[i]]});
    }
    return std::pair{~first, count};
  });
}

bool RayTracer::closest(const Ray& ray, Hit& hit) const { return HWY_DYNAMIC_DISPATCH(Closest)(tree_, ray, hit); }
bool RayTracer::occluded(const Ray& ray) const { return HWY_DYNAMIC_DISPATCH(Occluded)(tree_, ray); }

std::size_t RayTracer::bytes() const {
  std::size_t sum = tree_.nodes.size() * sizeof(Node) + tree_.placed.size() * sizeof(Placed);
  for (const Bottom& b : tree_.bottoms) sum += b.nodes.size() * sizeof(Node) + b.packets.size() * sizeof(Packet);
  return sum;
}

}  // namespace tessera::reconstruct::synth

#endif  // HWY_ONCE
