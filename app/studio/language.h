#pragma once

#include <QList>
#include <QString>

class QApplication;

namespace tessera::app {

struct Language {
  QString code;  // ISO 639: "de"
  QString name;  // as its speakers write it
};
/// The languages that the window speaks; English, the sources' own, first.
const QList<Language>& languages();
/// Windows made from now on speak it, and so do Qt's own dialogs where Qt's catalogue is installed. An empty code is the
/// system's language; one that there is no catalogue for is English.
void set_language(QApplication& application, const QString& code);

}  // namespace tessera::app
