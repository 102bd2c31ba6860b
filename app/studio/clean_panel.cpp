#include "app/studio/clean_panel.h"

#include <QAction>
#include <QButtonGroup>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QEventLoop>
#include <QFileDialog>
#include <QHideEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QShowEvent>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/studio/theme.h"

namespace tessera::app {
namespace fs = std::filesystem;
namespace {

constexpr double kBoxSteps = 100;    // of which a box's number shows three digits
constexpr double kRoomAround = 1.1;  // of the box that is offered first
constexpr double kRadiusStep = 1.25;

QString number(std::size_t n) { return QLocale().toString(static_cast<qulonglong>(n)); }

TintedModel::Color components(const QColor& c) {
  return {static_cast<float>(c.redF()), static_cast<float>(c.greenF()), static_cast<float>(c.blueF())};
}

QString dot(const QColor& color) {
  return QString("<span style='color:%1'>%2</span>").arg(color.name()).arg(QChar(0x25CF));
}

double degrees_of(const glm::dquat& scene_from_box) {
  const glm::dvec3 x = scene_from_box * glm::dvec3(1, 0, 0);
  return glm::degrees(std::atan2(x.y, x.x));
}

}  // namespace

CleanPanel::CleanPanel(Studio& studio, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      workspace_(&studio.workspace),
      layer_(studio.viewport),
      reason_(new QLabel),
      hint_(new QLabel),
      matching_(new QLabel),
      selected_(new QLabel),
      suggestion_text_(new QLabel),
      content_(new QWidget),
      tools_(new QButtonGroup(this)),
      radius_(new QSpinBox),
      suggestion_(new QFrame) {
  reason_->setObjectName("clean_reason");
  reason_->setWordWrap(true);
  reason_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // the dock may be narrower than its words
  reason_->setContentsMargins(10, 10, 10, 4);
  auto* inside = new QVBoxLayout(content_);
  inside->setContentsMargins(10, 8, 10, 10);
  inside->setSpacing(8);
  inside->addWidget(make_tools());
  for (QWidget* page : pages_) inside->addWidget(page);
  make_ranges(inside);
  make_counts(inside);
  make_buttons(inside);
  inside->addStretch(1);
  auto* scroll = new QScrollArea;
  scroll->setObjectName("clean_scroll");
  scroll->setAccessibleName(tr("Clean"));
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setWidget(content_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(reason_);
  layout->addWidget(scroll, 1);
  setStyleSheet(
      "QPushButton:checked { background: palette(highlight); color: palette(highlighted-text); }"
      "QPushButton { padding: 5px 8px; }");
  for (auto* box : findChildren<QAbstractSpinBox*>()) box->installEventFilter(this);
  make_commands();
  connect_parts();
  send_colors();
  take_tool(0);
  update_state();
}

CleanPanel::~CleanPanel() = default;

void CleanPanel::make_commands() {
  using Menu = Actions::Menu;
  Actions& actions = studio_.actions;
  undo_ =
      actions.add(Menu::edit, tr("&Undo"), QKeySequence(Qt::CTRL | Qt::Key_Z), [this] { edit(&CleanSession::undo); });
  redo_ = actions.add(Menu::edit, tr("&Redo"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z),
                      [this] { edit(&CleanSession::redo); });
  actions.add_separator(Menu::edit);
  delete_ = actions.add(Menu::edit, tr("&Delete Selected Splats"), QKeySequence(Qt::Key_Delete),
                        [this] { edit(&CleanSession::remove_selected); });
  crop_ = actions.add(Menu::edit, tr("&Keep Only the Box"), {}, [this] { crop(); });
  while_editing_ = {
      actions.add(Menu::edit, tr("&Invert the Selection"), QKeySequence(Qt::CTRL | Qt::Key_I),
                  [this] { edit(&CleanSession::invert); }),
      actions.add(Menu::edit, tr("Select &Nothing"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A),
                  [this] { edit(&CleanSession::select_none); }),
      actions.add(Menu::edit, tr("Suggest &Floaters"), {}, [this] { suggest(); }),
      actions.add(Menu::edit, tr("&Larger Brush"), QKeySequence(Qt::Key_BracketRight),
                  [this] { radius_->setValue(static_cast<int>(std::lround(radius_->value() * kRadiusStep))); }),
      actions.add(Menu::edit, tr("&Smaller Brush"), QKeySequence(Qt::Key_BracketLeft),
                  [this] { radius_->setValue(static_cast<int>(std::lround(radius_->value() / kRadiusStep))); })};
  actions.add(Menu::tools, tr("&Clean the Scene"), QKeySequence(Qt::Key_B), [this] {
    for (QWidget* w = this; w; w = w->parentWidget())
      if (auto* dock = qobject_cast<QDockWidget*>(w)) dock->show(), dock->raise();
  });
  save_ = actions.add(Menu::file, tr("Save &Cleaned Model..."), {}, [this] { save(); });
}

void CleanPanel::connect_parts() {
  Workspace& workspace = *workspace_;
  connect(&workspace, &Workspace::model_changed, this, &CleanPanel::take_model);
  connect(&workspace, &Workspace::state_changed, this, [this] {
    hand_over();
    if (isVisible()) load();
    update_state();
  });
  workspace.add_guard([this](const QString& why) { return may_leave(why); });
  connect(&session_, &CleanSession::measured, this, &CleanPanel::take_facts);
  connect(&session_, &CleanSession::updated, this, &CleanPanel::take_status);
  connect(&session_, &CleanSession::edited, this, [this](const std::shared_ptr<const scene::GaussianModel>& model) {
    edited_ = model;
    hand_over();
  });
  connect(&session_, &CleanSession::suggested, this, [this](const CleanSession::Suggestion& s) {
    QStringList reasons;
    const auto count = [&reasons](std::size_t n, const QString& text) {
      if (n > 0) reasons << QString("%1 %2").arg(number(n), text);
    };
    count(s.isolated, tr("alone"));
    count(s.huge, tr("huge"));
    count(s.faint, tr("nearly transparent"));
    count(s.rarely_seen, tr("seen by fewer than two photos"));
    suggestion_text_->setText(s.all == 0 ? tr("No floaters found.")
                                         : tr("%1 may be floaters: %2.").arg(number(s.all), reasons.join(", ")));
    findChild<QPushButton*>("clean_accept")->setEnabled(s.all > 0);
  });
  connect(&session_, &CleanSession::saved, this, [this](const QString& file) {
    studio_.say(tr("Saved %1").arg(file));
    studio_.log(tr("Saved the cleaned model, %1 splats: %2").arg(number(status_.splats), file));
  });
  connect(&session_, &CleanSession::failed, this, [this](const QString& message) { studio_.fail(message); });
  connect(tools_, &QButtonGroup::idClicked, this, &CleanPanel::take_tool);
  connect(&layer_, &CleanLayer::box_dragged, this, [this] {
    show_box_numbers();
    send_criteria();
  });
  connect(&layer_, &CleanLayer::painted, this, [this](const scene::Stroke& stroke, bool takes_away, bool done) {
    if (!can_edit()) return;
    suggestion_->hide();
    session_.paint(stroke, takes_away ? scene::Combine::subtract : scene::Combine::add, done);
  });
}

QString CleanPanel::why_not() const {
  using State = Workspace::State;
  const Workspace& w = *workspace_;
  if (w.state() == State::training || w.state() == State::paused)
    return tr(
        "Training is under way, and goes on with a model of its own: what you clean now, its next steps would "
        "bring back. Stop it, or wait until it has finished.");
  if (w.busy()) return tr("Something is being opened.");
  if (!w.model()) return tr("Open a model to clean it.");
  if (w.lod()) return tr("Levels of detail are to be looked at. Open the model that they were made from to clean it.");
  if (!w.is_trained()) return tr("These are the sparse points of the photos. What has been trained can be cleaned.");
  return {};
}

void CleanPanel::take_model() {
  const auto model = workspace_->model();
  if (model == own_) return;
  edited_.reset();
  if (loaded_) session_.set_model(nullptr, nullptr);
  own_ = model;
  loaded_ = measured_ = false;
  status_ = {};
  shown_ = model;
  suggestion_->hide();
  if (isVisible()) load();
  update_state();
}

void CleanPanel::load() {
  if (loaded_ || !why_not().isEmpty()) return;
  loaded_ = true;
  const auto dataset = workspace_->dataset();
  unit_ = dataset ? 1 / dataset->scene_from_world.scale : 1;
  session_.set_model(own_, dataset);
  update_state();
}

void CleanPanel::hand_over() {
  if (!edited_ || edited_ == own_ || workspace_->busy()) return;
  own_ = shown_ = edited_;
  workspace_->set_model(own_);
}

void CleanPanel::take_facts(const CleanSession::Facts& facts) {
  measured_ = true;
  for (std::size_t i = 0; i < ranges_.size(); ++i) ranges_[i]->set_spread(facts.spreads[i], i == 1 ? unit_ : 1);
  ranges_[2]->setVisible(!facts.spreads[2].bars.empty());
  bulk_ = facts.bulk;
  bulk_.half *= kRoomAround;
  const int decimals = decimals_for(unit_ * std::max({bulk_.half.x, bulk_.half.y, bulk_.half.z}) / kBoxSteps);
  for (std::size_t i = 0; i < 6; ++i) {
    const QSignalBlocker blocker(box_[i]);
    box_[i]->setDecimals(decimals);
    if (i >= 3) box_[i]->setMinimum(std::pow(10.0, -decimals));
  }
  layer_.set_box(bulk_);
  show_box_numbers();
  if (tools_->checkedId() == static_cast<int>(CleanLayer::Tool::box)) send_criteria();
  update_state();
}

void CleanPanel::take_status(const CleanSession::Status& status, std::shared_ptr<const scene::GaussianModel> tinted) {
  status_ = status;
  const bool in_step = own_ == workspace_->model() && (!edited_ || edited_ == own_);
  if (in_step) show(tinted && isVisible() ? std::move(tinted) : own_);
  update_state();
}

void CleanPanel::show(std::shared_ptr<const scene::GaussianModel> model) {
  if (model == shown_ || !model) return;
  shown_ = std::move(model);
  studio_.viewport.set_model(shown_);
}

void CleanPanel::update_state() {
  const QString reason = why_not();
  const bool can = can_edit();
  reason_->setText(!reason.isEmpty() ? reason
                   : loaded_         ? tr("Measuring %1 splats...").arg(number(own_ ? own_->size() : 0))
                                     : QString());
  reason_->setVisible(!can);
  content_->setEnabled(can);
  const auto tool = can && isVisible() ? static_cast<CleanLayer::Tool>(tools_->checkedId()) : CleanLayer::Tool::none;
  if (tool != layer_.tool()) layer_.set_tool(tool);
  const bool box = tool == CleanLayer::Tool::box;
  for (QPushButton* b : with_matches_) b->setEnabled(status_.matching > 0);
  for (QPushButton* b : with_selection_) b->setEnabled(status_.selected > 0);
  for (QPushButton* b : with_box_) b->setEnabled(box);
  undo_button_->setEnabled(!status_.undo.isEmpty());
  redo_button_->setEnabled(!status_.redo.isEmpty());
  save_button_->setEnabled(status_.changed);
  const bool ranged =
      std::any_of(ranges_.begin(), ranges_.end(), [](const RangeField* f) { return f->range().limits(); });
  matching_->setText(box && !ranged && suggestion_->isHidden()
                         ? tr("%1 %2 in the box").arg(dot(theme().text), number(status_.matching))
                         : tr("%1 %2 match").arg(dot(theme().matching), number(status_.matching)));
  selected_->setText(
      tr("%1 %2 selected of %3").arg(dot(theme().selected), number(status_.selected), number(status_.splats)));
  // The names of the edits, where people look for them.
  undo_->setText(status_.undo.isEmpty() ? tr("&Undo") : tr("&Undo %1").arg(status_.undo));
  redo_->setText(status_.redo.isEmpty() ? tr("&Redo") : tr("&Redo %1").arg(status_.redo));
  undo_->setEnabled(can && !status_.undo.isEmpty());
  redo_->setEnabled(can && !status_.redo.isEmpty());
  delete_->setEnabled(can && isVisible() && status_.selected > 0);
  crop_->setEnabled(can && isVisible() && box);
  save_->setEnabled(can && status_.changed);
  for (QAction* action : while_editing_) action->setEnabled(can && isVisible());
}

void CleanPanel::take_tool(int tool) {
  for (std::size_t i = 0; i < pages_.size(); ++i) pages_[i]->setVisible(static_cast<int>(i) == tool);
  update_state();
  send_criteria();
}

void CleanPanel::take_box_numbers() {
  scene::OrientedBox box = layer_.box();
  for (int c = 0; c < 3; ++c) {
    box.center[c] = box_[static_cast<std::size_t>(c)]->value() / unit_;
    box.half[c] = 0.5 * box_[static_cast<std::size_t>(c) + 3]->value() / unit_;
  }
  box.scene_from_box = glm::angleAxis(glm::radians(box_[6]->value()), glm::dvec3(0, 0, 1));
  layer_.set_box(box);
  send_criteria();
}

void CleanPanel::show_box_numbers() {
  const scene::OrientedBox& box = layer_.box();
  const double values[] = {unit_ * box.center.x,          unit_ * box.center.y,   unit_ * box.center.z,
                           2 * unit_ * box.half.x,        2 * unit_ * box.half.y, 2 * unit_ * box.half.z,
                           degrees_of(box.scene_from_box)};
  for (std::size_t i = 0; i < box_.size(); ++i) {
    const QSignalBlocker blocker(box_[i]);
    box_[i]->setValue(values[i]);
  }
}

void CleanPanel::send_criteria() {
  suggestion_->hide();
  if (!measured_) return;
  CleanSession::Criteria criteria;
  if (tools_->checkedId() == static_cast<int>(CleanLayer::Tool::box)) criteria.box = layer_.box();
  criteria.opacity = ranges_[0]->range(), criteria.size = ranges_[1]->range(), criteria.seen_by = ranges_[2]->range();
  session_.set_criteria(criteria);
}

void CleanPanel::suggest() {
  if (!can_edit()) return;
  suggestion_text_->setText(tr("Looking for floaters..."));
  findChild<QPushButton*>("clean_accept")->setEnabled(false);
  suggestion_->show();
  session_.suggest();
}

void CleanPanel::select(scene::Combine how) {
  suggestion_->hide();
  session_.select(how);
}

void CleanPanel::send_colors() {
  session_.set_colors({components(theme().matching), components(theme().selected), components(theme().viewport)});
}

void CleanPanel::edit(void (CleanSession::*run)()) {
  if (!can_edit()) return;
  suggestion_->hide();
  if (run == &CleanSession::remove_selected) status_.changed = true;  // until it says so
  (session_.*run)();
}

void CleanPanel::crop() {
  if (!can_edit() || layer_.tool() != CleanLayer::Tool::box) return;
  status_.changed = true;  // until the session says so
  session_.crop(layer_.box());
}

bool CleanPanel::save() {
  const Workspace& w = *workspace_;
  const fs::path& opened = w.path();
  const fs::path proposed = !w.run().empty() ? w.run() / "cleaned.ply"
                            : opened.extension() == ".ply"
                                ? opened.parent_path() / (opened.stem().string() + "-cleaned.ply")
                                : opened / "cleaned.ply";
  QString name = QFileDialog::getSaveFileName(window(), tr("Save the cleaned model"),
                                              QString::fromStdString(proposed.string()), tr("3DGS model (*.ply)"));
  if (name.isEmpty()) return false;
  if (!name.endsWith(".ply", Qt::CaseInsensitive)) name += ".ply";
  const fs::path file = name.toStdString();
  std::error_code error;
  if (file.filename() == "model.ply" && fs::exists(file.parent_path() / "run.json", error)) {
    studio_.fail(tr("%1: is what the run trained, and its scores speak of it; choose another name").arg(name));
    return false;
  }
  session_.save(file);
  return true;
}

bool CleanPanel::save_and_wait() {
  if (!save()) return false;
  QEventLoop loop;
  bool done = false;
  connect(&session_, &CleanSession::saved, &loop, [&] { done = true, loop.quit(); });
  connect(&session_, &CleanSession::failed, &loop, [&] { loop.quit(); });
  loop.exec(QEventLoop::ExcludeUserInputEvents);
  return done;
}

bool CleanPanel::may_leave(const QString& why) {
  if (!status_.changed) return true;
  QMessageBox box(QMessageBox::Question, "Tessera Studio", tr("Save the cleaned model?"),
                  QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, window());
  box.setObjectName("clean_unsaved");
  box.setInformativeText(tr("Splats have been deleted since it was opened or saved. %1").arg(why));
  box.setDefaultButton(QMessageBox::Save);
  const int answer = box.exec();
  return answer == QMessageBox::Discard || (answer == QMessageBox::Save && save_and_wait());
}

void CleanPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (event->spontaneous()) return;  // the window came back
  load();
  session_.set_shown(true);
  update_state();
}

void CleanPanel::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  if (event->spontaneous() || !workspace_) return;
  session_.set_shown(false);
  update_state();
}

void CleanPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && save_ && workspace_) send_colors(), update_state();
}

bool CleanPanel::eventFilter(QObject* watched, QEvent* event) {
  // A number's own undo would hide that of the model from whoever has just typed one.
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
      event->ignore();
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace tessera::app
