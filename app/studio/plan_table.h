#pragma once

#include <QAbstractTableModel>
#include <QColor>
#include <vector>

#include "app/studio/plan_model.h"

namespace tessera::app {

/// The blocks of a plan, a row each: what each is trained from, what that may take, and how far it is.
class PlanTable : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { block, state, photos, points, splats, memory, time, kColumns };

  explicit PlanTable(PlanModel& plan, QObject* parent = nullptr);
  /// Of each block: how far its training is; empty: nothing is trained by this plan.
  void set_states(QStringList states);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QVariant text(std::size_t row, int column) const;

  PlanModel& plan_;
  std::vector<PlanModel::Block> blocks_;
  std::vector<QColor> colors_;
  QStringList states_;
};

}  // namespace tessera::app
