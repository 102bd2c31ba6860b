// What is dropped on the window is opened.
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>

#include "tests/app/studio/studio_fixture.h"

namespace tessera::app {
namespace {

class DropTest : public StudioTest {
 protected:
  /// True where the window would take it.
  bool drop(const QList<QUrl>& urls) {
    QMimeData data;
    data.setUrls(urls);
    const QPoint place = window_->rect().center();
    QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(window_.get(), &enter);
    if (!enter.isAccepted()) return false;
    QDropEvent event(place, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(window_.get(), &event);
    return true;
  }
  static QUrl url(const fs::path& path) { return QUrl::fromLocalFile(QString::fromStdString(path.string())); }
};

TEST_F(DropTest, AModelIsOpened) {
  ASSERT_TRUE(drop({url(write_model(100))}));
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_NE(workspace().model(), nullptr);
  EXPECT_EQ(workspace().model()->size(), 100u);
}

TEST_F(DropTest, ADatasetIsOpened) {
  TESSERA_NEED_DATA("damaged/base");
  ASSERT_TRUE(drop({url(test::shared_data() / "damaged/base")}));
  ASSERT_TRUE(wait([&] { return idle(); }));
  ASSERT_NE(workspace().dataset(), nullptr);
  EXPECT_GT(workspace().dataset()->views.size(), 3u);
}

TEST_F(DropTest, TextAndAddressesOfTheNetAreNotTaken) {
  EXPECT_FALSE(drop({QUrl("https://example.org/model.ply")}));
  EXPECT_FALSE(drop({}));
}

TEST_F(DropTest, WhatCannotBeOpenedIsSaid) {
  ASSERT_TRUE(drop({url(folder_.path() / "gone.ply")}));
  EXPECT_THAT(error(), testing::HasSubstr("gone.ply: is not there"));
}

}  // namespace
}  // namespace tessera::app
