#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "reconstruct/blocks/work_claim.h"
#include "scene/error.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

/// The blocks of a project as jobs that workers share through PROJECT/jobs, and the merge that comes after them. That a
/// block is done its run folder says; all else about it, its newest claim. For one thread.
class BlockJobs {
 public:
  /// A block that fails is tried so many times before it is left to the next start of the program.
  static constexpr int kAttempts = 2;

  /// `loads`: what each block is foreseen to cost, in any unit. What failed before this is free again.
  BlockJobs(std::filesystem::path project, std::vector<double> loads, Lease lease = {});

  /// Asks the disk. The others speak of this moment.
  void look();
  bool all_done() const;
  const JobState& state(std::uint32_t block) const { return blocks_[block]; }
  const JobState& merge_state() const { return merge_; }
  std::size_t running() const;
  /// What may be begun, best first: heaviest first, so that the last ones to finish are light (Graham 1969: at most a
  /// third longer than the best schedule). What has failed or killed its worker comes after what has not.
  std::vector<std::uint32_t> open() const;
  /// Null where somebody was faster.
  std::unique_ptr<JobClaim> claim(std::uint32_t block) const;
  std::unique_ptr<JobClaim> claim_merge() const;
  /// Comes last from now on.
  void avoid(std::uint32_t block) { avoided_.insert(block); }
  void set_progress(std::uint32_t block, const JobProgress& progress) { blocks_[block].progress = progress; }

  /// Of all blocks, by their loads; the time that is left with as many workers as there are now.
  scene::Progress progress() const;
  /// Of the blocks that have failed: one line that names each, and what to do.
  scene::Error failure() const;

 private:
  std::filesystem::path project_;
  std::vector<double> loads_;
  JobFolder folder_;
  std::map<std::string, int> failed_before_;  // generations; a clock has ticks, in one of which much can happen
  std::vector<JobState> blocks_;
  JobState merge_;
  std::set<std::uint32_t> avoided_;
};

std::string block_name(std::uint32_t block);

}  // namespace tessera::reconstruct
