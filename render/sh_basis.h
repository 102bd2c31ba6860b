#pragma once

#include "scene/sh_basis.h"

namespace tessera::render {
using scene::sh_basis;
}  // namespace tessera::render
