#include "reconstruct/blocks/seams.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "reconstruct/evaluate/view_error.h"

namespace tessera::reconstruct {
namespace {

constexpr float kOpaque = 0.5f;      // alpha below: the depth is of little
constexpr double kBrightest = 0.15;  // root mean squared error (of 1) at the bright end of the map: 16.5 dB

}  // namespace

double SeamReport::Error::psnr() const {
  if (pixels == 0) return 0;
  return -10 * std::log10(std::max(squares / (3 * static_cast<double>(pixels)), 1e-10));
}

SeamReport::SeamReport(const Partition& partition) : partition_(partition) {
  const glm::dvec2 size = partition.frame().root().size();
  const double pixel = std::max(size.x, size.y) / kMapSide;
  width_ = std::max(1, static_cast<int>(std::ceil(size.x / pixel)));
  height_ = std::max(1, static_cast<int>(std::ceil(size.y / pixel)));
  places_.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_));
}

void SeamReport::add(const scene::Camera& camera, const render::Plane picture[3], const render::Frame& frame,
                     const Truth& truth) {
  const scene::Pinhole& p = camera.intrinsics;
  const scene::Rigid scene_from_camera = camera.cam_from_world.inverse();
  const Rect root = partition_.frame().root();
  for (int y = 0; y < truth.height; ++y)
    for (int x = 0; x < truth.width; ++x) {
      if (frame.alpha.at(x, y) < kOpaque || (truth.weight.width > 0 && truth.weight.at(x, y) == 0)) continue;
      double squares = 0;
      for (int c = 0; c < 3; ++c) {
        const double off = static_cast<double>(std::clamp(picture[c].at(x, y), 0.0f, 1.0f) - truth.color[c].at(x, y));
        squares += off * off;
      }
      const auto count = [squares](Error& error) { error.squares += squares, ++error.pixels; };
      const double z = static_cast<double>(frame.depth.at(x, y));
      const glm::dvec2 at = partition_.frame().cell_from_scene(
          scene_from_camera({(x + 0.5 - p.cx) / p.fx * z, (y + 0.5 - p.cy) / p.fy * z, z}));
      if (!root.contains(at)) continue;
      const std::uint32_t cell = partition_.owner_at(at);
      const Rect rect = partition_.cell(cell);
      bool inside = true;
      for (int axis = 0; axis < 2; ++axis)
        for (const bool high : {false, true}) {
          const double edge = (high ? rect.high : rect.low)[axis], band = kBand * rect.size()[axis];
          if (std::abs(at[axis] - edge) > band) continue;
          glm::dvec2 across = at;
          across[axis] = high ? edge + band : edge - band;
          if (!root.contains(across)) continue;
          const std::uint32_t other = partition_.owner_at(across);
          count(border_[{std::min(cell, other), std::max(cell, other)}]);
          inside = false;
        }
      if (inside) count(interior_);
      const glm::dvec2 share = (at - root.low) / root.size();
      const int column = std::min(static_cast<int>(share.x * width_), width_ - 1);
      const int row = std::min(static_cast<int>((1 - share.y) * height_), height_ - 1);
      count(places_[static_cast<std::size_t>(row) * width_ + column]);
    }
}

SeamReport::Error SeamReport::borders() const {
  Error all;
  for (const auto& [cells, error] : border_) all.squares += error.squares, all.pixels += error.pixels;
  return all;
}

nlohmann::json SeamReport::json() const {
  const auto numbers = [](const Error& e) { return nlohmann::json{{"psnr", e.psnr()}, {"pixels", e.pixels}}; };
  nlohmann::json json = {{"band", kBand}, {"interior", numbers(interior_)}, {"borders", numbers(borders())}};
  if (borders().pixels > 0 && interior_.pixels > 0) json["difference_db"] = borders().psnr() - interior_.psnr();
  json["border"] = nlohmann::json::array();
  for (const auto& [cells, error] : border_) {
    nlohmann::json one = numbers(error);
    one["between"] = {cells.first, cells.second};
    one["difference_db"] = error.psnr() - interior_.psnr();
    json["border"].push_back(std::move(one));
  }
  return json;
}

scene::Image8 SeamReport::map() const {
  scene::Image8 image{width_, height_, 3, {}};
  image.pixels.assign(static_cast<std::size_t>(width_) * height_ * 3, 0);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].pixels == 0) continue;
    const double rms = std::sqrt(places_[i].squares / (3 * static_cast<double>(places_[i].pixels)));
    const auto color = error_color(rms / kBrightest);
    std::copy(color.begin(), color.end(), image.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i));
  }
  const Rect root = partition_.frame().root();
  for (const Partition::Cut& cut : partition_.cuts()) {
    const int other = 1 - cut.axis;
    const int steps = 2 * std::max(width_, height_);
    for (int i = 0; i <= steps; ++i) {
      glm::dvec2 at;
      at[cut.axis] = cut.at;
      at[other] = cut.within.low[other] + cut.within.size()[other] * i / steps;
      const glm::dvec2 share = (at - root.low) / root.size();
      const int x = std::clamp(static_cast<int>(share.x * width_), 0, width_ - 1);
      const int y = std::clamp(static_cast<int>((1 - share.y) * height_), 0, height_ - 1);
      std::fill_n(image.at(x, y), 3, std::uint8_t{255});
    }
  }
  return image;
}

}  // namespace tessera::reconstruct
