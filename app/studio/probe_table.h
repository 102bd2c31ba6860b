#pragma once

#include <QAbstractTableModel>
#include <cstdint>
#include <vector>

#include "reconstruct/evaluate/pixel_probe.h"

namespace tessera::app {

/// The splats of a pixel, front to back: row i is splat i of the probe.
class ProbeTable : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { order, weight, photos, depth, opacity, size, kColumns };  // order: with the colour beside it
  static constexpr int sort_role = Qt::UserRole;                          // the number that a cell shows
  using QAbstractTableModel::QAbstractTableModel;

  /// `units` of the dataset make one of the model.
  void set_probe(reconstruct::PixelProbe probe, double units);
  /// [splats of the probe] how many photos see each; empty: not known yet.
  void set_photos(std::vector<std::uint32_t> count);
  const reconstruct::PixelProbe& probe() const { return probe_; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  QVariant number(const QModelIndex& index) const;
  QString text(const QModelIndex& index) const;

  reconstruct::PixelProbe probe_;
  double units_ = 1;
  std::vector<std::uint32_t> photos_;
};

}  // namespace tessera::app
