#include "app/studio/photo_list.h"

#include <QImageReader>
#include <QPixmap>

#include "app/studio/photo_scores.h"
#include "app/studio/theme.h"

namespace tessera::app {

namespace {

/// Without the tint that a view gives to the picture of what is selected: the colours are what people look for.
QIcon icon_of(const QImage& image) {
  const QPixmap pixmap = QPixmap::fromImage(image);
  QIcon icon(pixmap);
  icon.addPixmap(pixmap, QIcon::Selected);
  return icon;
}

QString tool_tip(const scene::View& view, const reconstruct::ViewScore* score) {
  QString text = PhotoList::tr("%1\n%2 x %3, %4")
                     .arg(QString::fromStdString(view.name))
                     .arg(view.camera.intrinsics.width)
                     .arg(view.camera.intrinsics.height)
                     .arg(view.test ? PhotoList::tr("held out for testing") : PhotoList::tr("trained on"));
  if (score)
    text += PhotoList::tr("\nPSNR %1 dB, with colours corrected %2 dB\nSSIM %3")
                .arg(score->psnr, 0, 'f', 2)
                .arg(score->psnr_corrected, 0, 'f', 2)
                .arg(score->ssim, 0, 'f', 3);
  return text;
}

}  // namespace

PhotoList::PhotoList(QObject* parent) : QAbstractListModel(parent) {
  pool_.setMaxThreadCount(1);  // the cores are for training
  QImage empty(kThumbnailWidth, kThumbnailWidth * 3 / 4, QImage::Format_RGB32);
  empty.fill(theme().panel);
  empty_ = icon_of(empty);
}

PhotoList::~PhotoList() {
  pool_.clear();
  pool_.waitForDone();
}

void PhotoList::set_dataset(std::shared_ptr<const scene::Dataset> dataset) {
  pool_.clear();
  beginResetModel();
  dataset_ = std::move(dataset);
  ++generation_;
  thumbnails_.clear();
  loading_.clear();
  endResetModel();
}

int PhotoList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || !dataset_ ? 0 : static_cast<int>(dataset_->views.size());
}

QVariant PhotoList::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const scene::View& view = dataset_->views[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return QString::fromStdString(view.name);
    case Qt::ToolTipRole:
      return tool_tip(view, score_of(index.row()));
    case Qt::ForegroundRole:
      return view.test ? QVariant(theme().test) : QVariant();
    case Qt::DecorationRole:
      if (const QIcon* icon = thumbnails_.object(index.row())) return *icon;
      load(index.row());
      return empty_;
    case test_role:
      return view.test;
    case psnr_role:
      if (const auto* score = score_of(index.row())) return score->psnr;
      return {};
    default:
      return {};
  }
}

const reconstruct::ViewScore* PhotoList::score_of(int row) const {
  if (!scores_ || static_cast<std::size_t>(row) >= scores_->size()) return nullptr;
  const auto& score = scores_->of(row);
  return score ? &*score : nullptr;
}

void PhotoList::score_changed(int view) {
  if (rowCount() == 0) return;
  const QModelIndex first = index(std::max(view, 0)), last = view < 0 ? index(rowCount() - 1) : first;
  Q_EMIT dataChanged(first, last, {psnr_role, Qt::ToolTipRole});
}

void PhotoList::load(int row) const {
  if (loading_.contains(row)) return;
  loading_.insert(row);
  const QString file = QString::fromStdString(dataset_->views[static_cast<std::size_t>(row)].image_path.string());
  auto* self = const_cast<PhotoList*>(this);
  pool_.start([self, row, file, generation = generation_] {
    QImageReader reader(file);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    // JPEG decodes at a fraction of its size for nearly nothing.
    if (size.isValid()) reader.setScaledSize(size.scaled(kThumbnailWidth, kThumbnailWidth, Qt::KeepAspectRatio));
    const QImage image = reader.read();
    QMetaObject::invokeMethod(
        self,
        [self, row, image, generation] {
          if (generation != self->generation_) return;
          self->loading_.remove(row);
          self->thumbnails_.insert(row, new QIcon(image.isNull() ? self->empty_ : icon_of(image)));
          const QModelIndex changed = self->index(row);
          Q_EMIT self->dataChanged(changed, changed, {Qt::DecorationRole});
        },
        Qt::QueuedConnection);
  });
}

}  // namespace tessera::app
