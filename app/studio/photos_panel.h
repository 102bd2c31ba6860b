#pragma once

#include <QWidget>

#include "app/studio/photo_overlay.h"
#include "app/studio/studio.h"

class QListView;

namespace tessera::app {

class PhotoList;
class PhotoOrder;
class PhotoScores;

/// The dock of the photos, and the commands that stand where they were taken and compare them with the scene.
class PhotosPanel : public QWidget {
  Q_OBJECT
 public:
  /// `scores` of the photos outlive the panel.
  PhotosPanel(Studio& studio, PhotoScores& scores, QWidget* parent = nullptr);

 private:
  QWidget* make_order_bar();
  int view_at(const QModelIndex& shown) const;  // -1: none
  QModelIndex shown_index(int view) const;      // where the list has it
  void step(int by);
  void compare(PhotoOverlay::Mode mode, bool on);

  Studio& studio_;
  PhotoScores& scores_;
  PhotoList* photos_;
  PhotoOrder* order_;
  QListView* view_;
  QAction *split_, *flicker_, *error_;
};

}  // namespace tessera::app
