#include "app/studio/memory_forecast.h"

#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QVBoxLayout>
#include <algorithm>
#include <thread>

#include "app/studio/theme.h"
#include "reconstruct/train/memory_plan.h"
#include "reconstruct/train/run_setup.h"
#include "scene/error.h"

namespace tessera::app {
namespace {

/// Whole numbers of options with their thousands apart.
QString value_text(const std::string& value) {
  bool whole = false;
  const qlonglong number = QString::fromStdString(value).toLongLong(&whole);
  return whole ? QLocale().toString(number) : QString::fromStdString(value);
}

}  // namespace

QString bytes_text(std::size_t bytes) {
  const double mega = 1e-6 * static_cast<double>(bytes);
  return mega < 1000 ? MemoryForecast::tr("%1 MB").arg(mega, 0, 'f', 0)
                     : MemoryForecast::tr("%1 GB").arg(1e-3 * mega, 0, 'f', 1);
}

MemoryForecast::MemoryForecast(QWidget* parent) : QWidget(parent), bar_(new QProgressBar), text_(new QLabel) {
  bar_->setObjectName("memory_bar");
  bar_->setAccessibleName(tr("Share of the memory that the run may need"));
  bar_->setTextVisible(false);
  bar_->setFixedHeight(6);
  bar_->setRange(0, 1000);
  text_->setObjectName("memory_forecast");
  text_->setWordWrap(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  layout->addWidget(text_);
  layout->addWidget(bar_);
  hide();
}

MemoryForecast::Said MemoryForecast::forecast(const scene::Dataset& dataset, const reconstruct::TrainOptions& options,
                                              bool resumes) {
  Said said;
  try {
    const int threads =
        options.threads > 0 ? options.threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const reconstruct::TrainOptions capped = reconstruct::with_one_cap(options, dataset);
    const reconstruct::MemoryPlan plan =
        reconstruct::plan_memory(dataset, capped, resumes, reconstruct::machine_limit(threads));
    said.text = tr("Memory: up to %1 of %2").arg(bytes_text(plan.need.total()), bytes_text(plan.limit.bytes));
    if (capped.max_splats < options.max_splats)
      said.text += tr("\nAt most %1 splats, for want of photos").arg(QLocale().toString(capped.max_splats));
    for (const reconstruct::OptionChange& step : plan.steps)
      said.text += tr("\nTo fit, %1 goes from %2 to %3")
                       .arg(QString::fromStdString(step.name), value_text(step.before), value_text(step.now));
    said.details = QString::fromStdString(plan.statement());
    said.share =
        static_cast<double>(plan.need.total()) / static_cast<double>(std::max<std::size_t>(plan.limit.bytes, 1));
    said.lowered = !plan.steps.empty();
  } catch (const scene::Error& e) {
    said.text = QString::fromUtf8(e.what());
    said.failed = true;
    said.share = 1;
  }
  return said;
}

void MemoryForecast::show_need(std::shared_ptr<const scene::Dataset> dataset, const reconstruct::TrainOptions& options,
                               bool resumes) {
  if (!dataset) {
    background_.forget();
    return hide();
  }
  background_.ask([this, dataset = std::move(dataset), options, resumes]() -> Background::Answer {
    return [this, said = forecast(*dataset, options, resumes)] {
      said_ = said;
      say();
      show();
    };
  });
}

void MemoryForecast::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) say();
}

void MemoryForecast::say() {
  const Said& said = said_;
  text_->setText(said.text);
  setToolTip(said.details);
  const QColor color = said.failed ? theme().axis_x : said.lowered ? theme().test : theme().faint;
  QPalette palette;
  palette.setColor(QPalette::WindowText, color);
  text_->setPalette(palette);
  bar_->setStyleSheet(
      QString("QProgressBar { border: 0; border-radius: 3px; background: %1; }"
              "QProgressBar::chunk { background: %2; border-radius: 3px; }")
          .arg(theme().line.name(), said.failed || said.lowered ? color.name() : theme().accent.name()));
  bar_->setValue(static_cast<int>(1000 * std::clamp(said.share, 0.0, 1.0)));
}

}  // namespace tessera::app
