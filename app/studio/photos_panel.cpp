#include "app/studio/photos_panel.h"

#include <QAction>
#include <QListView>
#include <QVBoxLayout>

#include <nlohmann/json.hpp>

#include "app/studio/photo_list.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"

namespace tessera::app {

PhotosPanel::PhotosPanel(Studio& studio, QWidget* parent)
    : QWidget(parent), studio_(studio), photos_(new PhotoList(this)), view_(new QListView) {
  view_->setObjectName("photos");
  view_->setAccessibleName(tr("Photos"));
  view_->setModel(photos_);
  view_->setViewMode(QListView::IconMode);
  view_->setResizeMode(QListView::Adjust);
  view_->setMovement(QListView::Static);
  view_->setUniformItemSizes(true);
  view_->setIconSize({PhotoList::kThumbnailWidth, PhotoList::kThumbnailWidth});
  view_->setGridSize({PhotoList::kThumbnailWidth + 16, PhotoList::kThumbnailWidth + 4});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(view_);
  Viewport& viewport = studio.viewport;
  const auto stand = [&viewport](const QModelIndex& i) { viewport.stand_at(i.row()); };
  connect(view_, &QListView::activated, this, stand);
  connect(view_, &QListView::clicked, this, stand);
  connect(&viewport, &Viewport::photo_picked, this, [this](int photo) {
    const QModelIndex index = photos_->index(photo);
    view_->setCurrentIndex(index);
    studio_.say(photos_->data(index, Qt::DisplayRole).toString());
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
  QAction* cameras = actions.add_switch(Menu::view, tr("Show &Cameras"), QKeySequence(Qt::Key_C), true,
                                        [&viewport](bool on) { viewport.set_frusta_shown(on); });
  studio.keep(
      "cameras_shown", [cameras] { return nlohmann::json(cameras->isChecked()); },
      [cameras](const nlohmann::json& shown) { cameras->setChecked(!shown.is_boolean() || shown.get<bool>()); });
}

void PhotosPanel::step(int by) {
  const int count = photos_->rowCount();
  if (count == 0) return;
  const int standing = studio_.viewport.standing_at();
  const int now = standing >= 0 ? standing : view_->currentIndex().row();
  studio_.viewport.stand_at(now < 0 ? 0 : (now + by + count) % count);
}

void PhotosPanel::compare(PhotoOverlay::Mode mode, bool on) {
  if (on) (mode == PhotoOverlay::Mode::split ? flicker_ : split_)->setChecked(false);
  studio_.viewport.overlay().set_mode(on ? mode : PhotoOverlay::Mode::off);
  if (on && studio_.viewport.standing_at() < 0) step(0);
}

}  // namespace tessera::app
