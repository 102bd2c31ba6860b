#pragma once

#include "app/studio/studio.h"

namespace tessera::app {

class TaskStrip;

/// Screenshots and exports of the model, in the File and Edit menus.
void add_export_actions(Studio& studio, TaskStrip& tasks);

}  // namespace tessera::app
