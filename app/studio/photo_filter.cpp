#include "app/studio/photo_filter.h"

#include "app/studio/photo_list.h"

namespace tessera::app {

void PhotoFilter::show(Shown shown) {
  shown_ = shown;
  invalidateFilter();
}

bool PhotoFilter::accepts(int row, Shown shown) const {
  const QModelIndex index = sourceModel()->index(row, 0);
  switch (shown) {
    case all:
      return true;
    case test:
      return index.data(PhotoList::test_role).toBool();
    case unregistered:
      return index.data(PhotoList::view_role).toInt() < 0;
    case blurred:
      return index.data(PhotoList::blurred_role).toBool();
  }
  return true;
}

bool PhotoFilter::filterAcceptsRow(int row, const QModelIndex&) const { return accepts(row, shown_); }

void PhotoFilter::set_order(Order order) {
  setSortRole(PhotoList::psnr_role);  // a score that arrives moves its photo
  setDynamicSortFilter(true);
  sort(order == Order::by_name ? -1 : 0);  // -1: as the source has them
  invalidate();
}

bool PhotoFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const QVariant a = left.data(PhotoList::psnr_role), b = right.data(PhotoList::psnr_role);
  if (a.isValid() != b.isValid()) return a.isValid();
  if (a.isValid() && a.toDouble() != b.toDouble()) return a.toDouble() < b.toDouble();
  return left.row() < right.row();
}

int PhotoFilter::count(Shown shown) const {
  int n = 0;
  for (int i = 0; i < sourceModel()->rowCount(); ++i) n += accepts(i, shown);
  return n;
}

QModelIndex PhotoFilter::index_of_view(int view) const { return mapFromSource(sourceModel()->index(view, 0)); }

}  // namespace tessera::app
