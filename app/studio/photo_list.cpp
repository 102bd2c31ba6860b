#include "app/studio/photo_list.h"

#include <QPainter>
#include <QPixmap>

#include "app/studio/photo_scores.h"
#include "app/studio/theme.h"
#include "app/studio/thumbnails.h"

namespace tessera::app {

namespace {

constexpr double kDot = 11, kDotMargin = 5;  // pixels
constexpr double kFaded = 0.35;              // opacity of a photo without a place

/// In the upper left corner, `place` counted from there; hollow: what has no place.
void draw_dot(QPainter& painter, const QColor& color, int place, bool hollow) {
  const QRectF box(kDotMargin + place * (kDot + 3), kDotMargin, kDot, kDot);
  painter.setPen(QPen(QColor(0, 0, 0, 190), 1.5));
  painter.setBrush(hollow ? QColor(0, 0, 0, 120) : color);
  painter.drawEllipse(box);
  if (!hollow) return;
  painter.setPen(QPen(color, 2));
  painter.setBrush(Qt::NoBrush);
  painter.drawEllipse(box.adjusted(1.5, 1.5, -1.5, -1.5));
}

}  // namespace

PhotoList::PhotoList(QObject* parent) : QAbstractListModel(parent), thumbnails_(new Thumbnails(kThumbnailWidth, this)) {
  connect(thumbnails_, &Thumbnails::loaded, this, [this](const QString& file) {
    const auto row = row_of_file_.constFind(file);
    if (row == row_of_file_.constEnd()) return;
    const QModelIndex changed = index(*row);
    Q_EMIT dataChanged(changed, changed, {Qt::DecorationRole});
  });
}

PhotoList::~PhotoList() = default;

void PhotoList::set_dataset(std::shared_ptr<const scene::Dataset> dataset,
                            std::shared_ptr<const reconstruct::PhotoStates> states) {
  beginResetModel();
  dataset_ = std::move(dataset);
  states_ = std::move(states);
  thumbnails_->clear();
  row_of_file_.clear();
  for (int i = 0; i < rowCount(); ++i) row_of_file_.insert(file(i), i);
  endResetModel();
}

int PhotoList::rowCount(const QModelIndex& parent) const {
  if (parent.isValid() || !dataset_) return 0;
  return static_cast<int>(dataset_->views.size() + (states_ ? states_->unregistered.size() : 0));
}

const reconstruct::UnregisteredPhoto* PhotoList::unregistered(int row) const {
  const auto i = static_cast<std::size_t>(row);
  return i < dataset_->views.size() ? nullptr : &states_->unregistered[i - dataset_->views.size()];
}

QString PhotoList::name(int row) const {
  const auto* lost = unregistered(row);
  return QString::fromStdString(lost ? lost->name : dataset_->views[static_cast<std::size_t>(row)].name);
}

QString PhotoList::file(int row) const {
  const auto* lost = unregistered(row);
  const auto& path = lost ? lost->file : dataset_->views[static_cast<std::size_t>(row)].image_path;
  return QString::fromStdString(path.string());
}

bool PhotoList::blurred(int row) const {
  if (!states_) return false;
  const auto* lost = unregistered(row);
  return states_->blurred.contains(lost ? lost->name : dataset_->views[static_cast<std::size_t>(row)].name);
}

QString PhotoList::tip(int row) const {
  QString text = name(row);
  if (const auto* lost = unregistered(row)) {
    text += "\n" + tr("not registered: %1").arg(QString::fromStdString(lost->reason));
  } else {
    const scene::View& view = dataset_->views[static_cast<std::size_t>(row)];
    text += tr("\n%1 x %2, %3")
                .arg(view.camera.intrinsics.width)
                .arg(view.camera.intrinsics.height)
                .arg(view.test ? tr("held out for testing") : tr("trained on"));
  }
  if (blurred(row)) text += "\n" + tr("blurred, compared with the others");
  if (const auto* score = score_of(row))
    text += tr("\nPSNR %1 dB, with colours corrected %2 dB\nSSIM %3")
                .arg(score->psnr, 0, 'f', 2)
                .arg(score->psnr_corrected, 0, 'f', 2)
                .arg(score->ssim, 0, 'f', 3);
  return text;
}

QIcon PhotoList::icon(int row) const {
  const bool lost = unregistered(row) != nullptr;
  QPixmap photo = thumbnails_->pixmap(file(row));
  QPixmap pixmap(photo.isNull() ? QSize(kThumbnailWidth, kThumbnailWidth * 3 / 4) : photo.size());
  pixmap.fill(theme().panel);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setOpacity(lost ? kFaded : 1);
  painter.drawPixmap(0, 0, photo);
  painter.setOpacity(1);
  const bool test = !lost && dataset_->views[static_cast<std::size_t>(row)].test;
  draw_dot(painter, lost ? theme().faint : test ? theme().test : theme().train, 0, lost);
  if (blurred(row)) draw_dot(painter, theme().axis_x, 1, false);
  painter.end();
  QIcon icon(pixmap);
  // Without the tint that a view gives to the picture of what is selected: the colours are what people look for.
  icon.addPixmap(pixmap, QIcon::Selected);
  return icon;
}

QVariant PhotoList::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const int row = index.row();
  const bool lost = unregistered(row) != nullptr;
  const bool test = !lost && dataset_->views[static_cast<std::size_t>(row)].test;
  switch (role) {
    case Qt::DisplayRole:
      return name(row);
    case Qt::ToolTipRole:
      return tip(row);
    case Qt::AccessibleTextRole:
      return tip(row).replace("\n", ", ");
    case Qt::ForegroundRole:
      return lost ? QVariant(theme().faint) : test ? QVariant(theme().test) : QVariant();
    case Qt::DecorationRole:
      return icon(row);
    case test_role:
      return test;
    case view_role:
      return lost ? -1 : row;
    case blurred_role:
      return blurred(row);
    case state_role:
      return lost ? QStringLiteral("unregistered") : test ? QStringLiteral("test") : QStringLiteral("train");
    case psnr_role:
      if (const auto* score = score_of(row)) return score->psnr;
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

}  // namespace tessera::app
