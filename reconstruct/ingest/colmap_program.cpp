#include "reconstruct/ingest/colmap_program.h"

#include <cctype>
#include <charconv>
#include <csignal>
#include <deque>

#include "reconstruct/ingest/child_process.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kNoSpaceLeft =
    4 << 20;  // a command that failed with less than this free on the disk failed for that

// A display is not needed and may not be there; numbers and file names must not depend on the user's locale.
const std::vector<std::pair<std::string, std::string>> kEnvironment = {{"QT_QPA_PLATFORM", "offscreen"},
                                                                       {"LC_ALL", "C.UTF-8"}};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool complains(std::string_view line) {
  for (const char* sign : {"ERROR", "Error", "Check failed", "what():", "Failed", "failed to", "No space left",
                           "disk is full", "bad_alloc", "Could not", "Cannot", "unrecognised option"})
    if (contains(line, sign)) return true;
  return false;
}

bool parse_int(std::string_view& text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

ColmapCommand& ColmapCommand::set(std::initializer_list<const char*> names, const std::string& value) {
  for (const char* name : names) {
    if (!known_->contains(name)) continue;
    arguments_.push_back(std::string("--") + name);
    arguments_.push_back(value);
    break;
  }
  return *this;
}

ColmapProgram::ColmapProgram(std::string executable, fs::path log_file, const scene::JobContext& job)
    : executable_(std::move(executable)), log_file_(std::move(log_file)), log_(log_file_, std::ios::app), job_(job) {
  if (!log_) throw scene::Error(log_file_.string(), "cannot write", "choose a folder that you may write to");
  std::string banner;
  ChildOptions options{kEnvironment, [&](std::string_view line) { banner.append(line).append("\n"); },
                       job.cancellation};
  try {
    run_child({executable_, "help"}, options);
  } catch (const scene::Error& error) {
    throw scene::Error(executable_, "COLMAP " + error.problem(), "install it: apt-get install colmap");
  }
  // "COLMAP 3.8 (Commit Unknown on Unknown without CUDA)"; 3.6 and earlier: "COLMAP 3.6 -- Structure-from-Motion ...".
  const std::size_t at = banner.find("COLMAP ");
  if (at == std::string::npos || !std::isdigit(static_cast<unsigned char>(banner[at + 7])))
    throw scene::Error(executable_, "is not COLMAP", "install it: apt-get install colmap");
  version_ = banner.substr(at + 7, banner.find_first_of(" \n(", at + 7) - at - 7);
  cuda_ = contains(banner, "with CUDA");
  log("# COLMAP " + version_ + (cuda_ ? " with CUDA" : " without CUDA"));
}

void ColmapProgram::log(const std::string& line) { log_ << line << '\n' << std::flush; }

const std::set<std::string>& ColmapProgram::options_of(const std::string& command) {
  const auto [it, fresh] = options_.try_emplace(command);
  if (!fresh) return it->second;
  ChildOptions options{kEnvironment, {}, job_.cancellation};
  options.on_line = [&](std::string_view line) {
    const std::size_t dashes = line.find("--");
    if (dashes == std::string_view::npos) return;
    line.remove_prefix(dashes + 2);
    const std::size_t end = line.find_first_of(" ,=\t");
    if (end != 0) it->second.emplace(line.substr(0, end));
  };
  run_child({executable_, command, "-h"}, options);
  if (!it->second.contains("database_path") && !it->second.contains("input_path"))
    throw scene::Error(executable_, "this COLMAP (" + version_ + ") has no command '" + command + "'",
                       "install version 3.6 or later");
  return it->second;
}

ColmapCommand ColmapProgram::command(const std::string& name) {
  ColmapCommand command({executable_, name}, options_of(name));
  // Without it COLMAP leaves a log file of each call in the temporary folder.
  return command.set("log_to_stderr", std::string("1"));
}

void ColmapProgram::run(const ColmapCommand& command, const std::function<void(std::string_view)>& on_line) {
  const std::string& name = command.arguments().at(1);
  const std::string line_for_shell = "QT_QPA_PLATFORM=offscreen " + shell_line(command.arguments());
  commands_.push_back(line_for_shell);
  log("\n$ " + line_for_shell);
  std::string complaint, last;
  bool full = false;  // COLMAP leaves out the photos whose features its database has no room for, and ends well
  ChildOptions options{kEnvironment, {}, job_.cancellation};
  options.on_line = [&](std::string_view line) {
    log_ << line << '\n';
    if (complains(line) && complaint.empty()) complaint = line;
    full = full || contains(line, "No space left") || contains(line, "disk is full");
    if (line.find_first_not_of(" =-\t") != std::string_view::npos) last = line;
    if (on_line) on_line(line);
  };
  const ChildExit exit = run_child(command.arguments(), options);
  log_ << std::flush;
  if (exit.ok() && !full) return;
  log("# ended with " + exit.text());
  std::error_code ignored;
  const fs::space_info space = fs::space(log_file_.parent_path(), ignored);
  const std::string subject = "colmap " + name, remedy = "its output is in " + log_file_.string();
  if (full || (!ignored && space.available < kNoSpaceLeft))
    throw scene::Error(subject, "the disk is full", "free some space and run the command again; " + remedy);
  if (exit.signal == SIGKILL)
    throw scene::Error(subject, "was killed, most likely for want of memory",
                       "use smaller pictures or fewer features; " + remedy);
  const std::string& reason = complaint.empty() ? last : complaint;
  throw scene::Error(subject, "failed with " + exit.text() + (reason.empty() ? "" : ": " + reason), remedy);
}

bool parse_counter(std::string_view line, std::string_view what, int& number, int& total) {
  const std::size_t at = line.find(what);
  if (at == std::string_view::npos) return false;
  line.remove_prefix(at + what.size());
  const std::size_t bracket = line.find('[');
  if (bracket == std::string_view::npos) return false;
  line.remove_prefix(bracket + 1);
  if (!parse_int(line, number) || line.empty() || line[0] != '/') return false;
  line.remove_prefix(1);
  return parse_int(line, total);
}

bool parse_registered(std::string_view line, int& registered) {
  const std::size_t at = line.find("Registering image #");
  if (at == std::string_view::npos) return false;
  const std::size_t bracket = line.find('(', at);
  if (bracket == std::string_view::npos) return false;
  line.remove_prefix(bracket + 1);
  if (const std::size_t equals = line.find('='); equals != std::string_view::npos) line.remove_prefix(equals + 1);
  return parse_int(line, registered);
}

}  // namespace tessera::reconstruct
