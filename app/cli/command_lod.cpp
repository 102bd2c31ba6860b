#include <iostream>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "scene/atomic_file.h"
#include "scene/lod/build_lod.h"

namespace tessera::app {
namespace {

// Smaller nodes are chosen more exactly and cost more to choose; larger ones are read in longer pieces.
constexpr int kLeastChunk = 1 << 10, kMostChunk = 1 << 18;

struct Arguments {
  std::string model, out;
  std::optional<int> chunk;
};

int run_lod(const Arguments& a, Cli& cli) {
  if (std::filesystem::path(a.out).extension() != ".tlod")
    throw scene::Error(a.out, "is no name of a .tlod file", "let it end in .tlod");
  scene::LodOptions options;
  options.chunk = static_cast<std::size_t>(a.chunk.value_or(0)), options.antialiased = run_antialiased(a.model);
  scene::AtomicFile{a.out};  // where it cannot be written is said before the work, not after it
  scene::build_lod(model_file(a.model), a.out, options, cli.console.job());
  cli.console.finish_line();
  const scene::LodFile file(a.out);
  std::cout << a.out << ": " << count_text(file.scene().splats) << " splats in " << count_text(file.nodes().size())
            << " nodes on " << file.nodes()[0].level + 1 << " levels, " << bytes_text(static_cast<double>(file.bytes()))
            << "\n";
  return 0;
}

}  // namespace

void add_lod_command(Cli& cli) {
  auto* sub =
      cli.app.add_subcommand("lod", "Levels of detail of a large model, in one file that is viewed piece by piece");
  auto a = std::make_shared<Arguments>();
  sub->add_option("MODEL", a->model, "run folder or 3DGS PLY, of any size")->required()->check(not_empty());
  sub->add_option("-o,--out", a->out, "file to write (.tlod)")->required()->check(not_empty());
  sub->add_option("--chunk", a->chunk, "splats of a node at most (a 1024th of the model, 256 to 65536)")
      ->check(CLI::Range(kLeastChunk, kMostChunk));
  sub->callback([&cli, a] { cli.run = [&cli, a] { return run_lod(*a, cli); }; });
}

}  // namespace tessera::app
