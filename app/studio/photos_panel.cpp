#include "app/studio/photos_panel.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QListView>
#include <QVBoxLayout>

#include "app/studio/photo_list.h"
#include "app/studio/photo_order.h"
#include "app/studio/photo_scores.h"
#include "app/studio/psnr_badge.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"

namespace tessera::app {

PhotosPanel::PhotosPanel(Studio& studio, PhotoScores& scores, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      scores_(scores),
      photos_(new PhotoList(this)),
      order_(new PhotoOrder(this)),
      view_(new QListView) {
  photos_->set_scores(&scores);
  order_->setSourceModel(photos_);
  connect(&scores, &PhotoScores::changed, this, [this] { photos_->score_changed(-1); });
  connect(&scores, &PhotoScores::scored, photos_, &PhotoList::score_changed);
  view_->setObjectName("photos");
  view_->setAccessibleName(tr("Photos"));
  view_->setModel(order_);
  view_->setItemDelegate(new PsnrBadge(view_));
  view_->setViewMode(QListView::IconMode);
  view_->setResizeMode(QListView::Adjust);
  view_->setMovement(QListView::Static);
  view_->setUniformItemSizes(true);
  view_->setIconSize({PhotoList::kThumbnailWidth, PhotoList::kThumbnailWidth});
  view_->setGridSize({PhotoList::kThumbnailWidth + 16, PhotoList::kThumbnailWidth + 4});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(make_order_bar());
  layout->addWidget(view_);
  Viewport& viewport = studio.viewport;
  const auto stand = [this](const QModelIndex& i) { studio_.viewport.stand_at(view_at(i)); };
  connect(view_, &QListView::activated, this, stand);
  connect(view_, &QListView::clicked, this, stand);
  connect(&viewport, &Viewport::photo_picked, this, [this](int photo) {
    view_->setCurrentIndex(shown_index(photo));
    studio_.say(photos_->index(photo).data().toString());
  });
  connect(&studio.workspace, &Workspace::opened, this, [this] {
    photos_->set_dataset(studio_.workspace.dataset());
    studio_.viewport.set_dataset(studio_.workspace.dataset());
  });

  Actions& actions = studio.actions;
  using Menu = Actions::Menu;
  actions.add_separator(Menu::view);
  actions.add(Menu::view, tr("&Next Photo"), QKeySequence(Qt::Key_PageDown), [this] { step(1); });
  actions.add(Menu::view, tr("&Previous Photo"), QKeySequence(Qt::Key_PageUp), [this] { step(-1); });
  split_ = actions.add_switch(Menu::view, tr("Compare with the Photo, &Split"), QKeySequence(Qt::Key_X), false,
                              [this](bool on) { compare(PhotoOverlay::Mode::split, on); });
  flicker_ = actions.add_switch(Menu::view, tr("Compare with the Photo, &in Turns"), QKeySequence(Qt::Key_Z), false,
                                [this](bool on) { compare(PhotoOverlay::Mode::flicker, on); });
  error_ = actions.add_switch(Menu::view, tr("Compare with the Photo, &Error Map"), QKeySequence(Qt::Key_V), false,
                              [this](bool on) { compare(PhotoOverlay::Mode::error, on); });
}

QWidget* PhotosPanel::make_order_bar() {
  auto* bar = new QWidget;
  auto* order = new QComboBox;
  order->setObjectName("photo_order");
  order->setAccessibleName(tr("Order of the photos"));
  order->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);  // the dock may be made narrow
  order->setMinimumWidth(56);
  order->addItem(tr("By name"));
  order->addItem(tr("Worst first"));
  order->setToolTip(
      tr("By the score of each photo (PSNR): Score All Photos in the Tools menu makes those that a run "
         "has not left"));
  auto* row = new QHBoxLayout(bar);
  row->setContentsMargins(10, 6, 10, 6);
  row->addWidget(order);
  connect(order, &QComboBox::currentIndexChanged, this, [this](int index) {
    order_->set_order(index == 1 ? PhotoOrder::Order::worst_first : PhotoOrder::Order::by_name);
    view_->scrollToTop();
  });
  studio_.actions.add(Actions::Menu::tools, tr("&Worst Photos First"), {}, [order] { order->setCurrentIndex(1); });
  return bar;
}

int PhotosPanel::view_at(const QModelIndex& shown) const {
  return shown.isValid() ? order_->mapToSource(shown).row() : -1;
}

QModelIndex PhotosPanel::shown_index(int view) const { return order_->mapFromSource(photos_->index(view)); }

void PhotosPanel::step(int by) {
  const int count = order_->rowCount();
  if (count == 0) return;
  const int standing = studio_.viewport.standing_at();
  const int now = standing >= 0 ? shown_index(standing).row() : view_->currentIndex().row();
  studio_.viewport.stand_at(view_at(order_->index(now < 0 ? 0 : (now + by + count) % count, 0)));
}

void PhotosPanel::compare(PhotoOverlay::Mode mode, bool on) {
  using Mode = PhotoOverlay::Mode;
  const std::pair<Mode, QAction*> modes[] = {{Mode::split, split_}, {Mode::flicker, flicker_}, {Mode::error, error_}};
  for (const auto& [other, action] : modes)
    if (on && other != mode) action->setChecked(false);
  studio_.viewport.overlay().set_mode(on ? mode : Mode::off);
  if (on && studio_.viewport.standing_at() < 0) step(0);
}

}  // namespace tessera::app
