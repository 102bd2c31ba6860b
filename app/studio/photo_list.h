#pragma once

#include <QAbstractListModel>
#include <QCache>
#include <QIcon>
#include <QImage>
#include <QSet>
#include <QThreadPool>
#include <memory>

#include "scene/dataset.h"

namespace tessera::reconstruct {
struct ViewScore;
}

namespace tessera::app {

class PhotoScores;

/// The photos of a dataset with thumbnails that are decoded when they are first shown, on threads of their own. Row i
/// is view i.
class PhotoList : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { test_role = Qt::UserRole, psnr_role = Qt::UserRole + 20 };  // psnr_role: dB; invalid: no score
  explicit PhotoList(QObject* parent = nullptr);
  ~PhotoList() override;
  void set_dataset(std::shared_ptr<const scene::Dataset> dataset);
  /// Where the scores come from (null: nowhere), which must outlive the list; to be told when they change.
  void set_scores(const PhotoScores* scores) { scores_ = scores; }
  void score_changed(int view);  // -1: of all

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

  static constexpr int kThumbnailWidth = 128;

 private:
  void load(int row) const;
  const reconstruct::ViewScore* score_of(int row) const;  // null: none
  std::shared_ptr<const scene::Dataset> dataset_;
  const PhotoScores* scores_ = nullptr;
  int generation_ = 0;  // of the dataset: late thumbnails of another one are dropped
  mutable QCache<int, QIcon> thumbnails_{2000};
  mutable QSet<int> loading_;
  mutable QThreadPool pool_;
  QIcon empty_;
};

}  // namespace tessera::app
