#include "app/studio/render_thread.h"

#include <algorithm>
#include <chrono>

#include "reconstruct/evaluate/picture.h"
#include "render/rasterizer.h"
#include "render/vulkan/vulkan_view_renderer.h"
#include "scene/error.h"
#include "scene/log.h"

namespace tessera::app {
namespace {

using Clock = std::chrono::steady_clock;
using render::vulkan::VulkanViewRenderer;

constexpr std::chrono::milliseconds kReadingPause(15);  // until what has been read meanwhile is drawn

QImage to_qimage(const render::Frame& frame) {
  const scene::Image8 image = reconstruct::to_image8(frame.color);
  return QImage(image.pixels.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888).copy();
}

}  // namespace

std::unique_ptr<render::ViewRenderer> make_renderer(const RendererOptions& options) {
  if (options.make) return options.make();
  using Choice = RendererOptions::Choice;
  if (options.choice == Choice::cpu) return render::make_cpu_view_renderer();
  try {
    render::vulkan::ViewRendererOptions vulkan;
    vulkan.window = true;
    vulkan.cards_only = options.choice == Choice::automatic;
    vulkan.validation = options.validation, vulkan.most_splats = options.most_splats;
    auto renderer = std::make_unique<VulkanViewRenderer>(vulkan);
    if (options.on_renderer) options.on_renderer(*renderer);
    return renderer;
  } catch (const scene::Error& e) {
    if (options.choice == Choice::vulkan)
      scene::logger("studio")->warn("{}; the CPU rasteriser draws the view", e.what());
    else
      scene::logger("studio")->info("{}", e.what());
  }
  return render::make_cpu_view_renderer();
}

RenderThread::RenderThread(MakeRenderer make_renderer, QObject* parent)
    : QObject(parent), thread_([this, make_renderer = std::move(make_renderer)] { work(make_renderer); }) {}

RenderThread::~RenderThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void RenderThread::request(Request request) {
  {
    const std::lock_guard lock(mutex_);
    next_ = std::move(request);
  }
  wake_.notify_one();
}

void RenderThread::find(Request request, int x, int y) {
  {
    const std::lock_guard lock(mutex_);
    find_ = Find{std::move(request), x, y};
  }
  wake_.notify_one();
}

QImage RenderThread::grab(Request request) {
  std::unique_lock lock(mutex_);
  grabbed_ = {};
  grab_ = std::move(request);
  wake_.notify_one();
  done_.wait(lock, [this] { return !grab_ || left_; });
  return std::exchange(grabbed_, {});
}

std::shared_ptr<const render::vulkan::Instance> RenderThread::instance() const {
  const std::lock_guard lock(mutex_);
  return instance_;
}

void RenderThread::attach(std::uintptr_t surface) {
  {
    const std::lock_guard lock(mutex_);
    surface_ = surface;
  }
  wake_.notify_one();
}

void RenderThread::detach() {
  std::unique_lock lock(mutex_);
  surface_ = 0;
  wake_.notify_one();
  done_.wait(lock, [this] { return !surface_ || left_; });
}

void RenderThread::set_share(double share) {
  const std::lock_guard lock(mutex_);
  share_ = share;
}

void RenderThread::start(std::unique_ptr<render::ViewRenderer> renderer) {
  const bool presented = vulkan_ && vulkan_->presenter().is_attached();
  vulkan_ = dynamic_cast<VulkanViewRenderer*>(renderer.get());
  renderer_ = std::move(renderer);
  model_.reset();
  const bool can = vulkan_ && vulkan_->can_present();
  if (can) {
    const std::lock_guard lock(mutex_);
    instance_ = vulkan_->instance();
  }
  // Said by the object's own thread, so that whoever has just made it and now connects misses nothing.
  QMetaObject::invokeMethod(
      this,
      [this, presented, can, name = QString::fromStdString(renderer_->name())] {
        if (presented) Q_EMIT presenting_ended();
        Q_EMIT started(name);
        if (can) Q_EMIT can_present();
      },
      Qt::QueuedConnection);
}

void RenderThread::work(const MakeRenderer& make_renderer) {
  start(make_renderer());
  bool fallen_back = false;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stop_ || next_ || find_ || grab_ || surface_; });
    if (stop_) break;
    if (surface_) {
      lock.unlock();
      change_surface();
      lock.lock();
      continue;
    }
    const auto looked_for = std::exchange(find_, std::nullopt);
    const auto grabbed = grab_;
    auto request = std::exchange(next_, std::nullopt);
    const double share = share_;
    lock.unlock();
    const auto begin = Clock::now();
    bool again = false;
    QImage picture;
    try {
      if (looked_for) locate(looked_for->request, looked_for->x, looked_for->y);
      if (grabbed) {
        set_model(*grabbed, true);
        picture = to_qimage(renderer_->draw(grabbed->camera, grabbed->settings));
      }
      if (request) draw(*request);
    } catch (const std::exception& e) {
      Q_EMIT failed(QString::fromUtf8(e.what()));
      if (!fallen_back) {
        // A lost device, a model that it has no room for: the processor can still draw.
        fallen_back = again = true;
        start(render::make_cpu_view_renderer());
      }
    }
    lock.lock();
    if (grabbed && (!again || !picture.isNull())) grabbed_ = picture, grab_.reset(), done_.notify_all();
    if (stream_ && request && !again && !stream_->settled()) {
      again = true;
      wake_.wait_for(lock, kReadingPause, [this] { return stop_ || next_ || find_ || grab_ || surface_; });
    }
    if (again && request && !next_) next_ = std::move(request);
    if (share < 1 && renderer_->shares_cores())
      wake_.wait_for(lock, (Clock::now() - begin) * (1 / share - 1), [this] { return stop_ || grab_ || surface_; });
  }
  lock.unlock();
  renderer_.reset();
  lock.lock();
  left_ = true;
  done_.notify_all();
}

void RenderThread::change_surface() {
  std::uintptr_t surface;
  {
    const std::lock_guard lock(mutex_);
    surface = *surface_;
  }
  try {
    if (!vulkan_) {
      if (surface) Q_EMIT presenting_ended();  // it was lost in between
    } else if (surface) {
      vulkan_->presenter().attach(reinterpret_cast<VkSurfaceKHR>(surface));
    } else {
      vulkan_->presenter().detach();
    }
  } catch (const std::exception& e) {
    Q_EMIT failed(QString::fromUtf8(e.what()));
    Q_EMIT presenting_ended();
  }
  const std::lock_guard lock(mutex_);
  if (surface_ == surface) surface_.reset();
  done_.notify_all();
}

void RenderThread::set_model(const Request& request, bool complete) {
  if (request.lod) {
    if (!stream_ || stream_->file() != request.lod)
      stream_ = std::make_unique<render::LodStream>(request.lod, scene::Similarity());
    const bool changed = stream_->update(request.camera, complete);
    if (!changed && model_ == stream_->model()) return;
    renderer_->set_model(stream_->model());
    if (std::exchange(model_, stream_->model()) != stream_->model()) say_taken(request.lod->scene().splats);
    return;
  }
  stream_.reset();
  if (!request.model || request.model == model_) return;
  renderer_->set_model(request.model);
  model_ = request.model;
  say_taken(model_->size());
}

void RenderThread::say_taken(std::uint64_t splats) {
  Q_EMIT model_taken(std::min(renderer_->drawn_splats(), splats), splats);
}

void RenderThread::draw(const Request& request) {
  const auto begin = Clock::now();
  const auto ms = [&] { return std::chrono::duration<double, std::milli>(Clock::now() - begin).count(); };
  set_model(request, false);
  if (request.overlay.isNull() || !vulkan_ || !vulkan_->presenter().is_attached()) {
    const QImage picture = to_qimage(renderer_->draw(request.camera, request.settings));
    Q_EMIT drawn(picture, ms());
    return;
  }
  const QImage& image = request.overlay;
  const auto* pixels = reinterpret_cast<const std::byte*>(image.constBits());
  const auto outcome =
      vulkan_->present(request.camera, request.settings,
                       {pixels, image.width(), image.height(), static_cast<std::size_t>(image.bytesPerLine())});
  if (outcome == render::vulkan::Presenter::Outcome::lost) Q_EMIT surface_lost();
  Q_EMIT presented(ms(), outcome == render::vulkan::Presenter::Outcome::shown);
}

void RenderThread::locate(const Request& request, int x, int y) {
  if (!request.model) return;
  // A picture of a few pixels around the cursor.
  constexpr int kSide = 5;
  scene::Camera camera = request.camera;
  scene::Pinhole& p = camera.intrinsics;
  p.cx += 0.5 * kSide - (x + 0.5), p.cy += 0.5 * kSide - (y + 0.5);
  p.width = p.height = kSide;
  render::RenderSettings settings;
  settings.geometry = true, settings.sh_degree = 0, settings.near_plane = request.settings.near_plane;
  settings.far_plane = request.settings.far_plane;
  const auto rasterizer = render::make_cpu_rasterizer();
  const render::Frame& frame = rasterizer->forward(stream_ ? *stream_->model() : *request.model, camera, settings);
  const double z = frame.median_depth.at(kSide / 2, kSide / 2);
  if (z <= 0) return;  // nothing there
  const double u = 0.5 * kSide, v = 0.5 * kSide;
  const glm::dvec3 point = camera.cam_from_world.inverse()({z * (u - p.cx) / p.fx, z * (v - p.cy) / p.fy, z});
  Q_EMIT found(point.x, point.y, point.z);
}

}  // namespace tessera::app
