#include "reconstruct/train/exposure.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "reconstruct/train/byte_stream.h"

namespace tessera::reconstruct {

ExposureCorrection::ExposureCorrection(std::size_t views, std::vector<std::size_t> trained)
    : start_(views), maps_(views), trained_(std::move(trained)), first_(views), second_(views), visits_(views, 0) {
  for (auto& m : first_) m.fill(0);
  for (auto& m : second_) m.fill(0);
  mean_ = mean();
}

std::array<double, 12> ExposureCorrection::mean() const {
  std::array<double, 12> mean{};
  for (std::size_t k = 0; k < mean.size(); ++k) {
    for (const std::size_t v : trained_) mean[k] += static_cast<double>(maps_[v].m[k]);
    mean[k] /= static_cast<double>(std::max<std::size_t>(trained_.size(), 1));
  }
  return mean;
}

void ExposureCorrection::start(std::vector<Affine> maps) {
  if (maps.size() != maps_.size()) throw std::invalid_argument("ExposureCorrection: one map a view");
  start_ = maps_ = std::move(maps);
  mean_ = mean();
}

void ExposureCorrection::step(std::size_t view, const double gradient[12], double regularization, float rate) {
  constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-15;
  const double visit = ++visits_[view];
  const double correction1 = 1 - std::pow(kBeta1, visit), correction2 = 1 - std::pow(kBeta2, visit);
  for (int k = 0; k < 12; ++k) {
    float& m = maps_[view].m[k];
    const double g = gradient[k] + 2 * regularization * (m - start_[view].m[k]);
    double &first = first_[view][k], &second = second_[view][k];
    first = kBeta1 * first + (1 - kBeta1) * g;
    second = kBeta2 * second + (1 - kBeta2) * g * g;
    m -= static_cast<float>(rate * (first / correction1) / (std::sqrt(second / correction2) + kEpsilon));
  }
  const auto now = mean();
  for (std::size_t k = 0; k < now.size(); ++k) {
    const auto drift = static_cast<float>(now[k] - mean_[k]);
    for (const std::size_t v : trained_) maps_[v].m[k] -= drift;
  }
}

std::string ExposureCorrection::save(std::string reuse) const {
  ByteWriter out(std::move(reuse));
  out.array(maps_);
  out.array(first_);
  out.array(second_);
  out.array(visits_);
  return out.take();
}

void ExposureCorrection::load(const std::string& state) {
  ByteReader in(state, "exposure state");
  auto maps = in.array<Affine>();
  auto first = in.array<Moments>(), second = in.array<Moments>();
  auto visits = in.array<std::uint32_t>();
  in.finish();
  const std::size_t n = maps_.size();
  if (maps.size() != n || first.size() != n || second.size() != n || visits.size() != n)
    in.fail("is of another number of views");
  maps_ = std::move(maps), first_ = std::move(first), second_ = std::move(second), visits_ = std::move(visits);
}

}  // namespace tessera::reconstruct
