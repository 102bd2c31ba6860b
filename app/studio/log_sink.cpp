#include "app/studio/log_sink.h"

#include <spdlog/sinks/base_sink.h>

#include <QMetaObject>
#include <QObject>
#include <mutex>
#include <utility>

#include "scene/log.h"

namespace tessera::app {

class LogSink::Sink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  Sink(QObject* context, std::function<void(LogLevel, const QString&)> hear)
      : context_(context), hear_(std::move(hear)) {
    set_level(spdlog::level::warn);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const LogLevel level = message.level >= spdlog::level::err ? LogLevel::error : LogLevel::warning;
    const QString text =
        QString::fromUtf8(message.logger_name.data(), static_cast<qsizetype>(message.logger_name.size())) + ": " +
        QString::fromUtf8(message.payload.data(), static_cast<qsizetype>(message.payload.size()));
    QMetaObject::invokeMethod(
        context_, [hear = hear_, level, text] { hear(level, text); }, Qt::QueuedConnection);
  }
  void flush_() override {}

 private:
  QObject* context_;
  std::function<void(LogLevel, const QString&)> hear_;
};

LogSink::LogSink(QObject* context, std::function<void(LogLevel, const QString&)> hear)
    : sink_(std::make_shared<Sink>(context, std::move(hear))) {
  scene::add_sink(sink_);
}

LogSink::~LogSink() { scene::remove_sink(sink_); }

}  // namespace tessera::app
