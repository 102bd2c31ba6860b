#include "app/studio/log_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSyntaxHighlighter>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/theme.h"

namespace tessera::app {
namespace {

constexpr std::size_t kMostLines = 5000;
constexpr char kTimeFormat[] = "HH:mm:ss  ";
constexpr int kTimeLength = 10;

QString word_of(LogLevel level) {
  switch (level) {
    case LogLevel::info:
      return {};
    case LogLevel::warning:
      return LogPanel::tr("Warning: ");
    case LogLevel::error:
      return LogPanel::tr("Error: ");
  }
  return {};
}

LogLevel level_of(const QString& line) {
  for (const LogLevel level : {LogLevel::warning, LogLevel::error})
    if (line.startsWith(word_of(level))) return level;
  return LogLevel::info;
}

/// Times faint, warnings and errors in colours of their own.
class Colors : public QSyntaxHighlighter {
 public:
  using QSyntaxHighlighter::QSyntaxHighlighter;

 protected:
  void highlightBlock(const QString& line) override {
    setFormat(0, kTimeLength, theme().faint);
    const LogLevel level = level_of(line.mid(kTimeLength));
    if (level != LogLevel::info)
      setFormat(kTimeLength, static_cast<int>(line.size()) - kTimeLength,
                level == LogLevel::error ? (theme().dark ? theme().axis_x : theme().axis_x.darker(140)) : theme().test);
  }
};

}  // namespace

LogPanel::LogPanel(QWidget* parent)
    : QWidget(parent),
      text_(new QPlainTextEdit),
      level_(new QComboBox),
      filter_(new QLineEdit),
      colors_(new Colors(text_->document())),
      sink_(this, [this](LogLevel level, const QString& line) { add_line(level, line); }) {
  text_->setObjectName("log");
  text_->setReadOnly(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  text_->setUndoRedoEnabled(false);
  text_->setMaximumBlockCount(static_cast<int>(kMostLines));
  text_->setFrameShape(QFrame::NoFrame);
  text_->setAccessibleName(tr("Log"));
  level_->setObjectName("log_level");
  level_->setAccessibleName(tr("Least level of the lines shown"));
  level_->setToolTip(tr("Which lines are shown"));
  level_->addItems({tr("All"), tr("Warnings"), tr("Errors")});  // in the order of LogLevel
  filter_->setObjectName("log_filter");
  filter_->setAccessibleName(tr("Filter of the log"));
  filter_->setToolTip(tr("Shows lines that have these letters"));
  filter_->setPlaceholderText(tr("Filter"));
  filter_->setClearButtonEnabled(true);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(6, 4, 6, 4);
  row->addWidget(level_);
  row->addWidget(filter_, 1);
  const auto button = [&](const QString& text, const char* name, const QString& tip) {
    auto* b = new QToolButton;
    b->setText(text);
    b->setObjectName(name);
    b->setToolTip(tip);
    b->setAutoRaise(true);
    b->setFocusPolicy(Qt::StrongFocus);
    row->addWidget(b);
    return b;
  };
  connect(button(tr("Copy"), "log_copy", tr("Copies the selected lines")), &QToolButton::clicked, this,
          [this] { copy(false); });
  connect(button(tr("Copy all"), "log_copy_all", tr("Copies all lines that are shown")), &QToolButton::clicked, this,
          [this] { copy(true); });
  connect(button(tr("Clear"), "log_clear", tr("Forgets all lines; a run's own log.txt keeps them")),
          &QToolButton::clicked, this, &LogPanel::clear);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(row);
  layout->addWidget(text_, 1);
  connect(level_, &QComboBox::currentIndexChanged, this, &LogPanel::show_lines);
  connect(filter_, &QLineEdit::textChanged, this, &LogPanel::show_lines);
}

void LogPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) colors_->rehighlight();  // the theme has other colours
}

void LogPanel::add(const QString& line) {
  const LogLevel level = level_of(line);
  add_line(level, line.mid(word_of(level).size()));
}

void LogPanel::add_line(LogLevel level, const QString& line) {
  QString one_line = line;
  one_line.replace('\n', ' ');
  lines_.push_back({level, QDateTime::currentDateTime().toString(kTimeFormat) + word_of(level) + one_line});
  if (lines_.size() > kMostLines) lines_.pop_front();
  if (is_shown(lines_.back())) text_->appendPlainText(lines_.back().text);
}

bool LogPanel::is_shown(const Line& line) const {
  return static_cast<int>(line.level) >= level_->currentIndex() &&
         (filter_->text().isEmpty() || line.text.contains(filter_->text(), Qt::CaseInsensitive));
}

void LogPanel::show_lines() {
  QString text;
  for (const Line& line : lines_)
    if (is_shown(line)) text += (text.isEmpty() ? "" : "\n") + line.text;
  text_->setPlainText(text);
  text_->moveCursor(QTextCursor::End);
  text_->moveCursor(QTextCursor::StartOfLine);
}

void LogPanel::copy(bool all) {
  const QTextCursor cursor = text_->textCursor();
  QString text = all ? text_->toPlainText() : cursor.selectedText();
  QApplication::clipboard()->setText(text.replace(QChar::ParagraphSeparator, '\n'));
}

void LogPanel::clear() {
  lines_.clear();
  text_->clear();
}

}  // namespace tessera::app
