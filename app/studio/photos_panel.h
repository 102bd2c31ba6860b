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
class PhotoScores;

/// The dock of the photos, and the commands that stand where they were taken and compare them with the scene.
class PhotosPanel : public QWidget {
  Q_OBJECT
 public:
  /// `scores` of the photos outlive the panel.
  PhotosPanel(Studio& studio, PhotoScores& scores, QWidget* parent = nullptr);

 private:
  QWidget* make_bar();
  void step(int by);
  void choose(const QModelIndex& index);
  void fill_filter();
  void compare(PhotoOverlay::Mode mode, bool on);

  Studio& studio_;
  PhotoScores& scores_;
  PhotoList* photos_;
  PhotoFilter* filter_;
  QComboBox* shown_;
  QListView* view_;
  QAction *split_, *flicker_, *error_;
};

}  // namespace tessera::app
