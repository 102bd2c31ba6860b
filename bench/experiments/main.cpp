// tessera_experiments NAME [OUT]: the figures and pictures of docs/large-scenes.md, each by one command.
#include <cstdio>
#include <exception>
#include <string>

#include "bench/experiments/experiments.h"
#include "reconstruct/synth/city.h"
#include "scene/atomic_file.h"

namespace tessera::bench {
namespace fs = std::filesystem;

namespace {

struct Entry {
  const char* name;
  Experiment run;
  const char* what;
};
constexpr Entry kExperiments[] = {
    {"balance", balance, "four partitioners, eight blocks: how evenly is the load spread?"},
    {"auxiliary", auxiliary, "what lies around a block, as a backdrop or not at all"},
    {"depth", depth, "the depths of sparse points, as a term or not"},
    {"pseudo", pseudo_view, "the pseudo-view term: off, as released, as meant"},
    {"seams", seams, "one scene merged by box, nearest centre and cell"},
    {"units", units, "the same city in three units"},
    {"whole", whole, "a city of 16 blocks: merged, refined, and as one model of as many steps"},
    {"levels", levels, "its refined blocks at a quarter of the splats, at one and at four times the distance"},
};

int usage() {
  std::printf("tessera_experiments NAME [OUT]: writes into OUT, by default experiments/NAME\n");
  for (const Entry& e : kExperiments) std::printf("  %-10s %s\n", e.name, e.what);
  return 2;
}

int run(int argc, char** argv) {
  if (argc < 2 || argc > 3) return usage();
  for (const Entry& e : kExperiments) {
    if (argv[1] != std::string(e.name)) continue;
    const fs::path out = argc > 2 ? fs::path(argv[2]) : fs::path("experiments") / e.name;
    scene::make_folder(out);
    e.run(out);
    return 0;
  }
  return usage();
}

}  // namespace

fs::path city(const fs::path& out, int blocks) {
  constexpr int kViewsABlock = 24;
  const fs::path folder = out / (blocks == kCityBlocks ? "city" : "city" + std::to_string(blocks));
  if (fs::exists(folder / "city.json")) return folder;
  reconstruct::CityOptions options;
  options.blocks = blocks, options.views = kViewsABlock * blocks, options.ground_truth = false;
  std::fprintf(stderr, "making %s\n", folder.c_str());
  fs::remove_all(folder);  // of one that was interrupted
  reconstruct::write_city(folder, options, {});
  return folder;
}

fs::path photographs(const char* name) {
  const fs::path folder = fs::path(TESSERA_SHARED_DATA) / name;
  return fs::is_directory(folder) ? folder : fs::path();
}

}  // namespace tessera::bench

int main(int argc, char** argv) {
  try {
    return tessera::bench::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "tessera_experiments: %s\n", e.what());
    return 1;
  }
}
