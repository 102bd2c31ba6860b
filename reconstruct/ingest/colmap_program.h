#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scene/progress.h"

namespace tessera::reconstruct {

/// One COLMAP command in the making. Options that the installed version does not know are left out.
class ColmapCommand {
 public:
  /// Adds "--name value" under the first of `names` that is known ("SiftExtraction.use_gpu" became
  /// "FeatureExtraction.use_gpu" in 3.12).
  ColmapCommand& set(std::initializer_list<const char*> names, const std::string& value);
  ColmapCommand& set(const char* name, const std::string& value) { return set({name}, value); }
  ColmapCommand& set(std::initializer_list<const char*> names, int value) { return set(names, std::to_string(value)); }
  ColmapCommand& set(const char* name, const std::filesystem::path& value) { return set({name}, value.string()); }
  const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  friend class ColmapProgram;
  ColmapCommand(std::vector<std::string> arguments, const std::set<std::string>& known)
      : arguments_(std::move(arguments)), known_(&known) {}
  std::vector<std::string> arguments_;
  const std::set<std::string>* known_;
};

/// The installed COLMAP: what it is, and its commands run one after the other with everything it says in a log file.
class ColmapProgram {
 public:
  /// Asks `executable help`. Throws scene::Error: not installed (and which package brings it), not COLMAP.
  ColmapProgram(std::string executable, std::filesystem::path log_file, const scene::JobContext& job);

  const std::string& version() const { return version_; }  // "3.8"
  bool cuda() const { return cuda_; }
  /// Command lines as run so far, for a shell.
  const std::vector<std::string>& commands() const { return commands_; }
  void forget_commands() { commands_.clear(); }

  ColmapCommand command(const std::string& name);
  /// Runs it; `on_line` sees each line of its output. Throws scene::Error with COLMAP's own complaint, the disk being
  /// full or the log file's name; scene::Cancelled.
  void run(const ColmapCommand& command, const std::function<void(std::string_view)>& on_line = {});
  void log(const std::string& line);

 private:
  const std::set<std::string>& options_of(const std::string& command);

  std::string executable_, version_;
  bool cuda_ = false;
  std::filesystem::path log_file_;
  std::ofstream log_;
  const scene::JobContext& job_;
  std::map<std::string, std::set<std::string>> options_;
  std::vector<std::string> commands_;
};

/// "Processed file [3/18]", "Undistorting image [3/18]", "Matching block [1/2, ...": number and total of a line that
/// begins with `what`.
bool parse_counter(std::string_view line, std::string_view what, int& number, int& total);
/// "Registering image #8 (3)": how many images the model then has. COLMAP 3.12 and later: "... (num_reg_frames=3)".
bool parse_registered(std::string_view line, int& registered);

}  // namespace tessera::reconstruct
