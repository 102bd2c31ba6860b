#pragma once

#include <QString>
#include <vector>

namespace tessera::app {

/// Where an axis has its marks: round numbers (1, 2 or 5 times a power of ten) inside [low, high], `most` at most but
/// where one remains. Both finite, low < high.
std::vector<double> round_ticks(double low, double high, int most);
/// Powers of ten of a logarithmic axis inside [low, high], with 2 and 5 times them where there is room for them.
std::vector<double> decade_ticks(double low, double high, int most);
/// "1.5M", "20k", "350", "0.02": short, for marks that stand `step` apart.
QString tick_text(double value, double step);

}  // namespace tessera::app
