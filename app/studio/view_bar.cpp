#include "app/studio/view_bar.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QToolButton>

#include <nlohmann/json.hpp>

#include "app/studio/view_settings.h"
#include "app/studio/viewport.h"

namespace tessera::app {
namespace {

QString mode_text(render::ViewMode mode) {
  using render::ViewMode;
  switch (mode) {
    case ViewMode::splats:
      return ViewBar::tr("Splats");
    case ViewMode::points:
      return ViewBar::tr("Points");
    case ViewMode::shells:
      return ViewBar::tr("Shells");
    case ViewMode::depth:
      return ViewBar::tr("Depth");
    case ViewMode::normals:
      return ViewBar::tr("Normals");
    case ViewMode::overdraw:
      return ViewBar::tr("Overdraw");
  }
  return {};
}

}  // namespace

ViewBar::ViewBar(Studio& studio) : QToolBar(tr("View")) {
  Viewport& viewport = studio.viewport;
  setObjectName("bar_view");
  setMovable(false);
  auto* mode = new QComboBox;
  mode->setObjectName("mode");
  mode->setAccessibleName(tr("What is drawn"));
  using render::ViewMode;
  for (const ViewMode m : {ViewMode::splats, ViewMode::points, ViewMode::shells, ViewMode::depth, ViewMode::normals,
                           ViewMode::overdraw})
    mode->addItem(mode_text(m), static_cast<int>(m));
  connect(mode, &QComboBox::currentIndexChanged, this, [&viewport, mode] {
    render::ViewSettings settings = viewport.settings();
    settings.mode = static_cast<ViewMode>(mode->currentData().toInt());
    viewport.set_settings(settings);
  });
  addWidget(new QLabel(tr("Draw")));
  addWidget(mode);
  const auto number = [&](const QString& label, const char* name, double low, double high, double step, double value,
                          float render::ViewSettings::*field) {
    auto* box = new QDoubleSpinBox;
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setValue(value);
    connect(box, &QDoubleSpinBox::valueChanged, this, [&viewport, field](double v) {
      render::ViewSettings settings = viewport.settings();
      settings.*field = static_cast<float>(v);
      viewport.set_settings(settings);
    });
    addSeparator();
    addWidget(new QLabel(label));
    addWidget(box);
  };
  number(tr("Exposure"), "exposure", -5, 5, 0.25, 0, &render::ViewSettings::exposure);
  number(tr("Splat size"), "splat_scale", 0.05, 3, 0.05, 1, &render::ViewSettings::splat_scale);
  auto* sheet = new ViewSettingsSheet(studio);
  auto* more = new QToolButton;
  more->setObjectName("view_settings");
  more->setText(tr("View settings ▾"));
  more->setToolTip(tr("Field of view, clip planes, colour by direction, background"));
  more->setAccessibleName(tr("View settings"));
  connect(more, &QToolButton::clicked, sheet, [sheet, more] { sheet->show_below(*more); });
  addSeparator();
  addWidget(more);
  studio.actions.add(Actions::Menu::view, tr("&View Settings..."), {}, [sheet, more] { sheet->show_below(*more); });
}

nlohmann::json ViewBar::save() const {
  nlohmann::json saved = nlohmann::json::object();
  const int mode = findChild<QComboBox*>("mode")->currentData().toInt();
  saved["mode"] = render::mode_name(static_cast<render::ViewMode>(mode));
  for (const auto* box : findChildren<QDoubleSpinBox*>()) saved[box->objectName().toStdString()] = box->value();
  return saved;
}

void ViewBar::restore(const nlohmann::json& saved) {
  if (!saved.is_object()) return;
  auto* mode = findChild<QComboBox*>("mode");
  for (int i = 0; i < mode->count(); ++i) {
    const auto value = static_cast<render::ViewMode>(mode->itemData(i).toInt());
    if (saved.contains("mode") && saved["mode"] == render::mode_name(value)) mode->setCurrentIndex(i);
  }
  for (auto* box : findChildren<QDoubleSpinBox*>()) {
    const auto value = saved.find(box->objectName().toStdString());
    if (value != saved.end() && value->is_number()) box->setValue(value->get<double>());
  }
}

}  // namespace tessera::app
