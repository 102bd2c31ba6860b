#pragma once

#include <QStyledItemDelegate>

namespace tessera::app {

/// Draws the score of a photo (PhotoList::psnr_role) over the lower right corner of its thumbnail.
class PsnrBadge : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace tessera::app
