#pragma once

#include <memory>

#include "render/lod/lod_stream.h"
#include "render/view_renderer.h"

namespace tessera::render {

/// Draws a .tlod file with another renderer, each view complete: for pictures and videos. set_model() puts a model in
/// its place.
class LodViewRenderer : public ViewRenderer {
 public:
  LodViewRenderer(std::unique_ptr<ViewRenderer> renderer, std::unique_ptr<LodStream> stream)
      : renderer_(std::move(renderer)), stream_(std::move(stream)) {}
  std::string name() const override { return renderer_->name(); }
  bool shares_cores() const override { return renderer_->shares_cores(); }
  void set_cancellation(const scene::Cancellation* cancellation) override { renderer_->set_cancellation(cancellation); }
  void set_model(std::shared_ptr<const scene::GaussianModel> model) override {
    stream_.reset();
    renderer_->set_model(std::move(model));
  }
  std::uint64_t drawn_splats() const override { return renderer_->drawn_splats(); }
  const Frame& draw(const scene::Camera& camera, const ViewSettings& settings) override {
    if (stream_ && stream_->update(camera, true)) renderer_->set_model(stream_->model());
    return renderer_->draw(camera, settings);
  }

 private:
  std::unique_ptr<ViewRenderer> renderer_;
  std::unique_ptr<LodStream> stream_;
};

}  // namespace tessera::render
