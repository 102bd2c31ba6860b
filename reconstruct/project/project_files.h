#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "scene/folder_lock.h"

namespace tessera::reconstruct {

// What stands in a project's folder.
inline constexpr const char *kProjectFile = "project.toml", *kProjectLock = "project.lock", *kRuns = "runs",
                            *kPoses = "sfm";

std::shared_ptr<scene::FolderLock> lock_project(const std::filesystem::path& folder);
/// A project can be made there: nothing is, or an empty folder, or what a kill left of one that was being made.
bool is_free(const std::filesystem::path& folder);
/// Folders in runs/ that hold a run; 2 before 10.
std::vector<std::string> names_of_runs(const std::filesystem::path& folder);
/// The first of runs/1, runs/2, ... that is not there.
std::filesystem::path free_run(const std::filesystem::path& folder);
/// Removes files that a killed program had begun to write beside project.toml, and run folders in which nothing had
/// begun. Only for whoever holds the lock.
void remove_project_leavings(const std::filesystem::path& folder);

}  // namespace tessera::reconstruct
