#include "reconstruct/project/project.h"

#include <algorithm>

#include "reconstruct/project/autosave.h"
#include "reconstruct/project/project_files.h"
#include "scene/atomic_file.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kMostBytes = 4u << 20;  // of project.toml: some thousand runs

fs::path clean(const fs::path& path) {
  fs::path named = fs::absolute(path).lexically_normal();
  return named.has_filename() ? named : named.parent_path();
}

}  // namespace

Project::Project(fs::path folder, const ProjectOptions& options)
    : folder_(clean(folder)), read_only_(options.read_only) {}

Project::~Project() = default;  // the autosave goes first, and writes what waits; then the lock

std::shared_ptr<Project> Project::create(const fs::path& folder, const fs::path& source, Kind kind,
                                         const ProjectOptions& options) {
  std::shared_ptr<Project> project(new Project(folder, options));
  const fs::path& home = project->folder_;
  if (!is_free(home)) throw scene::Error(home.string(), "already exists", "choose another folder for the project");
  std::error_code error;
  const bool existed = fs::exists(home, error);
  scene::make_folder(home);
  try {
    project->lock_ = lock_project(home);
    project->kind_ = project->record_.kind = kind;
    project->record_.created = project->record_.changed = utc_now();
    project->accept_source(clean(source), fingerprint_source(source));
    scene::write_file_atomically(home / kProjectFile, project->record_.text());
  } catch (const scene::Locked&) {
    throw;  // another window is making it
  } catch (const scene::Error&) {
    project->lock_.reset();
    if (!existed) fs::remove(home, error);
    throw;
  }
  project->begin_saving(options);
  return project;
}

std::shared_ptr<Project> Project::open(const fs::path& folder, const ProjectOptions& options) {
  std::shared_ptr<Project> project(new Project(folder, options));
  if (!is_project(project->folder_))
    throw scene::Error(project->folder_.string(), "holds no project.toml", "choose the folder of a project");
  project->take_lock(options);
  project->read();
  project->find_source(options.source);
  project->check_runs();
  if (!project->read_only_) {
    remove_project_leavings(project->folder_);
    project->begin_saving(options);
    const std::lock_guard lock(project->mutex_);
    project->changed(true);
  }
  return project;
}

void Project::begin_saving(const ProjectOptions& options) {
  autosave_ = std::make_unique<Autosave>(folder_ / kProjectFile, options.on_problem);
}

void Project::take_lock(const ProjectOptions& options) {
  if (read_only_) return;
  if (options.lock) {
    lock_ = options.lock;
    return;
  }
  try {
    lock_ = lock_project(folder_);
  } catch (const scene::Locked&) {
    throw;
  } catch (const scene::Error&) {
    read_only_ = true;
    notes_.push_back(folder_.string() + ": cannot be written to; the project is open to look at only");
  }
}

void Project::read() {
  const fs::path file = folder_ / kProjectFile;
  record_ = ProjectRecord::parse(scene::read_file(file, kMostBytes), file);
  kind_ = record_.kind;
}

void Project::accept_source(const fs::path& source, const SourceFingerprint& fingerprint) {
  source_ = source;
  record_.absolute = source;
  record_.relative = source.lexically_relative(folder_);
  record_.fingerprint = fingerprint;
}

void Project::find_source(const fs::path& named) {
  const fs::path name = record_.absolute.filename();
  const fs::path relative = (folder_ / record_.relative).lexically_normal();
  std::vector<fs::path> places;
  if (!named.empty())
    places = {clean(named), clean(named) / name};
  else if (!name.empty())
    places = {relative, record_.absolute, folder_.parent_path() / name, folder_ / name};
  SourceFingerprint first;
  for (const fs::path& place : places) {
    std::error_code error;
    if (!fs::exists(place, error)) continue;
    const SourceFingerprint found = fingerprint_source(place);
    if (found == record_.fingerprint) return accept_source(place, found);
    if (first.files == 0) first = found;
    // Nothing has moved, so these are the photos, changed since.
    if (named.empty() && place == relative && place == record_.absolute && found.files > 0) {
      notes_.push_back(place.string() + ": has changed since the project was last open: " + describe(found) + " now, " +
                       describe(record_.fingerprint) + " then");
      return accept_source(place, found);
    }
  }
  if (!named.empty())
    throw scene::Error(clean(named).string(),
                       "does not hold the photos of the project (" + describe(first) + "; " +
                           describe(record_.fingerprint) + " were expected)",
                       "choose the folder in which they are now");
  if (kind_ != Kind::dataset && record_.posed) {
    notes_.push_back(record_.absolute.string() + ": is not there; the project goes on with its own copies in sfm/");
    return;
  }
  throw PhotosMissing(
      folder_.string(),
      "its photos are not where they were (" + record_.absolute.string() + ", " + describe(record_.fingerprint) + ")",
      "say where they are now");
}

/// The disk says which runs there are.
void Project::check_runs() {
  const std::vector<std::string> there = names_of_runs(folder_);
  std::erase_if(record_.runs, [&](const Run& run) {
    const bool gone = std::find(there.begin(), there.end(), run.name) == there.end();
    if (gone) notes_.push_back((folder_ / kRuns / run.name).string() + ": the run is no longer there");
    return gone;
  });
  for (const std::string& name : there)
    if (std::none_of(record_.runs.begin(), record_.runs.end(), [&](const Run& run) { return run.name == name; }))
      record_.runs.push_back({name, utc_now()});
  if (std::find(there.begin(), there.end(), record_.run) == there.end()) record_.run.clear();
}

void Project::changed(bool at_once) {
  if (!autosave_) return;
  record_.changed = utc_now();
  autosave_->put(record_.text(), at_once);
}

std::string Project::name() const {
  const std::lock_guard lock(mutex_);
  const std::string name = (kind_ == Kind::video ? record_.absolute.stem() : record_.absolute.filename()).string();
  return name.empty() ? folder_.filename().string() : name;
}

bool Project::posed() const {
  const std::lock_guard lock(mutex_);
  return record_.posed;
}

void Project::set_posed(bool posed) {
  const std::lock_guard lock(mutex_);
  record_.posed = posed;
  changed(true);
}

std::vector<fs::path> Project::runs() const {
  const std::lock_guard lock(mutex_);
  std::vector<fs::path> folders;
  for (const Run& run : record_.runs) folders.push_back(folder_ / kRuns / run.name);
  return folders;
}

fs::path Project::run() const {
  const std::lock_guard lock(mutex_);
  if (!record_.run.empty()) return folder_ / kRuns / record_.run;
  return record_.runs.empty() ? fs::path() : folder_ / kRuns / record_.runs.back().name;
}

fs::path Project::next_run() const { return free_run(folder_); }

bool Project::holds(const fs::path& run) const { return clean(run).parent_path() == folder_ / kRuns; }

void Project::set_run(const fs::path& run) {
  if (!holds(run)) return;
  const std::string name = clean(run).filename().string();
  const std::lock_guard lock(mutex_);
  if (std::none_of(record_.runs.begin(), record_.runs.end(), [&](const Run& known) { return known.name == name; }))
    record_.runs.push_back({name, utc_now()});
  record_.run = name;
  changed(true);
}

void Project::forget_run(const fs::path& run) {
  const std::string name = clean(run).filename().string();
  const std::lock_guard lock(mutex_);
  std::erase_if(record_.runs, [&](const Run& known) { return known.name == name; });
  if (record_.run == name) record_.run.clear();
  changed(true);
}

nlohmann::json Project::studio() const {
  const std::lock_guard lock(mutex_);
  return record_.studio;
}

void Project::set_studio(const nlohmann::json& studio) {
  const std::lock_guard lock(mutex_);
  if (record_.studio == studio || !studio.is_object()) return;
  record_.studio = studio;
  changed(false);
}

bool Project::flush() {
  if (!autosave_) return true;
  autosave_->flush();
  return !autosave_->is_behind();
}

}  // namespace tessera::reconstruct
