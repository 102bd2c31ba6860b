#pragma once

#include <QObject>
#include <QThreadPool>
#include <memory>
#include <optional>
#include <vector>

#include "app/studio/studio.h"
#include "reconstruct/evaluate/evaluate.h"
#include "scene/dataset.h"
#include "scene/gaussian_model.h"

namespace tessera::app {

/// How well the model that is open shows each photo: read from the run's metrics.json, or scored here, on a thread and
/// at a low share of the cores where something trains. Scores go when the model changes. Index i is view i.
class PhotoScores : public QObject {
  Q_OBJECT
 public:
  explicit PhotoScores(Studio& studio);
  ~PhotoScores() override;

  /// Scores every photo that has none yet. Emits nothing where there is nothing to score: problem() says why.
  void score_all();
  void cancel();
  bool scoring() const { return job_ != nullptr; }
  /// Why nothing can be scored; empty: it can.
  QString problem() const;

  std::size_t size() const { return scores_.size(); }
  const std::optional<reconstruct::ViewScore>& of(int view) const { return scores_[static_cast<std::size_t>(view)]; }
  /// View with the lowest or highest PSNR of a split; -1: no scores there.
  int extreme(bool test, bool best) const;
  /// The scores there are, for means.
  reconstruct::Scores all() const;
  /// Where they come from, for people; empty: there are none.
  const QString& source() const { return source_; }

 Q_SIGNALS:
  void changed();         // all of them
  void scored(int view);  // one more
  void progressed(int done, int total);
  void scoring_changed(bool scoring);
  void trained();  // a run has ended with scores

 private:
  struct Job;
  void reset();
  void read_metrics(bool after_training);
  void finish(const std::shared_ptr<Job>& job);

  Studio& studio_;
  std::vector<std::optional<reconstruct::ViewScore>> scores_;
  QString source_;
  std::shared_ptr<Job> job_;
  QThreadPool pool_;
};

}  // namespace tessera::app
