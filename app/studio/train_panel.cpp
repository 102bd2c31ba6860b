#include "app/studio/train_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <cmath>

#include "app/studio/memory_forecast.h"
#include "app/studio/option_table.h"
#include "app/studio/options_view.h"
#include "reconstruct/run/inputs.h"
#include "scene/error.h"

namespace tessera::app {
namespace fs = std::filesystem;
using State = Workspace::State;

QString clock_text(double seconds) {
  const auto whole = static_cast<long long>(std::lround(std::max(seconds, 0.0)));
  const QChar zero('0');
  if (whole >= 3600)
    return QString("%1:%2:%3").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, zero).arg(whole % 60, 2, 10, zero);
  return QString("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, zero);
}

TrainPanel::TrainPanel(Studio& studio, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      workspace_(studio.workspace),
      table_(new OptionTable(this)),
      preset_(new QComboBox),
      folder_(new QLineEdit),
      start_(new QPushButton(tr("Start training"))),
      pause_(new QPushButton(tr("Pause"))),
      step_(new QPushButton(tr("Step"))),
      stop_(new QPushButton(tr("Stop"))),
      bar_(new QProgressBar),
      status_(new QLabel),
      forecast_(new MemoryForecast),
      options_view_(new OptionsView(*table_)) {
  table_->setObjectName("option_table");
  preset_->addItem(tr("Draft: minutes, for a first look"), "draft");
  preset_->addItem(tr("Standard"), "standard");
  preset_->addItem(tr("High: slower, finer"), "high");
  preset_->setCurrentIndex(1);
  preset_->setObjectName("preset");
  preset_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);  // the dock may be narrow
  preset_->setToolTip(tr("A set of values for all options"));
  folder_->setObjectName("run_folder");
  folder_->setToolTip(tr("The folder that the run makes: model, scores, checkpoints"));
  start_->setDefault(true);
  start_->setObjectName("start");
  pause_->setObjectName("pause");
  step_->setObjectName("step");
  step_->setToolTip(tr("One iteration, then paused again"));
  stop_->setObjectName("stop");
  stop_->setToolTip(tr("Saves a checkpoint, from which the run can be resumed"));
  status_->setWordWrap(true);
  status_->setObjectName("train_status");
  bar_->setObjectName("train_progress");
  bar_->setAccessibleName(tr("Progress of the job"));
  bar_->setVisible(false);
  make_layout();

  connect(preset_, &QComboBox::currentIndexChanged, this, &TrainPanel::take_preset);
  connect(folder_, &QLineEdit::textChanged, this, &TrainPanel::update_state);
  connect(table_, &OptionTable::edited, this, &TrainPanel::show_options);
  connect(table_, &OptionTable::dataChanged, this, &TrainPanel::options_changed);
  connect(table_, &OptionTable::refused, this, [this](const QString& message) {
    studio_.fail(message);
    show_options();
  });
  connect(start_, &QPushButton::clicked, this, &TrainPanel::start);
  connect(pause_, &QPushButton::clicked, this, &TrainPanel::pause_or_resume);
  connect(step_, &QPushButton::clicked, &workspace_, &Workspace::step);
  connect(stop_, &QPushButton::clicked, &workspace_, &Workspace::stop);
  connect(&workspace_, &Workspace::state_changed, this, [this](State state) {
    const auto options = workspace_.run_options();
    if (state == State::paused && options) table_->set_options(*options);
    update_state();
    show_options();
  });
  connect(&workspace_, &Workspace::progressed, this, &TrainPanel::show_progress);
  connect(&workspace_, &Workspace::stepped, this, [this](const reconstruct::TrainMetrics& m) {
    last_step_ = m.step;
    if (workspace_.state() == State::paused) show_step();
  });
  connect(&workspace_, &Workspace::noted, status_, &QLabel::setText);
  connect(&workspace_, &Workspace::finished, status_, &QLabel::setText);
  connect(&workspace_, &Workspace::opened, this, &TrainPanel::show_opened);
  // The project may stand elsewhere than was meant.
  connect(&workspace_, &Workspace::project_changed, this,
          [this] { folder_->setText(QString::fromStdString(workspace_.run().string())); });
  make_actions();
  take_preset();
  update_state();
}

void TrainPanel::add_field(QFormLayout& form, const QString& label, const char* option, int low, int high, int step) {
  auto* box = new QSpinBox;
  box->setRange(low, high);
  box->setGroupSeparatorShown(true);
  box->setSingleStep(step);
  box->setObjectName(option);
  form.addRow(label, box);
  fields_.push_back({option, box});
  connect(box, &QSpinBox::valueChanged, this, [this, option](int n) { table_->set(option, QString::number(n)); });
}

void TrainPanel::make_layout() {
  auto* inside = new QWidget;
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->setVerticalSpacing(4);
  form->addRow(tr("&Preset"), preset_);
  add_field(*form, tr("Step&s"), "iterations", 1, 10'000'000, 500);
  add_field(*form, tr("&Most splats"), "max_splats", 100, 100'000'000, 50'000);
  add_field(*form, tr("Photo si&ze, pixels"), "max_image_size", 16, 65536, 200);
  add_field(*form, tr("SH &degree"), "sh_degree", 0, 3, 1);
  form->addRow(tr("&Run folder"), folder_);
  buttons_ = new QWidget;
  auto* buttons = new QGridLayout(buttons_);
  buttons->setContentsMargins(0, 0, 0, 0);
  buttons->addWidget(pause_, 0, 0, 1, 2);
  buttons->addWidget(step_, 1, 0);
  buttons->addWidget(stop_, 1, 1);
  auto* advanced = new QCheckBox(tr("Show &all options"));
  advanced->setObjectName("advanced");
  advanced->setToolTip(tr("A table of every option of a training run"));
  auto* layout = new QVBoxLayout(inside);
  layout->setSpacing(6);
  layout->addLayout(form);
  layout->addWidget(forecast_);
  layout->addWidget(start_);
  layout->addWidget(buttons_);
  layout->addWidget(bar_);
  layout->addWidget(status_);
  layout->addWidget(advanced);
  layout->addWidget(options_view_, 1);
  layout->addStretch(0);
  options_view_->setVisible(false);
  connect(advanced, &QCheckBox::toggled, options_view_, &QWidget::setVisible);
  auto* area = new QScrollArea;
  area->setObjectName("train_area");
  area->setWidget(inside);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setFocusPolicy(Qt::NoFocus);
  // Nothing is cut off, whatever the buttons say, with the scroll bar beside them.
  pause_->setText(tr("Continue with changes"));
  area->setMinimumWidth(inside->minimumSizeHint().width() + area->verticalScrollBar()->sizeHint().width());
  auto* around = new QVBoxLayout(this);
  around->setContentsMargins(0, 0, 0, 0);
  around->addWidget(area);
}

void TrainPanel::make_actions() {
  using Menu = Actions::Menu;
  Actions& actions = studio_.actions;
  start_action_ = actions.add(Menu::train, tr("&Start or Resume Training"), QKeySequence(Qt::CTRL | Qt::Key_Return),
                              [this] { start(); });
  pause_action_ = actions.add(Menu::train, tr("&Pause or Continue"), QKeySequence(Qt::CTRL | Qt::Key_P),
                              [this] { pause_or_resume(); });
  step_action_ = actions.add(Menu::train, tr("Take &One Step"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P),
                             [this] { workspace_.step(); });
  stop_action_ =
      actions.add(Menu::train, tr("S&top"), QKeySequence(Qt::CTRL | Qt::Key_Period), [this] { workspace_.stop(); });
  new_action_ = actions.add(Menu::train, tr("&New Run"), {}, [this] {
    folder_->setText(QString::fromStdString(workspace_.next_run().string()));
    take_preset();
    update_state();
  });
}

void TrainPanel::take_preset() {
  reconstruct::TrainOptions options;
  reconstruct::apply_preset(options, preset_->currentData().toString().toStdString());
  table_->set_options(options);
  update_base();
  show_options();
}

void TrainPanel::show_opened() {
  status_->clear();
  last_step_ = 0;
  if (!workspace_.run().empty()) {
    folder_->setText(QString::fromStdString(workspace_.run().string()));
    try {
      table_->set_options(is_plan() ? workspace_.block_plan()->options
                                    : reconstruct::plan_resumed(workspace_.run(), workspace_.dataset()->root).options);
    } catch (const scene::Error&) {
      // Nothing to go on from: what is shown is for a new run.
    }
  } else {
    folder_->setText(QString::fromStdString(workspace_.next_run().string()));
  }
  update_state();
  show_options();
}

void TrainPanel::update_base() {
  const State state = workspace_.state();
  const auto running = workspace_.run_options();
  bool begun = running.has_value();
  try {
    if (running) {
      table_->set_base(*running);
    } else if (can_resume()) {
      const reconstruct::Plan plan = reconstruct::plan_resumed(workspace_.run());
      table_->set_base(plan.options);
      begun = plan.from_checkpoint;
    } else {
      reconstruct::TrainOptions preset;
      reconstruct::apply_preset(preset, preset_->currentData().toString().toStdString());
      table_->set_base(preset);
    }
  } catch (const scene::Error&) {
    // start() says what is wrong with the run.
  }
  table_->set_begun(begun);
  table_->set_locked(state != State::idle && !(state == State::paused && running));
  if (begun)
    options_view_->set_reset_text(tr("Undo changes"), tr("All options as the run has them"));
  else
    options_view_->set_reset_text(tr("Reset"), tr("All options as the preset has them"));
}

void TrainPanel::show_options() {
  const State state = workspace_.state();
  for (const Field& field : fields_) {
    const QSignalBlocker blocker(field.box);
    const QModelIndex value = table_->index(OptionTable::row_of(field.option), OptionTable::value_column);
    field.box->setValue(value.data().toInt());
    field.box->setEnabled(table_->flags(value) & Qt::ItemIsEditable);
    field.box->setToolTip(value.data(Qt::ToolTipRole).toString());
  }
  const bool changed = state == State::paused && !table_->changed().isEmpty();
  pause_->setText(state != State::paused ? tr("Pause") : changed ? tr("Continue with changes") : tr("Continue"));
  pause_->setToolTip(changed ? tr("By way of a checkpoint: %1").arg(table_->changed().join(", "))
                             : tr("Keeps everything in memory"));
  pause_->setDefault(state == State::paused);
  if (state == State::idle || state == State::paused)
    forecast_->show_need(workspace_.dataset(), table_->options(), state == State::paused || can_resume());
}

std::pair<std::string, reconstruct::TrainOptions> TrainPanel::chosen() const {
  return {preset_->currentData().toString().toStdString(), table_->options()};
}

bool TrainPanel::is_plan() const {
  return !workspace_.run().empty() && folder_->text().toStdString() == workspace_.run().string() &&
         reconstruct::has_block_plan(workspace_.run());
}

bool TrainPanel::can_resume() const {
  const fs::path& run = workspace_.run();
  if (run.empty() || folder_->text().toStdString() != run.string()) return false;
  if (is_plan()) return !reconstruct::run_state(run).empty();
  // One that was killed before its first checkpoint begins again.
  return reconstruct::TrainingSession::has_checkpoint(run) || reconstruct::run_state(run) == "training";
}

bool TrainPanel::is_finished() const { return can_resume() && reconstruct::run_state(workspace_.run()) == "finished"; }

void TrainPanel::start() {
  const auto dataset = workspace_.dataset();
  if (!dataset || workspace_.busy()) return;
  const reconstruct::TrainOptions& options = table_->options();
  try {
    if (is_plan()) {
      if (!workspace_.may_leave(tr("Training makes a model of its own."))) return;
      return workspace_.train_blocks(reconstruct::read_block_plan(workspace_.run()), workspace_.run());
    }
    reconstruct::Plan plan;
    if (can_resume()) {
      plan = reconstruct::plan_resumed(workspace_.run(), dataset->root);
      if (is_finished() && options.iterations <= plan.options.iterations)
        return studio_.fail(tr("The run has had its %1 steps: give more to train it further, or another run folder.")
                                .arg(plan.options.iterations));
      plan.options = options;  // what the run does not take, it says
    } else {
      plan = reconstruct::plan_new(dataset->root, folder_->text().trimmed().toStdString(),
                                   preset_->currentData().toString().toStdString());
      plan.options = options;
    }
    if (!workspace_.may_leave(tr("Training goes on with the model as it was trained, not with the cleaned one.")))
      return;
    workspace_.start(std::move(plan));
  } catch (const scene::Error& e) {
    studio_.fail(QString::fromUtf8(e.what()));
  }
}

void TrainPanel::pause_or_resume() {
  if (workspace_.state() != State::paused) return workspace_.pause();
  if (workspace_.run_options() && !table_->changed().isEmpty())
    workspace_.resume_with(table_->options());
  else
    workspace_.resume();
}

void TrainPanel::update_state() {
  const State state = workspace_.state();
  const bool idle = state == State::idle, paused = state == State::paused;
  update_base();
  start_->setEnabled(idle && workspace_.dataset() && !workspace_.read_only() && !(is_plan() && is_finished()));
  start_->setText(is_finished() ? tr("Train further") : can_resume() ? tr("Resume training") : tr("Start training"));
  start_->setDefault(idle);
  start_->setVisible(idle);
  buttons_->setVisible(!idle);
  pause_->setEnabled((state == State::training && !workspace_.trains_blocks()) || paused);
  step_->setEnabled(paused);
  stop_->setEnabled(!idle);
  preset_->setEnabled(idle);
  folder_->setEnabled(idle);
  bar_->setVisible(!idle);
  if (paused) show_step();
  start_action_->setEnabled(start_->isEnabled());
  new_action_->setEnabled(start_->isEnabled() && !workspace_.next_run().empty());
  pause_action_->setEnabled(pause_->isEnabled());
  step_action_->setEnabled(step_->isEnabled());
  stop_action_->setEnabled(stop_->isEnabled());
}

void TrainPanel::show_progress(const QString& stage, double done, double total, double seconds_left,
                               const QString& detail) {
  bar_->setRange(0, total > 0 ? 1000 : 0);
  if (total > 0) bar_->setValue(static_cast<int>(1000 * done / total));
  bar_->setFormat(stage + " %p%");
  if (workspace_.state() == State::paused) return;
  QString text = detail;
  if (seconds_left >= 0) text = tr("%1 left").arg(clock_text(seconds_left)) + (text.isEmpty() ? "" : ", ") + text;
  status_->setText(text);
}

void TrainPanel::show_step() {
  status_->setText(last_step_ > 0 ? tr("Paused after step %1").arg(QLocale().toString(last_step_)) : tr("Paused"));
}

}  // namespace tessera::app
