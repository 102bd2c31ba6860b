#include "app/studio/screenshot_dialog.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QColorDialog>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <cmath>
#include <memory>

#include "app/studio/export_file.h"
#include "app/studio/task_strip.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"

namespace tessera::app {
namespace {

constexpr int kMostSide = 1 << 16;  // what the CPU rasteriser takes
constexpr int kOwn = 3;             // row of the sizes

QSize pixels_of(const Viewport& viewport) { return (QSizeF(viewport.size()) * viewport.devicePixelRatioF()).toSize(); }

PictureRequest request_of(const Studio& studio, const QSize& size, bool over) {
  Viewport& viewport = studio.viewport;
  PictureRequest request;
  request.model = studio.workspace.model(), request.lod = studio.workspace.lod();
  request.camera = viewport.view().camera(size.width(), size.height());
  request.settings = viewport.shown_settings();
  if (over) {
    // In the units of the window, so that lines and letters keep their share of the picture.
    request.overlay_height = viewport.height();
    const int width = static_cast<int>(std::lround(1.0 * viewport.height() * size.width() / size.height()));
    QPainter painter(&request.overlay);
    viewport.paint_over(painter, viewport.view().camera(width, viewport.height()));
  }
  return request;
}

void copy_picture(TaskStrip& tasks, PictureRequest request) {
  const auto picture = std::make_shared<QImage>();
  BackgroundTask* task = tasks.run(
      ScreenshotDialog::tr("Copying the picture"), {},
      [picture, request = std::move(request)](const scene::JobContext& job) {
        *picture = draw_picture(request, job);
        return ScreenshotDialog::tr("Copied a picture of %1 × %2").arg(picture->width()).arg(picture->height());
      });
  QObject::connect(task, &BackgroundTask::finished, task, [picture] { QApplication::clipboard()->setImage(*picture); });
}

}  // namespace

ScreenshotDialog::ScreenshotDialog(Studio& studio, TaskStrip& tasks)
    : QDialog(&studio.window),
      studio_(studio),
      tasks_(tasks),
      size_(new QComboBox),
      background_(new QComboBox),
      width_(new QSpinBox),
      height_(new QSpinBox),
      over_(new QCheckBox(tr("&With cameras, camera path, axes and scale bar"))),
      file_(new QLineEdit),
      note_(new QLabel) {
  setObjectName("screenshot_dialog");
  setWindowTitle(tr("Save Screenshot"));
  const QSize view = pixels_of(studio.viewport);
  const auto named = [](const QString& name, const QSize& size) {
    return QString("%1 (%2 × %3)").arg(name).arg(size.width()).arg(size.height());
  };
  const QSize uhd(3840, 2160);
  size_->addItem(named(tr("As the view"), view), view);
  size_->addItem(named(tr("Twice the view"), 2 * view), 2 * view);
  size_->addItem(named(tr("4K"), uhd), uhd);
  size_->addItem(tr("Own size"), QSize());
  size_->setObjectName("shot_size");
  size_->setAccessibleName(tr("Size"));
  for (QSpinBox* box : {width_, height_}) box->setRange(1, kMostSide);
  width_->setObjectName("shot_width");
  width_->setAccessibleName(tr("Width in pixels"));
  height_->setObjectName("shot_height");
  height_->setAccessibleName(tr("Height in pixels"));
  for (const QString& text :
       {tr("As in the view"), tr("Transparent (PNG)"), tr("White"), tr("Black"), tr("Other colour...")})
    background_->addItem(text);
  background_->setObjectName("shot_background");
  background_->setAccessibleName(tr("Background"));
  over_->setObjectName("shot_over");
  file_->setObjectName("shot_file");
  note_->setObjectName("shot_note");
  note_->setWordWrap(true);
  note_->setMinimumHeight(2 * note_->fontMetrics().lineSpacing());
  QSettings settings;
  width_->setValue(settings.value("screenshot/width", view.width()).toInt());
  height_->setValue(settings.value("screenshot/height", view.height()).toInt());
  size_->setCurrentIndex(settings.value("screenshot/size", 0).toInt());
  other_ = settings.value("screenshot/colour", other_).value<QColor>();
  background_->setCurrentIndex(settings.value("screenshot/background", 0).toInt());
  over_->setChecked(settings.value("screenshot/over", false).toBool());
  file_->setText(
      free_file("screenshot", studio.workspace.path(), "-view." + settings.value("screenshot/kind", "png").toString()));

  auto* own = new QHBoxLayout;
  own->addWidget(width_);
  own->addWidget(new QLabel("×"));
  own->addWidget(height_);
  own->addStretch();
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(tr("&Size"), size_);
  form->addRow(QString(), own);
  form->addRow(tr("&Background"), background_);
  form->addRow(QString(), over_);
  add_file_row(form, file_, this, tr("Save screenshot"), tr("Picture (*.png *.jpg)"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  save_ = buttons->addButton(tr("&Save"), QDialogButtonBox::AcceptRole);
  save_->setObjectName("shot_save");
  save_->setDefault(true);
  copy_ = buttons->addButton(tr("&Copy to Clipboard"), QDialogButtonBox::ActionRole);
  copy_->setObjectName("shot_copy");
  copy_->setAutoDefault(false);
  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(12);
  layout->addLayout(form);
  layout->addWidget(note_);
  layout->addStretch();
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &ScreenshotDialog::save);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(copy_, &QPushButton::clicked, this, &ScreenshotDialog::copy);
  connect(size_, &QComboBox::currentIndexChanged, this, &ScreenshotDialog::update_note);
  for (QSpinBox* box : {width_, height_}) connect(box, &QSpinBox::valueChanged, this, &ScreenshotDialog::update_note);
  connect(background_, &QComboBox::activated, this, &ScreenshotDialog::choose_background);
  connect(background_, &QComboBox::currentIndexChanged, this, &ScreenshotDialog::update_note);
  connect(file_, &QLineEdit::textChanged, this, &ScreenshotDialog::update_note);
  update_note();
  save_->setFocus();
}

void ScreenshotDialog::choose_background() {
  if (static_cast<Background>(background_->currentIndex()) != Background::other) return;
  auto* dialog = new QColorDialog(other_, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QColorDialog::colorSelected, this, [this](const QColor& color) { other_ = color; });
  dialog->open();
}

void ScreenshotDialog::update_note() {
  const QSize preset = size_->currentData().toSize();
  for (QSpinBox* box : {width_, height_}) box->setEnabled(!preset.isValid());
  if (preset.isValid()) width_->setValue(preset.width()), height_->setValue(preset.height());
  const auto model = studio_.workspace.model();
  const double need = static_cast<double>(picture_bytes(*model, width_->value(), height_->value())),
               free = static_cast<double>(free_memory());
  const bool fits = need <= free;
  QString text = fits ? tr("%1 × %2 pixels; drawing takes about %3 of memory.")
                            .arg(width_->value())
                            .arg(height_->value())
                            .arg(bytes_text(need))
                      : tr("%1 × %2 pixels would take %3 of memory, and %4 are free: choose a smaller size.")
                            .arg(width_->value())
                            .arg(height_->value())
                            .arg(bytes_text(need), bytes_text(free));
  FileNote file = note_on_file(file_->text());
  const QString suffix =
      QString::fromStdString(std::filesystem::path(file_->text().toStdString()).extension().string()).toLower();
  const bool jpeg = suffix == ".jpg" || suffix == ".jpeg";
  if (file.possible && !jpeg && suffix != ".png") file = {tr("End the name in .png or .jpg."), false};
  if (file.possible && jpeg && static_cast<Background>(background_->currentIndex()) == Background::transparent)
    file = {tr("A JPEG has no transparency: end the name in .png."), false};
  if (!file.text.isEmpty()) text += "\n" + file.text;
  note_->setText(text);
  save_->setEnabled(fits && file.possible);
  copy_->setEnabled(fits);
}

PictureRequest ScreenshotDialog::request() const {
  PictureRequest request = request_of(studio_, {width_->value(), height_->value()}, over_->isChecked());
  const auto fill = [&](const QColor& color) {
    request.settings.background = {color.redF(), color.greenF(), color.blueF()};
  };
  switch (static_cast<Background>(background_->currentIndex())) {
    case Background::as_shown:
      break;
    case Background::transparent:
      request.transparent = true;
      break;
    case Background::white:
      fill(Qt::white);
      break;
    case Background::black:
      fill(Qt::black);
      break;
    case Background::other:
      fill(other_);
      break;
  }
  return request;
}

void ScreenshotDialog::keep_answers() const {
  QSettings settings;
  settings.setValue("screenshot/size", size_->currentIndex());
  settings.setValue("screenshot/width", width_->value());
  settings.setValue("screenshot/height", height_->value());
  settings.setValue("screenshot/background", background_->currentIndex());
  settings.setValue("screenshot/colour", other_);
  settings.setValue("screenshot/over", over_->isChecked());
}

void ScreenshotDialog::save() {
  keep_answers();
  const std::filesystem::path file = file_->text().toStdString();
  remember_folder("screenshot", file);
  QSettings().setValue("screenshot/kind", QString::fromStdString(file.extension().string()).mid(1));
  tasks_.run(tr("Writing %1").arg(QString::fromStdString(file.filename().string())), file,
             [file, request = request()](const scene::JobContext& job) {
               const QImage picture = draw_picture(request, job);
               save_picture(picture, file);
               return ScreenshotDialog::tr("Saved %1, %2 × %3, %4")
                   .arg(QString::fromStdString(file.filename().string()))
                   .arg(picture.width())
                   .arg(picture.height())
                   .arg(bytes_text(static_cast<double>(std::filesystem::file_size(file))));
             });
  accept();
}

void ScreenshotDialog::copy() {
  keep_answers();
  copy_picture(tasks_, request());
  accept();
}

void ScreenshotDialog::copy_view(Studio& studio, TaskStrip& tasks) {
  copy_picture(tasks, request_of(studio, pixels_of(studio.viewport), false));
}

}  // namespace tessera::app
