#include "app/studio/video_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <cmath>

#include "app/studio/export_file.h"
#include "app/studio/offscreen.h"
#include "app/studio/path_model.h"
#include "app/studio/task_strip.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"
#include "reconstruct/evaluate/video.h"

namespace tessera::app {
namespace {
constexpr int kLeastSide = 16, kMostSide = 8192;  // what H.264 takes
}  // namespace

VideoDialog::VideoDialog(Studio& studio, TaskStrip& tasks, const PathModel& path)
    : QDialog(&studio.window),
      studio_(studio),
      tasks_(tasks),
      path_(path),
      size_(new QComboBox),
      width_(new QSpinBox),
      height_(new QSpinBox),
      rate_(new QDoubleSpinBox),
      file_(new QLineEdit(free_file("video", studio.workspace.path(), "-flight.mp4"))),
      note_(new QLabel) {
  setObjectName("video_dialog");
  setWindowTitle(tr("Export Video"));
  size_->setObjectName("video_size");
  size_->setAccessibleName(tr("Size"));
  size_->addItem(tr("720p (1280 × 720)"), QSize(1280, 720));
  size_->addItem(tr("1080p (1920 × 1080)"), QSize(1920, 1080));
  size_->addItem(tr("4K (3840 × 2160)"), QSize(3840, 2160));
  size_->addItem(tr("Own size"), QSize());
  for (QSpinBox* box : {width_, height_}) {
    box->setRange(kLeastSide, kMostSide);
    box->setSingleStep(2);
  }
  width_->setObjectName("video_width");
  width_->setAccessibleName(tr("Width in pixels"));
  height_->setObjectName("video_height");
  height_->setAccessibleName(tr("Height in pixels"));
  rate_->setObjectName("video_rate");
  rate_->setAccessibleName(tr("Pictures a second"));
  rate_->setRange(1, 240);
  rate_->setDecimals(3);
  rate_->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  file_->setObjectName("video_file");
  note_->setObjectName("video_note");
  note_->setWordWrap(true);
  QSettings settings;
  size_->setCurrentIndex(settings.value("video/size", 1).toInt());
  width_->setValue(settings.value("video/width", 1920).toInt());
  height_->setValue(settings.value("video/height", 1080).toInt());
  rate_->setValue(settings.value("video/rate", 30).toDouble());

  auto* own = new QHBoxLayout;
  own->addWidget(width_);
  own->addWidget(new QLabel("×"));
  own->addWidget(height_);
  own->addStretch();
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(tr("&Size"), size_);
  form->addRow(QString(), own);
  form->addRow(tr("&Pictures a second"), rate_);
  add_file_row(form, file_, this, tr("Export video"), tr("Video (*.mp4 *.mov)"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  start_ = buttons->addButton(tr("&Export"), QDialogButtonBox::AcceptRole);
  start_->setObjectName("video_start");
  start_->setDefault(true);
  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(12);
  layout->addLayout(form);
  layout->addWidget(note_);
  layout->addStretch();
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &VideoDialog::start);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(size_, &QComboBox::currentIndexChanged, this, &VideoDialog::update_note);
  for (QSpinBox* box : {width_, height_}) connect(box, &QSpinBox::valueChanged, this, &VideoDialog::update_note);
  connect(rate_, &QDoubleSpinBox::valueChanged, this, &VideoDialog::update_note);
  connect(file_, &QLineEdit::textChanged, this, &VideoDialog::update_note);
  update_note();
}

void VideoDialog::update_note() {
  const QSize preset = size_->currentData().toSize();
  for (QSpinBox* box : {width_, height_}) box->setEnabled(!preset.isValid());
  if (preset.isValid()) width_->setValue(preset.width()), height_->setValue(preset.height());
  const double seconds = path_.path().duration();
  const auto pictures = std::max(1L, std::lround(seconds * rate_->value()));
  QString text = tr("%1 s, %2 pictures. MPEG-4 file with H.264 where this machine can write it, else MPEG-4 Part 2.")
                     .arg(seconds, 0, 'f', 1)
                     .arg(pictures);
  FileNote file = note_on_file(file_->text());
  const QString name = file_->text();
  bool video = false;
  for (const char* ending : {".mp4", ".mov", ".m4v"}) video = video || name.endsWith(ending, Qt::CaseInsensitive);
  if (file.possible && !video) file = {tr("End the name in .mp4."), false};
  if (!file.text.isEmpty()) text += "\n" + file.text;
  note_->setText(text);
  start_->setEnabled(file.possible);
}

void VideoDialog::start() {
  QSettings settings;
  settings.setValue("video/size", size_->currentIndex());
  settings.setValue("video/width", width_->value());
  settings.setValue("video/height", height_->value());
  settings.setValue("video/rate", rate_->value());
  const std::filesystem::path file = file_->text().toStdString();
  remember_folder("video", file);
  reconstruct::VideoOptions options;
  options.camera = path_.camera_at(0, width_->value(), height_->value()).intrinsics;
  // Each key's own zoom is put on top.
  const double base = 0.5 * height_->value() / std::tan(0.5 * path_.base_field_of_view());
  options.camera.fx = options.camera.fy = base;
  options.frames_per_second = rate_->value();
  options.settings = studio_.viewport.shown_settings();
  tasks_.run(tr("Writing %1").arg(QString::fromStdString(file.filename().string())), file,
             [file, options, path = path_.path(), model = studio_.workspace.model(),
              lod = studio_.workspace.lod()](const scene::JobContext& job) {
               const auto renderer = make_offscreen_renderer(job, model, lod);
               reconstruct::write_video(file, path, *renderer, options, job);
               return VideoDialog::tr("Saved %1, %2")
                   .arg(QString::fromStdString(file.filename().string()))
                   .arg(bytes_text(static_cast<double>(std::filesystem::file_size(file))));
             });
  accept();
}

}  // namespace tessera::app
