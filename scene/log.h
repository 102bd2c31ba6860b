#pragma once

#include <memory>

#include <spdlog/logger.h>

namespace tessera::scene {

/// The logger of a room ("scene", "render", "ingest", "train", ...). Goes to stderr at warning and above until the application adds
/// sinks. stdout belongs to results.
std::shared_ptr<spdlog::logger> logger(const char* room);

/// Lines of all rooms, of `sink`'s level and above, go there as well, from whatever thread writes them; none does any more once
/// remove_sink() has returned. A sink must not write to a logger itself.
void add_sink(std::shared_ptr<spdlog::sinks::sink> sink);
void remove_sink(const std::shared_ptr<spdlog::sinks::sink>& sink);

}  // namespace tessera::scene
