#pragma once

#include <QToolBar>

#include <nlohmann/json_fwd.hpp>

namespace tessera::app {

class Viewport;

/// How the scene is drawn: what of a splat, how bright, how large.
class ViewBar : public QToolBar {
  Q_OBJECT
 public:
  explicit ViewBar(Viewport& viewport, QWidget* parent = nullptr);

  /// What is chosen, for Studio::keep.
  nlohmann::json save() const;
  void restore(const nlohmann::json& saved);
};

}  // namespace tessera::app
