#include "app/studio/recent.h"

#include <QSettings>
#include <QStringList>
#include <QVariantMap>

namespace tessera::app {
namespace fs = std::filesystem;

namespace {
constexpr int kMost = 8;
}

std::vector<Recent> recent() {
  const QSettings settings;
  const QVariantMap names = settings.value("recent_names").toMap();
  std::vector<Recent> list;
  for (const QString& text : settings.value("recent").toStringList()) {
    const fs::path path = text.toStdString();
    std::error_code error;
    list.push_back({names.value(text, QString::fromStdString(path.filename().string())).toString(),
                    QString::fromStdString(path.parent_path().string()), path, fs::exists(path, error)});
  }
  return list;
}

void remember_recent(const fs::path& path, const QString& name, const fs::path& instead_of) {
  QSettings settings;
  QStringList paths = settings.value("recent").toStringList();
  const QString text = QString::fromStdString(fs::absolute(path).lexically_normal().string());
  paths.removeAll(text);
  paths.removeAll(QString::fromStdString(instead_of.string()));
  paths.prepend(text);
  paths = paths.mid(0, kMost);
  const QVariantMap before = settings.value("recent_names").toMap();
  QVariantMap names;
  for (const QString& kept : paths)
    if (before.contains(kept)) names[kept] = before[kept];
  names[text] = name;
  settings.setValue("recent", paths);
  settings.setValue("recent_names", names);
}

}  // namespace tessera::app
