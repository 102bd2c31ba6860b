#include "app/studio/theme.h"

#include <QApplication>
#include <QPalette>
#include <QStyleFactory>

namespace tessera::app {
namespace {

Theme& current() {
  static Theme value;
  return value;
}

Theme make(bool dark) {
  Theme t;
  t.dark = dark;
  t.window = dark ? QColor(0x1b, 0x1d, 0x21) : QColor(0xf2, 0xf3, 0xf5);
  t.panel = dark ? QColor(0x23, 0x26, 0x2b) : QColor(0xff, 0xff, 0xff);
  t.field = dark ? QColor(0x16, 0x18, 0x1b) : QColor(0xff, 0xff, 0xff);
  t.line = dark ? QColor(0x3a, 0x3f, 0x47) : QColor(0xc9, 0xce, 0xd6);
  t.text = dark ? QColor(0xe6, 0xe8, 0xeb) : QColor(0x1d, 0x21, 0x27);
  t.faint = dark ? QColor(0x9a, 0xa2, 0xad) : QColor(0x5b, 0x64, 0x70);
  t.accent = dark ? QColor(0x4c, 0xa3, 0xff) : QColor(0x0b, 0x63, 0xce);
  t.viewport = QColor(0x10, 0x11, 0x13);
  t.train = dark ? QColor(0x4c, 0xa3, 0xff) : QColor(0x0b, 0x63, 0xce);
  t.test = dark ? QColor(0xff, 0xb3, 0x4d) : QColor(0xc2, 0x6a, 0x00);
  t.matching = QColor(0x12, 0xc9, 0xd6), t.selected = QColor(0xff, 0x2e, 0x88);
  t.path = dark ? QColor(0xc9, 0x8c, 0xff) : QColor(0x96, 0x55, 0xe0);
  t.axis_x = QColor(0xf2, 0x5c, 0x5c), t.axis_y = QColor(0x6c, 0xc6, 0x5a), t.axis_z = QColor(0x5b, 0x9b, 0xf5);
  t.small = QApplication::font();
  t.small.setPointSizeF(t.small.pointSizeF() * 0.9);
  return t;
}

}  // namespace

const Theme& theme() { return current(); }

void set_theme(QApplication& application, bool dark) {
  const Theme t = current() = make(dark);
  application.setStyle(QStyleFactory::create("Fusion"));
  QPalette p;
  p.setColor(QPalette::Window, t.window);
  p.setColor(QPalette::WindowText, t.text);
  p.setColor(QPalette::Base, t.field);
  p.setColor(QPalette::AlternateBase, t.panel);
  p.setColor(QPalette::Text, t.text);
  p.setColor(QPalette::Button, t.panel);
  p.setColor(QPalette::ButtonText, t.text);
  p.setColor(QPalette::ToolTipBase, t.panel);
  p.setColor(QPalette::ToolTipText, t.text);
  p.setColor(QPalette::PlaceholderText, t.faint);
  p.setColor(QPalette::Highlight, t.accent);
  p.setColor(QPalette::HighlightedText, dark ? t.field : t.panel);
  p.setColor(QPalette::Link, t.accent);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
    p.setColor(QPalette::Disabled, role, dark ? QColor(0x76, 0x7e, 0x89) : QColor(0x8b, 0x93, 0x9e));
  application.setPalette(p);
  application.setStyleSheet(QString(R"(
    QMainWindow::separator { background: %1; width: 1px; height: 1px; }
    QDockWidget { color: %2; }
    QDockWidget::title { background: %3; padding: 2px 10px; border-bottom: 1px solid %1; }
    QToolBar { background: %3; border: 0; border-bottom: 1px solid %1; spacing: 6px; padding: 4px 8px; }
    QStatusBar { background: %3; border-top: 1px solid %1; }
    QStatusBar::item { border: 0; }
    QMenuBar { background: %3; }
    QMenuBar::item { padding: 5px 10px; }
    QPushButton { background: %3; border: 1px solid %1; border-radius: 4px; padding: 5px 14px; }
    QPushButton:hover { border-color: %4; }
    QPushButton:focus { border-color: %4; }
    QPushButton:default { background: %4; color: %5; border-color: %4; }
    QPushButton:disabled { color: %6; background: %3; border-color: %1; }
    QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
    QProgressBar { border: 1px solid %1; border-radius: 4px; text-align: center; height: 16px; }
    QProgressBar::chunk { background: %4; border-radius: 3px; }
  )")
                                .arg(t.line.name(), t.faint.name(), t.panel.name(), t.accent.name(),
                                     dark ? "#0b1017" : "#ffffff", dark ? "#767e89" : "#8b939e"));
}

}  // namespace tessera::app
