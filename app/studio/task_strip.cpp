#include "app/studio/task_strip.h"

#include <QDesktopServices>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QUrl>
#include <algorithm>
#include <cmath>

namespace tessera::app {
namespace {

constexpr int kSteps = 1000;            // of a progress bar
constexpr int kResultShownMs = 20'000;  // long enough to be found after looking elsewhere

QString left_text(double seconds) {
  if (seconds < 0) return {};
  if (seconds < 90) return TaskStrip::tr("about %1 s left").arg(std::max(1, static_cast<int>(std::lround(seconds))));
  if (seconds < 5400) return TaskStrip::tr("about %1 min left").arg(static_cast<int>(std::lround(seconds / 60)));
  return TaskStrip::tr("about %1 h left").arg(seconds / 3600, 0, 'f', 1);
}

}  // namespace

TaskStrip::TaskStrip(Studio& studio)
    : QToolBar(tr("Exports"), &studio.window), studio_(studio), rows_(new QVBoxLayout) {
  setObjectName("bar_tasks");
  setMovable(false);
  toggleViewAction()->setVisible(false);  // it shows where there is something to show, and only there
  auto* body = new QWidget;
  body->setLayout(rows_);
  rows_->setContentsMargins(0, 0, 0, 0);
  rows_->setSpacing(4);
  addWidget(body);
  studio.window.addToolBar(Qt::BottomToolBarArea, this);
  hide();
  studio.window.installEventFilter(this);
  // The layout of another day, which the window is about to restore, may have had it shown.
  QTimer::singleShot(0, this, [this] { setVisible(!tasks_.empty()); });
}

TaskStrip::~TaskStrip() {
  for (BackgroundTask* task : tasks_) task->cancel();
  for (BackgroundTask* task : std::exchange(tasks_, {})) delete task;
}

bool TaskStrip::busy() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [](const BackgroundTask* task) { return task->running(); });
}

BackgroundTask* TaskStrip::run(const QString& title, const std::filesystem::path& file, BackgroundTask::Work work) {
  auto* task = new BackgroundTask(title, std::move(work));
  tasks_.push_back(task);
  add_row(task, file);
  show();
  studio_.log(title);
  return task;
}

void TaskStrip::add_row(BackgroundTask* task, const std::filesystem::path& file) {
  auto* row = new QWidget;
  auto* label = new QLabel(task->title());
  label->setObjectName("task_text");
  auto* bar = new QProgressBar;
  bar->setObjectName("task_progress");
  bar->setAccessibleName(task->title());
  bar->setRange(0, 0);
  bar->setMinimumWidth(160);
  auto* left = new QLabel;
  left->setObjectName("task_left");
  left->setMinimumWidth(left->fontMetrics().horizontalAdvance(tr("about %1 min left").arg(888)));
  auto* folder = new QPushButton(tr("Open &Folder"));
  folder->setObjectName("task_folder");
  folder->hide();
  auto* button = new QPushButton(tr("Cancel"));
  button->setObjectName("task_cancel");
  button->setAccessibleName(tr("Cancel: %1").arg(task->title()));
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(4, 0, 4, 0);
  layout->setSpacing(12);
  layout->addWidget(label);
  layout->addWidget(bar, 1);
  layout->addWidget(left);
  layout->addWidget(folder);
  layout->addWidget(button);
  rows_->addWidget(row);

  connect(task, &BackgroundTask::progressed, row, [bar, left](double done, double total, double seconds) {
    bar->setRange(0, total > 0 ? kSteps : 0);
    if (total > 0) bar->setValue(static_cast<int>(kSteps * done / total));
    left->setText(left_text(seconds));
  });
  connect(task, &BackgroundTask::warned, row,
          [this](const QString& line) { studio_.log(tr("Warning: %1").arg(line)); });
  connect(button, &QPushButton::clicked, row, [this, task, row, button, left] {
    if (!task->running()) return drop(task, row);
    task->cancel();
    button->setEnabled(false);
    left->setText(tr("cancelling"));
  });
  connect(folder, &QPushButton::clicked, row, [file] {
    QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(file.parent_path().string())));
  });
  connect(task, &BackgroundTask::finished, row, [=, this](const QString& line) {
    label->setText(line);
    bar->hide(), left->hide();
    static_cast<QHBoxLayout*>(row->layout())->setStretchFactor(label, 1);
    folder->setVisible(!file.empty());
    button->setText(tr("Dismiss"));
    button->setAccessibleName(tr("Dismiss: %1").arg(line));
    studio_.say(line), studio_.log(line);
    QTimer::singleShot(closing_ ? 0 : kResultShownMs, row, [=, this] { drop(task, row); });
  });
  connect(task, &BackgroundTask::failed, row, [=, this](const QString& message) {
    closing_ = false;  // the message is to be read
    drop(task, row);
    studio_.fail(message);
  });
  connect(task, &BackgroundTask::cancelled, row, [=, this] {
    studio_.say(tr("Cancelled: %1").arg(task->title())), studio_.log(tr("Cancelled: %1").arg(task->title()));
    drop(task, row);
  });
}

void TaskStrip::drop(BackgroundTask* task, QWidget* row) {
  std::erase(tasks_, task);
  task->deleteLater();
  row->hide();
  row->deleteLater();
  setVisible(!tasks_.empty());
  if (closing_ && !busy()) QTimer::singleShot(0, &studio_.window, &QWidget::close);
}

bool TaskStrip::may_close() {
  if (!busy()) return true;
  auto* box = new QMessageBox(QMessageBox::Question, tr("A file is being written"),
                              tr("An export is under way. Quit when it is done, or cancel it and quit now? A cancelled "
                                 "export leaves no file behind."),
                              QMessageBox::NoButton, &studio_.window);
  box->setObjectName("ask_export");
  box->setAttribute(Qt::WA_DeleteOnClose);
  const QPushButton* wait = box->addButton(tr("Quit When &Done"), QMessageBox::AcceptRole);
  const QPushButton* stop = box->addButton(tr("&Cancel Export and Quit"), QMessageBox::DestructiveRole);
  box->addButton(tr("&Stay"), QMessageBox::RejectRole);
  connect(box, &QMessageBox::buttonClicked, this, [this, wait, stop](QAbstractButton* button) {
    if (button != static_cast<const QAbstractButton*>(wait) && button != static_cast<const QAbstractButton*>(stop))
      return;
    closing_ = true;
    if (button == static_cast<const QAbstractButton*>(stop))
      for (BackgroundTask* task : tasks_) task->cancel();
    if (!busy()) QTimer::singleShot(0, &studio_.window, &QWidget::close);  // it has ended meanwhile
  });
  box->open();
  return false;
}

bool TaskStrip::eventFilter(QObject* watched, QEvent* event) {
  if (watched == &studio_.window && event->type() == QEvent::Close && !may_close()) {
    event->ignore();
    return true;
  }
  return QToolBar::eventFilter(watched, event);
}

}  // namespace tessera::app
