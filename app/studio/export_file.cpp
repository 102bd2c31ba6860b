#include "app/studio/export_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>

namespace tessera::app {
namespace {
QString say(const char* text) { return QCoreApplication::translate("Export", text); }
QString folder_key(const QString& kind) { return "export/" + kind + "_folder"; }
}  // namespace

QString bytes_text(double bytes) {
  const char* units[] = {"bytes", "KB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < std::size(units); ++unit) bytes /= 1000;
  return QString("%1 %2").arg(bytes, 0, 'f', unit == 0 || bytes >= 100 ? 0 : 1).arg(units[unit]);
}

QString free_file(const QString& kind, const std::filesystem::path& opened, const QString& ending) {
  const QFileInfo scene(QString::fromStdString(opened.string()));
  QString folder = QSettings().value(folder_key(kind)).toString();
  if (folder.isEmpty() || !QFileInfo(folder).isWritable()) folder = scene.absolutePath();
  if (!QFileInfo(folder).isWritable()) folder = QDir::homePath();
  const QFileInfo end(ending);  // "-view.png"
  const QString base = folder + "/" + scene.completeBaseName() + end.completeBaseName();
  QString name = base + "." + end.suffix();
  for (int n = 2; QFileInfo::exists(name); ++n) name = base + "-" + QString::number(n) + "." + end.suffix();
  return name;
}

void remember_folder(const QString& kind, const std::filesystem::path& file) {
  QSettings().setValue(folder_key(kind), QString::fromStdString(file.parent_path().string()));
}

void add_file_row(QFormLayout* form, QLineEdit* line, QWidget* parent, const QString& title, const QString& filter) {
  auto* browse = new QPushButton(say("&Browse..."));
  browse->setAutoDefault(false);
  browse->setAccessibleName(say("Choose the file"));
  QObject::connect(browse, &QPushButton::clicked, parent, [=] {
    const QString name = QFileDialog::getSaveFileName(parent, title, line->text(), filter, nullptr,
                                                      QFileDialog::DontConfirmOverwrite);  // the dialog says it
    if (!name.isEmpty()) line->setText(name);
  });
  line->setMinimumWidth(320);
  line->setAccessibleName(say("File"));
  auto* row = new QHBoxLayout;
  row->addWidget(line, 1);
  row->addWidget(browse);
  auto* label = new QLabel(say("&File"));
  label->setBuddy(line);
  form->addRow(label, row);
}

FileNote note_on_file(const QString& name) {
  if (name.trimmed().isEmpty()) return {say("Name a file."), false};
  const QFileInfo file(name), folder(file.absolutePath());
  if (file.isDir()) return {say("That is a folder: name a file in it."), false};
  if (!folder.isDir()) return {say("There is no folder %1.").arg(file.absolutePath()), false};
  if (!folder.isWritable()) return {say("The folder cannot be written to: choose another."), false};
  if (file.exists()) return {say("%1 is there already and will be replaced.").arg(file.fileName()), true};
  return {};
}

}  // namespace tessera::app
