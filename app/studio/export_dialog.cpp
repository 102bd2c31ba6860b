#include "app/studio/export_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>

#include "app/studio/export_file.h"
#include "app/studio/task_strip.h"
#include "app/studio/workspace.h"
#include "scene/formats/ply.h"
#include "scene/scene_frame.h"

namespace tessera::app {

ExportDialog::ExportDialog(Studio& studio, TaskStrip& tasks)
    : QDialog(&studio.window),
      studio_(studio),
      tasks_(tasks),
      frame_(new QComboBox),
      degree_(new QComboBox),
      opacity_(new QDoubleSpinBox),
      file_(new QLineEdit(free_file("model", studio.workspace.path(), "-export.ply"))),
      note_(new QLabel) {
  setObjectName("export_dialog");
  setWindowTitle(tr("Export"));
  const auto model = studio.workspace.model();
  frame_->setObjectName("export_frame");
  frame_->setAccessibleName(tr("Coordinates"));
  frame_->addItem(tr("Those of the photos' poses"));
  frame_->addItem(tr("Those of the view: up is z, a typical depth is 1"));
  degree_->setObjectName("export_degree");
  degree_->setAccessibleName(tr("Colour by direction"));
  for (int d = 0; d <= model->sh_degree(); ++d)
    degree_->addItem(d == 0 ? tr("0: the same from everywhere") : QString::number(d));
  degree_->setCurrentIndex(degree_->count() - 1);
  opacity_->setObjectName("export_opacity");
  opacity_->setAccessibleName(tr("Least opacity"));
  opacity_->setRange(0, 0.99);
  opacity_->setSingleStep(0.01);
  opacity_->setSpecialValueText(tr("keep all splats"));
  file_->setObjectName("export_file");
  note_->setObjectName("export_note");
  note_->setWordWrap(true);

  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(tr("Format"), new QLabel(tr("3DGS PLY, which every viewer of splats reads")));
  form->addRow(tr("&Coordinates"), frame_);
  form->setRowVisible(frame_, studio.workspace.dataset() != nullptr);  // a model alone has only its own
  form->addRow(tr("&SH degree"), degree_);
  form->addRow(tr("Least &opacity"), opacity_);
  add_file_row(form, file_, this, tr("Export"), tr("3DGS model (*.ply)"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  start_ = buttons->addButton(tr("&Export"), QDialogButtonBox::AcceptRole);
  start_->setObjectName("export_start");
  start_->setDefault(true);
  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(12);
  layout->addLayout(form);
  layout->addWidget(note_);
  layout->addStretch();
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &ExportDialog::start);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(degree_, &QComboBox::currentIndexChanged, this, &ExportDialog::update_note);
  connect(opacity_, &QDoubleSpinBox::valueChanged, this, &ExportDialog::update_note);
  connect(file_, &QLineEdit::textChanged, this, &ExportDialog::update_note);
  connect(&studio.workspace, &Workspace::model_changed, this, &ExportDialog::update_note);  // training goes on
  update_note();
}

scene::ModelReduction ExportDialog::reduction() const {
  // The last one means all: training may add a degree meanwhile.
  const bool all = degree_->currentIndex() + 1 == degree_->count();
  return {all ? scene::kMaxShDegree : degree_->currentIndex(), opacity_->value()};
}

void ExportDialog::update_note() {
  const auto model = studio_.workspace.model();
  const std::size_t kept = scene::kept_splats(*model, reduction());
  const auto bytes =
      static_cast<double>(scene::splat_ply_bytes(kept, std::min(reduction().sh_degree, model->sh_degree())));
  QString text = tr("%1 of %2 splats, %3.")
                     .arg(QLocale().toString(static_cast<qulonglong>(kept)),
                          QLocale().toString(static_cast<qulonglong>(model->size())), bytes_text(bytes));
  FileNote file = note_on_file(file_->text());
  if (file.possible && !file_->text().endsWith(".ply", Qt::CaseInsensitive))
    file = {tr("End the name in .ply."), false};
  if (kept == 0) file = {tr("No splat is that opaque."), false};
  if (!file.text.isEmpty()) text += "\n" + file.text;
  note_->setText(text);
  start_->setEnabled(file.possible);
}

void ExportDialog::start() {
  const std::filesystem::path file = file_->text().toStdString();
  remember_folder("model", file);
  const auto dataset = studio_.workspace.dataset();
  const scene::Similarity out_from_scene =
      dataset && frame_->currentIndex() == 0 ? dataset->scene_from_world.inverse() : scene::Similarity{};
  const bool turn = dataset && frame_->currentIndex() == 0;
  tasks_.run(tr("Writing %1").arg(QString::fromStdString(file.filename().string())), file,
             [file, model = studio_.workspace.model(), reduction = reduction(), turn,
              out_from_scene](const scene::JobContext& job) {
               scene::GaussianModel out = scene::reduced_model(*model, reduction);
               job.throw_if_cancelled();
               if (turn) scene::transform_model(out, out_from_scene);
               scene::write_splat_ply(out, file, job);
               return ExportDialog::tr("Saved %1, %2 splats, %3")
                   .arg(QString::fromStdString(file.filename().string()),
                        QLocale().toString(static_cast<qulonglong>(out.size())),
                        bytes_text(static_cast<double>(std::filesystem::file_size(file))));
             });
  accept();
}

}  // namespace tessera::app
