#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "reconstruct/ingest/sfm.h"
#include "scene/atomic_file.h"

namespace tessera::app {
namespace {

struct Arguments {
  std::string input, out;
  std::vector<std::string> set;
  std::string left_out;
  bool as_json = false;
};

int sfm(const Arguments& a, Cli& cli) {
  reconstruct::SfmOptions options;
  for (const std::string& assignment : a.set) set_option(options, reconstruct::sfm_options_table(), assignment);
  if (!a.left_out.empty()) {
    std::istringstream lines(scene::read_file(a.left_out));
    for (std::string line; std::getline(lines, line);) {
      if (line.ends_with('\r')) line.pop_back();
      if (!line.empty()) options.leave_out.push_back(line);
    }
  }
  const auto report = reconstruct::run_sfm(a.input, a.out, options, cli.console.job());
  cli.console.finish_line();
  if (a.as_json) {
    std::cout << json_text(reconstruct::to_json(report)) << "\n";
    return 0;
  }
  char line[256];
  std::snprintf(line, sizeof line, "registered  %d of %d photos, %s points, reprojection error %.2f px\n",
                report.registered, report.images, count_text(report.points).c_str(), report.reprojection_error);
  std::cout << line;
  if (report.alignment == "gps") {
    std::snprintf(line, sizeof line, "aligned     to GPS (rms %.2f m across), metres, z up; origin %.7f %.7f %.1f\n",
                  report.gps_rms_metres, report.origin_wgs84[0], report.origin_wgs84[1], report.origin_wgs84[2]);
    std::cout << line;
  } else {
    std::cout << "aligned     " << (report.alignment == "level" ? "level (z up), scale unknown" : "not at all") << "\n";
  }
  for (const auto& failed : report.failed) std::cout << "failed      " << failed.name << ": " << failed.reason << "\n";
  std::cout << "dataset     " << a.out << "\n";
  return 0;
}

}  // namespace

void add_sfm_command(Cli& cli) {
  auto* sub = cli.app.add_subcommand("sfm", "Photos or a video in, a dataset with poses out (runs COLMAP)");
  auto a = std::make_shared<Arguments>();
  sub->add_option("INPUT", a->input, "folder of photos, or a video (mp4, mov)")->required()->check(not_empty());
  sub->add_option("--out", a->out, "dataset folder to make; one that was interrupted goes on where it stopped")
      ->required()
      ->check(not_empty());
  sub->add_option("--leave-out", a->left_out, "text file with the names of photos that are not to be used, one a line")
      ->check(not_empty());
  sub->add_option("--set", a->set, "KEY=VALUE, any option of the table below; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  sub->add_flag("--json", a->as_json, "print the report as JSON");
  sub->footer(options_help(reconstruct::sfm_options_table()));
  sub->callback([&cli, a] { cli.run = [&cli, a] { return sfm(*a, cli); }; });
}

}  // namespace tessera::app
