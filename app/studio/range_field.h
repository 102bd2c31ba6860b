#pragma once

#include <QWidget>
#include <vector>

#include "scene/edit/selection.h"

class QDoubleSpinBox;

namespace tessera::app {

class RangeSlider;

/// How a value is spread over the rows of a model.
struct Spread {
  double low = 0, high = 1;  // the least and the greatest
  bool logarithmic = false;  // low > 0 then
  std::vector<float> bars;   // rows in equal steps from low to high
};
/// Decimals that show three digits of a number of that size.
int decimals_for(double size);
Spread spread_of(const std::vector<float>& values, bool logarithmic, std::size_t bars);

/// A range of one value: its name, two numbers and a slider over the histogram. A handle at the end of its line does
/// not limit.
class RangeField : public QWidget {
  Q_OBJECT
 public:
  /// The parts are called NAME_low, NAME_high and NAME_slider.
  RangeField(const QString& label, const QString& name, int decimals, QWidget* parent = nullptr);
  /// What there is to choose from; `unit` is what is shown for 1. Takes away the limits. A logarithmic one shows as
  /// many decimals as its least value has need of.
  void set_spread(const Spread& spread, double unit = 1);
  const scene::Range& range() const { return range_; }
  void clear();  // no limits; emits nothing

 Q_SIGNALS:
  void changed();

 private:
  double position_of(double value) const;
  double value_at(double position) const;
  void take_slider();
  void take_numbers();
  void show_numbers();

  Spread spread_;
  double unit_ = 1;
  scene::Range range_;
  QDoubleSpinBox *low_, *high_;
  RangeSlider* slider_;
};

}  // namespace tessera::app
