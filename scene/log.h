#pragma once

#include <memory>

#include <spdlog/logger.h>

namespace tessera::scene {

/// The logger of a room ("scene", "render", "ingest", "train", ...). Goes to stderr at warning and above until the application adds
/// sinks. stdout belongs to results.
std::shared_ptr<spdlog::logger> logger(const char* room);

}  // namespace tessera::scene
