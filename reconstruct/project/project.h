#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reconstruct/project/project_record.h"
#include "scene/error.h"
#include "scene/folder_lock.h"

namespace tessera::reconstruct {

class Autosave;

/// The photos of a project are neither where they were nor near it.
class PhotosMissing : public scene::Error {
 public:
  using Error::Error;
};

/// How a project is opened.
struct ProjectOptions {
  bool read_only = false;                              // to look at; nothing is written
  std::filesystem::path source;                        // where the photos are now; empty: to be found
  std::shared_ptr<scene::FolderLock> lock;             // of the same folder, where this program has it open already
  std::function<void(const std::string&)> on_problem;  // a save that failed, once; from any thread
};

/// A project's folder: project.toml, sfm/ (a dataset: poses, and photos as trained on), runs/NAME (ordinary run
/// folders). The photos stay where they are. What is changed is saved within a second, from a thread of its own;
/// a kill at any instant leaves a project that opens. Callable from any thread.
class Project {
 public:
  using Kind = ProjectRecord::Kind;
  using Run = ProjectRecord::Run;

  /// Makes the folder, which must not exist or be empty. Throws scene::Error, scene::Locked.
  static std::shared_ptr<Project> create(const std::filesystem::path& folder, const std::filesystem::path& source,
                                         Kind kind, const ProjectOptions& options = {});
  /// Looks for the photos where they were relative to the folder, where they were absolutely, and beside the folder
  /// under their name; and remembers the place. Throws scene::Error where project.toml is broken or newer,
  /// scene::Locked where another window has it open for writing, and PhotosMissing where they are needed and nowhere.
  static std::shared_ptr<Project> open(const std::filesystem::path& folder, const ProjectOptions& options = {});
  ~Project();
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  /// What people call it: the name of what it was made from.
  std::string name() const;
  bool read_only() const { return read_only_; }
  std::shared_ptr<scene::FolderLock> lock() const { return lock_; }
  /// What there was to say on opening it, a line each.
  const std::vector<std::string>& notes() const { return notes_; }

  Kind kind() const { return kind_; }
  /// Empty: they are not there, and not needed, since they have been posed.
  const std::filesystem::path& source() const { return source_; }
  std::filesystem::path poses() const { return folder_ / "sfm"; }
  /// The poses are complete.
  bool posed() const;
  void set_posed(bool posed);

  /// Those on the disk, in the order in which they were begun.
  std::vector<std::filesystem::path> runs() const;
  /// The one last worked on, or else the newest; empty: none.
  std::filesystem::path run() const;
  /// Where a new one goes: a folder that does not exist.
  std::filesystem::path next_run() const;
  /// Of a folder in runs/; others are none of the project's.
  bool holds(const std::filesystem::path& run) const;
  void set_run(const std::filesystem::path& run);
  /// One that came to nothing.
  void forget_run(const std::filesystem::path& run);

  /// Free-form: the view and the like, each part's under its name.
  nlohmann::json studio() const;
  void set_studio(const nlohmann::json& studio);

  /// Returns when all changes are on the disk. False where they cannot be written.
  bool flush();

 private:
  Project(std::filesystem::path folder, const ProjectOptions& options);
  void take_lock(const ProjectOptions& options);
  void read();
  void find_source(const std::filesystem::path& named);
  void accept_source(const std::filesystem::path& source, const SourceFingerprint& fingerprint);
  void check_runs();
  void begin_saving(const ProjectOptions& options);
  void changed(bool at_once);  // with mutex_ held
  std::vector<std::string> run_names() const;

  const std::filesystem::path folder_;
  bool read_only_;
  std::shared_ptr<scene::FolderLock> lock_;
  std::vector<std::string> notes_;
  std::filesystem::path source_;
  Kind kind_ = Kind::dataset;
  mutable std::mutex mutex_;
  ProjectRecord record_;
  std::unique_ptr<Autosave> autosave_;
};

/// project.toml is there; whether it can be read, Project::open() says.
bool is_project(const std::filesystem::path& folder);

/// The project that a path belongs to, where it is one, or its project.toml, its sfm/ or a run in it.
struct ProjectHome {
  std::filesystem::path folder, run;  // run: where the path names one
};
std::optional<ProjectHome> find_project(const std::filesystem::path& path);

/// Where the project of a source stands: NAME-tessera, or with a number where that name is taken.
struct ProjectPlace {
  std::filesystem::path project;      // of this very source, made earlier; empty: none
  std::filesystem::path free;         // for a new one
  std::vector<std::string> warnings;  // projects that cannot be read
};
/// In `parent`; empty: beside the source.
ProjectPlace place_of(const std::filesystem::path& source, const std::filesystem::path& parent = {});

}  // namespace tessera::reconstruct
