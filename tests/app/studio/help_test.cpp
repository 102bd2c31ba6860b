// The help says what the program does.
#include <QTextBrowser>

#include "app/studio/keyboard_help.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {

TEST_F(StudioTest, F1ListsTheKeysOfAllCommands) {
  QTest::keyClick(window_.get(), Qt::Key_F1);
  auto* help = find<KeyboardHelp>("keyboard_help");
  ASSERT_NE(help, nullptr);
  const QString text = help->findChild<QTextBrowser*>()->toPlainText();
  int keys = 0;
  for (const QAction* action : window_->findChildren<QAction*>()) {
    if (action->shortcut().isEmpty() || action->parent() != window_.get()) continue;
    EXPECT_TRUE(text.contains(action->shortcut().toString(QKeySequence::NativeText))) << action->text().toStdString();
    ++keys;
  }
  EXPECT_GT(keys, 20);
  EXPECT_TRUE(text.contains("Left drag"));
  QTest::keyClick(help, Qt::Key_Escape);
  EXPECT_TRUE(wait([&] { return window_->findChild<KeyboardHelp*>() == nullptr; }));
}

}  // namespace
}  // namespace tessera::app
