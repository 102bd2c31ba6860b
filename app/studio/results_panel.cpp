#include "app/studio/results_panel.h"

#include <QAction>
#include <QDockWidget>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

#include "app/studio/photo_scores.h"
#include "app/studio/theme.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"

namespace tessera::app {
namespace {
constexpr int kNameWidth = 86;  // pixels that a photo's name may take: two of them fit into the dock as it is at first
}

ResultsPanel::ResultsPanel(Studio& studio, PhotoScores& scores, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      scores_(scores),
      table_(make_table()),
      intro_(new QLabel(tr("How well the model shows each photo: the photos held out were never trained on, so their "
                           "score says how new views look."))),
      source_(new QLabel),
      score_(new QPushButton(tr("Score all photos"))),
      cancel_(new QPushButton(tr("Cancel"))),
      bar_(new QProgressBar) {
  intro_->setWordWrap(true);
  source_->setWordWrap(true);
  source_->setObjectName("results_source");
  source_->setTextFormat(Qt::PlainText);
  source_->setForegroundRole(QPalette::PlaceholderText);
  source_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  score_->setObjectName("score_all");
  cancel_->setObjectName("score_cancel");
  bar_->setObjectName("score_progress");
  bar_->setAccessibleName(tr("Photos scored"));
  bar_->setFormat(tr("%v of %m"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(bar_, 1);
  buttons->addWidget(cancel_);
  buttons->addStretch();
  buttons->addWidget(score_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 10, 6, 12);
  layout->setSpacing(10);
  layout->addWidget(intro_);
  layout->addWidget(table_);
  layout->addWidget(source_);
  layout->addLayout(buttons);
  layout->addStretch();

  connect(score_, &QPushButton::clicked, this, &ResultsPanel::score);
  connect(cancel_, &QPushButton::clicked, &scores, &PhotoScores::cancel);
  connect(&scores, &PhotoScores::changed, this, &ResultsPanel::show_scores);
  connect(&scores, &PhotoScores::scored, this, &ResultsPanel::show_scores);
  connect(&scores, &PhotoScores::scoring_changed, this, &ResultsPanel::show_scores);
  connect(&scores, &PhotoScores::progressed, this, [this](int done, int total) {
    bar_->setMaximum(std::max(total, 1));
    bar_->setValue(done);
  });
  connect(&scores, &PhotoScores::trained, this, [this] {
    if (auto* dock = studio_.window.findChild<QDockWidget*>("dock_results")) dock->raise();
  });
  connect(&studio.workspace, &Workspace::model_changed, this,
          [this] { score_->setEnabled(scores_.problem().isEmpty()); });
  studio.actions.add(Actions::Menu::tools, tr("&Score All Photos"), {}, [this] { score(); });
  show_scores();
}

QWidget* ResultsPanel::make_table() {
  auto* table = new QWidget;
  table->setObjectName("results");
  auto* grid = new QGridLayout(table);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(8);
  grid->setVerticalSpacing(5);
  grid->setColumnStretch(0, 1);
  const QString rows[kRows] = {tr("Photos"), tr("PSNR"), tr("  colours corrected"), tr("SSIM"), tr("MS-SSIM")};
  for (int r = 0; r < kRows; ++r) grid->addWidget(new QLabel(rows[r]), r + 1, 0);
  grid->addWidget(new QLabel(tr("Worst photo")), kRows + 1, 0);
  grid->addWidget(new QLabel(tr("Best photo")), kRows + 2, 0);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const int at = static_cast<int>(c) + 1;
    const QString name = c == 0 ? "test" : "train";
    columns_[c].title = new QLabel;
    grid->addWidget(columns_[c].title, 0, at, Qt::AlignRight);
    for (int r = 0; r < kRows; ++r) {
      auto* value = columns_[c].values[static_cast<std::size_t>(r)] = new QLabel;
      value->setObjectName(QString("results_%1_%2").arg(name).arg(r));
      grid->addWidget(value, r + 1, at, Qt::AlignRight);
    }
    for (const bool best : {false, true}) {
      auto* button = (best ? columns_[c].best : columns_[c].worst) = new QPushButton;
      button->setObjectName(QString("results_%1_%2").arg(name, best ? "best" : "worst"));
      button->setFlat(true);
      button->setFont(theme().small);
      button->setCursor(Qt::PointingHandCursor);
      button->setStyleSheet(
          "QPushButton { border: 1px solid transparent; padding: 0; text-align: right; "
          "color: palette(link); background: transparent; }"
          "QPushButton:hover { text-decoration: underline; }"
          "QPushButton:focus { border-color: palette(link); }");
      connect(button, &QPushButton::clicked, this, [this, c, best] {
        if (const int view = scores_.extreme(c == 0, best); view >= 0) studio_.viewport.stand_at(view);
      });
      grid->addWidget(button, kRows + (best ? 2 : 1), at, Qt::AlignRight);
    }
  }
  return table;
}

void ResultsPanel::show_scores() {
  const reconstruct::Scores all = scores_.all();
  const bool some = !all.views.empty();
  intro_->setVisible(!some);
  table_->setVisible(some);
  source_->setVisible(some);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const bool test = c == 0;
    const auto mean = all.mean(test);
    const auto count =
        std::count_if(all.views.begin(), all.views.end(), [test](const auto& v) { return v.test == test; });
    columns_[c].title->setText(
        QString("<span style='color:%1'>%2</span>")
            .arg((test ? theme().test : theme().train).name(), test ? tr("Held out") : tr("Trained on")));
    const auto set = [&](Row row, const QString& text) {
      columns_[c].values[row]->setText(mean ? text : QStringLiteral("-"));
    };
    const reconstruct::ViewScore s = mean.value_or(reconstruct::ViewScore{});
    set(photos, QLocale().toString(static_cast<qlonglong>(count)));
    set(psnr, tr("<b>%1 dB</b>").arg(s.psnr, 0, 'f', 2));
    set(psnr_corrected, tr("%1 dB").arg(s.psnr_corrected, 0, 'f', 2));
    set(ssim, QString::number(s.ssim, 'f', 3));
    set(ms_ssim, QString::number(s.ms_ssim, 'f', 3));
    show_extreme(columns_[c].worst, test, false);
    show_extreme(columns_[c].best, test, true);
  }
  source_->setText(tr("From %1").arg(scores_.source()));
  bar_->setVisible(scores_.scoring());
  cancel_->setVisible(scores_.scoring());
  score_->setVisible(!scores_.scoring() && all.views.size() < std::max<std::size_t>(scores_.size(), 1));
  score_->setEnabled(scores_.problem().isEmpty());
}

void ResultsPanel::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && score_) show_scores();  // some colours are the theme's
  QWidget::changeEvent(event);
}

void ResultsPanel::show_extreme(QPushButton* button, bool test, bool best) {
  const int view = scores_.extreme(test, best);
  button->setEnabled(view >= 0);
  if (view < 0) return button->setText("-");
  const auto& score = scores_.of(view);
  const QString name = QString::fromStdString(score->name);
  button->setText(button->fontMetrics().elidedText(name, Qt::ElideMiddle, kNameWidth) + "\n" +
                  tr("%1 dB").arg(score->psnr, 0, 'f', 2));
  button->setToolTip(tr("Stand where %1 was taken").arg(name));
  button->setAccessibleName(best ? tr("Best photo: %1").arg(name) : tr("Worst photo: %1").arg(name));
}

void ResultsPanel::score() {
  if (const QString problem = scores_.problem(); !problem.isEmpty()) return studio_.fail(problem);
  if (auto* dock = studio_.window.findChild<QDockWidget*>("dock_results")) dock->show(), dock->raise();
  scores_.score_all();
}

}  // namespace tessera::app
