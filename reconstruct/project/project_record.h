#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "reconstruct/project/source_fingerprint.h"

namespace tessera::reconstruct {

/// What project.toml says. Reading takes hostile bytes.
struct ProjectRecord {
  static constexpr int kVersion = 1;
  enum class Kind { photos, video, dataset };
  struct Run {
    std::string name;     // of its folder below runs/
    std::string created;  // UTC
    bool operator==(const Run&) const = default;
  };

  std::string created, changed;  // UTC, "2026-01-31T12:00:00Z"
  Kind kind = Kind::dataset;
  std::filesystem::path relative, absolute;  // of the source: to the project's folder, and not
  SourceFingerprint fingerprint;
  bool posed = false;
  std::vector<Run> runs;
  std::string run;  // the last one worked on; empty: none
  nlohmann::json studio = nlohmann::json::object();

  /// `file` is named in errors. Throws scene::Error, one line: no TOML, not a project's, of a newer version, a value of
  /// another type.
  static ProjectRecord parse(const std::string& text, const std::filesystem::path& file);
  /// As TOML, with the keys of the parsed text that are not known here. parse() takes it.
  std::string text() const;

 private:
  std::string parsed_;
};

const char* kind_name(ProjectRecord::Kind kind);  // "photos", "video", "dataset"
std::string utc_now();
/// A name that stands for one folder, and not for one elsewhere.
bool is_plain_name(const std::string& name);

}  // namespace tessera::reconstruct
