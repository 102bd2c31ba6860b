#pragma once

#include <QSortFilterProxyModel>

namespace tessera::app {

/// Photos of a PhotoList by their state.
class PhotoFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  enum Shown { all, test, unregistered, blurred };
  void show(Shown shown);
  /// Of the source.
  int count(Shown shown) const;
  /// Where view `i` of the dataset stands; invalid: it is not shown.
  QModelIndex index_of_view(int view) const;

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  bool accepts(int row, Shown shown) const;
  Shown shown_ = all;
};

}  // namespace tessera::app
