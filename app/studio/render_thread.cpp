#include "app/studio/render_thread.h"

#include <chrono>

#include "reconstruct/evaluate/picture.h"
#include "render/rasterizer.h"
#include "render/vulkan/device.h"
#include "render/vulkan/splat_renderer.h"
#include "scene/error.h"
#include "scene/log.h"

namespace tessera::app {
namespace {

using Clock = std::chrono::steady_clock;

QImage to_qimage(const render::Frame& frame) {
  const scene::Image8 image = reconstruct::to_image8(frame.color);
  return QImage(image.pixels.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888).copy();
}

}  // namespace

std::unique_ptr<render::ViewRenderer> make_best_renderer() {
  try {
    const render::vulkan::Instance instance;
    if (!render::vulkan::Device(instance).capabilities().cpu) return render::vulkan::make_vulkan_view_renderer();
  } catch (const scene::Error& e) {
    scene::logger("studio")->info("{}", e.what());
  }
  return render::make_cpu_view_renderer();
}

RenderThread::RenderThread(MakeRenderer make_renderer, QObject* parent)
    : QObject(parent), thread_([this, make_renderer] { work(make_renderer); }) {}

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

void RenderThread::set_share(double share) {
  const std::lock_guard lock(mutex_);
  share_ = share;
}

void RenderThread::work(MakeRenderer make_renderer) {
  std::unique_ptr<render::ViewRenderer> renderer = make_renderer();
  bool fallen_back = false;
  Q_EMIT started(QString::fromStdString(renderer->name()));
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stop_ || next_ || find_; });
    if (stop_) return;
    const auto looked_for = std::exchange(find_, std::nullopt);
    auto request = std::exchange(next_, std::nullopt);
    const double share = share_;
    lock.unlock();
    const auto begin = Clock::now();
    bool again = false;
    try {
      if (looked_for) locate(looked_for->request, looked_for->x, looked_for->y);
      if (request) draw(*renderer, *request);
    } catch (const std::exception& e) {
      Q_EMIT failed(QString::fromUtf8(e.what()));
      if (!fallen_back) {
        // A lost device, a model that it has no room for: the processor can still draw.
        renderer = render::make_cpu_view_renderer();
        model_.reset();
        fallen_back = again = true;
        Q_EMIT started(QString::fromStdString(renderer->name()));
      }
    }
    lock.lock();
    if (again && !next_) next_ = std::move(request);
    if (share < 1 && renderer->shares_cores())
      wake_.wait_for(lock, (Clock::now() - begin) * (1 / share - 1), [this] { return stop_; });
  }
}

void RenderThread::draw(render::ViewRenderer& renderer, const Request& request) {
  const auto begin = Clock::now();
  if (request.model && request.model != model_) {
    renderer.set_model(request.model);
    model_ = request.model;
  }
  const QImage picture = to_qimage(renderer.draw(request.camera, request.settings));
  Q_EMIT drawn(picture, std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
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
  const render::Frame& frame = rasterizer->forward(*request.model, camera, settings);
  const double z = frame.median_depth.at(kSide / 2, kSide / 2);
  if (z <= 0) return;  // nothing there
  const double u = 0.5 * kSide, v = 0.5 * kSide;
  const glm::dvec3 point = camera.cam_from_world.inverse()({z * (u - p.cx) / p.fx, z * (v - p.cy) / p.fy, z});
  Q_EMIT found(point.x, point.y, point.z);
}

}  // namespace tessera::app
