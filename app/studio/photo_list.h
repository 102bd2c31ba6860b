#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <QIcon>
#include <memory>

#include "reconstruct/ingest/photo_states.h"
#include "scene/dataset.h"

namespace tessera::reconstruct {
struct ViewScore;
}

namespace tessera::app {

class PhotoScores;
class Thumbnails;

/// The photos of a dataset with thumbnails that are decoded when they are first shown: row i is view i, and after the
/// views come photos that have none. A dot on the thumbnail says what becomes of a photo, as the role does.
class PhotoList : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role {
    test_role = Qt::UserRole,
    view_role,     // index of the view; -1: none
    blurred_role,  // bool
    state_role,    // text: "train", "test" or "unregistered"
    psnr_role      // dB; invalid: no score
  };
  explicit PhotoList(QObject* parent = nullptr);
  ~PhotoList() override;
  void set_dataset(std::shared_ptr<const scene::Dataset> dataset,
                   std::shared_ptr<const reconstruct::PhotoStates> states = nullptr);
  /// Where the scores come from (null: nowhere), which must outlive the list; to be told when they change.
  void set_scores(const PhotoScores* scores) { scores_ = scores; }
  void score_changed(int view);  // -1: of all

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

  static constexpr int kThumbnailWidth = 128;

 private:
  /// Of a photo without a view; null: it has one.
  const reconstruct::UnregisteredPhoto* unregistered(int row) const;
  const reconstruct::ViewScore* score_of(int row) const;  // null: none
  QString name(int row) const;
  QString file(int row) const;
  bool blurred(int row) const;
  QString tip(int row) const;
  QIcon icon(int row) const;
  std::shared_ptr<const scene::Dataset> dataset_;
  std::shared_ptr<const reconstruct::PhotoStates> states_;
  const PhotoScores* scores_ = nullptr;
  Thumbnails* thumbnails_;
  QHash<QString, int> row_of_file_;
};

}  // namespace tessera::app
