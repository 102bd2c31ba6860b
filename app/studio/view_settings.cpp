#include "app/studio/view_settings.h"

#include <QColorDialog>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <numbers>

#include "app/studio/viewport.h"
#include "app/studio/workspace.h"

namespace tessera::app {
namespace {

constexpr double kDegree = std::numbers::pi / 180;
constexpr double kNarrowest = 6, kWidest = 140;  // degrees: what ViewCamera takes
constexpr double kFieldAtFirst = 52;             // degrees: that of a new ViewCamera
constexpr double kFarthest = 1e6;                // units

}  // namespace

ViewSettingsSheet::ViewSettingsSheet(Studio& studio)
    : QFrame(&studio.window, Qt::Popup),
      studio_(studio),
      field_(new QDoubleSpinBox),
      near_(new QDoubleSpinBox),
      far_(new QDoubleSpinBox),
      degree_(new QComboBox),
      background_(new QComboBox) {
  setObjectName("view_settings_sheet");
  setFrameShape(QFrame::StyledPanel);
  Viewport& viewport = studio.viewport;
  field_->setObjectName("field_of_view");
  field_->setAccessibleName(tr("Field of view"));
  field_->setRange(kNarrowest, kWidest);
  field_->setDecimals(1);
  field_->setSuffix("°");
  field_->setValue(kFieldAtFirst);
  field_->setToolTip(tr("From the lower to the upper edge of the view"));
  for (QDoubleSpinBox* box : {near_, far_}) {
    box->setRange(0, kFarthest);
    box->setDecimals(3);
    box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    box->setKeyboardTracking(false);
    box->setToolTip(tr("In the units of the scale bar; 0: not cut"));
  }
  near_->setObjectName("near_plane");
  near_->setAccessibleName(tr("Nearest that is drawn"));
  near_->setSpecialValueText(tr("automatic"));
  far_->setObjectName("far_plane");
  far_->setAccessibleName(tr("Farthest that is drawn"));
  far_->setSpecialValueText(tr("no limit"));
  degree_->setObjectName("sh_degree");
  degree_->setAccessibleName(tr("SH degree"));
  for (const QString& text : {tr("0: the same from everywhere"), tr("up to 1"), tr("up to 2"), tr("all (3)")})
    degree_->addItem(text);
  degree_->setCurrentIndex(scene::kMaxShDegree);
  background_->setObjectName("background");
  background_->setAccessibleName(tr("Background"));
  background_->addItem(tr("Black"), QColor(Qt::black));
  background_->addItem(tr("Dark grey"), QColor(0x30, 0x33, 0x38));
  background_->addItem(tr("Light grey"), QColor(0xc8, 0xcc, 0xd2));
  background_->addItem(tr("White"), QColor(Qt::white));
  background_->addItem(tr("Other colour..."));

  auto* reset = new QPushButton(tr("&Reset"));
  reset->setObjectName("view_settings_reset");
  auto* form = new QFormLayout(this);
  form->setContentsMargins(14, 12, 14, 12);
  form->setSpacing(8);
  form->addRow(tr("&Field of view"), field_);
  form->addRow(tr("&Near clip"), near_);
  form->addRow(tr("F&ar clip"), far_);
  form->addRow(tr("&SH degree"), degree_);
  form->addRow(tr("&Background"), background_);
  form->addRow(QString(), reset);

  connect(field_, &QDoubleSpinBox::valueChanged, this, [&viewport](double degrees) {
    viewport.view().set_field_of_view(degrees * kDegree);
    viewport.move();
  });
  connect(&viewport, &Viewport::camera_moved, this, [this, &viewport] {
    const QSignalBlocker quiet(field_);
    if (!field_->hasFocus()) field_->setValue(viewport.view().field_of_view() / kDegree);
  });
  for (QDoubleSpinBox* box : {near_, far_})
    connect(box, &QDoubleSpinBox::valueChanged, this, &ViewSettingsSheet::set_clip);
  connect(degree_, &QComboBox::currentIndexChanged, this, [&viewport](int degree) {
    render::ViewSettings settings = viewport.settings();
    settings.sh_degree = degree;
    viewport.set_settings(settings);
  });
  connect(background_, &QComboBox::activated, this, &ViewSettingsSheet::take_background);
  connect(reset, &QPushButton::clicked, this, [this] {
    field_->setValue(kFieldAtFirst);
    near_->setValue(0), far_->setValue(0);
    degree_->setCurrentIndex(scene::kMaxShDegree);
    background_->setCurrentIndex(0);
    take_background();
  });
  connect(&studio.workspace, &Workspace::opened, this, &ViewSettingsSheet::show_opened);
  hide();
}

void ViewSettingsSheet::show_below(const QWidget& button) {
  adjustSize();
  move(button.mapToGlobal(QPoint(0, button.height() + 4)));
  show();
  field_->setFocus();
}

void ViewSettingsSheet::show_opened() {
  const auto dataset = studio_.workspace.dataset();
  scene_of_unit_ = dataset ? dataset->scene_from_world.scale : 1;
  // Distances of another scene mean nothing here.
  near_->setValue(0), far_->setValue(0);
}

void ViewSettingsSheet::set_clip() {
  studio_.viewport.set_clip(near_->value() * scene_of_unit_, far_->value() * scene_of_unit_);
}

void ViewSettingsSheet::take_background() {
  Viewport& viewport = studio_.viewport;
  const auto apply = [&viewport](const QColor& color) {
    render::ViewSettings settings = viewport.settings();
    settings.background = {color.redF(), color.greenF(), color.blueF()};
    viewport.set_settings(settings);
  };
  const QVariant color = background_->currentData();
  if (color.isValid()) return apply(color.value<QColor>());
  const auto& now = viewport.settings().background;
  auto* dialog = new QColorDialog(QColor::fromRgbF(now[0], now[1], now[2]), &studio_.window);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QColorDialog::colorSelected, this, apply);
  dialog->open();
}

}  // namespace tessera::app
