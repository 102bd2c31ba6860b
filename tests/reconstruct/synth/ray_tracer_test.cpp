#include "reconstruct/synth/ray_tracer.h"

#include <cmath>

#include <gtest/gtest.h>
#include <glm/geometric.hpp>

#include "reconstruct/synth/noise.h"

namespace tessera::reconstruct::synth {
namespace {

using glm::dvec3;
using glm::vec3;

struct Soup {
  std::vector<Mesh> meshes;
  std::vector<Instance> instances;
};

vec3 random_point(Draw& draw, float size) {
  return {draw.uniform(-size, size), draw.uniform(-size, size), draw.uniform(-size, size)};
}

// Two meshes of random triangles, one of them placed several times.
Soup random_soup(std::uint64_t seed, int triangles) {
  Soup soup;
  Draw draw(seed, 1, 0);
  for (int m = 0; m < 2; ++m) {
    Mesh mesh;
    for (int i = 0; i < triangles; ++i) {
      const vec3 at = random_point(draw, 8);
      const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
      for (int k = 0; k < 3; ++k) mesh.vertices.push_back({at + random_point(draw, 1.2f)});
      mesh.triangles.push_back({first, first + 1, first + 2, 0});
    }
    soup.meshes.push_back(std::move(mesh));
  }
  soup.instances.push_back({0});
  for (std::uint32_t i = 0; i < 12; ++i) {
    const float a = draw.uniform(0, 6), s = draw.uniform(0.5f, 2.0f);
    Instance instance{1};
    instance.linear =
        glm::mat3(vec3(s * std::cos(a), s * std::sin(a), 0), vec3(-s * std::sin(a), s * std::cos(a), 0), vec3(0, 0, s));
    instance.translation = random_point(draw, 20);
    soup.instances.push_back(instance);
  }
  return soup;
}

// Nearest hit by looking at every triangle in double precision, from the plane and three edge tests (not the tracer's
// formula).
double nearest_by_hand(const Soup& soup, const Ray& ray) {
  double nearest = 1e30;
  const dvec3 o(ray.origin), d(ray.direction);
  for (const Instance& instance : soup.instances) {
    const Mesh& mesh = soup.meshes[instance.mesh];
    const auto world = [&](std::uint32_t v) {
      return dvec3(instance.linear * mesh.vertices[v].position + instance.translation);
    };
    for (const Triangle& t : mesh.triangles) {
      const dvec3 a = world(t.a), b = world(t.b), c = world(t.c), n = glm::cross(b - a, c - a);
      const double slope = glm::dot(n, d);
      if (slope == 0) continue;
      const double at = glm::dot(n, a - o) / slope;
      if (at <= ray.t_min || at >= ray.t_max || at >= nearest) continue;
      const dvec3 p = o + at * d;
      if (glm::dot(glm::cross(b - a, p - a), n) < 0 || glm::dot(glm::cross(c - b, p - b), n) < 0 ||
          glm::dot(glm::cross(a - c, p - c), n) < 0)
        continue;
      nearest = at;
    }
  }
  return nearest;
}

Ray random_ray(Draw& draw) {
  Ray ray;
  ray.origin = random_point(draw, 30);
  ray.direction = glm::normalize(random_point(draw, 15) - ray.origin) * draw.uniform(0.5f, 2.0f);
  // Some rays run along the axes, where a slab test divides by zero.
  if (draw.chance(0.2f)) {
    ray.direction = vec3(0);
    ray.direction[draw.below(3)] = draw.chance(0.5f) ? 1.0f : -1.0f;
  }
  return ray;
}

TEST(RayTracer, FindsTheNearestHitThatBruteForceFinds) {
  const Soup soup = random_soup(1, 300);
  const RayTracer tracer(soup.meshes, soup.instances);
  Draw draw(2, 2, 0);
  int hits = 0, different = 0;
  for (int i = 0; i < 4000; ++i) {
    const Ray ray = random_ray(draw);
    const double expected = nearest_by_hand(soup, ray);
    Hit hit;
    const bool found = tracer.closest(ray, hit);
    hits += found;
    // A ray through an edge may fall on either side of it in float.
    if (found != (expected < 1e29) || (found && std::abs(hit.t - expected) > 1e-4 * (1 + expected))) ++different;
    if (!found) continue;
    const Instance& instance = soup.instances[hit.instance];
    const Mesh& mesh = soup.meshes[instance.mesh];
    const Triangle& t = mesh.triangles[hit.triangle];
    const vec3 local = (1 - hit.u - hit.v) * mesh.vertices[t.a].position + hit.u * mesh.vertices[t.b].position +
                       hit.v * mesh.vertices[t.c].position;
    EXPECT_LT(glm::length(instance.linear * local + instance.translation - (ray.origin + hit.t * ray.direction)),
              1e-3f);
  }
  EXPECT_GT(hits, 1000);
  EXPECT_LE(different, 4);
}

TEST(RayTracer, OcclusionAgreesWithTheNearestHit) {
  const Soup soup = random_soup(3, 200);
  const RayTracer tracer(soup.meshes, soup.instances);
  Draw draw(4, 2, 0);
  int between = 0;
  for (int i = 0; i < 4000; ++i) {
    Ray ray = random_ray(draw);
    ray.t_min = draw.uniform(0, 5);
    ray.t_max = ray.t_min + draw.uniform(0, 30);
    Hit hit;
    const bool found = tracer.closest(ray, hit);
    EXPECT_EQ(tracer.occluded(ray), found);
    if (!found) continue;
    EXPECT_GT(hit.t, ray.t_min);
    EXPECT_LT(hit.t, ray.t_max);
    ++between;
    ray.t_max = hit.t;  // the hit itself lies outside the open interval
    EXPECT_FALSE(tracer.occluded(ray));
  }
  EXPECT_GT(between, 500);
}

TEST(RayTracer, HasNothingToHitInAnEmptyScene) {
  const RayTracer empty({}, {}), hollow({Mesh{}}, {Instance{0}});
  Hit hit;
  EXPECT_FALSE(empty.closest({}, hit));
  EXPECT_FALSE(hollow.occluded({}));
}

TEST(RayTracer, ManyEqualTrianglesDoNotOverflowTheTree) {
  // No split separates them: the builder has to halve the list.
  Mesh mesh;
  mesh.vertices = {{{0, 0, 0}}, {{1, 0, 0}}, {{0, 1, 0}}};
  mesh.triangles.assign(5000, {0, 1, 2, 0});
  const RayTracer tracer({mesh}, {Instance{0}});
  Hit hit;
  ASSERT_TRUE(tracer.closest({{0.2f, 0.2f, 1}, {0, 0, -1}}, hit));
  EXPECT_FLOAT_EQ(hit.t, 1.0f);
  EXPECT_GT(tracer.bytes(), 5000u * 36);
}

}  // namespace
}  // namespace tessera::reconstruct::synth
