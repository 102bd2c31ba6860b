#pragma once

#include <QToolBar>

#include <nlohmann/json_fwd.hpp>

#include "app/studio/studio.h"

namespace tessera::app {

/// How the scene is drawn: what of a splat, how bright, how large.
class ViewBar : public QToolBar {
  Q_OBJECT
 public:
  explicit ViewBar(Studio& studio);

  /// What is chosen, for Studio::keep.
  nlohmann::json save() const;
  void restore(const nlohmann::json& saved);
};

}  // namespace tessera::app
