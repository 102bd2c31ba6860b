#include "app/studio/error_map.h"

#include <QElapsedTimer>
#include <QEvent>
#include <QPainter>

#include "app/studio/core_share.h"
#include "app/studio/error_card.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"
#include "reconstruct/run/inputs.h"

namespace tessera::app {
namespace {
constexpr int kMargin = 16;                      // of the card, pixels
constexpr std::size_t kPhotoBytes = 64'000'000;  // decoded photos that are kept
}  // namespace

struct ErrorMap::Job {
  std::shared_ptr<const scene::Dataset> dataset;
  std::shared_ptr<const scene::GaussianModel> model;
  std::filesystem::path run;
  int view = -1;
  reconstruct::ErrorKind kind = reconstruct::ErrorKind::absolute;
  bool corrected = false;
};

struct ErrorMap::Result {
  Job job;
  std::shared_ptr<const reconstruct::ViewError> error;
  QImage picture;
  scene::Pinhole pinhole;
  QString problem;
  qint64 milliseconds = 0;
};

class ErrorMap::Judge {
 public:
  Result work(const Job& job) {
    QElapsedTimer clock;
    clock.start();
    Result result{.job = job};
    try {
      if (job.dataset != dataset_) {
        images_ = std::make_unique<scene::ImageCache>(*job.dataset, kPhotoBytes);
        dataset_ = job.dataset;
      }
      const auto options = reconstruct::evaluation_of(job.run, *job.dataset);
      reconstruct::Gallery gallery(*job.model, *job.dataset, *images_, *rasterizer_, options);
      const auto view = static_cast<std::size_t>(job.view);
      const auto error =
          std::make_shared<reconstruct::ViewError>(reconstruct::view_error(gallery, view, job.kind, job.corrected));
      const scene::Image8 picture = reconstruct::paint_error(*error);
      result.picture =
          QImage(picture.pixels.data(), picture.width, picture.height, 3 * picture.width, QImage::Format_RGB888).copy();
      result.pinhole = gallery.camera(view).intrinsics;
      result.error = error;
    } catch (const std::exception& e) {
      result.problem = QString::fromUtf8(e.what());
    }
    result.milliseconds = clock.elapsed();
    return result;
  }

 private:
  std::shared_ptr<const scene::Dataset> dataset_;
  std::unique_ptr<scene::ImageCache> images_;
  std::unique_ptr<render::Rasterizer> rasterizer_ = render::make_cpu_rasterizer();
};

ErrorMap::ErrorMap(Studio& studio)
    : QObject(&studio.window),
      studio_(studio),
      view_(&studio.viewport),
      card_(new ErrorCard(&studio.viewport)),
      judge_(std::make_shared<Judge>()) {
  setObjectName("error_map");
  pool_.setMaxThreadCount(1);
  rest_.setSingleShot(true);
  card_->hide();
  Viewport& viewport = studio.viewport;
  viewport.add_layer(this);
  viewport.installEventFilter(this);
  const auto at_once = [this] {
    rest_.stop();
    refresh();
  };
  const auto anew = [this, at_once] {
    error_.reset();
    picture_ = {};
    at_once();
  };
  connect(&viewport.overlay(), &PhotoOverlay::mode_changed, this, [this, anew](PhotoOverlay::Mode mode) {
    on_ = mode == PhotoOverlay::Mode::error;
    anew();
  });
  connect(&viewport, &Viewport::photo_picked, this, anew);
  connect(&viewport, &Viewport::photo_left, this, anew);
  connect(&studio.workspace, &Workspace::opened, this, anew);
  connect(&studio.workspace, &Workspace::model_changed, this, &ErrorMap::refresh);
  connect(card_, &ErrorCard::changed, this, at_once);
  connect(&rest_, &QTimer::timeout, this, [this] {
    if (again_) refresh();
  });
}

ErrorMap::~ErrorMap() {
  pool_.waitForDone();
  if (view_) view_->remove_layer(this);
}

void ErrorMap::refresh() {
  const int view = studio_.viewport.standing_at();
  const auto dataset = studio_.workspace.dataset();
  const auto model = studio_.workspace.model();
  const bool possible = on_ && view >= 0 && dataset && model;
  card_->setVisible(possible);
  if (!possible) return;
  if (!error_) {
    const scene::View& v = dataset->views[static_cast<std::size_t>(view)];
    card_->set_photo(QString::fromStdString(v.name), v.test);
    place_card();
  }
  if (working_ || rest_.isActive()) {
    again_ = true;
    return;
  }
  working_ = true, again_ = false;
  const Job job{dataset, model, studio_.workspace.run(), view, card_->kind(), card_->corrected()};
  pool_.start([this, job, judge = judge_] {
    const auto result = std::make_shared<Result>(judge->work(job));
    QMetaObject::invokeMethod(
        this, [this, result] { take(*result); }, Qt::QueuedConnection);
  });
}

void ErrorMap::take(const Result& result) {
  working_ = false;
  const Job& job = result.job;
  const bool wanted = on_ && job.view == studio_.viewport.standing_at() && job.dataset == studio_.workspace.dataset();
  if (wanted && !result.error) card_->set_problem(result.problem);
  if (wanted && result.error) {
    error_ = result.error, picture_ = result.picture, pinhole_ = result.pinhole;
    card_->set_scores(*error_);
    studio_.viewport.update();
    Q_EMIT computed();
  }
  place_card();
  if (studio_.workspace.state() == Workspace::State::training)
    rest_.start(static_cast<int>(static_cast<double>(result.milliseconds) * (1 / kShareBesideTraining - 1)));
  else if (again_)
    refresh();
}

void ErrorMap::paint(QPainter& painter, const scene::Camera& shown) {
  if (!on_ || picture_.isNull() || studio_.viewport.standing_at() < 0 || !studio_.viewport.is_still()) return;
  const QRectF place = place_of_photo(pinhole_, shown);
  painter.save();
  // Enlarged pixels are shown as what they are.
  painter.setRenderHint(QPainter::SmoothPixmapTransform, place.width() < 2 * picture_.width());
  painter.setOpacity(studio_.viewport.overlay().opacity());
  painter.drawImage(place, picture_);
  painter.restore();
}

bool ErrorMap::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize) place_card();
  return QObject::eventFilter(watched, event);
}

void ErrorMap::place_card() {
  card_->adjustSize();
  card_->move(studio_.viewport.width() - card_->width() - kMargin,
              studio_.viewport.height() - card_->height() - kMargin);
}

}  // namespace tessera::app
