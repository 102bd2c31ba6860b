#include "app/studio/plan_table.h"

#include <QLocale>

#include "app/studio/block_colors.h"
#include "app/studio/memory_forecast.h"
#include "app/studio/theme.h"
#include "app/studio/train_panel.h"

namespace tessera::app {

PlanTable::PlanTable(PlanModel& plan, QObject* parent) : QAbstractTableModel(parent), plan_(plan) {
  connect(&plan, &PlanModel::blocks_known, this, [this] {
    const reconstruct::Partition* partition = plan_.partition();
    beginResetModel();
    blocks_ = plan_.blocks();
    colors_ = partition ? block_colors(*partition) : std::vector<QColor>();
    endResetModel();
  });
}

void PlanTable::set_states(QStringList states) {
  if (states == states_) return;
  states_ = std::move(states);
  if (rowCount() > 0) Q_EMIT dataChanged(index(0, state), index(rowCount() - 1, state));
}

int PlanTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(blocks_.size());
}

int PlanTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant PlanTable::text(std::size_t row, int column) const {
  const PlanModel::Block& b = blocks_[row];
  const auto number = [](std::size_t n) { return QLocale().toString(static_cast<qulonglong>(n)); };
  switch (column) {
    case block:
      return QString::number(row);
    case photos:
      return number(b.photos);
    case points:
      return number(b.points);
    case splats:
      return b.problem.isEmpty() ? number(b.splats) : QString();
    case memory:
      return b.problem.isEmpty() ? bytes_text(b.memory) : QString();
    case time:
      return b.problem.isEmpty() ? clock_text(b.seconds) : QString();
    default:
      if (!b.problem.isEmpty()) return tr("too few photos");
      return states_.value(static_cast<int>(row));
  }
}

QVariant PlanTable::data(const QModelIndex& index, int role) const {
  const auto row = static_cast<std::size_t>(index.row());
  if (!index.isValid() || row >= blocks_.size()) return {};
  const PlanModel::Block& b = blocks_[row];
  switch (role) {
    case Qt::DisplayRole:
      return text(row, index.column());
    case Qt::DecorationRole:
      return index.column() == block && row < colors_.size() ? QVariant(colors_[row]) : QVariant();
    case Qt::TextAlignmentRole:
      return QVariant(Qt::AlignVCenter |
                      (index.column() == block || index.column() == state ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::ForegroundRole:
      return b.problem.isEmpty() ? QVariant() : QVariant(theme().axis_x);
    case Qt::ToolTipRole:
      return b.problem.isEmpty() ? tr("%1 points in it, and %2 beyond that its photos see")
                                       .arg(QLocale().toString(static_cast<qulonglong>(b.points)),
                                            QLocale().toString(static_cast<qulonglong>(b.beyond)))
                                 : b.problem;
    default:
      return {};
  }
}

QVariant PlanTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter | (section == block || section == state ? Qt::AlignLeft : Qt::AlignRight));
  if (role == Qt::DisplayRole) {
    const QString titles[kColumns] = {tr("Block"),  tr("State"),  tr("Photos"), tr("Points"),
                                      tr("Splats"), tr("Memory"), tr("Time")};
    return titles[section];
  }
  if (role == Qt::ToolTipRole) {
    const QString tips[kColumns] = {tr("Its number, and its colour in the view"),
                                    tr("How far its training is"),
                                    tr("Photos that it is trained on"),
                                    tr("Sparse points in it and its margin"),
                                    tr("At the end of its training, about"),
                                    tr("At most, while it is trained"),
                                    tr("That its training takes this computer, about")};
    return tips[section];
  }
  return {};
}

}  // namespace tessera::app
