// The window in another language.
#include <QMenuBar>

#include "app/studio/language.h"
#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {

class LanguageTest : public StudioTest {
 protected:
  void SetUp() override {
    set_language(*qApp, "de");
    StudioTest::SetUp();
  }
  void TearDown() override { set_language(*qApp, "en"); }
};

TEST_F(LanguageTest, TheWindowSpeaksGerman) {
  QStringList titles;
  for (const QAction* action : window_->menuBar()->actions())
    if (action->isVisible()) titles << action->text().remove('&');
  EXPECT_EQ(titles.first(), "Datei");
  EXPECT_EQ(titles.last(), "Hilfe");
  EXPECT_EQ(find<QPushButton>("start")->text(), "Training starten");
  EXPECT_EQ(
      QMessageBox(QMessageBox::Question, "", "", QMessageBox::Cancel).button(QMessageBox::Cancel)->text().remove('&'),
      "Abbrechen");
}

TEST_F(LanguageTest, AChoiceIsKeptForTheNextStart) {
  QAction* english = nullptr;
  for (QAction* action : window_->findChildren<QAction*>())
    if (action->text() == "English") english = action;
  ASSERT_NE(english, nullptr);
  english->trigger();
  EXPECT_EQ(QSettings().value("language").toString(), "en");
  EXPECT_EQ(message(), "Die Sprache wechselt beim nächsten Start.");
}

TEST(Languages, OneWithoutACatalogueIsEnglish) {
  set_language(*qApp, "xx");
  EXPECT_EQ(QCoreApplication::translate("tessera::app::TrainPanel", "Pause"), "Pause");
  EXPECT_EQ(QCoreApplication::translate("tessera::app::TrainPanel", "Start training"), "Start training");
  set_language(*qApp, "en");
}

}  // namespace
}  // namespace tessera::app
