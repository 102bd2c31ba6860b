#pragma once

#include <QObject>
#include <QString>
#include <array>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "app/studio/range_field.h"
#include "app/studio/tinted_model.h"
#include "scene/dataset.h"
#include "scene/edit/selection.h"
#include "scene/gaussian_model.h"

namespace tessera::app {

/// Cleans one model: what matches, what is selected, what was deleted, and how to get it back. Everything that goes
/// over the splats runs on a thread of its own, in the order of the calls; of what is only shown (matches, counts,
/// tints) the last state is made, when nothing else waits. Signals are emitted in the object's thread, and none of a
/// model that has been replaced. No widgets in here.
class CleanSession : public QObject {
  Q_OBJECT
 public:
  /// What matches: rows that are in the box and in all the ranges. Without any limit nothing does.
  struct Criteria {
    std::optional<scene::OrientedBox> box;
    scene::Range opacity, size, seen_by;
    bool has_range() const { return opacity.limits() || size.limits() || seen_by.limits(); }
    bool limits() const { return box || has_range(); }
  };
  struct Facts {
    std::array<Spread, 3> spreads;  // opacity, size, seen by; the last without bars where there is no dataset
    scene::OrientedBox bulk;        // 90 % of the splats along each axis
  };
  struct Status {
    std::size_t splats = 0, matching = 0, selected = 0;
    QString undo, redo;    // names; empty: nothing to undo, or to redo
    bool changed = false;  // not what was opened, or last saved
  };
  struct Suggestion {
    std::size_t isolated = 0, huge = 0, faint = 0, rarely_seen = 0, all = 0;
  };

  explicit CleanSession(QObject* parent = nullptr);
  ~CleanSession() override;  // a save that was asked for is done first

  /// Begins anew: nothing selected, no history. Null: nothing to clean. measured() follows.
  void set_model(std::shared_ptr<const scene::GaussianModel> model, std::shared_ptr<const scene::Dataset> dataset);
  /// Whether matches and tints are wanted at all. What is selected is tinted, and so is what matches, but for a box
  /// alone: there, and only there, people want to see the scene inside as it is. What is outside the box is dimmed.
  void set_shown(bool shown);
  /// Of what matches, of what is selected, and of what is outside the box.
  void set_colors(const TintedModel::Colors& colors);
  /// Takes the place of a suggestion.
  void set_criteria(const Criteria& criteria);
  /// Combines the selection with what matches.
  void select(scene::Combine how);
  void invert();
  void select_none();
  /// Shows what a stroke would make of the selection; finish() makes it.
  void paint(const scene::Stroke& stroke, scene::Combine how, bool finish);
  void remove_selected();
  void crop(const scene::OrientedBox& box);
  void undo();
  void redo();
  /// What matches becomes what reconstruct::find_floaters finds; suggested() follows.
  void suggest();
  /// The model as it is now, in the frame of the dataset's own coordinates (or the file's). saved() or failed()
  /// follows.
  void save(const std::filesystem::path& file);
  /// Whether updated() has come after the last of the calls above.
  bool is_settled() const { return answered_ == asked_; }

 Q_SIGNALS:
  void measured(const tessera::app::CleanSession::Facts& facts);
  /// `tinted` is what to show; null: the model itself.
  void updated(const tessera::app::CleanSession::Status& status, std::shared_ptr<const scene::GaussianModel> tinted);
  void edited(std::shared_ptr<const scene::GaussianModel> model);
  void suggested(const tessera::app::CleanSession::Suggestion& suggestion);
  void saved(QString file);
  void failed(QString message);

 private:
  struct Work;  // what the thread has
  struct Job {
    std::function<void(Work&)> run;
    bool must = false;         // even where the model is replaced, or the program ends
    std::uint64_t number = 0;  // of the call
  };
  void add(std::function<void(Work&)> run, bool must = false);
  void change(std::function<void(Work&)> run);  // nothing where there is no model
  void forget_jobs();                           // the mutex is held
  void work();
  template <class Call>
  void post(std::uint64_t generation, Call call);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::shared_ptr<scene::Cancellation> search_;  // for floaters, while it waits or runs
  bool stop_ = false;
  // In the object's thread: of the model, of the calls, of the last call that updated() came after.
  std::uint64_t generation_ = 0, asked_ = 0, answered_ = 0;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace tessera::app
