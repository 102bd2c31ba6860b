#pragma once

#include <QImage>
#include <QObject>
#include <QString>
#include <QUndoStack>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "app/studio/background.h"
#include "reconstruct/blocks/block_plan.h"
#include "scene/error.h"

namespace tessera::app {

class Workspace;

/// The cutting of the open dataset into blocks: made, edited with undo, and what each block will be trained from, which
/// is worked out on a thread and follows every edit. What is opened with a plan begins with that. No widgets in here.
class PlanModel : public QObject {
  Q_OBJECT
 public:
  struct Block {
    std::size_t photos = 0, points = 0, beyond = 0;  // points beyond it that its photos see
    std::size_t splats = 0, memory = 0;              // at the end; bytes, at most
    double seconds = 0;                              // of this machine
    double load = 0;                                 // share of all
    QString problem;                                 // why it cannot be trained
  };
  using Training = std::pair<std::string, reconstruct::TrainOptions>;  // preset and options of every block

  /// `training` is asked when they are needed.
  PlanModel(Workspace& workspace, std::function<Training()> training, QObject* parent = nullptr);
  ~PlanModel() override;

  /// Cuts anew. Where that cannot be, failed() says why, and all stays as it is.
  void make(const reconstruct::PlanOptions& how);
  /// Trains the merged scene of the run that is open on, as a run of its own, in the fewest blocks that fit into memory;
  /// that plan is then the one shown. Where it cannot be, failed() says why.
  void refine();
  /// Edits. What would leave a cell without area does nothing.
  void split(std::uint32_t cell, int axis, double at);
  /// At the middle of the load along its longer edge.
  void split_evenly(std::uint32_t cell);
  void move_cut(std::size_t cut, double at);
  void merge(std::size_t cut);
  /// While a cut is dragged: partition() is `shown` until the next edit or null.
  void preview(std::optional<reconstruct::Partition> shown);
  /// The cut whose removal makes the cell one with what lies on its other side; none: there is one cell.
  std::optional<std::size_t> cut_beside(std::uint32_t cell) const;

  const reconstruct::Partition* partition() const;  // null: nothing has been planned
  QUndoStack& history() { return history_; }
  /// Of each block; as of an earlier partition, or empty, while they are worked out.
  const std::vector<Block>& blocks() const;
  bool is_settled() const { return settled_; }
  /// Whether the run that is open has merged several blocks that refine() would train on.
  bool can_refine() const;
  /// Why it cannot be trained; empty: it can.
  QString problem() const;
  /// Whether it is the one of the run that is open or under way, unedited.
  bool is_the_runs() const;
  /// To be written or trained; problem() must be empty.
  const reconstruct::BlockPlan& plan() const { return known_->plan; }
  /// Seconds of this machine for all of it, and bytes that it takes on the disk; problem() must be empty.
  double seconds() const { return known_->seconds; }
  std::size_t disk() const { return known_->disk; }
  /// Of the sparse points over the root of the frame, low coordinates at the lower left: alpha says how many there are.
  const QImage& density() const { return measured_.density; }
  /// Median height of the points, scene frame.
  double ground() const { return ground_; }
  /// Options of blocks have changed.
  void forecast();

 Q_SIGNALS:
  void changed();       // partition(), also in a preview
  void blocks_known();  // blocks()
  void failed(QString message);

 private:
  class Edit;
  void take_opened();
  Background::Answer refused(const scene::Error& e);  // a plan cannot be made; all stays as it is
  void set(const reconstruct::Partition& partition);
  void edit(const QString& name, const std::function<void(reconstruct::Partition&)>& change);
  /// The sparse points in cell coordinates with what they cost, and a picture of them.
  struct Measured {
    std::vector<reconstruct::Load> loads;
    QImage density;
  };
  static Measured measured_of(const scene::Dataset& dataset, const reconstruct::CellFrame& frame);

  Workspace& workspace_;
  std::function<Training()> training_;
  std::optional<reconstruct::Partition> partition_, preview_;
  std::uint64_t fingerprint_ = 0;
  reconstruct::AssignmentOptions assignment_;
  /// What has been worked out of a partition.
  struct Known {
    reconstruct::BlockPlan plan;
    std::vector<Block> blocks;
    double seconds = 0;
    std::size_t disk = 0;
  };
  static Known known_of(reconstruct::BlockPlan plan, const scene::Dataset& dataset,
                        const std::vector<reconstruct::Load>& loads);
  std::optional<Known> known_;
  Measured measured_;
  double ground_ = 0;
  bool settled_ = true;
  QUndoStack history_;
  Background maker_, forecaster_;  // last: their answers use the rest
};

}  // namespace tessera::app
