#pragma once

#include "reconstruct/evaluate/evaluate.h"
#include "reconstruct/train/loss.h"
#include "render/rasterizer.h"

namespace tessera::reconstruct {

/// The model seen from the views of a dataset, beside their photos. What it is given must outlive it.
class Gallery {
 public:
  /// `model` in the dataset's scene frame. Level, background and antialiasing are those of `options`.
  Gallery(const scene::GaussianModel& model, const scene::Dataset& dataset, scene::ImageCache& images,
          render::Rasterizer& rasterizer, const EvaluateOptions& options);
  /// Shows one view: truth() and the planes that are returned belong together until the next call. Throws scene::Error
  /// where the photo cannot be read.
  const render::Plane* show(std::size_t view);
  const Truth& truth() const { return truth_; }
  /// Of a view, at the level shown.
  scene::Camera camera(std::size_t view) const;

 private:
  const scene::GaussianModel& model_;
  const scene::Dataset& dataset_;
  scene::ImageCache& images_;
  render::Rasterizer& rasterizer_;
  const EvaluateOptions options_;
  render::RenderSettings settings_;
  Truth truth_;
};

/// What the picture of a view is worth beside its photo.
ViewScore score(const scene::View& view, const render::Plane picture[3], const Truth& truth);

}  // namespace tessera::reconstruct
