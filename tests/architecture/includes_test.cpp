// Arrows between the rooms run down only (docs/architecture.md, section 1).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
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

/// Includes between rooms in the lines of one file.
std::vector<Arrow> arrows_of(std::istream& lines, const std::string& room, const std::string& file) {
  static const std::regex include(R"(^\s*#\s*include\s*["<]([a-z_]+)/[^">]+[">])");
  std::vector<Arrow> found;
  std::smatch match;
  for (std::string line; std::getline(lines, line);)
    if (std::regex_search(line, match, include) && allowed_arrows().contains(match[1])) found.push_back({room, match[1], file});
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
  const std::regex forbidden(R"(^\s*#\s*include\s*[<"](Q[A-Z]|vulkan/|cuda|opencv2/highgui))");
  for (const char* room : {"scene", "render", "reconstruct"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TESSERA_SOURCE_ROOT) / room)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) EXPECT_FALSE(std::regex_search(line, forbidden)) << entry.path() << ": " << line;
    }
}

TEST(Architecture, ParallelLoopsGoThroughOneDoor) {
  const std::regex loop(R"(^\s*#\s*include\s*[<"](tbb|oneapi/tbb)/(parallel_|task_group|flow_graph))");
  int doors = 0;
  for (const char* room : {"scene", "render", "reconstruct", "app"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TESSERA_SOURCE_ROOT) / room)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        if (!std::regex_search(line, loop)) continue;
        ++doors;
        EXPECT_EQ(entry.path().filename(), "parallel.cpp") << entry.path() << ": the thread sanitizer sees only loops of scene/parallel.h";
      }
    }
  EXPECT_GT(doors, 0);
}

}  // namespace
}  // namespace tessera
