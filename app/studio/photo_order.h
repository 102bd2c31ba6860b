#pragma once

#include <QSortFilterProxyModel>

namespace tessera::app {

/// The photos in the dataset's order, or the badly shown ones first; those without a score come last. Ties keep the
/// dataset's order.
class PhotoOrder : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  enum class Order { by_name, worst_first };
  void set_order(Order order);
  Order order() const { return order_; }

 protected:
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  Order order_ = Order::by_name;
};

}  // namespace tessera::app
