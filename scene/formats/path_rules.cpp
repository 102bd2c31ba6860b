#include "scene/formats/path_rules.h"

namespace tessera::scene {

bool leaves_folder(std::string_view name) {
  if (name.empty()) return false;
  const auto is_separator = [](char c) { return c == '/' || c == '\\'; };
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (is_separator(name[0])) return true;
  if (name.size() >= 2 && name[1] == ':' && is_letter(name[0])) return true;
  int depth = 0;
  for (std::size_t begin = 0; begin <= name.size();) {
    std::size_t end = begin;
    while (end < name.size() && !is_separator(name[end])) ++end;
    const std::string_view part = name.substr(begin, end - begin);
    if (part == "..") {
      if (--depth < 0) return true;
    } else if (!part.empty() && part != ".") {
      ++depth;
    }
    begin = end + 1;
  }
  return false;
}

}  // namespace tessera::scene
