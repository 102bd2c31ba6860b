// tessera-studio [PATH]: the desktop application.
#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

#include "app/studio/main_window.h"
#include "app/studio/theme.h"
#include "reconstruct/provenance.h"

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  QApplication::setApplicationName("tessera-studio");
  QApplication::setOrganizationName("tessera");
  QApplication::setApplicationVersion(QString::fromStdString(tessera::reconstruct::version_text()));
  QCommandLineParser parser;
  parser.setApplicationDescription("Tessera Studio: photographs in, a 3D scene out");
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument("PATH", "a project, photos, a video, a dataset, a training run or a 3DGS .ply to open", "[PATH]");
  parser.process(application);
  tessera::app::set_theme(application, QSettings().value("dark", true).toBool());
  tessera::app::MainWindow window;
  window.show();
  if (!parser.positionalArguments().isEmpty()) window.open(parser.positionalArguments().first().toStdString());
  return QApplication::exec();
}
