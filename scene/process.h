#pragma once

#include <optional>

namespace tessera::scene {

/// When a living process of this machine was started, in ticks since the machine was; none: there is no such process,
/// or it is dead and its parent has not asked yet (a zombie). Together with the number this names one process for good,
/// as numbers come again.
std::optional<unsigned long long> process_start(long process);

/// What was freed goes back to the system; the allocator would keep it for later requests, which need not fit. For
/// between jobs.
void give_back_memory();

}  // namespace tessera::scene
