#include "scene/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace tessera::scene {

std::shared_ptr<spdlog::logger> logger(const char* room) {
  // Function-local: made once, before the first message, whatever the order of static initialisation.
  static const auto sink = [] {
    auto s = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    s->set_level(spdlog::level::warn);
    return s;
  }();
  if (auto existing = spdlog::get(room)) return existing;
  auto created = std::make_shared<spdlog::logger>(room, sink);
  created->set_level(spdlog::level::debug);
  try {
    spdlog::register_logger(created);
  } catch (const spdlog::spdlog_ex&) {  // another thread was first
    return spdlog::get(room);
  }
  return created;
}

}  // namespace tessera::scene
