#pragma once

#include <QString>
#include <functional>
#include <memory>

class QObject;

namespace tessera::app {

enum class LogLevel { info, warning, error };

/// Passes what the rooms log (scene::logger), warnings and worse, on to `hear` in the thread of `context`, for as long
/// as it lives; it must not outlive `context`.
class LogSink {
 public:
  LogSink(QObject* context, std::function<void(LogLevel, const QString&)> hear);
  ~LogSink();
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

 private:
  class Sink;
  std::shared_ptr<Sink> sink_;
};

}  // namespace tessera::app
