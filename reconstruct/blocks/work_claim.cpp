#include "reconstruct/blocks/work_claim.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "scene/process.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

// Rewritten in place, as a rename could bring a file back that is no longer the newest; of one length, so that a full
// disk cannot keep a worker from saying that it lives.
constexpr std::size_t kRecordBytes = 1024;
constexpr std::size_t kProblemBytes = 512;

/// Also while the machine sleeps: a lease runs out then, too.
double seconds_here() {
  timespec t{};
  ::clock_gettime(CLOCK_BOOTTIME, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double seconds_of(const timespec& t) { return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec); }

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "this machine";
}

/// What a process number means something in: this start of this machine, and this container on it.
std::string machine() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  std::error_code error;
  return boot + " " + fs::read_symlink("/proc/self/ns/pid", error).string();
}

struct Descriptor {
  explicit Descriptor(int d) : value(d) {}
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value;
};

fs::path claim_file(const fs::path& folder, const std::string& job, int generation) {
  return folder / (job + "." + std::to_string(generation));
}

[[noreturn]] void fail_to_write(const fs::path& path) {
  throw scene::Error(
      path.string(), std::string("cannot write: ") + std::strerror(errno),
      errno == ENOSPC ? "free some space and run the command again" : "see to it that this user may write there");
}

}  // namespace

JobFolder::JobFolder(fs::path folder, Lease lease) : folder_(std::move(folder)), lease_(lease) {
  scene::make_folder(folder_);
}

double JobFolder::now() const {
  static std::atomic<unsigned> serial{0};
  const fs::path probe =
      folder_ / (".clock-" + host_name() + "-" + std::to_string(::getpid()) + "-" + std::to_string(serial++));
  const Descriptor file(::open(probe.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  struct stat there {};
  const bool known = file.value >= 0 && ::futimens(file.value, nullptr) == 0 && ::fstat(file.value, &there) == 0;
  if (!known) fail_to_write(folder_);
  ::unlink(probe.c_str());
  return seconds_of(there.st_mtim);
}

std::map<std::string, JobState> JobFolder::look() const {
  std::map<std::string, JobState> jobs;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const auto dot = name.rfind('.');
    if (name.front() == '.' || dot == std::string::npos) continue;  // a probe of now()
    const int generation = std::atoi(name.c_str() + dot + 1);
    JobState& job = jobs[name.substr(0, dot)];
    job.generation = std::max(job.generation, generation);
  }
  std::optional<double> time;
  const std::string here = machine();
  for (auto& [name, job] : jobs) {
    // Opened anew: NFS asks the server then.
    const Descriptor file(::open(claim_file(folder_, name, job.generation).c_str(), O_RDONLY | O_CLOEXEC));
    if (file.value < 0) continue;
    std::string text(kRecordBytes, '\0');
    const ssize_t size = ::pread(file.value, text.data(), text.size(), 0);
    struct stat there {};
    if (::fstat(file.value, &there) != 0) continue;
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    // What cannot be read may be being written: then only time tells.
    const json record = json::parse(text, nullptr, false);
    const std::string state = record.is_object() ? text_of(record, "state", "running") : "running";
    const auto process = record.is_object() ? static_cast<long>(number_of(record, "process", 0)) : 0;
    if (record.is_object()) {
      job.who = "process " + std::to_string(process) + " on " + text_of(record, "host", "another machine");
      job.problem = text_of(record, "problem", "");
      job.attempts = static_cast<int>(number_of(record, "attempts", 0));
      job.deaths = static_cast<int>(number_of(record, "deaths", 0));
      job.progress = {number_of(record, "share", 0), number_of(record, "remaining", -1),
                      number_of(record, "whole", -1)};
    }
    job.since = seconds_of(there.st_mtim);
    if (state == "done") job.is = JobState::Is::done;
    if (state == "failed") job.is = JobState::Is::failed;
    if (state != "running") continue;
    bool alive = true;
    if (process > 0 && text_of(record, "machine", "") == here) {
      const auto start = scene::process_start(process);
      alive = start && static_cast<double>(*start) == number_of(record, "started", 0);
    } else {
      if (!time) time = now();
      alive = *time - job.since < lease_.lasts;
    }
    job.is = alive ? JobState::Is::running : JobState::Is::free;
    job.deaths += !alive;
  }
  return jobs;
}

std::unique_ptr<JobClaim> JobFolder::claim(const std::string& job, const JobState& seen) const {
  if (seen.is == JobState::Is::running) return nullptr;
  std::unique_ptr<JobClaim> claim(new JobClaim(folder_, job, seen.generation, seen, lease_));
  claim->ended_ = true;  // until it has begun
  if (!claim->take(seen.generation + 1)) return nullptr;
  claim->ended_ = false;
  claim->thread_ = std::thread([c = claim.get()] { c->keep(); });
  return claim;
}

JobClaim::JobClaim(fs::path folder, std::string job, int generation, const JobState& seen, Lease lease)
    : folder_(std::move(folder)),
      job_(std::move(job)),
      lease_(lease),
      generation_(generation),
      attempts_(seen.is == JobState::Is::failed ? seen.attempts : 0),
      deaths_(seen.deaths),
      renewed_(seconds_here()) {}

JobClaim::~JobClaim() {
  end("free");
  if (thread_.joinable()) thread_.join();
}

/// False: somebody else has. Throws where the folder cannot be written; the claim is then as it was.
bool JobClaim::take(int generation) {
  const double issued = seconds_here();
  const fs::path path = claim_file(folder_, job_, generation);
  {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file.value < 0 && errno == EEXIST) return false;
    if (file.value < 0) fail_to_write(path);
  }
  const int before = std::exchange(generation_, generation);
  if (!write()) {
    const int error = errno;
    ::unlink(path.c_str());  // empty, it would keep others waiting
    generation_ = before, errno = error;
    fail_to_write(path);
  }
  renewed_ = issued;
  return true;
}

bool JobClaim::write() const {
  static const std::string here = machine(), host = host_name();
  json record = {{"state", state_},
                 {"host", host},
                 {"process", ::getpid()},
                 {"started", scene::process_start(::getpid()).value_or(0)},
                 {"machine", here},
                 {"attempts", attempts_},
                 {"deaths", deaths_},
                 {"share", progress_.share},
                 {"remaining", progress_.remaining},
                 {"whole", progress_.whole}};
  std::string text = json_text(record, -1);
  for (std::size_t room = kProblemBytes; !problem_.empty() && room > 0; room /= 2) {  // escapes take more
    record["problem"] = problem_.substr(0, room);
    if (std::string longer = json_text(record, -1); longer.size() < kRecordBytes) {
      text = std::move(longer);
      break;
    }
  }
  text.resize(kRecordBytes - 1, ' ');
  text += '\n';
  const Descriptor file(::open(claim_file(folder_, job_, generation_).c_str(), O_WRONLY | O_CLOEXEC));
  return file.value >= 0 && ::pwrite(file.value, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

/// Renews the lease. Where it had run out, others were free to take the job: only the next claim tells.
void JobClaim::beat() {
  if (lost_ || ended_) return;
  const double issued = seconds_here();
  const bool written = write();
  if (seconds_here() - renewed_ < lease_.lasts) {
    if (written) renewed_ = issued;
    return;
  }
  try {
    lost_ = !take(generation_ + 1);
  } catch (const scene::Error&) {  // out of reach, and not known to be lost
  }
}

void JobClaim::keep() {
  std::unique_lock lock(mutex_);
  while (!ended_ && !lost_) {
    leaving_.wait_for(lock, std::chrono::duration<double>(lease_.beat));
    beat();
  }
}

void JobClaim::report(const JobProgress& progress) {
  const std::lock_guard lock(mutex_);
  progress_ = progress;
}

void JobClaim::check() {
  const std::lock_guard lock(mutex_);
  const auto age = [&] { return seconds_here() - renewed_; };
  if (!lost_ && age() >= std::min(2 * lease_.beat, lease_.lasts / 2)) beat();
  if (lost_)
    throw ClaimLost(job_, "has been taken over by another worker, as this one was cut off from " + folder_.string(),
                    "nothing needs to be done");
  if (age() >= lease_.lasts / 2)  // the other half is for the write
    throw ClaimLost(job_, "cannot be written, as " + folder_.string() + " is out of reach",
                    "see to the shared folder and run the command again");
}

void JobClaim::end(const char* state) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    beat();
    state_ = state;
    if (!lost_) (void)write();  // where that fails, others see it by the process or by the lease
    ended_ = true;
  }
  leaving_.notify_all();
}

void JobClaim::done() {
  report({1, 0, progress_.whole});
  end("done");
}

void JobClaim::fail(const std::string& problem) {
  {
    const std::lock_guard lock(mutex_);
    problem_ = problem;
    ++attempts_;
  }
  end("failed");
}

}  // namespace tessera::reconstruct
