// The part of Workspace that knows projects.
#include "app/studio/workspace.h"
#include "reconstruct/ingest/video.h"
#include "reconstruct/project/project.h"
#include "scene/error.h"

namespace tessera::app {
namespace fs = std::filesystem;
using reconstruct::Project;

namespace {

/// What a project would have been made from, had it been made when this was opened.
fs::path source_of(const fs::path& path) { return path.extension() == ".json" ? path.parent_path() : path; }

bool may_have_project(const fs::path& path) {
  std::error_code error;
  return path.extension() == ".json" || reconstruct::is_video(path) ||
         (fs::is_directory(path, error) && !fs::exists(path / "run.json", error) && !reconstruct::has_block_plan(path));
}

}  // namespace

bool Workspace::read_only() const { return project_ && project_->read_only(); }

fs::path Workspace::next_run() const {
  if (project_) return project_->next_run();
  return place_.empty() ? fs::path() : place_ / "runs" / "1";
}

void Workspace::answer(const fs::path& folder) {
  if (const auto next = std::exchange(next_, nullptr)) next(folder);
}

std::function<void(const std::string&)> Workspace::teller() {
  return [this](const std::string& line) { post([this, line] { Q_EMIT warned(QString::fromStdString(line)); }); };
}

std::shared_ptr<Project> Workspace::open_project(const Opening& opening) {
  auto home = reconstruct::find_project(opening.path);
  if (!home && may_have_project(opening.path)) {
    const auto place = reconstruct::place_of(source_of(opening.path), opening.place);
    for (const std::string& line : place.warnings) teller()(line);
    if (!place.project.empty()) home = reconstruct::ProjectHome{place.project, {}};
  }
  if (!home) return nullptr;
  reconstruct::ProjectOptions options{opening.read_only, opening.photos, nullptr, teller()};
  if (project_ && project_->folder() == home->folder) {
    project_->flush();
    options.lock = project_->lock();
  }
  const auto again = [this, opening](auto change) {
    return [this, opening, change](const fs::path& folder) {
      Opening next = opening;
      change(next, folder);
      open(next);
    };
  };
  try {
    auto project = Project::open(home->folder, options);
    if (!home->run.empty()) project->set_run(home->run);
    return project;
  } catch (const scene::Locked& e) {
    throw Asked{Question::read_only, e.what(), again([](Opening& next, const fs::path&) { next.read_only = true; })};
  } catch (const reconstruct::PhotosMissing& e) {
    throw Asked{Question::photos, e.what(), again([](Opening& next, const fs::path& folder) { next.photos = folder; })};
  }
}

std::shared_ptr<Project> Workspace::make_project(const Opening& opening) {
  const auto kind = reconstruct::is_video(opening.path) ? Project::Kind::video : Project::Kind::photos;
  try {
    return Project::create(reconstruct::place_of(opening.path, opening.place).free, opening.path, kind,
                           {.on_problem = teller()});
  } catch (const scene::Locked&) {
    throw;
  } catch (const scene::Error& e) {
    throw Asked{Question::place, e.what(), [this, opening](const fs::path& folder) {
                  Opening next = opening;
                  next.place = folder;
                  open(next);
                }};
  }
}

std::shared_ptr<Project> Workspace::project_to_train_in(const std::shared_ptr<const scene::Dataset>& dataset,
                                                        const fs::path& run,
                                                        std::function<void(const fs::path& run)> again) {
  if (project_) return project_->holds(run) ? project_ : nullptr;
  if (place_.empty() || run.parent_path() != place_ / "runs") return nullptr;
  try {
    auto project = Project::create(place_, dataset->root, Project::Kind::dataset, {.on_problem = teller()});
    post([this, project] {
      project_ = project;
      path_ = project->folder();
      Q_EMIT project_changed();
    });
    return project;
  } catch (const scene::Locked&) {
    throw;
  } catch (const scene::Error& e) {
    throw Asked{Question::place, e.what(), [this, again, root = dataset->root](const fs::path& folder) {
                  place_ = reconstruct::place_of(root, folder).free;
                  again(next_run());
                }};
  }
}

}  // namespace tessera::app
