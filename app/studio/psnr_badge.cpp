#include "app/studio/psnr_badge.h"

#include <QApplication>
#include <QPainter>

#include "app/studio/photo_list.h"
#include "app/studio/theme.h"

namespace tessera::app {

void PsnrBadge::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  QStyledItemDelegate::paint(painter, option, index);
  const QVariant psnr = index.data(PhotoList::psnr_role);
  if (!psnr.isValid()) return;
  QStyleOptionViewItem item = option;
  initStyleOption(&item, index);
  QStyle* style = item.widget ? item.widget->style() : QApplication::style();
  const QRect area = style->subElementRect(QStyle::SE_ItemViewItemDecoration, &item, item.widget);
  // The thumbnail itself stands in the middle of the area, which is a square.
  const QSize shown = item.icon.actualSize(item.decorationSize);
  const QRect thumbnail = QStyle::alignedRect(Qt::LeftToRight, Qt::AlignCenter, shown, area);
  const QString text = tr("%1 dB").arg(psnr.toDouble(), 0, 'f', 1);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setFont(theme().small);
  const QFontMetrics metrics(theme().small);
  const QSize size(metrics.horizontalAdvance(text) + 10, metrics.height() + 2);
  const QRect badge(thumbnail.bottomRight() - QPoint(size.width() + 2, size.height() + 2), size);
  painter->setPen(Qt::NoPen);
  painter->setBrush(QColor(0, 0, 0, 180));
  painter->drawRoundedRect(badge, 3, 3);
  painter->setPen(Qt::white);
  painter->drawText(badge, Qt::AlignCenter, text);
  painter->restore();
}

}  // namespace tessera::app
