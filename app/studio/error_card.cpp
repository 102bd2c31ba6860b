#include "app/studio/error_card.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include "app/studio/theme.h"

namespace tessera::app {

using reconstruct::ErrorKind;

namespace {
constexpr int kWidth = 320, kRampHeight = 12;
constexpr float kPaper = 0.94f;  // opacity

}  // namespace

/// The colours from no error to the full one, with numbers below.
class ErrorCard::Ramp : public QWidget {
 public:
  explicit Ramp(QWidget* parent) : QWidget(parent) {
    setObjectName("error_ramp");
    setFixedHeight(kRampHeight + 18);
  }
  void set_full(double full) {
    full_ = full;
    setAccessibleName(ErrorCard::tr("Colours of the error from 0 to %1").arg(full));
    update();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    for (int x = 0; x < width(); ++x) {
      const auto c = reconstruct::error_color(static_cast<double>(x) / std::max(1, width() - 1));
      painter.fillRect(x, 0, 1, kRampHeight, QColor(c[0], c[1], c[2]));
    }
    painter.setPen(theme().line);
    painter.drawRect(0, 0, width() - 1, kRampHeight - 1);
    painter.setFont(theme().small);
    painter.setPen(theme().faint);
    const QRect text(0, kRampHeight + 2, width(), 16);
    painter.drawText(text, Qt::AlignLeft, "0");
    painter.drawText(text, Qt::AlignHCenter, QString::number(full_ / 2, 'g', 3));
    painter.drawText(text, Qt::AlignRight, ErrorCard::tr("%1 and more").arg(full_, 0, 'g', 3));
  }

 private:
  double full_ = 1;
};

ErrorCard::ErrorCard(QWidget* parent)
    : QFrame(parent),
      name_(new QLabel),
      split_(new QLabel),
      scores_(new QLabel),
      ramp_(new Ramp(this)),
      kind_(new QComboBox),
      corrected_(new QCheckBox(tr("Colours corrected"))) {
  setObjectName("error_card");
  setAccessibleName(tr("Error map"));
  setAttribute(Qt::WA_NoMousePropagation);  // what is clicked here moves no camera
  setCursor(Qt::ArrowCursor);
  setFixedWidth(kWidth);
  name_->setObjectName("error_photo");
  QFont bold = name_->font();
  bold.setBold(true);
  name_->setFont(bold);
  scores_->setObjectName("error_scores");
  scores_->setWordWrap(true);
  kind_->setObjectName("error_kind");
  kind_->setAccessibleName(tr("What is compared"));
  kind_->addItem(tr("Absolute difference"));
  kind_->addItem(tr("Structure (SSIM)"));
  kind_->setToolTip(
      tr("Absolute difference: mean over red, green and blue, as a share of their range.\n"
         "Structure: half of 1 - SSIM in a window of 11 x 11 pixels; 0 alike, 0.5 nothing in common."));
  corrected_->setObjectName("error_corrected");
  corrected_->setToolTip(
      tr("Shows what is left after the affine map of colours that fits the render best to the "
         "photo,\nas the corrected scores do: differences of exposure and white balance go"));
  auto* top = new QHBoxLayout;
  top->addWidget(name_, 1);
  top->addWidget(split_);
  auto* choices = new QHBoxLayout;
  choices->addWidget(kind_, 1);
  choices->addWidget(corrected_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 12);
  layout->setSpacing(8);
  layout->addLayout(top);
  layout->addWidget(scores_);
  layout->addWidget(ramp_);
  layout->addLayout(choices);
  const auto change = [this] {
    ramp_->set_full(reconstruct::full_error(kind()));
    Q_EMIT changed();
  };
  connect(kind_, &QComboBox::currentIndexChanged, this, change);
  connect(corrected_, &QCheckBox::toggled, this, change);
  ramp_->set_full(reconstruct::full_error(kind()));
}

ErrorKind ErrorCard::kind() const { return kind_->currentIndex() == 0 ? ErrorKind::absolute : ErrorKind::structure; }

bool ErrorCard::corrected() const { return corrected_->isChecked(); }

void ErrorCard::set_photo(const QString& name, bool test) {
  name_->setText(name_->fontMetrics().elidedText(name, Qt::ElideMiddle, kWidth - 120));
  name_->setToolTip(name);
  test_ = test;
  show_split();
  scores_->setText(tr("Comparing..."));
}

void ErrorCard::show_split() {
  split_->setText(QString("<span style='color:%1'>%2</span>")
                      .arg((test_ ? theme().test : theme().train).name(), test_ ? tr("held out") : tr("trained on")));
}

void ErrorCard::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && !name_->text().isEmpty()) show_split();
  QFrame::changeEvent(event);
}

void ErrorCard::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor paper = theme().panel;
  paper.setAlphaF(kPaper);
  painter.setPen(theme().line);
  painter.setBrush(paper);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

void ErrorCard::set_scores(const reconstruct::ViewError& e) {
  if (e.masked_out) return set_problem(tr("Every pixel of the photo is masked"));
  scores_->setText(tr("<b>%1 dB</b> PSNR, <b>%2</b> SSIM<br>with colours corrected %3 dB")
                       .arg(e.psnr, 0, 'f', 2)
                       .arg(e.ssim, 0, 'f', 3)
                       .arg(e.psnr_corrected, 0, 'f', 2));
}

void ErrorCard::set_problem(const QString& line) { scores_->setText(line.toHtmlEscaped()); }

}  // namespace tessera::app
