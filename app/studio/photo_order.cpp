#include "app/studio/photo_order.h"

#include "app/studio/photo_list.h"

namespace tessera::app {

void PhotoOrder::set_order(Order order) {
  order_ = order;
  setSortRole(PhotoList::psnr_role);  // a score that arrives moves its photo
  setDynamicSortFilter(true);
  sort(order == Order::by_name ? -1 : 0);  // -1: as the source has them
  invalidate();
}

bool PhotoOrder::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const QVariant a = left.data(PhotoList::psnr_role), b = right.data(PhotoList::psnr_role);
  if (a.isValid() != b.isValid()) return a.isValid();
  if (a.isValid() && a.toDouble() != b.toDouble()) return a.toDouble() < b.toDouble();
  return left.row() < right.row();
}

}  // namespace tessera::app
