#include "app/studio/photos_panel.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QListView>
#include <QLocale>
#include <QVBoxLayout>
#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/studio/photo_filter.h"
#include "app/studio/photo_list.h"
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
      filter_(new PhotoFilter(this)),
      shown_(new QComboBox),
      view_(new QListView) {
  photos_->set_scores(&scores);
  filter_->setSourceModel(photos_);
  connect(&scores, &PhotoScores::changed, this, [this] { photos_->score_changed(-1); });
  connect(&scores, &PhotoScores::scored, photos_, &PhotoList::score_changed);
  view_->setObjectName("photos");
  view_->setAccessibleName(tr("Photos"));
  view_->setModel(filter_);
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
  layout->addWidget(make_bar());
  layout->addWidget(view_);
  fill_filter();
  Viewport& viewport = studio.viewport;
  connect(view_, &QListView::activated, this, &PhotosPanel::choose);
  connect(view_, &QListView::clicked, this, &PhotosPanel::choose);
  connect(shown_, &QComboBox::currentIndexChanged, this, [this] {
    filter_->show(static_cast<PhotoFilter::Shown>(shown_->currentData().toInt()));
    view_->scrollToTop();
  });
  connect(&viewport, &Viewport::photo_picked, this, [this](int photo) {
    view_->setCurrentIndex(filter_->index_of_view(photo));
    studio_.say(photos_->data(photos_->index(photo), Qt::DisplayRole).toString());
  });
  connect(&studio.workspace, &Workspace::opened, this, [this] {
    photos_->set_dataset(studio_.workspace.dataset(), studio_.workspace.photo_states());
    fill_filter();
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

QWidget* PhotosPanel::make_bar() {
  auto* bar = new QWidget;
  shown_->setObjectName("photo_filter");
  shown_->setAccessibleName(tr("Which photos are listed"));
  auto* order = new QComboBox;
  order->setObjectName("photo_order");
  order->setAccessibleName(tr("Order of the photos"));
  order->addItem(tr("By name"));
  order->addItem(tr("Worst first"));
  order->setToolTip(
      tr("By the score of each photo (PSNR): Score All Photos in the Tools menu makes those that a run "
         "has not left"));
  auto* row = new QHBoxLayout(bar);
  row->setContentsMargins(10, 6, 10, 6);
  for (QComboBox* box : {shown_, order}) {
    box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);  // the dock may be made narrow
    box->setMinimumWidth(56);
    row->addWidget(box);
  }
  connect(order, &QComboBox::currentIndexChanged, this, [this](int index) {
    filter_->set_order(index == 1 ? PhotoFilter::Order::worst_first : PhotoFilter::Order::by_name);
    view_->scrollToTop();
  });
  studio_.actions.add(Actions::Menu::tools, tr("&Worst Photos First"), {}, [order] { order->setCurrentIndex(1); });
  return bar;
}

void PhotosPanel::choose(const QModelIndex& index) {
  const int view = index.data(PhotoList::view_role).toInt();
  if (view >= 0) return studio_.viewport.stand_at(view);
  studio_.say(index.data(Qt::ToolTipRole).toString().replace("\n", ": "));  // it has no place to stand at
}

/// With how many photos there are of each kind, and none of kinds that there are none of.
void PhotosPanel::fill_filter() {
  const QSignalBlocker quiet(shown_);
  shown_->clear();
  const auto add = [this](const QString& text, PhotoFilter::Shown which) {
    const int count = filter_->count(which);
    if (count > 0 || which == PhotoFilter::all)
      shown_->addItem(tr("%1 (%2)").arg(text, QLocale().toString(count)), which);
  };
  add(tr("All photos"), PhotoFilter::all);
  add(tr("Test"), PhotoFilter::test);
  add(tr("Unregistered"), PhotoFilter::unregistered);
  add(tr("Blurred"), PhotoFilter::blurred);
  filter_->show(PhotoFilter::all);
  shown_->setEnabled(photos_->rowCount() > 0);
}

void PhotosPanel::step(int by) {
  // Through the photos as they are listed, past those that have no place.
  std::vector<int> views;
  for (int row = 0; row < filter_->rowCount(); ++row)
    if (const int view = filter_->index(row, 0).data(PhotoList::view_role).toInt(); view >= 0) views.push_back(view);
  if (views.empty()) return;
  const int standing = studio_.viewport.standing_at();
  const QModelIndex current = view_->currentIndex();
  const int now = standing >= 0 ? standing : current.isValid() ? current.data(PhotoList::view_role).toInt() : -1;
  const auto count = static_cast<int>(views.size());
  const auto at = std::find(views.begin(), views.end(), now);
  const int next = at == views.end() ? 0 : (static_cast<int>(at - views.begin()) + by + count) % count;
  studio_.viewport.stand_at(views[static_cast<std::size_t>(next)]);
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
