#pragma once

#include <stdexcept>
#include <string>

namespace tessera::scene {

/// The one error type. Thrown where something fails, caught at the edge of a job: the command line prints `what()` as one
/// line and exits with 1. `what()` reads "SUBJECT: problem; remedy".
class Error : public std::runtime_error {
 public:
  /// subject: the file, option or object at fault, as the user knows it. problem: what is wrong with it. remedy: what the
  /// user can do (may be empty where nothing can be done).
  Error(std::string subject, std::string problem, std::string remedy = {})
      : std::runtime_error(subject + ": " + problem + (remedy.empty() ? "" : "; " + remedy)),
        subject_(std::move(subject)),
        problem_(std::move(problem)),
        remedy_(std::move(remedy)) {}

  const std::string& subject() const { return subject_; }
  const std::string& problem() const { return problem_; }
  const std::string& remedy() const { return remedy_; }

 private:
  std::string subject_, problem_, remedy_;
};

/// Thrown by a job that noticed `Cancellation::requested()`. Not a failure: the command line exits with 130.
class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("interrupted") {}
};

}  // namespace tessera::scene
