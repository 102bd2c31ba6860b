#pragma once

#include <cstddef>

namespace tessera::test {

/// Calls of operator new so far, on all threads. Programs that link the library tessera_allocation_counter have theirs
/// replaced.
std::size_t allocation_count();

}  // namespace tessera::test
