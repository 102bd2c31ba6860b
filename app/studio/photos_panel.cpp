#include "app/studio/photos_panel.h"

#include <QAction>
#include <QComboBox>
#include <QListView>
#include <QLocale>
#include <QVBoxLayout>

#include "app/studio/photo_filter.h"
#include "app/studio/photo_list.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"

namespace tessera::app {

PhotosPanel::PhotosPanel(Studio& studio, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      photos_(new PhotoList(this)),
      filter_(new PhotoFilter(this)),
      shown_(new QComboBox),
      view_(new QListView) {
  filter_->setSourceModel(photos_);
  shown_->setObjectName("photo_filter");
  shown_->setAccessibleName(tr("Which photos are listed"));
  view_->setObjectName("photos");
  view_->setAccessibleName(tr("Photos"));
  view_->setModel(filter_);
  view_->setViewMode(QListView::IconMode);
  view_->setResizeMode(QListView::Adjust);
  view_->setMovement(QListView::Static);
  view_->setUniformItemSizes(true);
  view_->setIconSize({PhotoList::kThumbnailWidth, PhotoList::kThumbnailWidth});
  view_->setGridSize({PhotoList::kThumbnailWidth + 16, PhotoList::kThumbnailWidth + 4});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(shown_);
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
  actions.add_switch(Menu::view, tr("Show &Cameras"), QKeySequence(Qt::Key_C), true,
                     [&viewport](bool on) { viewport.set_frusta_shown(on); });
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
  const auto dataset = studio_.workspace.dataset();
  const int count = dataset ? static_cast<int>(dataset->views.size()) : 0;
  if (count == 0) return;
  const int standing = studio_.viewport.standing_at();
  const QModelIndex current = view_->currentIndex();
  const int now = standing >= 0 ? standing : current.isValid() ? current.data(PhotoList::view_role).toInt() : -1;
  studio_.viewport.stand_at(now < 0 ? 0 : (now + by + count) % count);
}

void PhotosPanel::compare(PhotoOverlay::Mode mode, bool on) {
  if (on) (mode == PhotoOverlay::Mode::split ? flicker_ : split_)->setChecked(false);
  studio_.viewport.overlay().set_mode(on ? mode : PhotoOverlay::Mode::off);
  if (on && studio_.viewport.standing_at() < 0) step(0);
}

}  // namespace tessera::app
