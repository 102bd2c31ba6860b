#pragma once

#include <QAbstractTableModel>

#include "scene/camera_path.h"

namespace tessera::app {

/// The keyframes of a camera path as a table: time and zoom can be edited, rows stay in the order of their times. Zoom
/// is Key::focal_scale, to the vertical field of view base_field_of_view().
class PathModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { time, zoom, columns };
  explicit PathModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

  const scene::CameraPath& path() const { return path_; }  // scene frame
  bool empty() const { return path_.keys.empty(); }
  void set_path(scene::CameraPath path);
  double base_field_of_view() const { return base_; }  // radians
  void set_base_field_of_view(double vertical_radians) { base_ = vertical_radians; }

  /// What a camera of that size sees at a time, and the key for what a camera sees.
  scene::Camera camera_at(double seconds, int width, int height) const;
  scene::CameraPath::Key key_of(const scene::Camera& camera, double seconds) const;
  /// Returns its row.
  int insert(const scene::CameraPath::Key& key);
  void replace(int row, const scene::Camera& camera);
  void remove(int row);
  /// Its pose changes places with that of a neighbour; the times stay.
  void move(int row, int by);
  /// Stretches the times.
  void set_duration(double seconds);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  void path_changed();  // in whatever way

 private:
  bool set_time(int row, double seconds);
  scene::CameraPath path_;
  double base_ = 0.9;
};

}  // namespace tessera::app
