#pragma once

#include <optional>

namespace tessera::scene {

/// When a living process of this machine was started, in ticks since the machine was; none: there is no such process,
/// or it is dead and its parent has not asked yet (a zombie). Together with the number this names one process for good,
/// as numbers come again.
std::optional<unsigned long long> process_start(long process);

}  // namespace tessera::scene
