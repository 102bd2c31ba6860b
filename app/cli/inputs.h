#pragma once

#include <filesystem>

#include "app/cli/console.h"
#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "scene/dataset.h"

namespace tessera::app {

using reconstruct::find_view;
using reconstruct::json_text;
using reconstruct::load_model;
using reconstruct::model_file;
using reconstruct::run_antialiased;
using reconstruct::text_of;
using scene::make_folder;

/// load_dataset with progress and warnings on the console.
inline scene::Dataset open_dataset(const std::filesystem::path& path, Console& console) {
  return scene::load_dataset(path, {}, console.job());
}

}  // namespace tessera::app
