#include "scene/log.h"

#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace tessera::scene {

namespace {

/// Where the lines of all rooms go.
std::shared_ptr<spdlog::sinks::dist_sink_mt> hub() {
  // Function-local: made once, before the first message, whatever the order of static initialisation.
  static const auto made = [] {
    auto console = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    console->set_level(spdlog::level::warn);
    auto sink = std::make_shared<spdlog::sinks::dist_sink_mt>();
    sink->add_sink(std::move(console));
    return sink;
  }();
  return made;
}

}  // namespace

void add_sink(std::shared_ptr<spdlog::sinks::sink> sink) { hub()->add_sink(std::move(sink)); }
void remove_sink(const std::shared_ptr<spdlog::sinks::sink>& sink) { hub()->remove_sink(sink); }

std::shared_ptr<spdlog::logger> logger(const char* room) {
  if (auto existing = spdlog::get(room)) return existing;
  auto created = std::make_shared<spdlog::logger>(room, hub());
  created->set_level(spdlog::level::debug);
  try {
    spdlog::register_logger(created);
  } catch (const spdlog::spdlog_ex&) {  // another thread was first
    return spdlog::get(room);
  }
  return created;
}

}  // namespace tessera::scene
