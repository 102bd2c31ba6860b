#pragma once

#include <stdexcept>
#include <string>

#include "reconstruct/project/project_record.h"
#include "scene/error.h"

namespace tessera::test {

/// project.toml as FormatTarget::run has it; apart from the formats of the scene, whose programs link nothing above it.
inline bool run_project_record(const std::string& bytes) {
  using reconstruct::ProjectRecord;
  const auto expect = [](bool holds, const char* what) {
    if (!holds) throw std::logic_error(what);
  };
  try {
    const ProjectRecord record = ProjectRecord::parse(bytes, "p");
    const std::string text = record.text();
    expect(ProjectRecord::parse(text, "p").text() == text, "what is written of a record is not all of it");
    for (const auto& run : record.runs) expect(reconstruct::is_plain_name(run.name), "a run that leaves the folder");
    return true;
  } catch (const scene::Error& e) {
    expect(!e.problem().empty(), "an error says nothing");
    expect(std::string(e.what()).find_first_of("\r\n") == std::string::npos, "an error spans lines");
    return false;
  }
}

}  // namespace tessera::test
