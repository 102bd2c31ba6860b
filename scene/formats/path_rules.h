#pragma once

#include <string_view>

namespace tessera::scene {

/// True where `name`, taken from a file and meant relative to a folder, could reach outside it: absolute ("/a", "\\a",
/// "C:a") or climbing above the folder at any point ("../a", "a/../../a"). Both slashes count as separators, since
/// models travel between systems. Judged by the text alone; symbolic links inside the folder are the user's own doing.
bool leaves_folder(std::string_view name);

}  // namespace tessera::scene
