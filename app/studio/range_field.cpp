#include "app/studio/range_field.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>

#include "app/studio/range_slider.h"

namespace tessera::app {
namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
}

int decimals_for(double size) {
  constexpr int kMost = 6;  // that the field has room for
  return size > 0 ? std::clamp(2 - static_cast<int>(std::floor(std::log10(size))), 0, kMost) : kMost;
}

Spread spread_of(const std::vector<float>& values, bool logarithmic, std::size_t bars) {
  Spread spread;
  spread.logarithmic = logarithmic;
  if (values.empty()) return spread;
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  spread.low = static_cast<double>(*least), spread.high = static_cast<double>(*greatest);
  if (logarithmic) spread.low = std::max(spread.low, 1e-12), spread.high = std::max(spread.high, spread.low);
  const auto place = [&](double v) { return logarithmic ? std::log(std::max(v, spread.low)) : v; };
  const double from = place(spread.low), length = std::max(place(spread.high) - from, 1e-12);
  spread.bars.resize(bars);
  for (const float v : values) {
    const double share = (place(static_cast<double>(v)) - from) / length;
    spread.bars[std::min(static_cast<std::size_t>(share * static_cast<double>(bars)), bars - 1)] += 1;
  }
  return spread;
}

RangeField::RangeField(const QString& label, const QString& name, int decimals, QWidget* parent)
    : QWidget(parent), low_(new QDoubleSpinBox), high_(new QDoubleSpinBox), slider_(new RangeSlider) {
  auto* title = new QLabel(label);
  low_->setObjectName(name + "_low");
  low_->setAccessibleName(tr("%1, from").arg(label));
  high_->setObjectName(name + "_high");
  high_->setAccessibleName(tr("%1, to").arg(label));
  slider_->setObjectName(name + "_slider");
  slider_->setAccessibleName(tr("%1, range").arg(label));
  for (QDoubleSpinBox* box : {low_, high_}) {
    box->setDecimals(decimals);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    box->setAlignment(Qt::AlignRight);
    box->setFixedWidth(74);
    box->setKeyboardTracking(false);
    connect(box, &QDoubleSpinBox::valueChanged, this, &RangeField::take_numbers);
  }
  auto* layout = new QGridLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setHorizontalSpacing(6);
  layout->setVerticalSpacing(2);
  layout->addWidget(title, 0, 0);
  layout->addWidget(low_, 0, 1);
  layout->addWidget(new QLabel(QString(QChar(0x2013))), 0, 2);
  layout->addWidget(high_, 0, 3);
  layout->addWidget(slider_, 1, 0, 1, 4);
  layout->setColumnStretch(0, 1);
  connect(slider_, &RangeSlider::moved, this, &RangeField::take_slider);
}

double RangeField::position_of(double value) const {
  value = std::clamp(value, spread_.low, spread_.high);
  if (spread_.high <= spread_.low) return 0;
  if (spread_.logarithmic) return std::log(value / spread_.low) / std::log(spread_.high / spread_.low);
  return (value - spread_.low) / (spread_.high - spread_.low);
}

double RangeField::value_at(double position) const {
  if (spread_.logarithmic) return spread_.low * std::pow(spread_.high / spread_.low, position);
  return std::lerp(spread_.low, spread_.high, position);
}

void RangeField::set_spread(const Spread& spread, double unit) {
  spread_ = spread;
  unit_ = unit;
  slider_->set_bars(spread.bars);
  const QSignalBlocker one(low_), other(high_);
  if (spread.logarithmic)
    for (QDoubleSpinBox* box : {low_, high_}) box->setDecimals(decimals_for(spread.low * unit));
  // Rounded outwards, so that the ends can be typed.
  const double ulp = std::pow(10.0, -low_->decimals());
  for (QDoubleSpinBox* box : {low_, high_})
    box->setRange(std::floor(spread.low * unit / ulp) * ulp, std::ceil(spread.high * unit / ulp) * ulp);
  clear();
}

void RangeField::clear() {
  range_ = {};
  slider_->set_positions(0, 1);
  show_numbers();
}

void RangeField::show_numbers() {
  const QSignalBlocker one(low_), other(high_);
  low_->setValue(std::isinf(range_.low) ? low_->minimum() : range_.low * unit_);
  high_->setValue(std::isinf(range_.high) ? high_->maximum() : range_.high * unit_);
}

void RangeField::take_slider() {
  // Counts are whole: so are their limits.
  const auto value = [this](double position) {
    const double v = value_at(position);
    return low_->decimals() == 0 ? std::round(v * unit_) / unit_ : v;
  };
  range_.low = slider_->low() <= 0 ? -kInfinity : value(slider_->low());
  range_.high = slider_->high() >= 1 ? kInfinity : value(slider_->high());
  show_numbers();
  Q_EMIT changed();
}

void RangeField::take_numbers() {
  if (low_->value() > high_->value()) {  // the other one gives way
    const QSignalBlocker one(low_), other(high_);
    if (sender() == low_)
      high_->setValue(low_->value());
    else
      low_->setValue(high_->value());
  }
  range_.low = low_->value() <= low_->minimum() ? -kInfinity : low_->value() / unit_;
  range_.high = high_->value() >= high_->maximum() ? kInfinity : high_->value() / unit_;
  slider_->set_positions(std::isinf(range_.low) ? 0 : position_of(range_.low),
                         std::isinf(range_.high) ? 1 : position_of(range_.high));
  Q_EMIT changed();
}

}  // namespace tessera::app
