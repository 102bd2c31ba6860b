// Arrows between the rooms run down only (docs/architecture.md, section 1).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {
namespace {
namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>>& allowed_arrows() {
  static const std::map<std::string, std::set<std::string>> arrows{
      {"scene", {"scene"}},
      {"render", {"render", "scene"}},
      {"compress", {"compress", "render", "scene"}},
      {"reconstruct", {"reconstruct", "compress", "render", "scene"}},
      {"plugins", {"plugins", "reconstruct", "compress", "render", "scene"}},
      {"app", {"app", "reconstruct", "compress", "render", "scene"}},
  };
  return arrows;
}

struct Arrow {
  std::string from, to, file;
};

/// What a line includes, without its quotes or brackets; empty if it is no #include.
std::string included(std::string_view line) {
  const auto skip = [&line](std::string_view word) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    return true;
  };
  if (!skip("#") || !skip("include") || !(skip("\"") || skip("<"))) return {};
  return std::string(line.substr(0, line.find_first_of("\">")));
}

/// Whether a path begins with one of the words.
bool begins_with_one_of(std::string_view path, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return path.starts_with(word); });
}

/// Includes between rooms in the lines of one file.
std::vector<Arrow> arrows_of(std::istream& lines, const std::string& room, const std::string& file) {
  std::vector<Arrow> found;
  for (std::string line; std::getline(lines, line);) {
    const std::string path = included(line), to = path.substr(0, path.find('/'));
    if (to != path && allowed_arrows().contains(to)) found.push_back({room, to, file});
  }
  return found;
}

bool allowed(const Arrow& arrow) { return allowed_arrows().at(arrow.from).contains(arrow.to); }

TEST(Architecture, ArrowsBetweenRoomsRunDownOnly) {
  const fs::path root = TESSERA_SOURCE_ROOT;
  int files = 0;
  for (const auto& [room, targets] : allowed_arrows()) {
    if (!fs::is_directory(root / room)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / room)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cpp") continue;
      ++files;
      std::ifstream stream(entry.path());
      for (const Arrow& arrow : arrows_of(stream, room, entry.path().string()))
        EXPECT_TRUE(allowed(arrow)) << arrow.file << " of " << arrow.from << " includes from " << arrow.to;
    }
  }
  EXPECT_GT(files, 50);
}

TEST(Architecture, AWrongArrowIsSeen) {
  std::istringstream text("#include <vector>\n#include \"render/frame.h\"\n  # include \"app/cli/console.h\"\n");
  const auto arrows = arrows_of(text, "scene", "scene/x.h");
  ASSERT_EQ(arrows.size(), 2u);
  EXPECT_FALSE(allowed(arrows[0]));
  EXPECT_FALSE(allowed(arrows[1]));
  EXPECT_TRUE(allowed({"reconstruct", "scene", ""}));
}

TEST(Architecture, HeadersBelowTheApplicationKnowNoWindowSystem) {
  bool vulkan = false;  // the file may know it
  const auto forbidden = [&vulkan](const std::string& path) {
    const bool qt = path.size() > 1 && path[0] == 'Q' && path[1] >= 'A' && path[1] <= 'Z';
    return qt || begins_with_one_of(path, {"cuda", "opencv2/highgui"}) ||
           (!vulkan && begins_with_one_of(path, {"vulkan/"}));
  };
  for (const char* room : {"scene", "render", "reconstruct"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TESSERA_SOURCE_ROOT) / room)) {
      if (!entry.is_regular_file()) continue;
      vulkan = entry.path().parent_path() == fs::path(TESSERA_SOURCE_ROOT) / "render/vulkan";
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);)
        EXPECT_FALSE(forbidden(included(line))) << entry.path() << ": " << line;
    }
}

TEST(Architecture, ParallelLoopsGoThroughOneDoor) {
  int doors = 0;
  for (const char* room : {"scene", "render", "reconstruct", "app"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TESSERA_SOURCE_ROOT) / room)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        std::string path = included(line);
        if (path.starts_with("oneapi/")) path.erase(0, 7);
        if (!begins_with_one_of(path, {"tbb/parallel_", "tbb/task_group", "tbb/flow_graph"})) continue;
        ++doors;
        EXPECT_EQ(entry.path().filename(), "parallel.cpp")
            << entry.path() << ": the thread sanitizer sees only loops of scene/parallel.h";
      }
    }
  EXPECT_GT(doors, 0);
}

}  // namespace
}  // namespace tessera
