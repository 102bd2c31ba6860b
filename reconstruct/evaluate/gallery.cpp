#include "reconstruct/evaluate/gallery.h"

#include "reconstruct/evaluate/metrics.h"

namespace tessera::reconstruct {

Gallery::Gallery(const scene::GaussianModel& model, const scene::Dataset& dataset, scene::ImageCache& images,
                 render::Rasterizer& rasterizer, const EvaluateOptions& options)
    : model_(model), dataset_(dataset), images_(images), rasterizer_(rasterizer), options_(options) {
  settings_.sh_degree = model.sh_degree();
  settings_.background = options.background;
  settings_.antialiased = options.antialiased;
}

const render::Plane* Gallery::show(std::size_t view) {
  truth_.assign(*images_.get(view, options_.level), options_.background.data());
  return rasterizer_.forward(model_, camera(view), settings_).color;
}

scene::Camera Gallery::camera(std::size_t view) const {
  const scene::Camera& full = dataset_.views[view].camera;
  return {scene::level_camera(full.intrinsics, options_.level), full.cam_from_world};
}

ViewScore score(const scene::View& view, const render::Plane picture[3], const Truth& truth) {
  ViewScore s;
  s.name = view.name;
  s.test = view.test;
  s.psnr = psnr(picture, truth);
  render::Plane corrected[3];
  apply_affine(fit_color_correction(picture, truth), picture, corrected);
  s.psnr_corrected = psnr(corrected, truth);
  const Ssim both = ssim(picture, truth);
  s.ssim = both.padded;
  s.ssim_standard = both.valid;
  s.ms_ssim = ms_ssim(picture, truth);
  return s;
}

}  // namespace tessera::reconstruct
