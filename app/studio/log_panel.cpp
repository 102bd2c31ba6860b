#include "app/studio/log_panel.h"

#include <QDateTime>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace tessera::app {
namespace {
constexpr int kMostLines = 5000;
}

LogPanel::LogPanel(QWidget* parent) : QWidget(parent), text_(new QPlainTextEdit) {
  text_->setObjectName("log");
  text_->setReadOnly(true);
  text_->setMaximumBlockCount(kMostLines);
  text_->setAccessibleName(tr("Log"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(text_);
}

void LogPanel::add(const QString& line) {
  text_->appendPlainText(QDateTime::currentDateTime().toString("HH:mm:ss  ") + line);
}

}  // namespace tessera::app
