#pragma once

namespace tessera::app {

class Workspace;

/// Where the display goes away (its server died, a remote session ended), Qt and Xlib end the program by exit(): no
/// destructor of the window runs. While a guard lives, such an end first saves what there is to save: the run under way
/// stops with a checkpoint. One at a time.
class ExitGuard {
 public:
  explicit ExitGuard(Workspace& workspace);
  ~ExitGuard();
  ExitGuard(const ExitGuard&) = delete;
  ExitGuard& operator=(const ExitGuard&) = delete;
};

}  // namespace tessera::app
