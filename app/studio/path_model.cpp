#include "app/studio/path_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera::app {
namespace {

constexpr double kShortest = 1e-3;                     // seconds between two keys
constexpr double kLongest = 3600;                      // of a path
constexpr double kLeastZoom = 0.05, kMostZoom = 20.0;  // what the view itself can show

}  // namespace

void PathModel::set_path(scene::CameraPath path) {
  beginResetModel();
  path_ = std::move(path);
  endResetModel();
  Q_EMIT path_changed();
}

scene::Camera PathModel::camera_at(double seconds, int width, int height) const {
  const scene::CameraPath::Key key = path_.at(seconds);
  const double focal = key.focal_scale * 0.5 * height / std::tan(0.5 * base_);
  return {{width, height, focal, focal, 0.5 * width, 0.5 * height}, key.cam_from_world};
}

scene::CameraPath::Key PathModel::key_of(const scene::Camera& camera, double seconds) const {
  const double base_focal = 0.5 * camera.intrinsics.height / std::tan(0.5 * base_);
  return {seconds, camera.cam_from_world, camera.intrinsics.fy / base_focal};
}

int PathModel::insert(const scene::CameraPath::Key& key) {
  auto& keys = path_.keys;
  const auto at = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.seconds > key.seconds; });
  const int row = static_cast<int>(at - keys.begin());
  beginInsertRows({}, row, row);
  keys.insert(at, key);
  endInsertRows();
  Q_EMIT path_changed();
  return row;
}

void PathModel::replace(int row, const scene::Camera& camera) {
  auto& key = path_.keys[static_cast<std::size_t>(row)];
  key = key_of(camera, key.seconds);
  Q_EMIT dataChanged(index(row, 0), index(row, columns - 1));
  Q_EMIT path_changed();
}

void PathModel::remove(int row) {
  beginRemoveRows({}, row, row);
  path_.keys.erase(path_.keys.begin() + row);
  endRemoveRows();
  // A path begins at time 0.
  if (row == 0 && !empty() && path_.keys.front().seconds > 0) {
    const double first = path_.keys.front().seconds;
    for (auto& key : path_.keys) key.seconds -= first;
    Q_EMIT dataChanged(index(0, time), index(rowCount() - 1, time));
  }
  Q_EMIT path_changed();
}

void PathModel::move(int row, int by) {
  const int other = row + by;
  if (row < 0 || other < 0 || row >= rowCount() || other >= rowCount()) return;
  auto &a = path_.keys[static_cast<std::size_t>(row)], &b = path_.keys[static_cast<std::size_t>(other)];
  std::swap(a.cam_from_world, b.cam_from_world);
  std::swap(a.focal_scale, b.focal_scale);
  Q_EMIT dataChanged(index(std::min(row, other), 0), index(std::max(row, other), columns - 1));
  Q_EMIT path_changed();
}

void PathModel::set_duration(double seconds) {
  const double before = path_.duration();
  if (before <= 0 || seconds <= 0 || seconds == before) return;
  for (auto& key : path_.keys) key.seconds *= seconds / before;
  path_.keys.back().seconds = seconds;  // to the bit
  Q_EMIT dataChanged(index(0, time), index(rowCount() - 1, time));
  Q_EMIT path_changed();
}

int PathModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(path_.keys.size());
}

int PathModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : columns; }

QVariant PathModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
    return QAbstractTableModel::headerData(section, orientation, role);
  return section == time ? tr("Time, s") : tr("Zoom");
}

Qt::ItemFlags PathModel::flags(const QModelIndex& index) const {
  Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  // The first one's time is the beginning.
  if (index.column() == zoom || (index.column() == time && index.row() > 0)) flags |= Qt::ItemIsEditable;
  return flags;
}

QVariant PathModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const auto& key = path_.keys[static_cast<std::size_t>(index.row())];
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::ToolTipRole && index.column() == zoom) {
    const double field = 2 * std::atan(std::tan(0.5 * base_) / key.focal_scale) * 180 / std::numbers::pi;
    return tr("Field of view %1°, from the lower to the upper edge").arg(field, 0, 'f', 1);
  }
  if (role != Qt::DisplayRole && role != Qt::EditRole) return {};
  switch (index.column()) {
    case time:
      return role == Qt::EditRole ? QVariant(key.seconds) : QVariant(QString::number(key.seconds, 'f', 2));
    case zoom:
      return role == Qt::EditRole ? QVariant(key.focal_scale) : QVariant(QString::number(key.focal_scale, 'f', 2));
    default:
      return {};
  }
}

bool PathModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  bool number_given = false;
  const double given = value.toDouble(&number_given);
  if (role != Qt::EditRole || !number_given || !std::isfinite(given) || !(flags(index) & Qt::ItemIsEditable))
    return false;
  if (index.column() == time) return set_time(index.row(), given);
  path_.keys[static_cast<std::size_t>(index.row())].focal_scale = std::clamp(given, kLeastZoom, kMostZoom);
  Q_EMIT dataChanged(index, index);
  Q_EMIT path_changed();
  return true;
}

bool PathModel::set_time(int row, double seconds) {
  auto& keys = path_.keys;
  seconds = std::clamp(seconds, kShortest, kLongest);
  // No two keys share a time: it gives way upwards until it is free.
  for (std::size_t i = 1; i < keys.size(); ++i)
    if (static_cast<int>(i) != row && std::abs(keys[i].seconds - seconds) < kShortest)
      seconds = keys[i].seconds + kShortest;
  int to = 1;  // its row afterwards
  for (int i = 1; i < rowCount(); ++i)
    if (i != row && keys[static_cast<std::size_t>(i)].seconds < seconds) ++to;
  keys[static_cast<std::size_t>(row)].seconds = seconds;
  if (to != row) {
    beginMoveRows({}, row, row, {}, to > row ? to + 1 : to);
    const auto key = keys[static_cast<std::size_t>(row)];
    keys.erase(keys.begin() + row);
    keys.insert(keys.begin() + to, key);
    endMoveRows();
  }
  Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
  Q_EMIT path_changed();
  return true;
}

}  // namespace tessera::app
