#pragma once

#include <QString>
#include <filesystem>

class QFormLayout;
class QLineEdit;
class QWidget;

namespace tessera::app {

/// "1.2 MB"
QString bytes_text(double bytes);
/// In the folder where the last file of that kind went, else beside `opened`: its name and `ending`, with a number
/// where that is taken. `kind` names the settings.
QString free_file(const QString& kind, const std::filesystem::path& opened, const QString& ending);
/// To be called when one has been chosen.
void remember_folder(const QString& kind, const std::filesystem::path& file);
/// A row of the form for a file name with a button that asks for one. `filter` as QFileDialog wants it.
void add_file_row(QFormLayout* form, QLineEdit* line, QWidget* parent, const QString& title, const QString& filter);
/// What stands in the way of writing that file, in words for a dialog, or what will happen; empty: nothing to say.
struct FileNote {
  QString text;
  bool possible = true;
};
FileNote note_on_file(const QString& name);

}  // namespace tessera::app
