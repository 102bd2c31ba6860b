#include "app/cli/train_blocks.h"

#include <tbb/global_control.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <nlohmann/json.hpp>

#include "app/cli/inputs.h"
#include "app/cli/launcher.h"
#include "reconstruct/blocks/block_training.h"
#include "reconstruct/blocks/concurrency.h"
#include "reconstruct/provenance.h"
#include "reconstruct/train/memory_plan.h"

namespace tessera::app {
using nlohmann::json;

namespace {

/// How many blocks are trained at a time on this machine.
int jobs_of(const TrainBlocks& a, const reconstruct::BlockCosts& costs, const Launch& launch, int cores,
            double memory_mb) {
  if (a.how.helper_of || a.how.block >= 0) return 1;
  reconstruct::MemoryLimit memory = reconstruct::machine_limit(1);
  // What the plan was given is for all blocks that are trained at a time on a machine.
  if (const auto given = static_cast<std::size_t>(memory_mb * 1e6); given > 0 && given < memory.bytes)
    memory = {given, "that the plan was given (memory_mb)"};
  const int fit = reconstruct::blocks_in(costs, memory.bytes / static_cast<std::size_t>(launch.on_machine));
  if (a.how.jobs > std::max(fit, 1))
    throw scene::Error("--jobs " + std::to_string(a.how.jobs),
                       std::to_string(fit) + " of the blocks at a time are known to fit into the " +
                           bytes_text(static_cast<double>(memory.bytes)) + " " + memory.source,
                       "give fewer, or smaller pictures and fewer splats to the plan");
  return a.how.jobs > 0 ? a.how.jobs : reconstruct::best_jobs(costs, cores, fit, launch.size);
}

}  // namespace

int train_blocks(const TrainBlocks& a, Cli& cli) {
  Console& console = cli.console;
  if (a.how.helper_of) become_helper_of(a.how.helper_of);
  if (a.how.block >= 0 && a.how.jobs > 0) throw UsageError("--block is one block; --jobs says nothing there");
  const Launch launch = launch_from([](const char* name) -> const char* { return std::getenv(name); });
  console.set_quiet(a.how.helper_of || launch.rank > 0);  // one of them reports for all
  reconstruct::resource_use();
  reconstruct::BlockPlan plan = reconstruct::read_block_plan(a.project);
  if (a.threads >= 0) plan.options.threads = a.threads;
  const Cores there = cores();
  const int usable = share_of_cores(there, launch);
  if (launch.size > 1 && a.threads < 0 && usable * launch.on_machine < there.all)
    console.note("this process was bound to " + std::to_string(usable) + " of " + std::to_string(there.all) +
                 " cores; mpirun --bind-to none gives it more");

  const scene::Dataset dataset = open_dataset(plan.data, console);
  reconstruct::BlockTraining::Options options;
  options.helper = a.how.helper_of;
  if (a.how.block >= 0) options.only = static_cast<std::uint32_t>(a.how.block);
  const std::string refining = plan.partition.cells() > 1 && !plan.start
                                   ? "tessera plan " + plan.data.string() + " --out " + a.project + "-refined --start " +
                                         a.project + " [--memory 6GB]"
                                   : "";
  int threads = plan.options.threads;
  const double memory_mb = plan.options.memory_mb;
  reconstruct::BlockTraining training(std::move(plan), a.project, dataset, events_of(console), options);
  const int jobs = jobs_of(a, training.costs(), launch, usable, memory_mb);
  if (threads == 0) threads = std::max(usable / jobs, 1);
  training.set_threads(threads);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  if (jobs > 1) console.note(std::to_string(jobs) + " blocks at a time, " + std::to_string(threads) + " threads each");
  const std::vector<std::string> helper{
      "train", a.project, "--helper-of", std::to_string(::getpid()), "--threads", std::to_string(threads)};
  const Helpers helpers(std::vector(static_cast<std::size_t>(jobs - 1), helper));
  const auto outcome = training.run();
  console.finish_line();
  if (outcome.stopped) {
    console.note("stopped; go on with: tessera train " + a.project);
    return 130;
  }
  if (outcome.metrics.is_null()) {
    console.note(a.how.block >= 0 ? "block " + std::to_string(a.how.block) + " is trained" : "another worker merged");
  } else if (a.as_json) {
    std::cout << json_text(outcome.metrics) << "\n";
  } else {
    print_results(a.project, outcome.metrics);
    if (!refining.empty()) std::cout << "refine    with all blocks in view: " << refining << "\n";
  }
  return 0;
}

}  // namespace tessera::app
