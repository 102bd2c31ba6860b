#pragma once

#include <QSortFilterProxyModel>

namespace tessera::app {

/// Photos of a PhotoList by their state, in the dataset's order or the badly shown ones first; then those without a
/// score come last, and ties keep the dataset's order.
class PhotoFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  enum Shown { all, test, unregistered, blurred };
  void show(Shown shown);
  enum class Order { by_name, worst_first };
  void set_order(Order order);
  /// Of the source.
  int count(Shown shown) const;
  /// Where view `i` of the dataset stands; invalid: it is not shown.
  QModelIndex index_of_view(int view) const;

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  bool accepts(int row, Shown shown) const;
  Shown shown_ = all;
};

}  // namespace tessera::app
