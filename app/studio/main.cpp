// tessera-studio [PATH]: the desktop application.
#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <cstdio>
#include <map>

#include "app/studio/exit_guard.h"
#include "app/studio/language.h"
#include "app/studio/main_window.h"
#include "app/studio/theme.h"
#include "reconstruct/provenance.h"
#include "scene/process.h"

int main(int argc, char** argv) {
  tessera::scene::keep_large_allocations_apart();
  QApplication application(argc, argv);
  QApplication::setApplicationName("tessera-studio");
  QApplication::setOrganizationName("tessera");
  QApplication::setApplicationVersion(QString::fromStdString(tessera::reconstruct::version_text()));
  QCommandLineParser parser;
  parser.setApplicationDescription("Tessera Studio: photographs in, a 3D scene out");
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument("PATH", "a project, photos, a video, a dataset, a training run or a 3DGS .ply to open",
                               "[PATH]");
  const QCommandLineOption renderer(
      "renderer", "What draws the view: auto (Vulkan on a graphics card, else the CPU rasteriser), vulkan, or cpu.",
      "auto|vulkan|cpu", "auto");
  parser.addOption(renderer);
  parser.process(application);
  using tessera::app::RendererOptions;
  const std::map<QString, RendererOptions::Choice> choices{{"auto", RendererOptions::Choice::automatic},
                                                           {"vulkan", RendererOptions::Choice::vulkan},
                                                           {"cpu", RendererOptions::Choice::cpu}};
  const auto choice = choices.find(parser.value(renderer));
  if (choice == choices.end()) {
    std::fprintf(stderr, "tessera-studio: --renderer: %s is not auto, vulkan or cpu\n",
                 qPrintable(parser.value(renderer)));
    return 1;
  }
  RendererOptions options;
  options.choice = choice->second;
  tessera::app::set_theme(application, QSettings().value("dark", true).toBool());
  tessera::app::set_language(application, QSettings().value("language").toString());
  tessera::app::MainWindow window(options);
  const tessera::app::ExitGuard guard(window.workspace());
  window.show();
  if (!parser.positionalArguments().isEmpty()) window.open(parser.positionalArguments().first().toStdString());
  return QApplication::exec();
}
