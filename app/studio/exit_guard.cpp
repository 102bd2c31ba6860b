#include "app/studio/exit_guard.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "app/studio/workspace.h"

namespace tessera::app {
namespace {

Workspace* guarded = nullptr;

void save_work() {
  Workspace* workspace = std::exchange(guarded, nullptr);
  if (!workspace) return;
  workspace->finish();
  std::fflush(nullptr);
  std::_Exit(EXIT_FAILURE);  // other threads still draw with what would be torn down now
}

}  // namespace

ExitGuard::ExitGuard(Workspace& workspace) {
  static const bool registered = std::atexit(save_work) == 0;
  if (registered) guarded = &workspace;
}

ExitGuard::~ExitGuard() { guarded = nullptr; }

}  // namespace tessera::app
