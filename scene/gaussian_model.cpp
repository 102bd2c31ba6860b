#include "scene/gaussian_model.h"

#include <cmath>

#include "scene/error.h"

namespace tessera::scene {

void apply_index_map(const IndexMap& map, std::vector<float>& plane, float fill) {
  std::vector<float> mapped(map.size());
  for (std::size_t i = 0; i < map.size(); ++i) mapped[i] = map.old_row[i] == kNewRow ? fill : plane[map.old_row[i]];
  plane = std::move(mapped);
}

int GaussianPlanes::sh_degree() const {
  int degree = 0;
  while (degree < kMaxShDegree && sh.size() > static_cast<std::size_t>(3 * sh_coefficients(degree))) ++degree;
  return degree;
}

void GaussianPlanes::resize(std::size_t n, int degree) {
  sh.resize(static_cast<std::size_t>(3 * sh_coefficients(degree)));
  for (auto* plane : planes()) plane->resize(n, 0.0f);
}

std::vector<std::vector<float>*> GaussianPlanes::planes() {
  std::vector<std::vector<float>*> all;
  for (auto& plane : position) all.push_back(&plane);
  for (auto& plane : log_scale) all.push_back(&plane);
  for (auto& plane : rotation) all.push_back(&plane);
  all.push_back(&opacity_logit);
  for (auto& plane : sh) all.push_back(&plane);
  return all;
}

std::vector<const std::vector<float>*> GaussianPlanes::planes() const {
  std::vector<const std::vector<float>*> all;
  for (auto* plane : const_cast<GaussianPlanes*>(this)->planes()) all.push_back(plane);
  return all;
}

void GaussianPlanes::apply(const IndexMap& map) {
  for (auto* plane : planes()) apply_index_map(map, *plane);
}

void GaussianPlanes::append(const GaussianPlanes& more) {
  const auto to = planes();
  const auto from = more.planes();
  for (std::size_t p = 0; p < to.size(); ++p) to[p]->insert(to[p]->end(), from[p]->begin(), from[p]->end());
}

void GaussianModel::validate(const std::string& subject) const {
  const std::size_t coefficients = sh.size();
  if (coefficients != 3 && coefficients != 12 && coefficients != 27 && coefficients != 48)
    throw Error(subject, std::to_string(coefficients) + " SH planes are no degree of 0..3");
  static const char* names[] = {"x", "y", "z", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3", "opacity"};
  const auto all = planes();
  for (std::size_t p = 0; p < all.size(); ++p) {
    const std::string name = p < 11 ? names[p] : "SH plane " + std::to_string(p - 11);
    if (all[p]->size() != size())
      throw Error(subject, name + " has " + std::to_string(all[p]->size()) + " rows, opacity has " + std::to_string(size()));
    for (std::size_t i = 0; i < size(); ++i)
      if (!std::isfinite((*all[p])[i])) throw Error(subject, name + " of splat " + std::to_string(i) + " is not finite");
  }
  for (std::size_t i = 0; i < size(); ++i) {
    double squared = 0;
    for (const auto& plane : rotation) squared += static_cast<double>(plane[i]) * plane[i];
    if (squared < 1e-24) throw Error(subject, "rotation of splat " + std::to_string(i) + " has no length");
  }
}

std::size_t GaussianModel::bytes() const { return size() * planes().size() * sizeof(float); }

}  // namespace tessera::scene
