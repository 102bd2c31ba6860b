#include "app/studio/export_actions.h"

#include <QAction>

#include "app/studio/export_dialog.h"
#include "app/studio/screenshot_dialog.h"
#include "app/studio/workspace.h"

namespace tessera::app {

void add_export_actions(Studio& studio, TaskStrip& tasks) {
  using Menu = Actions::Menu;
  const auto with_model = [&studio](const std::function<void()>& call) {
    if (studio.workspace.model()) return call();
    studio.say(QObject::tr("Open something first"));
  };
  studio.actions.add(
      Menu::file, QObject::tr("&Export..."), QKeySequence(Qt::CTRL | Qt::Key_E), [&studio, &tasks, with_model] {
        with_model([&] {
          if (studio.workspace.lod())
            return studio.say(QObject::tr(
                "Levels of detail are to be looked at: open the model that they were made from to export it"));
          auto* dialog = new ExportDialog(studio, tasks);
          dialog->setAttribute(Qt::WA_DeleteOnClose);
          dialog->open();
        });
      });
  studio.actions.add(Menu::file, QObject::tr("Save &Screenshot..."), QKeySequence(Qt::Key_F12),
                     [&studio, &tasks, with_model] {
                       with_model([&] {
                         auto* dialog = new ScreenshotDialog(studio, tasks);
                         dialog->setAttribute(Qt::WA_DeleteOnClose);
                         dialog->open();
                       });
                     });
  studio.actions.add(
      Menu::edit, QObject::tr("Copy &Picture"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
      [&studio, &tasks, with_model] { with_model([&] { ScreenshotDialog::copy_view(studio, tasks); }); });
}

}  // namespace tessera::app
