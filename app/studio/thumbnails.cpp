#include "app/studio/thumbnails.h"

#include <QImageReader>

namespace tessera::app {
namespace {
constexpr int kMost = 1000;  // 50 MB of 128 x 96 pixels
}

Thumbnails::Thumbnails(int longest, QObject* parent) : QObject(parent), longest_(longest), pixmaps_(kMost) {
  pool_.setMaxThreadCount(1);  // the cores are for training
}

Thumbnails::~Thumbnails() {
  pool_.clear();
  pool_.waitForDone();
}

void Thumbnails::clear() {
  pool_.clear();
  ++generation_;
  pixmaps_.clear();
  loading_.clear();
}

QPixmap Thumbnails::pixmap(const QString& file) const {
  if (const QPixmap* pixmap = pixmaps_.object(file)) return *pixmap;
  load(file);
  return {};
}

void Thumbnails::load(const QString& file) const {
  if (loading_.contains(file)) return;
  loading_.insert(file);
  auto* self = const_cast<Thumbnails*>(this);
  const auto job = [self, file, longest = longest_, generation = generation_] {
    QImageReader reader(file);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    // JPEG decodes at a fraction of its size for nearly nothing.
    if (size.isValid()) reader.setScaledSize(size.scaled(longest, longest, Qt::KeepAspectRatio).expandedTo({1, 1}));
    const QImage image = reader.read();
    QMetaObject::invokeMethod(
        self,
        [self, file, image, generation] {
          if (generation != self->generation_) return;
          self->loading_.remove(file);
          self->pixmaps_.insert(file, new QPixmap(QPixmap::fromImage(image)));
          Q_EMIT self->loaded(file);
        },
        Qt::QueuedConnection);
  };
  pool_.start(QRunnable::create(job), ++asked_);
}

}  // namespace tessera::app
