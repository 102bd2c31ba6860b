#include "app/studio/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

namespace tessera::app {
namespace {

QString title(const QAction& action) { return action.text().remove('&').remove("..."); }

}  // namespace

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent, Qt::Popup), actions_(actions), field_(new QLineEdit), list_(new QListWidget) {
  setObjectName("command_palette");
  setWindowTitle(tr("Commands"));
  resize(460, 340);
  field_->setPlaceholderText(tr("Type a command"));
  field_->setAccessibleName(tr("Command"));
  list_->setAccessibleName(tr("Commands that match"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addWidget(field_);
  layout->addWidget(list_);
  field_->installEventFilter(this);
  connect(field_, &QLineEdit::textChanged, this, &CommandPalette::filter);
  connect(field_, &QLineEdit::returnPressed, this, &CommandPalette::choose);
  connect(list_, &QListWidget::itemActivated, this, &CommandPalette::choose);
  filter({});
  field_->setFocus();
}

void CommandPalette::filter(const QString& text) {
  list_->clear();
  const QStringList words = text.split(' ', Qt::SkipEmptyParts);
  for (int i = 0; i < actions_.size(); ++i) {
    const QAction& action = *actions_[i];
    if (!action.isEnabled()) continue;
    const QString name = title(action);
    if (!std::all_of(words.begin(), words.end(),
                     [&](const QString& w) { return name.contains(w, Qt::CaseInsensitive); }))
      continue;
    const QString keys = action.shortcut().toString(QKeySequence::NativeText);
    auto* item = new QListWidgetItem(keys.isEmpty() ? name : name + "\t" + keys, list_);
    item->setData(Qt::UserRole, i);
  }
  list_->setCurrentRow(0);
}

void CommandPalette::choose() {
  const QListWidgetItem* item = list_->currentItem();
  if (!item) return;
  chosen_ = actions_[item->data(Qt::UserRole).toInt()];
  accept();
}

bool CommandPalette::eventFilter(QObject* object, QEvent* event) {
  if (object != field_ || event->type() != QEvent::KeyPress) return QDialog::eventFilter(object, event);
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (key != Qt::Key_Down && key != Qt::Key_Up) return false;
  const int row = list_->currentRow() + (key == Qt::Key_Down ? 1 : -1);
  list_->setCurrentRow(std::clamp(row, 0, std::max(0, list_->count() - 1)));
  return true;
}

}  // namespace tessera::app
