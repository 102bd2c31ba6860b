#include "app/studio/import_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>
#include <cmath>

#include "app/studio/import_list.h"
#include "app/studio/theme.h"
#include "app/studio/train_panel.h"

namespace tessera::app {

namespace {

constexpr QSize kSize(940, 660), kVideoSize(620, 250);
constexpr double kMostFrames = 2000;  // matching takes the square of it, nearly

QString title_of(reconstruct::Finding finding) {
  using reconstruct::Finding;
  switch (finding) {
    case Finding::unreadable:
      return ImportDialog::tr("Cannot be used");
    case Finding::duplicate:
      return ImportDialog::tr("Same picture");
    case Finding::blurred:
      return ImportDialog::tr("Blurred");
    case Finding::near_duplicate:
      return ImportDialog::tr("Nearly the same");
    case Finding::exposure:
      return ImportDialog::tr("Exposure jump");
    case Finding::no_gps:
      return ImportDialog::tr("No GPS");
    case Finding::other_camera:
      return ImportDialog::tr("Other camera or size");
  }
  return {};
}

/// A dot of the colour of how bad it is, and the sentence.
QString row_of(const QColor& color, const QString& line) {
  return QString("<tr><td style='color:%1; padding-right:8px'>&#9679;</td><td style='padding-bottom:3px'>%2</td></tr>")
      .arg(color.name(), line.toHtmlEscaped());
}

QLabel* wrapped(const char* name) {
  auto* label = new QLabel;
  label->setObjectName(name);
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

}  // namespace

ImportDialog::ImportDialog(const std::filesystem::path& path, QWidget* parent)
    : QDialog(parent), path_(path), list_(new ImportList(this)), filter_(new ImportFilter(this)) {
  setObjectName("import");
  setWindowTitle(tr("Import"));
  setAccessibleName(windowTitle());
  resize(kSize);
  filter_->setSourceModel(list_);
  auto* title = new QLabel(QString::fromStdString(path.filename().string()));
  QFont font = title->font();
  font.setPointSizeF(font.pointSizeF() * 1.5);
  font.setBold(true);
  title->setFont(font);
  auto* place = new QLabel(QString::fromStdString(path.string()));
  place->setStyleSheet("color: " + theme().faint.name());
  pages_ = new QStackedWidget;
  pages_->addWidget(make_progress_page());
  pages_->addWidget(make_report_page());

  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  buttons->button(QDialogButtonBox::Cancel)->setObjectName("import_cancel");
  buttons->button(QDialogButtonBox::Cancel)->setIcon({});
  go_ = buttons->addButton(tr("Find the &cameras"), QDialogButtonBox::AcceptRole);
  go_->setObjectName("import_go");
  go_->setEnabled(false);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  count_ = new QLabel;
  count_->setObjectName("import_count");
  auto* bottom = new QHBoxLayout;
  bottom->addWidget(count_, 1);
  bottom->addWidget(buttons);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(24, 20, 24, 20);
  column->setSpacing(6);
  column->addWidget(title);
  column->addWidget(place);
  column->addSpacing(10);
  column->addWidget(pages_, 1);
  column->addSpacing(8);
  column->addLayout(bottom);
}

QWidget* ImportDialog::make_progress_page() {
  auto* page = new QWidget;
  bar_ = new QProgressBar;
  bar_->setObjectName("import_progress");
  bar_->setAccessibleName(tr("Progress of reading the photos"));
  bar_->setRange(0, 0);
  bar_->setTextVisible(false);
  left_ = new QLabel(tr("Looking at the photos..."));
  left_->setObjectName("import_left");
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->addStretch(1);
  column->addWidget(left_);
  column->addSpacing(6);
  column->addWidget(bar_);
  column->addStretch(2);
  return page;
}

QWidget* ImportDialog::make_report_page() {
  auto* page = new QWidget;
  findings_ = wrapped("import_findings");
  findings_->setTextFormat(Qt::RichText);
  shown_ = new QComboBox;
  shown_->setObjectName("import_filter");
  shown_->setAccessibleName(tr("Photos to be listed"));
  leave_out_ = new QPushButton(tr("&Leave out those listed"));
  leave_out_->setObjectName("import_leave_out");
  take_ = new QPushButton(tr("&Use those listed"));
  take_->setObjectName("import_use");
  for (QPushButton* button : {leave_out_, take_}) button->setAutoDefault(false);
  auto* row = new QHBoxLayout;
  row->addWidget(shown_);
  row->addStretch(1);
  row->addWidget(leave_out_);
  row->addWidget(take_);

  view_ = new QTreeView;
  view_->setObjectName("import_photos");
  view_->setAccessibleName(tr("Photos of the import; a checked one is used"));
  view_->setModel(filter_);
  // The style takes the outline of check boxes from the window's colour, which a dark theme swallows.
  QPalette palette = view_->palette();
  palette.setColor(QPalette::Window, theme().faint);
  view_->setPalette(palette);
  view_->header()->setPalette(QGuiApplication::palette());
  view_->setRootIsDecorated(false);
  view_->setUniformRowHeights(true);
  view_->setAlternatingRowColors(true);
  view_->setIconSize({ImportList::kThumbnail, ImportList::kThumbnail * 3 / 4});
  view_->header()->setStretchLastSection(false);
  view_->header()->setSectionResizeMode(ImportList::found_column, QHeaderView::Stretch);
  view_->setColumnWidth(ImportList::photo_column, 330);
  view_->setColumnWidth(ImportList::size_column, 110);
  photo_part_ = new QWidget;
  auto* photos = new QVBoxLayout(photo_part_);
  photos->setContentsMargins(0, 6, 0, 0);
  photos->addLayout(row);
  photos->addWidget(view_, 1);

  video_ = wrapped("import_video");
  rate_ = new QDoubleSpinBox;
  rate_->setObjectName("import_rate");
  rate_->setAccessibleName(tr("Pictures a second that are taken from the video"));
  rate_->setRange(0.1, 30);
  rate_->setDecimals(1);
  rate_->setSingleStep(0.5);
  rate_->setValue(reconstruct::SfmOptions{}.frames_per_second);
  auto* label = new QLabel(tr("&Pictures a second:"));
  label->setBuddy(rate_);
  video_part_ = new QWidget;
  auto* line = new QHBoxLayout;
  line->addWidget(label);
  line->addWidget(rate_);
  line->addStretch(1);
  auto* video = new QVBoxLayout(video_part_);
  video->setContentsMargins(0, 0, 0, 0);
  video->addLayout(line);
  video->addWidget(video_);
  video->addStretch(1);

  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(findings_);
  column->addWidget(photo_part_, 1);
  column->addWidget(video_part_, 1);
  connect(shown_, &QComboBox::currentIndexChanged, this, [this] {
    filter_->show(shown_->currentData().toInt());
    view_->scrollToTop();
  });
  connect(leave_out_, &QPushButton::clicked, this, [this] { set_all_shown(false); });
  connect(take_, &QPushButton::clicked, this, [this] { set_all_shown(true); });
  connect(list_, &ImportList::used_changed, this, &ImportDialog::update_count);
  connect(rate_, &QDoubleSpinBox::valueChanged, this, &ImportDialog::show_video);
  return page;
}

void ImportDialog::show_progress(double done, double total, double seconds_left) {
  bar_->setRange(0, static_cast<int>(total));
  bar_->setValue(static_cast<int>(done));
  const QLocale locale;
  QString text = tr("Looking at the photos: %1 of %2")
                     .arg(locale.toString(static_cast<int>(done)), locale.toString(static_cast<int>(total)));
  if (seconds_left >= 0) text += tr(", %1 left").arg(clock_text(seconds_left));
  left_->setText(text);
}

void ImportDialog::show_report(std::shared_ptr<const ImportReport> report) {
  report_ = std::move(report);
  pages_->setCurrentIndex(1);
  photo_part_->setVisible(!report_->video);
  video_part_->setVisible(report_->video.has_value());
  if (report_->video) {
    resize(kVideoSize);
    rate_->setValue(report_->choices.frames_per_second);
    show_video();
  } else {
    list_->set_report(report_);
  }
  show_findings();
  update_count();
  go_->setDefault(true);
  if (report_->video)
    rate_->setFocus();
  else
    view_->setFocus();
  if (filter_->rowCount() > 0) view_->setCurrentIndex(filter_->index(0, 0));
}

void ImportDialog::show_findings() {
  QString rows;
  if (report_->state != reconstruct::PoseState::none)
    rows +=
        row_of(theme().accent, tr("The search for their cameras was begun before: what is done is not done again."));
  shown_->clear();
  const QLocale locale;
  const auto& photos = report_->photos.photos;
  int any = 0, with_any = 0;
  for (const reconstruct::Finding finding : reconstruct::kFindings) any |= 1 << static_cast<int>(finding);
  for (const auto& photo : photos) with_any += !photo.found.empty();
  shown_->addItem(tr("All photos (%1)").arg(locale.toString(static_cast<int>(photos.size()))), ImportFilter::all);
  if (with_any > 0) shown_->addItem(tr("With a finding (%1)").arg(locale.toString(with_any)), any);
  for (const auto& summary : report_->photos.summary) {
    const bool lost = summary.finding == reconstruct::Finding::unreadable;
    rows += row_of(lost                  ? theme().axis_x
                   : summary.photos == 0 ? theme().faint
                                         : theme().test,
                   QString::fromStdString(summary.line));
    if (summary.photos > 0)
      shown_->addItem(
          title_of(summary.finding) + QString(" (%1)").arg(locale.toString(static_cast<int>(summary.photos))),
          1 << static_cast<int>(summary.finding));
  }
  shown_->addItem(tr("Left out"), ImportFilter::left_out);
  if (!report_->video && with_any == 0)
    rows = row_of(theme().axis_y, tr("Nothing is wrong with any of the photos.")) + rows;
  findings_->setText("<table cellspacing='0'>" + rows + "</table>");
  findings_->setVisible(!rows.isEmpty());
}

void ImportDialog::show_video() {
  if (!report_ || !report_->video) return;
  const auto& video = *report_->video;
  QString text = tr("%1 x %2 pixels").arg(video.width).arg(video.height);
  if (video.seconds > 0) {
    const double frames = std::ceil(video.seconds * rate_->value());
    text += tr(", %1 long: the sharpest picture of each interval is taken, about %2 of them.")
                .arg(clock_text(video.seconds), QLocale().toString(frames, 'f', 0));
    if (frames > kMostFrames) text += "\n" + tr("So many take hours; fewer pictures a second do as well.");
  }
  video_->setText(text);
}

void ImportDialog::set_all_shown(bool used) {
  std::vector<int> rows;
  for (int i = 0; i < filter_->rowCount(); ++i) rows.push_back(filter_->mapToSource(filter_->index(i, 0)).row());
  list_->set_used(rows, used);
}

void ImportDialog::update_count() {
  if (!report_) return;
  if (report_->video) return go_->setEnabled(true);
  const QLocale locale;
  count_->setText(
      tr("%1 of %2 photos will be used")
          .arg(locale.toString(list_->used()), locale.toString(static_cast<int>(report_->photos.photos.size()))));
  go_->setEnabled(list_->used() >= 2);
  go_->setToolTip(go_->isEnabled() ? QString() : tr("At least two photos are needed."));
}

reconstruct::SfmOptions ImportDialog::options() const {
  reconstruct::SfmOptions options;
  options.leave_out = list_->left_out();
  options.frames_per_second = rate_->value();
  return options;
}

}  // namespace tessera::app
