#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/studio/studio.h"
#include "app/studio/workspace.h"

namespace tessera::app {

/// Remembers in the project how it is looked at, and asks what only a person can know: where the photos are now, where
/// a project is to be kept, whether to look at what another window has open.
class ProjectKeeper : public QObject {
  Q_OBJECT
 public:
  explicit ProjectKeeper(Studio& studio);

  /// See Studio::keep.
  void keep(const char* name, std::function<nlohmann::json()> save, std::function<void(const nlohmann::json&)> restore);

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  struct Kept {
    const char* name;
    std::function<nlohmann::json()> save;
    std::function<void(const nlohmann::json&)> restore;
  };
  void save();
  void restore();
  void say_what_can_go_on();
  void ask(Workspace::Question question, const QString& why);
  void ask_folder(const QString& title);

  Studio& studio_;
  std::vector<Kept> kept_;
  bool restored_ = false;  // what is shown is what the project remembers, or newer
  QTimer timer_;
};

}  // namespace tessera::app
