#include "app/studio/keyboard_help.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QMenu>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "app/studio/theme.h"

namespace tessera::app {
namespace {

QString row(const QString& keys, const QString& what) {
  return QString("<tr><td style='padding: 2px 24px 2px 0'><b>%1</b></td><td style='padding: 2px 0'>%2</td></tr>")
      .arg(keys.toHtmlEscaped(), what.toHtmlEscaped());
}

QString heading(const QString& text) {
  return QString("<tr><td colspan=2 style='padding: 12px 0 4px 0; color: %1'>%2</td></tr>")
      .arg(theme().faint.name(), text.toHtmlEscaped());
}

QString plain(QString text) { return text.remove('&').remove("..."); }

}  // namespace

KeyboardHelp::KeyboardHelp(const Actions& actions, QWidget* parent) : QDialog(parent) {
  setObjectName("keyboard_help");
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Keyboard and mouse"));
  resize(620, 640);
  QString text = "<table>" + heading(tr("Mouse")) + row(tr("Left drag"), tr("orbit")) +
                 row(tr("Right drag, Shift and left drag"), tr("pan")) + row(tr("Middle drag"), tr("look around")) +
                 row(tr("Wheel"), tr("zoom to the cursor; while flying: speed")) +
                 row(tr("Double click"), tr("turn to what is under the cursor")) +
                 row(tr("Click on a camera"), tr("stand where the photo was taken")) +
                 row(tr("Two fingers, with Shift, with Ctrl"), tr("orbit, pan, zoom")) +
                 row(tr("Pinch"), tr("zoom to the cursor")) +
                 row(tr("Touch screen: one finger, two fingers"), tr("orbit, pan and zoom")) + heading(tr("Keys")) +
                 row("W A S D Q E", tr("fly"));
  for (const auto which : {Actions::Menu::file, Actions::Menu::edit, Actions::Menu::view, Actions::Menu::train,
                           Actions::Menu::tools, Actions::Menu::help}) {
    QString rows;
    for (const QAction* action : actions.menu(which)->actions())
      if (!action->shortcut().isEmpty())
        rows += row(action->shortcut().toString(QKeySequence::NativeText), plain(action->text()));
    if (!rows.isEmpty()) text += heading(plain(actions.menu(which)->title())) + rows;
  }
  auto* browser = new QTextBrowser;
  browser->setObjectName("keys");
  browser->setAccessibleName(windowTitle());
  browser->setHtml(text + "</table>");
  browser->setFrameShape(QFrame::NoFrame);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(browser);
  layout->addWidget(buttons);
}

}  // namespace tessera::app
