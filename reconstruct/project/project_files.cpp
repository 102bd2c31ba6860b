#include "reconstruct/project/project_files.h"

#include <algorithm>

#include "reconstruct/project/project.h"
#include "scene/atomic_file.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr int kMostPlaces = 1000;              // of one name; then a person has to choose
constexpr std::size_t kMostBytesOfName = 200;  // so that what is added fits into the 255 of file systems

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    paths.push_back(it->path());
  return paths;
}

/// Of scene::AtomicFile, for FILE.
bool is_temporary_of(const fs::path& path, const std::string& stem) {
  return path.filename().string().starts_with("." + stem + ".tmp");
}

bool is_run(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "run.json", error) || fs::exists(folder / "checkpoint", error) ||
         fs::exists(folder / "model.ply", error);
}

/// What a run makes before it has a record.
bool has_not_begun(const fs::path& run) {
  if (is_run(run)) return false;
  const std::vector<fs::path> paths = entries(run);
  return std::all_of(paths.begin(), paths.end(), [](const fs::path& path) {
    std::error_code error;
    const std::string name = path.filename().string();
    return name == "log.txt" || name == "run.lock" || is_temporary_of(path, "run") ||
           (name == "previews" && fs::is_empty(path, error));
  });
}

bool is_same(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return a == b || (fs::exists(a, error) && fs::equivalent(a, b, error));
}

bool is_made_from(const fs::path& project, const fs::path& source) {
  const fs::path file = project / kProjectFile;
  const ProjectRecord record = ProjectRecord::parse(scene::read_file(file, 4u << 20), file);
  if (record.absolute.empty()) return false;
  return is_same((project / record.relative).lexically_normal(), source) || is_same(record.absolute, source);
}

}  // namespace

std::shared_ptr<scene::FolderLock> lock_project(const fs::path& folder) {
  return std::make_shared<scene::FolderLock>(
      folder / kProjectLock, scene::FolderLock::Words{folder.string(), "is open in another window of Tessera",
                                                      "close it there, or open it here to look at only"});
}

bool is_free(const fs::path& folder) {
  std::error_code error;
  const fs::file_status there = fs::symlink_status(folder, error);
  if (!fs::exists(there)) return true;
  if (!fs::is_directory(there)) return false;
  const std::vector<fs::path> paths = entries(folder);
  return std::all_of(paths.begin(), paths.end(), [](const fs::path& path) {
    return path.filename() == kProjectLock || is_temporary_of(path, "project");
  });
}

std::vector<std::string> names_of_runs(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::path& path : entries(folder / kRuns))
    if (is_run(path)) names.push_back(path.filename().string());
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return names;
}

fs::path free_run(const fs::path& folder) {
  std::error_code error;
  int n = 1;
  while (fs::exists(fs::symlink_status(folder / kRuns / std::to_string(n), error))) ++n;
  return folder / kRuns / std::to_string(n);
}

void remove_project_leavings(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::path& path : entries(folder))
    if (is_temporary_of(path, "project")) fs::remove(path, ignored);
  for (const fs::path& run : entries(folder / kRuns)) {
    if (!fs::is_directory(fs::symlink_status(run, ignored)) || !has_not_begun(run)) continue;
    try {
      const scene::FolderLock lock(run / "run.lock", {});
      if (has_not_begun(run)) fs::remove_all(run, ignored);
    } catch (const scene::Error&) {
      // Another program is about to begin there.
    }
  }
}

bool is_project(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kProjectFile, error);
}

std::optional<ProjectHome> find_project(const fs::path& path) {
  if (is_project(path)) return ProjectHome{path, {}};
  const fs::path above = path.parent_path();
  const fs::path name = path.filename();
  if ((name == kProjectFile || name == kPoses) && is_project(above)) return ProjectHome{above, {}};
  if (above.filename() == kRuns && is_project(above.parent_path()) && is_run(path))
    return ProjectHome{above.parent_path(), path};
  return std::nullopt;
}

ProjectPlace place_of(const fs::path& source, const fs::path& parent) {
  ProjectPlace place;
  std::error_code error;
  std::string name = (fs::is_directory(source, error) ? source.filename() : source.stem()).string();
  if (name.size() > kMostBytesOfName) name.resize(kMostBytesOfName);
  const fs::path beside = parent.empty() ? source.parent_path() : parent;
  for (int n = 1; n <= kMostPlaces && place.free.empty(); ++n) {
    const fs::path candidate = beside / (name + "-tessera" + (n > 1 ? "-" + std::to_string(n) : ""));
    if (is_project(candidate)) {
      try {
        if (place.project.empty() && is_made_from(candidate, source)) place.project = candidate;
      } catch (const scene::Error& e) {
        place.warnings.push_back(e.what());
      }
    } else if (is_free(candidate)) {
      place.free = candidate;
    }
  }
  return place;
}

}  // namespace tessera::reconstruct
