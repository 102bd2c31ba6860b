#include "app/studio/plan_model.h"

#include <QUndoCommand>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include <nlohmann/json.hpp>

#include "app/studio/workspace.h"
#include "reconstruct/blocks/forecast.h"
#include "reconstruct/blocks/plan_budget.h"
#include "reconstruct/blocks/start_scene.h"
#include "reconstruct/run/inputs.h"
#include "reconstruct/train/memory_plan.h"
#include "scene/error.h"

namespace tessera::app {
using reconstruct::Load;
using reconstruct::Partition;

namespace {

constexpr int kDensityPixels = 240;  // along the longer side: about those of the map

const double kClamp = reconstruct::PlanOptions().clamp;

double median_height(const scene::Dataset& dataset) {
  std::vector<float> heights;
  for (const auto& p : dataset.points.position) heights.push_back(p[2]);
  if (heights.empty()) return 0;
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return static_cast<double>(*middle);
}

}  // namespace

PlanModel::Known PlanModel::known_of(reconstruct::BlockPlan plan, const scene::Dataset& dataset,
                                     const std::vector<Load>& loads) {
  QString lost;  // what the plan starts from
  if (plan.views.empty()) {
    plan.views = reconstruct::views_by_tracks(dataset, plan.partition, plan.assignment);
    try {
      if (plan.start) reconstruct::count_start(plan, dataset);
    } catch (const scene::Error& e) {
      lost = QString::fromUtf8(e.what());
      plan.start.rows.assign(plan.partition.cells(), {plan.start.splats, 0});
    }
  }
  const auto data = reconstruct::block_data(dataset, plan);
  const reconstruct::SceneForecast scene = reconstruct::forecast(plan, dataset, data);
  const std::vector<double> sums = reconstruct::cell_loads(plan.partition, loads);
  const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
  const int cores = plan.options.threads > 0 ? plan.options.threads
                                             : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  Known known{.plan = std::move(plan),
              .blocks = {},
              .seconds = reconstruct::wall_seconds(scene.cpu_seconds, cores),
              .disk = scene.disk_bytes};
  for (std::size_t i = 0; i < data.size(); ++i) {
    const reconstruct::BlockForecast& f = scene.blocks[i];
    Block block{.photos = f.views,
                .points = f.points,
                .beyond = f.auxiliary,
                .splats = f.splats,
                .memory = f.memory_bytes,
                .seconds = reconstruct::wall_seconds(f.cpu_seconds, cores),
                .load = total > 0 ? sums[i] / total : 0};
    block.problem = lost;
    if (f.points == 0) block.problem = tr("Block %1 has no points.").arg(i);
    if (f.views < 2) block.problem = tr("Block %1 has fewer than two photos.").arg(i);
    known.blocks.push_back(std::move(block));
  }
  return known;
}

/// From one partition to another.
class PlanModel::Edit : public QUndoCommand {
 public:
  Edit(PlanModel& model, const QString& name, Partition after)
      : QUndoCommand(name), model_(model), before_(*model.partition_), after_(std::move(after)) {}
  void undo() override { model_.set(before_); }
  void redo() override { model_.set(after_); }

 private:
  PlanModel& model_;
  Partition before_, after_;
};

PlanModel::PlanModel(Workspace& workspace, std::function<Training()> training, QObject* parent)
    : QObject(parent), workspace_(workspace), training_(std::move(training)) {
  connect(&workspace, &Workspace::opened, this, &PlanModel::take_opened);
  connect(&history_, &QUndoStack::indexChanged, this, &PlanModel::changed);  // after set()
}

PlanModel::~PlanModel() { history_.disconnect(this); }  // it speaks while it goes

void PlanModel::take_opened() {
  maker_.forget(), forecaster_.forget();
  partition_.reset(), preview_.reset();
  history_.clear();
  known_.reset(), measured_ = {};
  settled_ = true;
  const auto dataset = workspace_.dataset();
  const auto plan = workspace_.block_plan();
  ground_ = dataset ? median_height(*dataset) : 0;
  if (plan) {
    partition_ = plan->partition, assignment_ = plan->assignment, fingerprint_ = plan->data_fingerprint;
    settled_ = false;
    maker_.ask([this, dataset, frame = partition_->frame()]() -> Background::Answer {
      return [this, measured = measured_of(*dataset, frame)]() mutable {
        measured_ = std::move(measured);
        forecast();
        Q_EMIT changed();
      };
    });
  }
  Q_EMIT changed();
  Q_EMIT blocks_known();
}

PlanModel::Measured PlanModel::measured_of(const scene::Dataset& dataset, const reconstruct::CellFrame& frame) {
  Measured measured{reconstruct::point_loads(dataset, frame, reconstruct::LoadRule::pixels_covered), {}};
  const reconstruct::Rect root = frame.root();
  const double pixel = std::max(root.size().x, root.size().y) / kDensityPixels;
  const int width = std::max(1, static_cast<int>(std::ceil(root.size().x / pixel)));
  const int height = std::max(1, static_cast<int>(std::ceil(root.size().y / pixel)));
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  std::uint32_t most = 1;
  for (const Load& load : measured.loads) {
    if (!root.contains(load.at)) continue;
    const glm::dvec2 p = (load.at - root.low) / pixel;
    const int x = std::min(static_cast<int>(p.x), width - 1), y = std::min(static_cast<int>(p.y), height - 1);
    most = std::max(most, ++counts[static_cast<std::size_t>(height - 1 - y) * static_cast<std::size_t>(width) +
                                   static_cast<std::size_t>(x)]);
  }
  measured.density = QImage(width, height, QImage::Format_Alpha8);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      measured.density.scanLine(y)[x] = static_cast<uchar>(
          255 *
          std::log1p(
              counts[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)]) /
          std::log1p(most));
  return measured;
}

Background::Answer PlanModel::refused(const scene::Error& e) {
  return [this, message = QString::fromUtf8(e.what())] {
    settled_ = true;
    Q_EMIT failed(message);
    Q_EMIT blocks_known();
  };
}

void PlanModel::make(const reconstruct::PlanOptions& how) {
  const auto dataset = workspace_.dataset();
  if (!dataset) return;
  settled_ = false;
  maker_.ask([this, dataset, how, training = training_()]() -> Background::Answer {
    try {
      auto made = std::make_shared<reconstruct::BlockPlan>(
          reconstruct::plan_blocks(*dataset, how, training.first, training.second));
      return [this, made, measured = measured_of(*dataset, made->partition.frame())]() mutable {
        measured_ = std::move(measured);
        assignment_ = made->assignment, fingerprint_ = made->data_fingerprint;
        set(made->partition);
        history_.clear();
        Q_EMIT changed();
      };
    } catch (const scene::Error& e) {
      return refused(e);
    }
  });
}

bool PlanModel::can_refine() const {
  const auto plan = workspace_.block_plan();
  return is_the_runs() && !workspace_.busy() && !workspace_.read_only() && plan->partition.cells() > 1 && !plan->start &&
         reconstruct::run_state(workspace_.run()) == "finished";
}

void PlanModel::refine() {
  const auto dataset = workspace_.dataset();
  const auto merged = workspace_.block_plan();
  if (!dataset || !merged) return;
  settled_ = false;
  maker_.ask([this, dataset, merged, run = workspace_.run()]() -> Background::Answer {
    try {
      reconstruct::TrainOptions options;
      reconstruct::apply_preset(options, "refine");
      options.max_image_size = merged->options.max_image_size, options.threads = merged->options.threads;
      reconstruct::PlanOptions how;
      how.start = run;
      reconstruct::PlanBudget budget;
      budget.memory_bytes = static_cast<double>(reconstruct::machine_limit(1).bytes);
      auto made = std::make_shared<reconstruct::BlockPlan>(
          reconstruct::plan_within(*dataset, how, budget, "refine", options));
      return [this, made, dataset, measured = measured_of(*dataset, made->partition.frame())]() mutable {
        if (workspace_.dataset() != dataset || workspace_.busy()) return;  // something else has been begun
        measured_ = std::move(measured);
        assignment_ = made->assignment, fingerprint_ = made->data_fingerprint;
        workspace_.train_blocks(*made, workspace_.next_run());
        set(made->partition);
        history_.clear();
        Q_EMIT changed();
      };
    } catch (const scene::Error& e) {
      return refused(e);
    }
  });
}

void PlanModel::set(const Partition& partition) {
  preview_.reset();
  partition_ = partition;
  forecast();
}

void PlanModel::edit(const QString& name, const std::function<void(Partition&)>& change) {
  preview_.reset();
  if (!partition_) return;
  Partition after = *partition_;
  try {
    change(after);
  } catch (const scene::Error&) {
    return Q_EMIT changed();  // a cell would have no area: as it was
  }
  history_.push(new Edit(*this, name, std::move(after)));
}

void PlanModel::split(std::uint32_t cell, int axis, double at) {
  edit(tr("Split block %1").arg(cell), [=](Partition& p) { p.split(cell, axis, at); });
}

void PlanModel::split_evenly(std::uint32_t cell) {
  if (!partition_ || cell >= partition_->cells()) return;
  const reconstruct::Rect rect = partition_->cell(cell);
  const int axis = rect.size().x >= rect.size().y ? 0 : 1;
  std::vector<std::pair<double, double>> inside;  // place, weight
  double total = 0, sum = 0;
  for (const Load& load : measured_.loads)
    if (partition_->owner_at(load.at) == cell) inside.emplace_back(load.at[axis], load.weight), total += load.weight;
  std::sort(inside.begin(), inside.end());
  const double low = rect.low[axis], size = rect.size()[axis];
  double at = low + 0.5 * size;
  for (const auto& [place, weight] : inside)
    if ((sum += weight) >= 0.5 * total) {
      at = std::clamp(place, low + kClamp * size, low + (1 - kClamp) * size);
      break;
    }
  split(cell, axis, at);
}

void PlanModel::move_cut(std::size_t cut, double at) {
  edit(tr("Move a cut"), [=](Partition& p) { p.move_cut(cut, at); });
}

void PlanModel::merge(std::size_t cut) {
  edit(tr("Merge blocks"), [=](Partition& p) { p.merge(cut); });
}

void PlanModel::preview(std::optional<Partition> shown) {
  preview_ = std::move(shown);
  Q_EMIT changed();
}

std::optional<std::size_t> PlanModel::cut_beside(std::uint32_t cell) const {
  if (!partition_ || cell >= partition_->cells()) return std::nullopt;
  const reconstruct::Rect rect = partition_->cell(cell);
  const auto cuts = partition_->cuts();
  std::optional<std::size_t> nearest;  // of those above it in the tree the smallest
  for (std::size_t i = 0; i < cuts.size(); ++i)
    if (cuts[i].within.contains(0.5 * (rect.low + rect.high)) &&
        (!nearest || cuts[i].within.area() < cuts[*nearest].within.area()))
      nearest = i;
  return nearest;
}

const Partition* PlanModel::partition() const { return preview_ ? &*preview_ : partition_ ? &*partition_ : nullptr; }

bool PlanModel::is_the_runs() const {
  const auto& run = workspace_.run();
  const auto plan = workspace_.block_plan();
  if (!partition_ || !plan || run.empty() || !(workspace_.trains_blocks() || reconstruct::has_block_plan(run)))
    return false;
  return partition_->json() == plan->partition.json();
}

const std::vector<PlanModel::Block>& PlanModel::blocks() const {
  static const std::vector<Block> none;
  return known_ ? known_->blocks : none;
}

void PlanModel::forecast() {
  const auto dataset = workspace_.dataset();
  if (!partition_ || !dataset) return;
  settled_ = false;
  const auto [preset, options] = training_();
  reconstruct::BlockPlan plan{dataset->root, preset, options, *partition_, assignment_, fingerprint_, {}};
  // Photos as the plan that is open has assigned them; of other cells by what they are known to see.
  const auto open = workspace_.block_plan();
  if (open) plan.merge = open->merge, plan.start = open->start;
  if (plan.start) plan.preset = open->preset, plan.options = open->options;  // what the Train dock says is for new scenes
  if (open && open->partition.json() == partition_->json())
    plan.assignment = open->assignment, plan.views = open->views;
  else
    plan.assignment.rule = reconstruct::AssignmentOptions().rule;
  forecaster_.ask([this, dataset, plan = std::move(plan), loads = measured_.loads]() -> Background::Answer {
    return [this, known = known_of(plan, *dataset, loads)]() mutable {
      known_ = std::move(known);
      settled_ = true;
      Q_EMIT blocks_known();
    };
  });
}

QString PlanModel::problem() const {
  if (!partition_) return tr("Nothing has been planned yet.");
  if (!settled_) return tr("What the blocks take is being worked out.");
  for (const Block& block : blocks())
    if (!block.problem.isEmpty()) return block.problem;
  return {};
}

}  // namespace tessera::app
