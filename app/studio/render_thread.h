#pragma once

#include <QImage>
#include <QObject>
#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <glm/vec3.hpp>

#include "render/lod/lod_stream.h"
#include "render/view_renderer.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"

namespace tessera::render::vulkan {
class Instance;
class VulkanViewRenderer;
}  // namespace tessera::render::vulkan

namespace tessera::app {

/// What draws the view.
struct RendererOptions {
  enum class Choice { automatic, vulkan, cpu };
  /// Automatic: Vulkan where there is a graphics card, else the CPU rasteriser, which is faster than Vulkan on a CPU.
  Choice choice = Choice::automatic;
  // For tests and measurements:
  std::function<std::unique_ptr<render::ViewRenderer>()> make;  // instead of any of these
  bool validation = false;
  std::uint64_t most_splats = std::numeric_limits<std::uint64_t>::max();  // as if the device held no more
  std::function<void(render::vulkan::VulkanViewRenderer&)> on_renderer;   // called on the render thread
};

/// Draws the viewport's pictures on a thread of its own, so that the window never waits: of several requests only the
/// last is drawn. The results arrive as signals in the thread of the receiver. A renderer that fails is replaced by the
/// CPU rasteriser, after failed().
///
/// With Vulkan the pictures need not come back: once can_present() has been said, instance() makes a window's surface,
/// and after attach() requests with an overlay are shown in that window.
class RenderThread : public QObject {
  Q_OBJECT
 public:
  struct Request {
    std::shared_ptr<const scene::GaussianModel> model;
    scene::Camera camera;
    render::ViewSettings settings;
    std::shared_ptr<const scene::LodFile> lod;  // drawn in place of the model, by levels of detail as they are read
    QImage overlay;  // ARGB32_Premultiplied, painted over the picture in the attached window; null: drawn() brings the
                     // picture
  };
  /// The renderer is made on the thread.
  using MakeRenderer = std::function<std::unique_ptr<render::ViewRenderer>()>;
  explicit RenderThread(MakeRenderer make_renderer, QObject* parent = nullptr);
  ~RenderThread() override;

  void request(Request request);
  /// Where the ray through the pixel meets the model (median depth): found() says it. Pixels of the request's camera.
  void find(Request request, int x, int y);
  /// The picture of the request, or null where it cannot be drawn. Waits for it.
  QImage grab(Request request);

  /// After can_present(): what the surface is made from.
  std::shared_ptr<const render::vulkan::Instance> instance() const;
  /// Shows requests in a window. `surface` (a VkSurfaceKHR) must live until detach(), surface_lost() or
  /// presenting_ended().
  void attach(std::uintptr_t surface);
  void detach();  // waits until nothing uses the surface
  /// Share of the time that drawing may take, in (0, 1]: below 1 the thread rests after each picture, so that training
  /// on the same cores goes on.
  void set_share(double share);

 Q_SIGNALS:
  void started(QString renderer);
  void can_present();
  void drawn(QImage picture, double milliseconds);
  void model_taken(qulonglong drawn, qulonglong splats);  // a model: how many of its splats are drawn
  void presented(double milliseconds, bool shown);
  void surface_lost();                       // the window needs another one
  void presenting_ended();                   // requests bring pictures again, whatever their overlay
  void found(double x, double y, double z);  // scene frame
  void failed(QString message);

 private:
  void work(const MakeRenderer& make_renderer);
  void start(std::unique_ptr<render::ViewRenderer> renderer);
  void change_surface();
  void draw(const Request& request);
  void set_model(const Request& request, bool complete);
  void say_taken(std::uint64_t splats);
  void locate(const Request& request, int x, int y);

  mutable std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::optional<Request> next_;
  struct Find {
    Request request;
    int x = 0, y = 0;
  };
  std::optional<Find> find_;
  std::optional<Request> grab_;
  QImage grabbed_;
  std::optional<std::uintptr_t> surface_;  // to change to; 0: none
  double share_ = 1;
  bool stop_ = false, left_ = false;  // to stop; the thread has
  std::shared_ptr<const render::vulkan::Instance> instance_;
  // Of the thread alone:
  std::unique_ptr<render::ViewRenderer> renderer_;
  render::vulkan::VulkanViewRenderer* vulkan_ = nullptr;  // renderer_, where it is one
  std::shared_ptr<const scene::GaussianModel> model_;     // that the renderer has
  std::unique_ptr<render::LodStream> stream_;             // whose model that is; null: the request's
  std::thread thread_;                                    // last: starts when all else is there
};

/// A renderer as the options want it; the CPU rasteriser, and a line in the log, where it cannot be had.
std::unique_ptr<render::ViewRenderer> make_renderer(const RendererOptions& options);

}  // namespace tessera::app
