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

/// From now on allocations of 16 MB and more are mapped one by one, and go back to the system when they are freed.
/// glibc begins like that, but takes what was freed once (up to 32 MB) for small from then on, and keeps it in a heap
/// where it need not fit again: in the fourth block that a process trained its peak was 56 MB above the first one's, as
/// much as two checkpoints. For the start of a program.
void keep_large_allocations_apart();

}  // namespace tessera::scene
