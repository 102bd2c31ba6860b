#pragma once

#include <QImage>
#include <QObject>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <glm/vec3.hpp>

#include "render/view_renderer.h"
#include "scene/camera.h"
#include "scene/gaussian_model.h"

namespace tessera::app {

/// Draws the viewport's pictures on a thread of its own, so that the window never waits: of several requests only the
/// last is drawn. The results arrive as signals in the thread of the receiver. A renderer that fails is replaced by the
/// CPU rasteriser, after failed().
class RenderThread : public QObject {
  Q_OBJECT
 public:
  struct Request {
    std::shared_ptr<const scene::GaussianModel> model;
    scene::Camera camera;
    render::ViewSettings settings;
  };
  /// `renderer` is made on the thread.
  using MakeRenderer = std::unique_ptr<render::ViewRenderer> (*)();
  explicit RenderThread(MakeRenderer make_renderer, QObject* parent = nullptr);
  ~RenderThread() override;

  void request(Request request);
  /// Where the ray through the pixel meets the model (median depth): found() says it. Pixels of the request's camera.
  void find(Request request, int x, int y);
  /// Share of the time that drawing may take, in (0, 1]: below 1 the thread rests after each picture, so that training
  /// on the same cores goes on.
  void set_share(double share);

 Q_SIGNALS:
  void started(QString renderer);
  void drawn(QImage picture, double milliseconds);
  void found(double x, double y, double z);  // scene frame
  void failed(QString message);

 private:
  void work(MakeRenderer make_renderer);
  void draw(render::ViewRenderer& renderer, const Request& request);
  void locate(const Request& request, int x, int y);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Request> next_;
  struct Find {
    Request request;
    int x = 0, y = 0;
  };
  std::optional<Find> find_;
  double share_ = 1;
  bool stop_ = false;
  std::shared_ptr<const scene::GaussianModel> model_;  // that the renderer has
  std::thread thread_;                                 // last: starts when all else is there
};

/// The Vulkan renderer where there is a graphics card, else the CPU rasteriser, which is faster than Vulkan on a CPU.
std::unique_ptr<render::ViewRenderer> make_best_renderer();

}  // namespace tessera::app
