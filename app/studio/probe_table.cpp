#include "app/studio/probe_table.h"

#include <QColor>
#include <QLocale>
#include <algorithm>
#include <cmath>

namespace tessera::app {
namespace {

QColor color_of(const reconstruct::Contribution& c) {
  const auto channel = [&](std::size_t i) { return std::clamp(static_cast<float>(c.color[i]), 0.0f, 1.0f); };
  return QColor::fromRgbF(channel(0), channel(1), channel(2));
}

/// Three digits that count, in columns that line up.
QString three_digits(double value) {
  const double decade = value > 0 ? std::floor(std::log10(value)) : 0;
  return QString::number(value, 'f', std::clamp(2 - static_cast<int>(decade), 0, 6));
}

}  // namespace

void ProbeTable::set_probe(reconstruct::PixelProbe probe, double units) {
  beginResetModel();
  probe_ = std::move(probe);
  units_ = units;
  photos_.clear();
  endResetModel();
}

void ProbeTable::set_photos(std::vector<std::uint32_t> count) {
  photos_ = std::move(count);
  if (rowCount() > 0) Q_EMIT dataChanged(index(0, photos), index(rowCount() - 1, photos));
}

int ProbeTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(probe_.splats.size());
}

int ProbeTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant ProbeTable::number(const QModelIndex& index) const {
  const auto row = static_cast<std::size_t>(index.row());
  const reconstruct::Contribution& c = probe_.splats[row];
  switch (index.column()) {
    case order:
      return index.row();
    case weight:
      return c.weight;
    case depth:
      return c.depth * units_;
    case opacity:
      return c.opacity;
    case size:
      return c.scale[0] * units_;
    default:
      return row < photos_.size() ? QVariant(photos_[row]) : QVariant();
  }
}

QString ProbeTable::text(const QModelIndex& index) const {
  const QLocale locale;
  const QVariant value = number(index);
  switch (index.column()) {
    case order:
      return locale.toString(index.row() + 1);
    case weight:
      return tr("%1 %").arg(100 * value.toDouble(), 0, 'f', 1);
    case opacity:
      return QString::number(value.toDouble(), 'f', 2);
    case photos:
      return value.isValid() ? locale.toString(value.toUInt()) : tr("...");
    default:
      return three_digits(value.toDouble());
  }
}

QVariant ProbeTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const reconstruct::Contribution& c = probe_.splats[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return text(index);
    case sort_role:
      return number(index);
    case Qt::DecorationRole:
      return index.column() == order ? QVariant(color_of(c)) : QVariant();
    case Qt::TextAlignmentRole:
      return index.column() == order ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
      return tr("Splat %1 of the model, colour %7\nalpha at this pixel %2, opacity %3\n"
                "standard deviations %4, %5, %6")
          .arg(c.row)
          .arg(c.alpha, 0, 'g', 3)
          .arg(c.opacity, 0, 'g', 3)
          .arg(c.scale[0] * units_, 0, 'g', 3)
          .arg(c.scale[1] * units_, 0, 'g', 3)
          .arg(c.scale[2] * units_, 0, 'g', 3)
          .arg(color_of(c).name());
    default:
      return {};
  }
}

QVariant ProbeTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= kColumns) return {};
  static const char* const kNames[kColumns] = {QT_TR_NOOP("#"),     QT_TR_NOOP("Weight"),  QT_TR_NOOP("Photos"),
                                               QT_TR_NOOP("Depth"), QT_TR_NOOP("Opacity"), QT_TR_NOOP("Size")};
  static const char* const kHelp[kColumns] = {
      QT_TR_NOOP("Place from the front, and the colour as seen from here"),
      QT_TR_NOOP("Share of the pixel: alpha times what the splats before it let through"),
      QT_TR_NOOP("Photos trained on that see it: in their picture and not hidden"),
      QT_TR_NOOP("Distance along the viewing axis, in the units of the dataset"),
      QT_TR_NOOP("Of the splat itself"),
      QT_TR_NOOP("Largest standard deviation, in the units of the dataset")};
  if (role == Qt::DisplayRole) return tr(kNames[section]);
  if (role == Qt::ToolTipRole) return tr(kHelp[section]);
  if (role == Qt::TextAlignmentRole && section != order) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  return {};
}

}  // namespace tessera::app
