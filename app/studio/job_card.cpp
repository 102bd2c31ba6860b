#include "app/studio/job_card.h"

#include <QEvent>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/studio/theme.h"
#include "app/studio/train_panel.h"

namespace tessera::app {

namespace {

constexpr int kWidth = 440, kMargin = 28;

/// What the stages of a job are called by people.
QString words_of(const QString& stage) {
  static const std::pair<const char*, const char*> kWords[] = {
      {"reading video", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Taking pictures from the video")},
      {"reading photos", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Reading the photos")},
      {"features", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Finding landmarks in each photo")},
      {"choosing pairs", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Choosing the photos to compare")},
      {"matching", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Comparing the photos")},
      {"verifying", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Checking what they have in common")},
      {"mapping", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Placing the cameras")},
      {"aligning", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Finding the ground and the scale")},
      {"undistorting", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Taking out the lens distortion")},
      {"building the town", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Building the town")},
      {"taking photos", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Taking the photos")},
      {"sparse points", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Measuring points")},
      {"writing", QT_TRANSLATE_NOOP("tessera::app::JobCard", "Writing")},
  };
  for (const auto& [name, words] : kWords)
    if (stage == name) return JobCard::tr(words);
  return stage;
}

}  // namespace

JobCard::JobCard(QWidget* under)
    : QFrame(under),
      title_(new QLabel),
      stage_(new QLabel),
      left_(new QLabel),
      note_(new QLabel),
      bar_(new QProgressBar),
      stop_(new QPushButton(tr("Stop"))) {
  setObjectName("job_card");
  setAutoFillBackground(true);
  QFont font = title_->font();
  font.setBold(true);
  font.setPointSizeF(font.pointSizeF() * 1.15);
  title_->setFont(font);
  title_->setObjectName("job_title");
  stage_->setObjectName("job_stage");
  note_->setObjectName("job_note");
  bar_->setObjectName("job_progress");
  bar_->setAccessibleName(tr("Progress of the job"));
  bar_->setTextVisible(false);
  bar_->setMaximumHeight(8);
  stop_->setObjectName("job_stop");
  stop_->setAccessibleName(tr("Stop the job; what is done is kept"));
  stop_->setToolTip(tr("What is done is kept: opening the same folder goes on from there"));
  auto* top = new QHBoxLayout;
  top->addWidget(title_, 1);
  top->addWidget(stop_);
  auto* line = new QHBoxLayout;
  line->addWidget(stage_, 1);
  line->addWidget(left_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(18, 14, 18, 16);
  column->setSpacing(7);
  column->addLayout(top);
  column->addLayout(line);
  column->addWidget(bar_);
  column->addWidget(note_);
  connect(stop_, &QPushButton::clicked, this, [this] {
    stop_->setEnabled(false);
    stage_->setText(tr("Stopping..."));
    Q_EMIT stop_wanted();
  });
  under->installEventFilter(this);
  hide();
}

void JobCard::begin(const QString& title) {
  const Theme& t = theme();
  setStyleSheet(QString("#job_card { background: %1; border: 1px solid %2; border-radius: 8px; }"
                        "#job_card QProgressBar { border-radius: 4px; }")
                    .arg(t.panel.name(), t.line.name()));
  for (QLabel* label : {left_, note_}) label->setStyleSheet("color: " + t.faint.name());
  title_->setText(title);
  stage_->setText(tr("Beginning..."));
  left_->clear();
  note_->clear();
  note_->hide();
  bar_->setRange(0, 0);
  stop_->setEnabled(true);
  show();
  place();
}

void JobCard::show_progress(const QString& stage, double done, double total, double seconds_left) {
  if (!stop_->isEnabled()) return;  // it is stopping
  bar_->setRange(0, total > 0 ? 1000 : 0);
  if (total > 0) bar_->setValue(static_cast<int>(1000 * done / total));
  stage_->setText(total > 1 ? tr("%1: %2 of %3").arg(words_of(stage)).arg(done, 0, 'f', 0).arg(total, 0, 'f', 0)
                            : words_of(stage));
  left_->setText(seconds_left >= 0 ? tr("%1 left").arg(clock_text(seconds_left)) : QString());
}

void JobCard::show_note(const QString& note) {
  note_->setText(note);
  note_->show();
  place();
}

void JobCard::end() { hide(); }

bool JobCard::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize && isVisible()) place();
  return QFrame::eventFilter(watched, event);
}

void JobCard::place() {
  const QSize room = parentWidget()->size();
  const int width = std::min(kWidth, room.width() - 2 * kMargin);
  layout()->activate();
  const int height = sizeHint().height();
  setGeometry((room.width() - width) / 2, room.height() - height - kMargin, width, height);
  raise();
}

}  // namespace tessera::app
