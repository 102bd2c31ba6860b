#include <gtest/gtest.h>

#include <QApplication>

#include "app/studio/theme.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  QApplication::setApplicationName("tessera-studio-test");
  QApplication::setOrganizationName("tessera");
  tessera::app::set_theme(application, true);
  return RUN_ALL_TESTS();
}
