#pragma once

#include <QColor>
#include <QFont>

class QApplication;

namespace tessera::app {

/// Colours and fonts of the whole program, dark or light.
struct Theme {
  bool dark = true;
  QColor window, panel, field, line, text, faint, accent, viewport;
  QColor train, test;  // of frusta and curves
  QColor matching, selected;  // tints of splats: colours that scenes seldom have
  QColor path;         // of the camera path
  QColor axis_x, axis_y, axis_z;
  QFont small;
};
const Theme& theme();
/// Applies a theme to the program; widgets that paint for themselves ask theme().
void set_theme(QApplication& application, bool dark);

}  // namespace tessera::app
