#include "app/studio/offscreen.h"

#include <unistd.h>

#include <QBuffer>
#include <QPainter>
#include <algorithm>
#include <cctype>
#include <fstream>
#include <thread>

#include "app/studio/render_thread.h"
#include "reconstruct/evaluate/picture.h"
#include "reconstruct/train/memory_plan.h"
#include "render/lod/lod_view_renderer.h"
#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::app {
namespace {

constexpr int kJpegQuality = 95;

/// Draws with another renderer until that fails.
class OffscreenRenderer : public render::ViewRenderer {
 public:
  explicit OffscreenRenderer(const scene::JobContext& job) : job_(job), renderer_(make_renderer({})) {
    renderer_->set_cancellation(job_.cancellation);
  }
  std::string name() const override { return renderer_->name(); }
  bool shares_cores() const override { return renderer_->shares_cores(); }
  void set_model(std::shared_ptr<const scene::GaussianModel> model) override {
    model_ = std::move(model);
    attempt([this] { renderer_->set_model(model_); });
  }
  const render::Frame& draw(const scene::Camera& camera, const render::ViewSettings& settings) override {
    const render::Frame* frame = nullptr;
    attempt([&] { frame = &renderer_->draw(camera, settings); });
    return *frame;
  }

 private:
  template <class Call>
  void attempt(Call call) {
    try {
      return call();
    } catch (const scene::Error& e) {
      if (fallen_back_ || renderer_->shares_cores()) throw;
      job_.warn(std::string(e.what()) + "; the processor draws instead");
    }
    fallen_back_ = true;
    renderer_ = render::make_cpu_view_renderer();
    renderer_->set_cancellation(job_.cancellation);
    renderer_->set_model(model_);
    call();
  }

  const scene::JobContext& job_;
  std::unique_ptr<render::ViewRenderer> renderer_;
  std::shared_ptr<const scene::GaussianModel> model_;
  bool fallen_back_ = false;
};

QImage to_qimage(const render::Frame& frame, bool transparent) {
  const scene::Image8 image = transparent ? reconstruct::to_rgba8(frame) : reconstruct::to_image8(frame.color);
  return QImage(image.pixels.data(), image.width, image.height, qsizetype{image.channels} * image.width,
                transparent ? QImage::Format_RGBA8888 : QImage::Format_RGB888)
      .copy();
}

}  // namespace

std::unique_ptr<render::ViewRenderer> make_offscreen_renderer(const scene::JobContext& job,
                                                              std::shared_ptr<const scene::GaussianModel> model,
                                                              std::shared_ptr<const scene::LodFile> lod) {
  auto renderer = std::make_unique<OffscreenRenderer>(job);
  if (lod)
    return std::make_unique<render::LodViewRenderer>(
        std::move(renderer), std::make_unique<render::LodStream>(std::move(lod), scene::Similarity()));
  renderer->set_model(std::move(model));
  return renderer;
}

QImage draw_picture(const PictureRequest& request, const scene::JobContext& job) {
  QImage picture;
  {
    const auto renderer = make_offscreen_renderer(job, request.model, request.lod);
    job.throw_if_cancelled();
    render::ViewSettings settings = request.settings;
    if (request.transparent) settings.background = {0, 0, 0};
    picture = to_qimage(renderer->draw(request.camera, settings), request.transparent);
  }
  job.throw_if_cancelled();
  if (!request.overlay.isNull() && request.overlay_height > 0) {
    QPainter painter(&picture);
    const double scale = static_cast<double>(picture.height()) / request.overlay_height;
    painter.scale(scale, scale);
    painter.drawPicture(0, 0, request.overlay);
  }
  return picture;
}

void save_picture(const QImage& picture, const std::filesystem::path& file) {
  std::string extension = file.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool jpeg = extension == ".jpg" || extension == ".jpeg";
  if (!jpeg && extension != ".png")
    throw scene::Error(file.string(), "is no name for a picture", "end it in .png or .jpg");
  if (jpeg && picture.hasAlphaChannel())
    throw scene::Error(file.string(), "a JPEG has no transparency", "end the name in .png");
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (!picture.save(&buffer, jpeg ? "JPEG" : "PNG", jpeg ? kJpegQuality : -1))
    throw scene::Error(file.string(), "a picture of that size cannot be written in this format",
                       "choose a smaller size, or .png");
  scene::write_file_atomically(file, {bytes.constData(), static_cast<std::size_t>(bytes.size())});
}

std::size_t picture_bytes(const scene::GaussianModel& model, int width, int height) {
  const double pixels = static_cast<double>(width) * height, splats = static_cast<double>(model.size());
  // A pixel: colour and alpha as floats (16), the same again where exposure or mode change them, 8-bit and as QImage
  // (8), encoded (4).
  constexpr double kPixel = 44;
  // A splat: projected (200), and the tiles that it touches at 10 bytes each. Trained scenes touch about 6 a splat in a
  // picture of two million pixels, and more as that grows.
  constexpr double kSplat = 200, kTile = 10, kTiles = 6 / 2e6;
  return static_cast<std::size_t>(kPixel * pixels + splats * (kSplat + kTile * (1 + kTiles * pixels))) + model.bytes();
}

std::size_t free_memory() {
  double mapped = 0, resident = 0, of_files = 0;
  std::ifstream("/proc/self/statm") >> mapped >> resident >> of_files;
  const double held = static_cast<double>(::sysconf(_SC_PAGESIZE)) * std::max(0.0, resident - of_files);
  const auto threads = static_cast<int>(std::thread::hardware_concurrency());
  return static_cast<std::size_t>(std::max(0.0, static_cast<double>(reconstruct::machine_limit(threads).bytes) - held));
}

}  // namespace tessera::app
