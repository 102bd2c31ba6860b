#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace tessera::reconstruct {

/// What has been done in an output folder and with what: a file that says for each finished stage the hash of its
/// inputs and options, how long it took, the command lines, and what later stages want to know. Written atomically
/// after each change.
class StageBook {
 public:
  /// Reads `file` if it is there. One that cannot be understood counts as empty: its stages are then run again.
  explicit StageBook(std::filesystem::path file);

  struct Entry {
    std::string hash;
    double seconds = 0;
    std::vector<std::string> commands;
    nlohmann::json data = nlohmann::json::object();
  };
  /// The entry of a stage that was finished with this hash; null otherwise.
  const Entry* find(const std::string& stage, const std::string& hash) const;
  void finish(const std::string& stage, Entry entry);

  /// A stage that can go on where it stopped notes here what it had begun with.
  std::string begun(const std::string& stage) const;
  void begin(const std::string& stage, const std::string& hash);

 private:
  void save() const;
  std::filesystem::path file_;
  std::map<std::string, Entry> finished_;
  std::map<std::string, std::string> begun_;
};

}  // namespace tessera::reconstruct
