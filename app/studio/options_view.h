#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;

namespace tessera::app {

class OptionTable;

/// The table of all options with a filter, a button that takes changes back, and a line that explains the current row.
class OptionsView : public QWidget {
  Q_OBJECT
 public:
  explicit OptionsView(OptionTable& table, QWidget* parent = nullptr);
  void set_reset_text(const QString& text, const QString& tip);

 private:
  void explain();

  OptionTable& table_;
  QTableView* view_;
  QPushButton* reset_;
  QLabel* help_;
};

}  // namespace tessera::app
