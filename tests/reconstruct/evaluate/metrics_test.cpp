#include "reconstruct/evaluate/metrics.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "tests/support/pictures.h"
#include "tests/support/reference_ssim.h"

namespace tessera::reconstruct {
namespace {

using test::Channel;

float rounded(float v) { return std::round(v * 255.0f) / 255.0f; }

/// A render and its photo, both in whole 255ths.
struct Case {
  int width, height;
  render::Plane picture[3];
  Truth truth;
  Case(int w, int h) : width(w), height(h) {
    test::make_picture(w, h, 4, 0.3, picture);
    test::make_picture(w, h, 5, 0.2, truth.color);
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x) {
          truth.color[c].at(x, y) = rounded(truth.color[c].at(x, y));
          picture[c].at(x, y) = rounded(0.5f * picture[c].at(x, y) + 0.5f * truth.color[c].at(x, y));
        }
    truth.width = w, truth.height = h;
    truth.weight_sum = static_cast<double>(w) * h;
  }
  void fill(float render, float photo) {
    for (int c = 0; c < 3; ++c) picture[c].fill(render), truth.color[c].fill(photo);
  }
  template <class F>
  void mask(const F& f) {
    truth.weight.resize(width, height);
    truth.weight_sum = 0;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) truth.weight_sum += truth.weight.at(x, y) = f(x, y) ? 0.0f : 1.0f;
  }
  double weight(int x, int y) const { return truth.weight.width ? static_cast<double>(truth.weight.at(x, y)) : 1.0; }
  Channel render_where_counted(int c) const {
    Channel x = test::channel(picture[c]);
    for (int j = 0; j < height; ++j)
      for (int i = 0; i < width; ++i)
        if (weight(i, j) == 0) x.at(i, j) = static_cast<double>(truth.color[c].at(i, j));
    return x;
  }
};

TEST(Psnr, OfAConstantOffsetIsItsClosedForm) {
  Case c(33, 17);
  c.fill(110 / 255.0f, 100 / 255.0f);
  EXPECT_NEAR(psnr(c.picture, c.truth), 20 * std::log10(25.5), 1e-5);
}

TEST(Psnr, CountsEveryPixelAndChannel) {
  Case c(20, 10);
  c.fill(0.2f, 0.2f);
  c.picture[2].at(19, 9) = 0.6f;
  EXPECT_NEAR(psnr(c.picture, c.truth), -10 * std::log10(0.4 * 0.4 / 600), 1e-5);
}

TEST(Psnr, SeesTheRenderAsAViewerShowsIt) {
  Case c(8, 8);
  c.fill(100.4f / 255, 100 / 255.0f);
  EXPECT_EQ(psnr(c.picture, c.truth), 99);
  c.fill(1.7f, 1.0f);
  EXPECT_EQ(psnr(c.picture, c.truth), 99);
  c.fill(-0.3f, 0.0f);
  EXPECT_EQ(psnr(c.picture, c.truth), 99);
  c.fill(100.6f / 255, 100 / 255.0f);
  EXPECT_NEAR(psnr(c.picture, c.truth), 20 * std::log10(255), 1e-4);
}

TEST(Psnr, LeavesMaskedPixelsOut) {
  Case c(12, 12);
  c.fill(0.4f, 0.4f);
  for (int y = 0; y < 12; ++y) c.picture[0].at(3, y) = c.picture[1].at(7, y) = 0.8f;
  c.mask([](int x, int) { return x == 3; });
  EXPECT_NEAR(psnr(c.picture, c.truth), -10 * std::log10(0.4 * 0.4 * 12 / (3 * 11 * 12)), 1e-5);
  c.mask([](int, int) { return true; });
  EXPECT_EQ(psnr(c.picture, c.truth), 99);
}

TEST(Psnr, OfARenderThatIsNotANumberIsNotANumber) {
  Case c(12, 12);
  c.picture[0].at(2, 2) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(psnr(c.picture, c.truth)));
}

constexpr double kC1 = 1e-4, kC2 = 9e-4;
constexpr double kCentre = 0.26601172486179436;  // middle tap of the window

TEST(SsimMetric, OfOnePixelInTheMiddleOf11x11IsItsClosedForm) {
  Case c(11, 11);
  c.fill(0, 0);
  for (auto& plane : c.truth.color) plane.at(5, 5) = 1;
  const double mean = kCentre * kCentre;
  EXPECT_NEAR(ssim(c.picture, c.truth).valid, kC1 / (mean * mean + kC1) * kC2 / (mean - mean * mean + kC2), 1e-12);
}

TEST(SsimMetric, OfConstantPicturesIsTheLightTerm) {
  Case c(30, 30);
  c.fill(102 / 255.0f, 153 / 255.0f);
  EXPECT_NEAR(ssim(c.picture, c.truth).valid, (2 * 0.24 + kC1) / (0.16 + 0.36 + kC1), 1e-6);
}

TEST(SsimMetric, OfIdenticalPicturesIsOne) {
  Case c(30, 20);
  for (int k = 0; k < 3; ++k) c.picture[k] = c.truth.color[k];
  EXPECT_NEAR(ssim(c.picture, c.truth).padded, 1, 1e-12);
  EXPECT_NEAR(ssim(c.picture, c.truth).valid, 1, 1e-12);
}

struct Twin {
  double padded = 0, valid = 0;
};
Twin twin(const Case& c) {
  Twin result;
  for (int k = 0; k < 3; ++k) {
    const auto map = test::reference_ssim(c.render_where_counted(k), test::channel(c.truth.color[k])).ssim;
    double all = 0, inner = 0, all_weight = 0, inner_weight = 0;
    for (int y = 0; y < c.height; ++y)
      for (int x = 0; x < c.width; ++x) {
        all += c.weight(x, y) * map.at(x, y), all_weight += c.weight(x, y);
        if (x < 5 || y < 5 || x + 5 >= c.width || y + 5 >= c.height) continue;
        inner += c.weight(x, y) * map.at(x, y), inner_weight += c.weight(x, y);
      }
    result.padded += all / all_weight / 3;
    if (inner_weight > 0) result.valid += inner / inner_weight / 3;
  }
  return result;
}

TEST(SsimMetric, AgreesWithTheTwin) {
  for (const auto& [w, h] : {std::pair{1, 1}, {5, 3}, {11, 10}, {16, 16}, {33, 17}}) {
    Case c(w, h);
    EXPECT_NEAR(ssim(c.picture, c.truth).padded, twin(c).padded, 1e-12) << w << "x" << h;
    EXPECT_NEAR(ssim(c.picture, c.truth).valid, twin(c).valid, 1e-12) << w << "x" << h;
    c.mask([](int x, int y) { return (x + 2 * y) % 5 == 1; });
    EXPECT_NEAR(ssim(c.picture, c.truth).padded, twin(c).padded, 1e-12) << w << "x" << h;
    EXPECT_NEAR(ssim(c.picture, c.truth).valid, twin(c).valid, 1e-12) << w << "x" << h;
  }
}

// Wang, Simoncelli & Bovik 2003 out of brute-force windows.
double ms_ssim_twin(const Case& c) {
  const std::array weights{0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  double channels = 0;
  for (int k = 0; k < 3; ++k) {
    Channel x = c.render_where_counted(k), y = test::channel(c.truth.color[k]), weight = y;
    for (int j = 0; j < c.height; ++j)
      for (int i = 0; i < c.width; ++i) weight.at(i, j) = c.weight(i, j);
    std::size_t scales = 0;
    for (int side = std::min(c.width, c.height); side >= 11 && scales < 5; side /= 2) ++scales;
    double product = 1, total = 0;
    for (std::size_t s = 0; s < scales; ++s) total += weights[s];
    if (scales == 5) total = 1;
    for (std::size_t s = 0; s < scales; ++s) {
      const auto maps = test::reference_ssim(x, y);
      double sum = 0, counted = 0;
      for (int j = 5; j + 5 < x.height; ++j)
        for (int i = 5; i + 5 < x.width; ++i)
          sum += weight.at(i, j) * (s + 1 == scales ? maps.ssim : maps.contrast).at(i, j), counted += weight.at(i, j);
      product *= std::pow(sum / counted, weights[s] / total);
      const auto half = [](const Channel& in) {
        Channel out{in.width / 2, in.height / 2, {}};
        for (int j = 0; j < out.height; ++j)
          for (int i = 0; i < out.width; ++i)
            out.value.push_back((in.at(2 * i, 2 * j) + in.at(2 * i + 1, 2 * j) + in.at(2 * i, 2 * j + 1) +
                                 in.at(2 * i + 1, 2 * j + 1)) /
                                4);
        return out;
      };
      x = half(x), y = half(y), weight = half(weight);
    }
    channels += scales ? product / 3 : 0;
  }
  return channels;
}

TEST(MsSsim, AgreesWithTheTwinAtEveryNumberOfScales) {
  for (const auto& [w, h] : {std::pair{10, 40}, {11, 11}, {22, 31}, {45, 47}, {90, 91}, {177, 180}}) {
    Case c(w, h);
    EXPECT_NEAR(ms_ssim(c.picture, c.truth), ms_ssim_twin(c), 1e-11) << w << "x" << h;
  }
  Case masked(60, 50);
  masked.mask([](int x, int y) { return x > 13 && x < 30 && y > 9; });
  EXPECT_NEAR(ms_ssim(masked.picture, masked.truth), ms_ssim_twin(masked), 1e-11);
}

TEST(MsSsim, OfConstantPicturesIsTheLightTermOfTheLastScale) {
  Case c(180, 180);
  c.fill(102 / 255.0f, 153 / 255.0f);
  EXPECT_NEAR(ms_ssim(c.picture, c.truth), std::pow((2 * 0.24 + kC1) / (0.16 + 0.36 + kC1), 0.1333), 1e-6);
}

TEST(MsSsim, OfANegativeIsZero) {
  Case c(40, 40);
  for (int k = 0; k < 3; ++k)
    for (int y = 0; y < 40; ++y)
      for (int x = 0; x < 40; ++x) c.picture[k].at(x, y) = 1 - c.truth.color[k].at(x, y);
  EXPECT_EQ(ms_ssim(c.picture, c.truth), 0);
}

TEST(MsSsim, OfAPictureWhereNothingCountsIsZero) {
  Case c(40, 40);
  c.mask([](int, int) { return true; });
  EXPECT_EQ(ms_ssim(c.picture, c.truth), 0);
}

constexpr std::array<double, 12> kAffine = {0.8, 0.05, -0.03, 0.05, 0.02, 0.75, 0.06, 0.04, -0.04, 0.03, 0.9, 0.02};

// The photo is an exact affine map of a render that clips nowhere.
void make_affine_photo(Case& c) {
  for (int y = 0; y < c.height; ++y)
    for (int x = 0; x < c.width; ++x) {
      for (int k = 0; k < 3; ++k)
        c.picture[k].at(x, y) = rounded(
            0.15f + 0.7f * test::draw(20 + static_cast<std::uint32_t>(k), static_cast<std::uint64_t>(y * 1000 + x)));
      for (std::size_t r = 0; r < 3; ++r)
        c.truth.color[r].at(x, y) =
            static_cast<float>(kAffine[4 * r] * c.picture[0].at(x, y) + kAffine[4 * r + 1] * c.picture[1].at(x, y) +
                               kAffine[4 * r + 2] * c.picture[2].at(x, y) + kAffine[4 * r + 3]);
    }
}

void expect_affine(const Affine& fitted) {
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(fitted.m[i], kAffine[i], 1e-4) << i;
}

TEST(ColorCorrection, RecoversAnAffineMap) {
  Case c(50, 40);
  make_affine_photo(c);
  expect_affine(fit_color_correction(c.picture, c.truth));
  render::Plane corrected[3];
  apply_affine(fit_color_correction(c.picture, c.truth), c.picture, corrected);
  EXPECT_GT(psnr(corrected, c.truth), 57);  // what 8 bit leaves: 58.9 dB
}

TEST(ColorCorrection, IgnoresMaskedAndClippedPixels) {
  Case c(50, 40);
  make_affine_photo(c);
  const float saturated[] = {0.0f, 1.0f, -0.2f, 1.3f};
  for (int y = 0; y < 40; ++y) {
    c.picture[y % 3].at(7, y) = saturated[y % 4];              // clipped in the render
    c.truth.color[(y + 1) % 3].at(8, y) = saturated[y % 2];    // clipped in the photo
    for (int k = 0; k < 3; ++k) c.picture[k].at(9, y) = 0.9f;  // masked
  }
  c.mask([](int x, int) { return x == 9; });
  expect_affine(fit_color_correction(c.picture, c.truth));
}

TEST(ColorCorrection, OfAConstantPictureStaysNearTheIdentity) {
  Case c(20, 20);
  c.fill(127 / 255.0f, 0.6f);
  const Affine fitted = fit_color_correction(c.picture, c.truth);
  render::Plane corrected[3];
  apply_affine(fitted, c.picture, corrected);
  EXPECT_NEAR(corrected[0].at(3, 4), 0.6, 1e-5);
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(std::isfinite(fitted.m[i]));
    EXPECT_NEAR(fitted.m[i], i % 5 == 0 ? 1 : 0, 0.1);
  }
}

TEST(ColorCorrection, IgnoresPixelsThatAreNotNumbers) {
  Case c(50, 40);
  make_affine_photo(c);
  c.picture[1].at(5, 5) = std::numeric_limits<float>::quiet_NaN();
  expect_affine(fit_color_correction(c.picture, c.truth));
}

TEST(ColorCorrection, IsTheIdentityWhereNothingCounts) {
  Case c(20, 20);
  c.fill(0.0f, 0.6f);
  const Affine fitted = fit_color_correction(c.picture, c.truth);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(fitted.m[i], Affine{}.m[i]);
}

TEST(Metrics, RefusePicturesOfAnotherSize) {
  Case c(20, 20);
  c.picture[2].resize(21, 20);
  EXPECT_THROW(psnr(c.picture, c.truth), std::invalid_argument);
  EXPECT_THROW(ssim(c.picture, c.truth), std::invalid_argument);
  EXPECT_THROW(ms_ssim(c.picture, c.truth), std::invalid_argument);
  EXPECT_THROW(fit_color_correction(c.picture, c.truth), std::invalid_argument);
}

}  // namespace
}  // namespace tessera::reconstruct
