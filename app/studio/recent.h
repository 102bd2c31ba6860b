#pragma once

#include <QString>
#include <filesystem>
#include <vector>

namespace tessera::app {

/// What was opened lately, the newest first; kept in the user's settings.
struct Recent {
  QString name;    // a project's own, or that of the file or folder
  QString folder;  // in which it stands
  std::filesystem::path path;
  bool there = true;
};
std::vector<Recent> recent();
/// `instead_of` leaves the list: what a project was made from. May be empty.
void remember_recent(const std::filesystem::path& path, const QString& name,
                     const std::filesystem::path& instead_of = {});

}  // namespace tessera::app
