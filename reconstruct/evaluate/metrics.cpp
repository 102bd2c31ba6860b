#include "reconstruct/evaluate/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <vector>

#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace {

constexpr int kRadius = 5;
constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;  // Wang et al. 2004, range 1
constexpr std::array kScaleWeights{0.0448, 0.2856, 0.3001, 0.2363,
                                   0.1333};  // Wang, Simoncelli & Bovik 2003, section 3.2
constexpr double kIdenticalPsnr = 99;
constexpr double kRidge = 1e-6;

/// What a viewer shows: clamped and rounded to 8 bit. As float, since truths are the nearest floats of n / 255.
float shown(float value) { return std::round(std::clamp(value, 0.0f, 1.0f) * 255.0f) / 255.0f; }

struct Field {
  int width = 0, height = 0;
  std::vector<double> value;
  Field(int w, int h) : width(w), height(h), value(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
  double* row(int y) { return value.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width); }
  const double* row(int y) const {
    return value.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
  }
};

void require_same_size(const render::Plane picture[3], const Truth& truth) {
  for (int c = 0; c < 3; ++c)
    if (picture[c].width != truth.width || picture[c].height != truth.height)
      throw std::invalid_argument("metrics: the picture and the truth differ in size");
}

double weight_at(const Truth& truth, int x, int y) {
  return truth.weight.width ? static_cast<double>(truth.weight.at(x, y)) : 1.0;
}

/// What counts of a picture pair: one channel of both (the render replaced by the truth where masked) and the weights.
struct Pair {
  Field x, y, weight;
};

Pair make_pair(const render::Plane& picture, const Truth& truth, int channel) {
  Pair pair{{truth.width, truth.height}, {truth.width, truth.height}, {truth.width, truth.height}};
  for (int j = 0; j < truth.height; ++j)
    for (int i = 0; i < truth.width; ++i) {
      const double w = weight_at(truth, i, j), y = truth.color[channel].at(i, j);
      pair.x.row(j)[i] = w == 0 ? y : static_cast<double>(shown(picture.at(i, j)));
      pair.y.row(j)[i] = y;
      pair.weight.row(j)[i] = w;
    }
  return pair;
}

const std::array<double, 2 * kRadius + 1>& window() {
  static const auto taps = [] {
    std::array<double, 2 * kRadius + 1> w{};
    double sum = 0;
    for (int i = -kRadius; i <= kRadius; ++i)
      sum += w[static_cast<std::size_t>(i + kRadius)] = std::exp(-i * i / (2 * 1.5 * 1.5));
    for (double& v : w) v /= sum;
    return w;
  }();
  return taps;
}

/// Window means with zeros outside the picture, across and then down.
Field window_means(const Field& in) {
  Field across(in.width, in.height), out(in.width, in.height);
  for (int t = -kRadius; t <= kRadius; ++t) {
    const double w = window()[static_cast<std::size_t>(t + kRadius)];
    const int begin = std::max(0, -t), end = std::min(in.width, in.width - t);
    for (int y = 0; y < in.height; ++y) {
      const double* from = in.row(y) + t;
      double* to = across.row(y);
      for (int x = begin; x < end; ++x) to[x] += w * from[x];
    }
  }
  for (int y = 0; y < in.height; ++y)
    for (int t = std::max(-kRadius, -y); t <= std::min(kRadius, in.height - 1 - y); ++t) {
      const double w = window()[static_cast<std::size_t>(t + kRadius)];
      const double* from = across.row(y + t);
      double* to = out.row(y);
      for (int x = 0; x < in.width; ++x) to[x] += w * from[x];
    }
  return out;
}

/// Eq. 13 of Wang et al. 2004 and its contrast-structure factor, at every pixel.
struct Maps {
  Field ssim, contrast;
};

/// `inside`: windows at the border are of the pixels inside the picture alone, and no zeros count.
Maps ssim_maps(const Field& x, const Field& y, bool inside = false) {
  const auto product = [](const Field& a, const Field& b) {
    Field out(a.width, a.height);
    for (std::size_t i = 0; i < out.value.size(); ++i) out.value[i] = a.value[i] * b.value[i];
    return out;
  };
  Field mx = window_means(x), my = window_means(y), xx = window_means(product(x, x)), yy = window_means(product(y, y)),
        xy = window_means(product(x, y));
  if (inside) {
    Field ones(x.width, x.height);
    std::fill(ones.value.begin(), ones.value.end(), 1.0);
    const Field share = window_means(ones);
    for (Field* field : {&mx, &my, &xx, &yy, &xy})
      for (std::size_t i = 0; i < share.value.size(); ++i) field->value[i] /= share.value[i];
  }
  Maps maps{{x.width, x.height}, {x.width, x.height}};
  for (std::size_t i = 0; i < mx.value.size(); ++i) {
    const double a = mx.value[i], b = my.value[i];
    const double light = (2 * a * b + kC1) / (a * a + b * b + kC1);
    maps.contrast.value[i] = (2 * (xy.value[i] - a * b) + kC2) / (xx.value[i] - a * a + yy.value[i] - b * b + kC2);
    maps.ssim.value[i] = light * maps.contrast.value[i];
  }
  return maps;
}

/// Weighted mean over the picture without a margin; `weight` is what was summed over.
struct Mean {
  double sum = 0, weight = 0;
  double value(double otherwise) const { return weight > 0 ? sum / weight : otherwise; }
};

Mean mean(const Field& map, const Field& weight, int margin) {
  Mean m;
  for (int y = margin; y < map.height - margin; ++y)
    for (int x = margin; x < map.width - margin; ++x)
      m.sum += weight.row(y)[x] * map.row(y)[x], m.weight += weight.row(y)[x];
  return m;
}

/// 2 x 2 means; an odd last row or column is dropped.
Field halved(const Field& in) {
  Field out(in.width / 2, in.height / 2);
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x)
      out.row(y)[x] =
          (in.row(2 * y)[2 * x] + in.row(2 * y)[2 * x + 1] + in.row(2 * y + 1)[2 * x] + in.row(2 * y + 1)[2 * x + 1]) /
          4;
  return out;
}

double channel_ms_ssim(Pair pair) {
  std::vector<double> contrasts;
  double last = 0;  // SSIM of the coarsest scale so far
  for (std::size_t scale = 0; scale < kScaleWeights.size(); ++scale) {
    if (std::min(pair.x.width, pair.x.height) <= 2 * kRadius) break;
    const Maps maps = ssim_maps(pair.x, pair.y);
    const Mean full = mean(maps.ssim, pair.weight, kRadius), contrast = mean(maps.contrast, pair.weight, kRadius);
    if (full.weight == 0) break;
    // Negative means have no real power; such a picture shares no structure with its truth.
    last = std::max(0.0, full.value(0));
    contrasts.push_back(std::max(0.0, contrast.value(0)));
    pair = {halved(pair.x), halved(pair.y), halved(pair.weight)};
  }
  if (contrasts.empty()) return 0;
  contrasts.back() = last;
  double total = 0, result = 1;
  for (std::size_t s = 0; s < contrasts.size(); ++s) total += kScaleWeights[s];
  if (contrasts.size() == kScaleWeights.size()) total = 1;  // as published, though they sum to 1.0001
  for (std::size_t s = 0; s < contrasts.size(); ++s) result *= std::pow(contrasts[s], kScaleWeights[s] / total);
  return result;
}

}  // namespace

double psnr(const render::Plane picture[3], const Truth& truth) {
  require_same_size(picture, truth);
  Mean error;
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < truth.height; ++y)
      for (int x = 0; x < truth.width; ++x) {
        const double w = weight_at(truth, x, y);
        if (w == 0) continue;
        const double difference =
            static_cast<double>(shown(picture[c].at(x, y))) - static_cast<double>(truth.color[c].at(x, y));
        error.sum += w * difference * difference, error.weight += w;
      }
  const double decibels = -10 * std::log10(error.value(0));
  return decibels > kIdenticalPsnr ? kIdenticalPsnr : decibels;  // keeps what is not a number
}

Ssim ssim(const render::Plane picture[3], const Truth& truth) {
  require_same_size(picture, truth);
  Mean padded[3], valid[3];
  scene::parallel_for(0, 3, [&](int c) {
    const Pair pair = make_pair(picture[c], truth, c);
    const Field map = ssim_maps(pair.x, pair.y).ssim;
    padded[c] = mean(map, pair.weight, 0);
    valid[c] = mean(map, pair.weight, kRadius);
  });
  Ssim result;
  for (int c = 0; c < 3; ++c) result.padded += padded[c].value(1) / 3, result.valid += valid[c].value(0) / 3;
  return result;
}

render::Plane dissimilarity(const render::Plane picture[3], const Truth& truth) {
  require_same_size(picture, truth);
  std::array<std::optional<Field>, 3> maps;
  scene::parallel_for(std::size_t{0}, 3, [&](std::size_t c) {
    const Pair pair = make_pair(picture[c], truth, static_cast<int>(c));
    maps[c] = ssim_maps(pair.x, pair.y, true).ssim;
  });
  render::Plane out;
  out.resize(truth.width, truth.height);
  out.fill(0);
  for (int y = 0; y < truth.height; ++y)
    for (int x = 0; x < truth.width; ++x)
      out.at(x, y) = static_cast<float>(0.5 - (maps[0]->row(y)[x] + maps[1]->row(y)[x] + maps[2]->row(y)[x]) / 6);
  return out;
}

double ms_ssim(const render::Plane picture[3], const Truth& truth) {
  require_same_size(picture, truth);
  double channels[3];
  scene::parallel_for(0, 3, [&](int c) { channels[c] = channel_ms_ssim(make_pair(picture[c], truth, c)); });
  return (channels[0] + channels[1] + channels[2]) / 3;
}

Affine fit_color_correction(const render::Plane picture[3], const Truth& truth) {
  require_same_size(picture, truth);
  // Normal equations of the change D to the identity: (mean of p p^T + ridge) D = mean of p (t - rgb)^T with p = (r, g,
  // b, 1).
  double normal[4][4] = {}, right[4][3] = {}, counted = 0;
  for (int y = 0; y < truth.height; ++y)
    for (int x = 0; x < truth.width; ++x) {
      const double w = weight_at(truth, x, y);
      if (w == 0) continue;
      double p[4] = {0, 0, 0, 1}, t[3];
      bool clipped = false;
      for (int c = 0; c < 3; ++c) {
        p[c] = shown(picture[c].at(x, y)), t[c] = truth.color[c].at(x, y);
        const float photo = shown(truth.color[c].at(x, y));
        clipped |= !(p[c] > 0 && p[c] < 1 && photo > 0 && photo < 1);  // also what is not a number
      }
      if (clipped) continue;
      counted += w;
      for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) normal[i][j] += w * p[i] * p[j];
        for (int c = 0; c < 3; ++c) right[i][c] += w * p[i] * (t[c] - p[c]);
      }
    }
  Affine affine;
  if (counted == 0) return affine;
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) normal[i][j] /= counted;
    for (int c = 0; c < 3; ++c) right[i][c] /= counted;
    normal[i][i] += kRidge;
  }
  // Gaussian elimination; the matrix is positive definite, so that no pivot vanishes.
  for (int i = 0; i < 4; ++i)
    for (int k = i + 1; k < 4; ++k) {
      const double f = normal[k][i] / normal[i][i];
      for (int j = i; j < 4; ++j) normal[k][j] -= f * normal[i][j];
      for (int c = 0; c < 3; ++c) right[k][c] -= f * right[i][c];
    }
  for (int i = 3; i >= 0; --i)
    for (int c = 0; c < 3; ++c) {
      for (int k = i + 1; k < 4; ++k) right[i][c] -= normal[i][k] * right[k][c];
      right[i][c] /= normal[i][i];
      affine.m[4 * c + i] = static_cast<float>((i == c ? 1.0 : 0.0) + right[i][c]);
    }
  return affine;
}

}  // namespace tessera::reconstruct
