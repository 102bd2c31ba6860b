#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <new>

#include <CLI/Error.hpp>

#include "app/cli/command.h"
#include "reconstruct/provenance.h"
#include "scene/error.h"
#include "scene/process.h"

namespace {

enum ExitCode { kDone = 0, kUserCanMend = 1, kUsage = 2, kInterrupted = 130 };

int run(int argc, char** argv) {
  using namespace tessera;
  app::Cli cli;
  cli.app.set_version_flag("--version", "tessera " + reconstruct::version_text());
  cli.app.footer(
      "'tessera COMMAND --help' tells more. Results go to stdout, progress to stderr.\n"
      "Exit codes: 0 done, 1 you can mend it, 2 usage, 130 interrupted.");
  app::add_sfm_command(cli);
  app::add_plan_command(cli);
  add_train_command(cli);
  app::add_eval_command(cli);
  app::add_render_command(cli);
  app::add_info_command(cli);
  app::add_export_command(cli);
  app::add_lod_command(cli);
  app::add_synth_command(cli);
  try {
    cli.app.parse(argc, argv);
  } catch (const CLI::Success& e) {  // --help, --version
    return cli.app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::cerr << "tessera: " << app::one_line(e.what()) << "; see 'tessera --help'\n";
    return kUsage;
  }
  if (!cli.run) {
    std::cerr << "tessera: name a command (sfm, train, eval, render, info, export, lod, synth); see 'tessera --help'\n";
    return kUsage;
  }
  std::string message;
  int code = kUserCanMend;
  try {
    const int result = cli.run();
    std::cout.flush();
    if (result == kDone && !std::cout)
      throw scene::Error("stdout", "cannot write the result", "check where it is redirected to");
    return result;
  } catch (const scene::Cancelled&) {
    message = "interrupted", code = kInterrupted;
  } catch (const app::UsageError& e) {
    message = e.what(), code = kUsage;
  } catch (const std::bad_alloc&) {
    message = "out of memory; use smaller pictures (--set max_image_size=800) or fewer splats (--max-splats)";
  } catch (const std::exception& e) {
    message = e.what();
  }
  cli.console.finish_line();
  std::cerr << "tessera: " << app::one_line(message) << "\n";
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  tessera::scene::keep_large_allocations_apart();
  tessera::app::install_signal_handlers();
  // FFmpeg would report a full disk a second time, in its own words. AV_LOG_QUIET; set before there are threads.
  ::setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
  return run(argc, argv);
}
