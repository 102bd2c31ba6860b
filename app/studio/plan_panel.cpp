#include "app/studio/plan_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QFileInfo>
#include <QFormLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>

#include "app/studio/memory_forecast.h"
#include "app/studio/plan_map.h"
#include "app/studio/plan_table.h"
#include "app/studio/train_panel.h"
#include "app/studio/workspace.h"
#include "reconstruct/blocks/block_jobs.h"
#include "reconstruct/blocks/merge.h"
#include "reconstruct/run/inputs.h"

namespace tessera::app {
namespace fs = std::filesystem;

namespace {

constexpr int kMostBlocks = 4096;
constexpr int kUsualBlocks = 4;
constexpr int kRows = 3;         // of the table that are always seen
constexpr int kLookEvery = 500;  // ms

}  // namespace

PlanPanel::PlanPanel(Studio& studio, PlanModel& plan, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      plan_(plan),
      map_(new PlanMap(plan)),
      table_(new PlanTable(plan, this)),
      view_(new QTableView),
      blocks_(new QSpinBox),
      partitioner_(new QComboBox),
      make_(new QPushButton(tr("Make plan"))),
      split_(new QPushButton(tr("Split"))),
      merge_(new QPushButton(tr("Merge"))),
      undo_(new QPushButton(tr("Undo"))),
      redo_(new QPushButton(tr("Redo"))),
      write_(new QPushButton(tr("Write plan"))),
      train_(new QPushButton(tr("Train blocks"))),
      refine_(new QPushButton(tr("Refine"))),
      note_(new QLabel),
      seams_(new QCheckBox(tr("Show the errors at the &seams"))) {
  make_layout();
  Workspace& workspace = studio.workspace;
  connect(make_, &QPushButton::clicked, this, &PlanPanel::make);
  connect(split_, &QPushButton::clicked, this,
          [this] { plan_.split_evenly(static_cast<std::uint32_t>(std::max(map_->selected(), 0))); });
  connect(merge_, &QPushButton::clicked, this, [this] {
    if (const auto cut = plan_.cut_beside(static_cast<std::uint32_t>(std::max(map_->selected(), 0)))) plan_.merge(*cut);
  });
  connect(undo_, &QPushButton::clicked, &plan.history(), &QUndoStack::undo);
  connect(redo_, &QPushButton::clicked, &plan.history(), &QUndoStack::redo);
  connect(write_, &QPushButton::clicked, this, &PlanPanel::write);
  connect(train_, &QPushButton::clicked, this, &PlanPanel::start);
  connect(refine_, &QPushButton::clicked, this, &PlanPanel::refine);
  connect(seams_, &QCheckBox::toggled, this, &PlanPanel::show_seams);
  connect(&plan, &PlanModel::changed, this, &PlanPanel::update_state);
  connect(&plan, &PlanModel::blocks_known, this, &PlanPanel::update_state);
  connect(&plan, &PlanModel::failed, this, [this](const QString& message) { studio_.fail(message); });
  connect(map_, &PlanMap::selection_changed, this, [this] {
    if (map_->selected() >= 0 && map_->selected() < table_->rowCount())
      view_->selectRow(map_->selected());
    else
      view_->clearSelection();
    update_state();
  });
  connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
    if (now.isValid()) map_->select(now.row());
  });
  connect(&workspace, &Workspace::opened, this, [this] {
    map_->set_dataset(studio_.workspace.dataset());
    update_state();
  });
  connect(&workspace, &Workspace::state_changed, this, [this] {
    if (studio_.workspace.trains_blocks())
      clock_.start();
    else
      clock_.stop();
    update_state();
  });
  connect(&workspace, &Workspace::project_changed, this, &PlanPanel::update_state);
  clock_.setInterval(kLookEvery);
  connect(&clock_, &QTimer::timeout, this, &PlanPanel::update_progress);
  studio.actions.add(Actions::Menu::tools, tr("Cut into &Blocks"), QKeySequence(Qt::Key_N), [this] {
    if (auto* dock = studio_.window.findChild<QDockWidget*>("dock_plan")) dock->show(), dock->raise();
    map_->setFocus();
  });
  train_action_ = studio.actions.add(Actions::Menu::train, tr("Train the &Blocks"), {}, [this] { start(); });
  update_state();
}

void PlanPanel::make_layout() {
  blocks_->setObjectName("plan_blocks");
  blocks_->setRange(1, kMostBlocks);
  blocks_->setValue(kUsualBlocks);
  blocks_->setToolTip(tr("How many blocks the scene is cut into"));
  partitioner_->setObjectName("plan_partitioner");
  partitioner_->addItem(tr("Balanced: equal loads"), "tree");
  partitioner_->addItem(tr("Halves: the longer edge in the middle"), "midpoint");
  partitioner_->addItem(tr("Grid: equal cells"), "grid");
  partitioner_->addItem(tr("Columns: equal loads"), "quantile");
  partitioner_->setToolTip(tr("How the cuts are chosen"));
  partitioner_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  make_->setObjectName("plan_make");
  split_->setObjectName("plan_split");
  split_->setToolTip(tr("Cuts the chosen block into two of equal load"));
  merge_->setObjectName("plan_merge");
  merge_->setToolTip(tr("Takes away the cut beside the chosen block"));
  undo_->setObjectName("plan_undo");
  redo_->setObjectName("plan_redo");
  write_->setObjectName("plan_write");
  write_->setToolTip(tr("Keeps the plan in the project, as plan.json"));
  train_->setObjectName("plan_train");
  train_->setToolTip(tr("Trains one block after another with the options of the Train dock, and merges them"));
  refine_->setObjectName("plan_refine");
  refine_->setToolTip(tr("Trains the merged scene on, with all blocks in view, as a run of its own"));
  note_->setObjectName("plan_note");
  note_->setWordWrap(true);
  seams_->setObjectName("plan_seams");
  seams_->setToolTip(
      tr("How wrong the merged scene is at every place, as held-out photos see it: from dark blue to yellow"));
  view_->setObjectName("plan_table");
  view_->setAccessibleName(tr("Blocks"));
  view_->setModel(table_);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::SingleSelection);
  view_->setTabKeyNavigation(false);
  view_->setShowGrid(false);
  view_->setAlternatingRowColors(true);
  view_->setWordWrap(false);
  view_->verticalHeader()->hide();
  const int row = view_->fontMetrics().height() + 8;
  view_->verticalHeader()->setDefaultSectionSize(row);
  view_->setMinimumHeight((kRows + 1) * row + view_->horizontalScrollBar()->sizeHint().height());
  view_->setSizePolicy(QSizePolicy::Expanding,
                       QSizePolicy::Ignored);  // the dock scrolls where it is lower than all that
  view_->horizontalHeader()->setHighlightSections(false);
  view_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  view_->horizontalHeader()->setStretchLastSection(true);

  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(tr("Blocks"), blocks_);
  form->addRow(tr("Cut"), partitioner_);
  const auto line = [](std::initializer_list<QPushButton*> buttons) {
    auto* box = new QHBoxLayout;
    box->setSpacing(6);
    for (QPushButton* button : buttons) {
      button->setStyleSheet("padding: 5px 6px");  // the dock may be narrow
      box->addWidget(button, 1);
    }
    return box;
  };
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 8, 10, 10);
  layout->setSpacing(8);
  layout->addLayout(form);
  layout->addWidget(make_);
  layout->addWidget(map_, 3);
  layout->addWidget(seams_);
  layout->addLayout(line({split_, merge_, undo_, redo_}));
  layout->addWidget(view_, 2);
  layout->addWidget(note_);
  layout->addLayout(line({write_, train_, refine_}));
}

void PlanPanel::make() {
  reconstruct::PlanOptions how;
  how.blocks = blocks_->value();
  how.partitioner = partitioner_->currentData().toString().toStdString();
  plan_.make(how);
  update_state();
}

void PlanPanel::update_state() {
  const Workspace& workspace = studio_.workspace;
  const bool idle = !workspace.busy() && workspace.dataset() && !workspace.read_only();
  const bool edits = plan_.partition() && !workspace.trains_blocks();
  const bool chosen = edits && map_->selected() >= 0;
  make_->setEnabled(workspace.dataset() != nullptr && !workspace.busy());
  map_->setEnabled(!workspace.trains_blocks());
  split_->setEnabled(chosen);
  merge_->setEnabled(chosen && plan_.cut_beside(static_cast<std::uint32_t>(map_->selected())));
  undo_->setEnabled(edits && plan_.history().canUndo());
  redo_->setEnabled(edits && plan_.history().canRedo());
  const bool resumes = plan_.is_the_runs() && !workspace.trains_blocks();
  const std::string state = resumes ? reconstruct::run_state(workspace.run()) : "";
  const QString problem = plan_.problem();
  write_->setEnabled(idle && plan_.partition() && problem.isEmpty());
  train_->setEnabled(idle && plan_.partition() && problem.isEmpty() && state != "finished");
  train_->setText(state == "training" || state == "interrupted" ? tr("Resume blocks") : tr("Train blocks"));
  train_action_->setEnabled(train_->isEnabled());
  refine_->setVisible(plan_.can_refine());
  train_->setVisible(!refine_->isVisibleTo(this));
  if (!workspace.dataset()) {
    note_->setText(tr("Open photos or a dataset to cut its scene into blocks."));
  } else if (!problem.isEmpty()) {
    note_->setText(problem);
  } else {
    std::vector<double> loads;
    for (const auto& block : plan_.blocks()) loads.push_back(block.load);
    const double uneven = loads.size() == plan_.partition()->cells()
                              ? reconstruct::balance_of(*plan_.partition(), loads).max_over_mean
                              : 0;
    note_->setText(tr("The heaviest block has %1 times the mean load. All of them take about %2, and %3 on the disk.")
                       .arg(uneven, 0, 'f', 2)
                       .arg(clock_text(plan_.seconds()), bytes_text(plan_.disk())));
  }
  show_seams();
  update_progress();
}

void PlanPanel::show_seams() {
  const QString file = QString::fromStdString((studio_.workspace.run() / "seams.png").string());
  const bool there = plan_.is_the_runs() && !studio_.workspace.busy() && QFileInfo::exists(file);
  seams_->setVisible(there);
  map_->set_seams(there && seams_->isChecked() ? QImage(file) : QImage());
}

void PlanPanel::update_progress() {
  const Workspace& workspace = studio_.workspace;
  if (!plan_.is_the_runs() && !workspace.trains_blocks()) {
    states_.forget();
    return table_->set_states({});
  }
  const fs::path run = workspace.run();
  const std::uint32_t cells = plan_.partition() ? plan_.partition()->cells() : 0;
  states_.ask([this, run, cells]() -> Background::Answer {
    return [this, states = states_of(run, cells)] { table_->set_states(states); };
  });
}

QStringList PlanPanel::states_of(const fs::path& run, std::uint32_t cells) {
  using Is = reconstruct::JobState::Is;
  std::vector<reconstruct::JobState> jobs(cells);
  std::error_code error;
  if (fs::is_directory(run / "jobs", error)) try {
      reconstruct::BlockJobs folder(run, std::vector<double>(cells, 1));
      folder.look();
      for (std::uint32_t i = 0; i < cells; ++i) jobs[i] = folder.state(i);
    } catch (const scene::Error&) {
      // A folder that cannot be written tells less.
    }
  QStringList states;
  for (std::uint32_t i = 0; i < cells; ++i) {
    const std::string state = reconstruct::run_state(reconstruct::block_folder(run, i));
    if (jobs[i].is == Is::running)
      states << tr("training, %1 %").arg(100 * jobs[i].progress.share, 0, 'f', 0);
    else
      states << (state == "finished" ? tr("finished") : state.empty() ? tr("waits") : tr("interrupted"));
  }
  return states;
}

void PlanPanel::start() {
  Workspace& workspace = studio_.workspace;
  if (!plan_.partition() || !plan_.problem().isEmpty()) return studio_.fail(plan_.problem());
  if (!workspace.may_leave(tr("Training makes a model of its own."))) return;
  if (plan_.is_the_runs() && workspace.block_plan())
    workspace.train_blocks(*workspace.block_plan(), workspace.run());
  else
    workspace.train_blocks(plan_.plan(), workspace.next_run());
}

void PlanPanel::refine() {
  if (studio_.workspace.may_leave(tr("Training makes a model of its own."))) plan_.refine();
}

void PlanPanel::write() {
  if (plan_.partition() && plan_.problem().isEmpty()) studio_.workspace.write_plan(plan_.plan());
}

}  // namespace tessera::app
