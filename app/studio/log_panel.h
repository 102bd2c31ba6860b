#pragma once

#include <QWidget>
#include <deque>

#include "app/studio/log_sink.h"

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QSyntaxHighlighter;

namespace tessera::app {

/// What happened, a line each with its time; also what the rooms below warn of. Filters by level and by text.
class LogPanel : public QWidget {
  Q_OBJECT
 public:
  explicit LogPanel(QWidget* parent = nullptr);
  /// The level is what the line begins with: "Warning: ", "Error: ", or neither.
  void add(const QString& line);
  void add_line(LogLevel level, const QString& line);
  QSize sizeHint() const override { return {400, 130}; }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  struct Line {
    LogLevel level;
    QString text;  // with its time
  };
  bool is_shown(const Line& line) const;
  void show_lines();  // after a filter has changed
  void copy(bool all);
  void clear();

  QPlainTextEdit* text_;
  QComboBox* level_;
  QLineEdit* filter_;
  std::deque<Line> lines_;
  QSyntaxHighlighter* colors_;
  LogSink sink_;  // last: it calls add_line()
};

}  // namespace tessera::app
