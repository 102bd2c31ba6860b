#include "tests/support/reference_ssim.h"

#include <cmath>

namespace tessera::test {
namespace {

constexpr int kRadius = 5;
constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;

double window(int dx, int dy) {
  static const double sum = [] {
    double s = 0;
    for (int j = -kRadius; j <= kRadius; ++j)
      for (int i = -kRadius; i <= kRadius; ++i) s += std::exp(-(i * i + j * j) / (2 * 1.5 * 1.5));
    return s;
  }();
  return std::exp(-(dx * dx + dy * dy) / (2 * 1.5 * 1.5)) / sum;
}

struct Means {
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
};

template <class F>
void for_window(const Channel& c, int x, int y, const F& f) {
  for (int j = -kRadius; j <= kRadius; ++j)
    for (int i = -kRadius; i <= kRadius; ++i)
      if (x + i >= 0 && x + i < c.width && y + j >= 0 && y + j < c.height) f(x + i, y + j, window(i, j));
}

Means means(const Channel& x, const Channel& y, int px, int py) {
  Means m;
  for_window(x, px, py, [&](int i, int j, double w) {
    const double a = x.at(i, j), b = y.at(i, j);
    m.x += w * a, m.y += w * b, m.xx += w * a * a, m.yy += w * b * b, m.xy += w * a * b;
  });
  return m;
}

}  // namespace

SsimMap reference_ssim(const Channel& x, const Channel& y) {
  SsimMap map{x, x};
  for (int py = 0; py < x.height; ++py)
    for (int px = 0; px < x.width; ++px) {
      const Means m = means(x, y, px, py);
      const double light = (2 * m.x * m.y + kC1) / (m.x * m.x + m.y * m.y + kC1);
      const double contrast = (2 * (m.xy - m.x * m.y) + kC2) / (m.xx - m.x * m.x + m.yy - m.y * m.y + kC2);
      map.contrast.at(px, py) = contrast;
      map.ssim.at(px, py) = light * contrast;
    }
  return map;
}

ReferenceLoss reference_loss(const Channel x[3], const Channel y[3], const Channel& weight, double lambda) {
  ReferenceLoss loss;
  const int width = y[0].width, height = y[0].height;
  const auto counts = [&](int i, int j) { return weight.value.empty() ? 1.0 : weight.at(i, j); };
  double counted = 0;
  for (int j = 0; j < height; ++j)
    for (int i = 0; i < width; ++i) counted += 3 * counts(i, j);
  for (int c = 0; c < 3; ++c) {
    Channel seen = x[c];
    for (int j = 0; j < height; ++j)
      for (int i = 0; i < width; ++i)
        if (counts(i, j) == 0) seen.at(i, j) = y[c].at(i, j);
    Channel& gradient = loss.gradient[c] = Channel{width, height, std::vector<double>(seen.value.size(), 0.0)};
    for (int j = 0; j < height; ++j)
      for (int i = 0; i < width; ++i) {
        if (counts(i, j) == 0) continue;
        const Means m = means(seen, y[c], i, j);
        const double a = 2 * m.x * m.y + kC1, b = 2 * (m.xy - m.x * m.y) + kC2;
        const double d = m.x * m.x + m.y * m.y + kC1, e = m.xx - m.x * m.x + m.yy - m.y * m.y + kC2;
        loss.ssim += a * b / (d * e) / counted;
        // S = a b / (d e); derivatives by the means of x, x^2 and xy.
        const double by_x =
            (2 * m.y * b - 2 * m.y * a) / (d * e) - a * b / (d * d * e) * 2 * m.x + a * b / (d * e * e) * 2 * m.x;
        const double by_xx = -a * b / (d * e * e), by_xy = 2 * a / (d * e);
        for_window(seen, i, j, [&](int k, int l, double w) {
          const double s = w * (by_x + 2 * seen.at(k, l) * by_xx + y[c].at(k, l) * by_xy);
          gradient.at(k, l) -= lambda * s / counted;
        });
        const double difference = seen.at(i, j) - y[c].at(i, j);
        loss.l1 += std::abs(difference) / counted;
        loss.mse += difference * difference / counted;
        gradient.at(i, j) += (1 - lambda) / counted * (difference > 0 ? 1 : difference < 0 ? -1 : 0);
      }
    for (int j = 0; j < height; ++j)
      for (int i = 0; i < width; ++i)
        if (counts(i, j) == 0) gradient.at(i, j) = 0;
  }
  loss.total = (1 - lambda) * loss.l1 + lambda * (1 - loss.ssim);
  return loss;
}

}  // namespace tessera::test
