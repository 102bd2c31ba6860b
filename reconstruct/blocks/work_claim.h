#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "scene/error.h"

namespace tessera::reconstruct {

/// Somebody else has taken the job over.
class ClaimLost : public scene::Error {
 public:
  using scene::Error::Error;
};

/// A claim is renewed every `beat`; one that was not for `lasts` may be taken by others. Seconds.
struct Lease {
  double beat = 5, lasts = 60;
};

/// What a worker says of its job with every beat. Seconds negative: not known.
struct JobProgress {
  double share = 0;       // done, of 1
  double remaining = -1;  // until the end
  double whole = -1;      // of the whole job at this speed
};

/// A job as its newest claim has it.
struct JobState {
  enum class Is {
    free,     // never begun, given back, or left by a worker that is gone
    running,  // by somebody who is alive, as far as can be known from here
    failed,
    done
  };
  Is is = Is::free;
  int generation = 0;    // of the newest claim; 0: there is none
  std::string who;       // "process N on HOST"
  std::string problem;   // failed: one line
  double since = 0;      // last written, by the folder's clock (JobFolder::now)
  int attempts = 0;      // that failed, one after the other
  int deaths = 0;        // workers that were gone in the middle of it
  JobProgress progress;  // running, done
};

class JobClaim;

/// Jobs that several programs, on this machine or on others, share by means of a folder alone, without a server and
/// without trusting any clock but the folder's. A job's n-th claim is the file JOB.n, which open(O_EXCL) lets exactly
/// one program make, on local disks as on NFS. The newest claim is the job's state; older ones are history and never
/// removed, so that nobody can mistake one claim for another. To take over from a dead worker is to make the next file.
/// A worker is dead where its process is gone (same machine), or where its lease has run out (other machines).
class JobFolder {
 public:
  /// Makes the folder. Throws scene::Error.
  explicit JobFolder(std::filesystem::path folder, Lease lease = {});

  /// Of every job that was ever claimed.
  std::map<std::string, JobState> look() const;
  /// Takes the job, whatever state it is in but running; null where somebody is faster. `seen` is what look() said.
  /// Throws scene::Error where the folder cannot be written.
  std::unique_ptr<JobClaim> claim(const std::string& job, const JobState& seen) const;
  /// Seconds, by the clock of whoever keeps the folder.
  double now() const;

 private:
  std::filesystem::path folder_;
  Lease lease_;
};

/// Work that is this program's as long as the object lives and is not lost(). Thread-safe.
class JobClaim {
 public:
  ~JobClaim();  // gives the job back, where it is neither done nor failed
  JobClaim(const JobClaim&) = delete;
  JobClaim& operator=(const JobClaim&) = delete;

  void report(const JobProgress& progress);
  /// Before anything of the job is written: cheap while the lease is fresh; else asks the folder. Throws ClaimLost,
  /// also where the folder cannot be reached, as it is then not known.
  void check();
  /// Known to be somebody else's.
  bool lost() const { return lost_; }
  void done();
  void fail(const std::string& problem);

 private:
  friend class JobFolder;
  JobClaim(std::filesystem::path folder, std::string job, int generation, const JobState& seen, Lease lease);
  bool take(int generation);
  bool write() const;
  void beat();
  void keep();
  void end(const char* state);

  const std::filesystem::path folder_;
  const std::string job_;
  const Lease lease_;
  mutable std::mutex mutex_;
  std::condition_variable leaving_;
  int generation_;
  std::string state_ = "running", problem_;
  int attempts_, deaths_;
  JobProgress progress_;
  double renewed_;  // seconds since this machine's start
  bool ended_ = false;
  std::atomic<bool> lost_{false};
  std::thread thread_;
};

}  // namespace tessera::reconstruct
