#include "reconstruct/blocks/block_jobs.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "reconstruct/blocks/merge.h"
#include "reconstruct/run/inputs.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr const char* kMerge = "merge";

std::string job_name(std::uint32_t block) { return "block-" + std::to_string(block); }

}  // namespace

std::string block_name(std::uint32_t block) { return "block " + std::to_string(block); }

BlockJobs::BlockJobs(fs::path project, std::vector<double> loads, Lease lease)
    : project_(std::move(project)),
      loads_(std::move(loads)),
      folder_(project_ / "jobs", lease),
      blocks_(loads_.size()) {
  for (const auto& [name, state] : folder_.look())
    if (state.is == JobState::Is::failed) failed_before_[name] = state.generation;
}

void BlockJobs::look() {
  auto jobs = folder_.look();
  const auto take = [&](const std::string& name) {
    JobState state = jobs[name];
    const auto before = failed_before_.find(name);
    if (state.is == JobState::Is::failed && before != failed_before_.end() && state.generation <= before->second)
      state.is = JobState::Is::free, state.attempts = 0;
    return state;
  };
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    JobState& block = blocks_[b];
    const bool known = block.is == JobState::Is::done;  // it stays so while this program runs
    block = take(job_name(b));
    if (block.is == JobState::Is::running) continue;
    if (known || run_state(block_folder(project_, b)) == "finished")
      block.is = JobState::Is::done;
    else if (block.is == JobState::Is::done)
      block.is = JobState::Is::free;
  }
  merge_ = take(kMerge);
}

bool BlockJobs::all_done() const {
  return std::ranges::all_of(blocks_, [](const JobState& b) { return b.is == JobState::Is::done; });
}

std::size_t BlockJobs::running() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(blocks_, [](const JobState& b) { return b.is == JobState::Is::running; }));
}

std::vector<std::uint32_t> BlockJobs::open() const {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t b = 0; b < blocks_.size(); ++b)
    if (blocks_[b].is == JobState::Is::free ||
        (blocks_[b].is == JobState::Is::failed && blocks_[b].attempts < kAttempts))
      rows.push_back(b);
  const auto rank = [&](std::uint32_t b) {
    return std::tuple(avoided_.contains(b), blocks_[b].attempts, blocks_[b].deaths, -loads_[b], b);
  };
  std::ranges::sort(rows, {}, rank);
  return rows;
}

std::unique_ptr<JobClaim> BlockJobs::claim(std::uint32_t block) const {
  return folder_.claim(job_name(block), blocks_[block]);
}

std::unique_ptr<JobClaim> BlockJobs::claim_merge() const { return folder_.claim(kMerge, merge_); }

scene::Progress BlockJobs::progress() const {
  double total = 0, done = 0, known_load = 0, known_seconds = 0, longest = 0;
  std::size_t finished = 0;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const bool is_done = blocks_[b].is == JobState::Is::done;
    const JobProgress& p = blocks_[b].progress;
    total += loads_[b], done += loads_[b] * (is_done ? 1 : p.share), finished += is_done;
    if (p.whole > 0) known_load += loads_[b], known_seconds += p.whole;
    if (blocks_[b].is == JobState::Is::running) longest = std::max(longest, p.remaining);
  }
  const std::size_t workers = std::max<std::size_t>(running(), 1);
  scene::Progress all{.stage = "training", .done = done, .total = total};
  if (known_load > 0) {
    double work = 0;
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      const JobProgress& p = blocks_[b].progress;
      if (blocks_[b].is == JobState::Is::done) continue;
      const bool told = blocks_[b].is == JobState::Is::running && p.remaining >= 0;
      work += told ? p.remaining : loads_[b] * (1 - p.share) * known_seconds / known_load;
    }
    all.seconds_remaining = std::max(longest, work / static_cast<double>(workers));
  }
  all.detail = std::to_string(finished) + " of " + std::to_string(blocks_.size()) + " blocks done, " +
               std::to_string(running()) + " at work";
  return all;
}

scene::Error BlockJobs::failure() const {
  std::string names, first;
  std::size_t failed = 0;
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    if (blocks_[b].is != JobState::Is::failed) continue;
    names += (failed++ ? ", " : "") + std::to_string(b);
    if (first.empty()) first = block_name(b) + ": " + blocks_[b].problem;
  }
  return scene::Error(project_.string(),
                      std::to_string(failed) + " of " + std::to_string(blocks_.size()) + " blocks failed (" + names +
                          "), the others are trained; " + first,
                      "mend that and run it again: tessera train " + project_.string());
}

}  // namespace tessera::reconstruct
