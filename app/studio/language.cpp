#include "app/studio/language.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>
#include <memory>

namespace tessera::app {

const QList<Language>& languages() {
  static const QList<Language> all{{"en", "English"}, {"de", "Deutsch"}};
  return all;
}

void set_language(QApplication& application, const QString& code) {
  static std::unique_ptr<QTranslator> ours, qts;
  for (auto* translator : {&ours, &qts})
    if (*translator) application.removeTranslator(translator->get());
  ours = std::make_unique<QTranslator>();
  qts = std::make_unique<QTranslator>();
  const QString language = code.isEmpty() ? QLocale::system().name().section('_', 0, 0) : code;
  QLocale::setDefault(code.isEmpty() ? QLocale::system() : QLocale(code));  // decimal points and groups of digits
  if (ours->load(":/i18n/tessera_" + language)) application.installTranslator(ours.get());
  if (qts->load("qtbase_" + language, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
    application.installTranslator(qts.get());
}

}  // namespace tessera::app
