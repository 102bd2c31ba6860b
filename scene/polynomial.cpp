#include "scene/polynomial.h"

#include <limits>

namespace tessera::scene {

namespace {

double evaluate(const std::vector<double>& c, double x) {
  double sum = 0;
  for (auto i = c.rbegin(); i != c.rend(); ++i) sum = sum * x + *i;
  return sum;
}

/// All sign changes in (0, high], ascending: between two neighbouring roots of the derivative there is at most one.
std::vector<double> roots(std::vector<double> c, double high) {
  while (!c.empty() && c.back() == 0) c.pop_back();
  if (c.size() < 2) return {};
  std::vector<double> derivative;
  for (std::size_t i = 1; i < c.size(); ++i) derivative.push_back(static_cast<double>(i) * c[i]);
  std::vector<double> ends = roots(derivative, high);
  ends.push_back(high);
  std::vector<double> found;
  double low = 0;
  for (const double end : ends) {
    double a = low, b = end;
    low = end;
    const bool positive = evaluate(c, a) > 0;
    if (positive == (evaluate(c, b) > 0)) continue;
    // 100 halvings go past the last bit of any double.
    for (int i = 0; i < 100; ++i) {
      const double middle = 0.5 * (a + b);
      ((evaluate(c, middle) > 0) == positive ? a : b) = middle;
    }
    found.push_back(b);
  }
  return found;
}

}  // namespace

double smallest_positive_root(const std::vector<double>& coefficients, double high) {
  const std::vector<double> all = roots(coefficients, high);
  return all.empty() ? std::numeric_limits<double>::infinity() : all.front();
}

}  // namespace tessera::scene
