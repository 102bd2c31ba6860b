#pragma once

#include <filesystem>

namespace tessera::bench {

/// An experiment of docs/large-scenes.md: writes its picture into `out`, which exists, and prints its figures, the one
/// that counts last. What it makes on the way (the synthetic city) stays in `out` for the next time.
using Experiment = void (*)(const std::filesystem::path& out);

/// Four partitioners over two scenes: how evenly is the load spread over eight blocks, and at what price in thin cells?
void balance(const std::filesystem::path& out);

/// Blocks with and without what lies around them as a backdrop (auxiliary points).
void auxiliary(const std::filesystem::path& out);
/// With and without the depths of sparse points as a term.
void depth(const std::filesystem::path& out);
/// The pseudo-view term off, as BlockGaussian's program has it, and as its paper means it.
void pseudo_view(const std::filesystem::path& out);
/// One trained scene merged by box, by nearest centre and by cell.
void seams(const std::filesystem::path& out);
/// The same city in metres, kilometres and centimetres.
void units(const std::filesystem::path& out);

/// A city of 16 blocks, trained in 16 blocks, these refined in four and as one, and as one model; all with as many steps.
void whole(const std::filesystem::path& out);

/// The refined blocks of `whole` at a quarter of their splats, beside what the city truly looks like, from near and from
/// afar.
void levels(const std::filesystem::path& out);

/// The synthetic city of so many blocks, 24 photos each, as OUT/city (of four) or OUT/cityN; made where it is not
/// there.
inline constexpr int kCityBlocks = 4;
std::filesystem::path city(const std::filesystem::path& out, int blocks = kCityBlocks);
/// A folder of the photographs beside the checkout; empty where they are not.
std::filesystem::path photographs(const char* name);

}  // namespace tessera::bench
