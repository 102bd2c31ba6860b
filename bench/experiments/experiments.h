#pragma once

#include <filesystem>

namespace tessera::bench {

/// An experiment of docs/large-scenes.md: writes its picture into `out`, which exists, and prints its figures, the one
/// that counts last. What it makes on the way (the synthetic city) stays in `out` for the next time.
using Experiment = void (*)(const std::filesystem::path& out);

/// Four partitioners over two scenes: how evenly is the load spread over eight blocks, and at what price in thin cells?
void balance(const std::filesystem::path& out);

/// The synthetic city of four blocks in 96 photos, OUT/city; made where it is not there.
std::filesystem::path city(const std::filesystem::path& out);
/// A folder of the photographs beside the checkout; empty where they are not.
std::filesystem::path photographs(const char* name);

}  // namespace tessera::bench
