#include "app/studio/train_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <cmath>

#include "reconstruct/run/inputs.h"
#include "scene/error.h"

namespace tessera::app {
namespace fs = std::filesystem;

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
      preset_(new QComboBox),
      iterations_(new QSpinBox),
      max_splats_(new QSpinBox),
      folder_(new QLineEdit),
      start_(new QPushButton(tr("Start training"))),
      pause_(new QPushButton(tr("Pause"))),
      stop_(new QPushButton(tr("Stop"))),
      bar_(new QProgressBar),
      status_(new QLabel),
      table_(new QTableWidget(0, 2)) {
  preset_->addItem(tr("Draft: minutes, for a first look"), "draft");
  preset_->addItem(tr("Standard"), "standard");
  preset_->addItem(tr("High: slower, finer"), "high");
  preset_->setCurrentIndex(1);
  preset_->setObjectName("preset");
  iterations_->setRange(1, 10'000'000);
  iterations_->setGroupSeparatorShown(true);
  iterations_->setSingleStep(500);
  iterations_->setObjectName("iterations");
  max_splats_->setRange(100, 100'000'000);
  max_splats_->setGroupSeparatorShown(true);
  max_splats_->setSingleStep(50'000);
  max_splats_->setObjectName("max_splats");
  folder_->setObjectName("run_folder");
  folder_->setToolTip(tr("The folder that the run makes: model, scores, checkpoints"));
  start_->setDefault(true);
  start_->setObjectName("start");
  pause_->setObjectName("pause");
  stop_->setObjectName("stop");
  status_->setWordWrap(true);
  status_->setObjectName("train_status");
  table_->setObjectName("options");
  table_->setAccessibleName(tr("All options"));
  table_->setHorizontalHeaderLabels({tr("Option"), tr("Value")});
  table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  table_->verticalHeader()->hide();
  table_->setVisible(false);
  bar_->setVisible(false);

  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(tr("&Preset"), preset_);
  form->addRow(tr("S&teps"), iterations_);
  form->addRow(tr("&Most splats"), max_splats_);
  form->addRow(tr("&Run folder"), folder_);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(start_, 2);
  buttons->addWidget(pause_, 1);
  buttons->addWidget(stop_, 1);
  auto* advanced = new QCheckBox(tr("Show &all options"));
  advanced->setObjectName("advanced");
  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(10);
  layout->addLayout(form);
  layout->addLayout(buttons);
  layout->addWidget(bar_);
  layout->addWidget(status_);
  layout->addWidget(advanced);
  layout->addWidget(table_, 1);
  layout->addStretch(0);

  connect(advanced, &QCheckBox::toggled, table_, &QWidget::setVisible);
  connect(preset_, &QComboBox::currentIndexChanged, this, &TrainPanel::take_preset);
  connect(iterations_, &QSpinBox::valueChanged, this, [this](int n) { options_.iterations = n, fill_table(); });
  connect(max_splats_, &QSpinBox::valueChanged, this, [this](int n) { options_.max_splats = n, fill_table(); });
  connect(table_, &QTableWidget::cellChanged, this, [this](int row, int) { edit_option(row); });
  connect(start_, &QPushButton::clicked, this, &TrainPanel::start);
  connect(pause_, &QPushButton::clicked, this, &TrainPanel::pause_or_resume);
  connect(stop_, &QPushButton::clicked, &workspace_, &Workspace::stop);
  connect(&workspace_, &Workspace::state_changed, this, &TrainPanel::update_state);
  connect(&workspace_, &Workspace::progressed, this, &TrainPanel::show_progress);
  connect(&workspace_, &Workspace::noted, status_, &QLabel::setText);
  connect(&workspace_, &Workspace::finished, status_, &QLabel::setText);
  connect(&workspace_, &Workspace::opened, this, [this] {
    status_->clear();
    if (!workspace_.run().empty()) {
      take_run();
    } else {
      folder_->setText(QString::fromStdString(workspace_.next_run().string()));
    }
    update_state();
  });
  // The project may stand elsewhere than was meant.
  connect(&workspace_, &Workspace::project_changed, this,
          [this] { folder_->setText(QString::fromStdString(workspace_.run().string())); });
  using Menu = Actions::Menu;
  start_action_ = studio.actions.add(Menu::train, tr("&Start or Resume Training"),
                                     QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { start(); });
  pause_action_ = studio.actions.add(Menu::train, tr("&Pause or Continue"), QKeySequence(Qt::CTRL | Qt::Key_P),
                                     [this] { pause_or_resume(); });
  stop_action_ = studio.actions.add(Menu::train, tr("S&top"), QKeySequence(Qt::CTRL | Qt::Key_Period),
                                    [this] { workspace_.stop(); });
  new_action_ = studio.actions.add(Menu::train, tr("&New Run"), {}, [this] {
    folder_->setText(QString::fromStdString(workspace_.next_run().string()));
    take_preset();
    update_state();
  });
  take_preset();
  update_state();
}

void TrainPanel::take_preset() {
  options_ = {};
  reconstruct::apply_preset(options_, preset_->currentData().toString().toStdString());
  show_options();
}

void TrainPanel::take_run() {
  folder_->setText(QString::fromStdString(workspace_.run().string()));
  try {
    options_ = reconstruct::plan_resumed(workspace_.run(), workspace_.dataset()->root).options;
  } catch (const scene::Error&) {
    // Nothing to go on from: what is shown is for a new run.
  }
  show_options();
}

void TrainPanel::show_options() {
  const QSignalBlocker one(iterations_), other(max_splats_);
  iterations_->setValue(options_.iterations);
  max_splats_->setValue(options_.max_splats);
  fill_table();
}

void TrainPanel::fill_table() {
  filling_ = true;
  const auto& rows = reconstruct::train_options_table().rows();
  table_->setRowCount(static_cast<int>(rows.size()));
  for (int i = 0; i < table_->rowCount(); ++i) {
    const auto& row = rows[static_cast<std::size_t>(i)];
    auto* name = new QTableWidgetItem(QString::fromStdString(row.spec.name));
    name->setFlags(Qt::ItemIsEnabled);
    const QString tip = QString::fromStdString(row.spec.help + " [" + row.spec.range + "]");
    name->setToolTip(tip);
    auto* value = new QTableWidgetItem(QString::fromStdString(row.get(options_)));
    value->setToolTip(tip);
    table_->setItem(i, 0, name);
    table_->setItem(i, 1, value);
  }
  filling_ = false;
}

void TrainPanel::edit_option(int row) {
  if (filling_) return;
  try {
    reconstruct::train_options_table().set(options_, table_->item(row, 0)->text().toStdString(),
                                           table_->item(row, 1)->text().trimmed().toStdString());
  } catch (const scene::Error& e) {
    studio_.fail(QString::fromUtf8(e.what()));
  }
  show_options();
}

bool TrainPanel::can_resume() const {
  const fs::path& run = workspace_.run();
  if (run.empty() || folder_->text().toStdString() != run.string()) return false;
  // One that was killed before its first checkpoint begins again.
  return reconstruct::TrainingSession::has_checkpoint(run) || reconstruct::run_state(run) == "training";
}

bool TrainPanel::is_finished() const { return can_resume() && reconstruct::run_state(workspace_.run()) == "finished"; }

void TrainPanel::start() {
  const auto dataset = workspace_.dataset();
  if (!dataset || workspace_.busy()) return;
  try {
    reconstruct::Plan plan;
    if (can_resume()) {
      plan = reconstruct::plan_resumed(workspace_.run(), dataset->root);
      if (is_finished() && options_.iterations <= plan.options.iterations)
        return studio_.fail(tr("The run has had its %1 steps: give more to train it further, or another run folder.")
                                .arg(plan.options.iterations));
      plan.options = options_;  // what the run does not take, it says
    } else {
      plan = reconstruct::plan_new(dataset->root, folder_->text().trimmed().toStdString(),
                                   preset_->currentData().toString().toStdString());
      plan.options = options_;
    }
    workspace_.start(std::move(plan));
  } catch (const scene::Error& e) {
    studio_.fail(QString::fromUtf8(e.what()));
  }
}

void TrainPanel::pause_or_resume() {
  if (workspace_.state() == Workspace::State::paused)
    workspace_.resume();
  else
    workspace_.pause();
}

void TrainPanel::update_state() {
  using State = Workspace::State;
  const State state = workspace_.state();
  const bool idle = state == State::idle;
  start_->setEnabled(idle && workspace_.dataset() && !workspace_.read_only());
  start_->setText(is_finished() ? tr("Train further") : can_resume() ? tr("Resume training") : tr("Start training"));
  pause_->setEnabled(state == State::training || state == State::paused);
  pause_->setText(state == State::paused ? tr("Continue") : tr("Pause"));
  stop_->setEnabled(!idle);
  for (QWidget* field :
       {static_cast<QWidget*>(preset_), static_cast<QWidget*>(iterations_), static_cast<QWidget*>(max_splats_),
        static_cast<QWidget*>(folder_), static_cast<QWidget*>(table_)})
    field->setEnabled(idle);
  bar_->setVisible(!idle);
  start_action_->setEnabled(start_->isEnabled());
  new_action_->setEnabled(start_->isEnabled() && !workspace_.next_run().empty());
  pause_action_->setEnabled(pause_->isEnabled());
  stop_action_->setEnabled(stop_->isEnabled());
}

void TrainPanel::show_progress(const QString& stage, double done, double total, double seconds_left,
                               const QString& detail) {
  bar_->setRange(0, total > 0 ? 1000 : 0);
  if (total > 0) bar_->setValue(static_cast<int>(1000 * done / total));
  bar_->setFormat(stage + " %p%");
  QString text = detail;
  if (seconds_left >= 0) text = tr("%1 left").arg(clock_text(seconds_left)) + (text.isEmpty() ? "" : ", ") + text;
  status_->setText(text);
}

}  // namespace tessera::app
