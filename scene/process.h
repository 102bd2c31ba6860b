#pragma once

#include <optional>

namespace tessera::scene {

/// When a living process of this machine was started, in ticks since the machine was; none: there is no such process,
/// or it is dead and its parent has not asked yet (a zombie). Together with the number this names one process for good,
/// as numbers come again.
std::optional<unsigned long long> process_start(long process);

/// What was freed goes back to the system. The allocator keeps it for later requests, which seldom fit: after sixteen
/// blocks it held 100 MB that nobody used (docs/large-scenes.md). For between jobs; takes milliseconds.
void give_back_memory();

}  // namespace tessera::scene
