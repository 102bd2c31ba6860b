#include "render/sh_basis.h"  // the basis itself is in scene/; this file goes when the rasteriser brings the first real one
