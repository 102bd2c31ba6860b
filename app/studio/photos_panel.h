#pragma once

#include <QWidget>

#include "app/studio/photo_overlay.h"
#include "app/studio/studio.h"

class QComboBox;
class QListView;
class QModelIndex;

namespace tessera::app {

class PhotoFilter;
class PhotoList;

/// The dock of the photos, and the commands that stand where they were taken and compare them with the scene.
class PhotosPanel : public QWidget {
  Q_OBJECT
 public:
  explicit PhotosPanel(Studio& studio, QWidget* parent = nullptr);

 private:
  void step(int by);
  void choose(const QModelIndex& index);
  void fill_filter();
  void compare(PhotoOverlay::Mode mode, bool on);

  Studio& studio_;
  PhotoList* photos_;
  PhotoFilter* filter_;
  QComboBox* shown_;
  QListView* view_;
  QAction *split_, *flicker_;
};

}  // namespace tessera::app
