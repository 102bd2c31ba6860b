#include "reconstruct/evaluate/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace tessera::reconstruct {
namespace {

// Layout in pixels.
constexpr int kCell = 480;  // pictures on the sheet fit into a square of this side
constexpr int kGap = 6;
constexpr int kLine = 26;          // height of a line of text
constexpr int kStrip = 22;         // the error map's scale
constexpr int kMinLabelled = 150;  // narrower strips carry no numbers
constexpr std::size_t kMaxNameBytes = 200;
const cv::Scalar kPaper(28, 28, 28), kInk(235, 235, 235);
constexpr std::uint8_t kMaskedGrey = 96;

cv::Mat view_of(const scene::Image8& image) {
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data())};
}

scene::Image8 blank(int width, int height) {
  scene::Image8 image{width, height, 3, {}};
  image.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 0);
  view_of(image) = kPaper;
  return image;
}

/// Text with its baseline so that it stands in a line that starts at y.
void write(cv::Mat& on, const std::string& text, int x, int y, int line) {
  cv::putText(on, text, {x, y + (line + 10) / 2}, cv::FONT_HERSHEY_SIMPLEX, 0.45, kInk, 1, cv::LINE_AA);
}

int text_width(const std::string& text) {
  int baseline = 0;
  return cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, 0.45, 1, &baseline).width;
}

/// The 256 colours of the ramp, RGB.
const cv::Mat& ramp() {
  static const cv::Mat colors = [] {
    cv::Mat grey(1, 256, CV_8U), bgr, rgb;
    for (int i = 0; i < 256; ++i) grey.at<std::uint8_t>(i) = static_cast<std::uint8_t>(i);
    cv::applyColorMap(grey, bgr, cv::COLORMAP_INFERNO);
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    return rgb;
  }();
  return colors;
}

cv::Vec3b color_of(double error) {
  return ramp().at<cv::Vec3b>(static_cast<int>(std::lround(255 * std::clamp(error / kErrorFull, 0.0, 1.0))));
}

void paste(cv::Mat& sheet, const scene::Image8& image, int x, int y, int width, int height) {
  const cv::Mat from = view_of(image);
  const bool smaller = width <= from.cols;
  cv::Mat fitted;
  cv::resize(from, fitted, {width, height}, 0, 0, smaller ? cv::INTER_AREA : cv::INTER_LINEAR);
  fitted.copyTo(sheet(cv::Rect(x, y, width, height)));
}

}  // namespace

scene::Image8 error_map(const render::Plane picture[3], const Truth& truth) {
  scene::Image8 map = blank(truth.width, truth.height + kStrip);
  for (int y = 0; y < truth.height; ++y)
    for (int x = 0; x < truth.width; ++x) {
      int difference = 0;
      for (int c = 0; c < 3; ++c)
        difference += std::abs(to_byte(picture[c].at(x, y)) - to_byte(truth.color[c].at(x, y)));
      const bool masked = truth.weight.width && truth.weight.at(x, y) == 0;
      const cv::Vec3b color = masked ? cv::Vec3b::all(kMaskedGrey) : color_of(difference / (3 * 255.0));
      std::copy_n(color.val, 3, map.at(x, y));
    }
  // The scale: 0 left, kErrorFull right; numbers on either side where there is room.
  cv::Mat all = view_of(map);
  char full[16];
  std::snprintf(full, sizeof full, "%.2f+", kErrorFull);
  const bool labelled = truth.width >= kMinLabelled;
  const int left = labelled ? text_width("0") + 2 * kGap : 0;
  const int right = truth.width - (labelled ? text_width(full) + 2 * kGap : 0);
  for (int x = left; x < right; ++x) {
    const cv::Vec3b color = color_of(kErrorFull * (x - left) / std::max(1, right - 1 - left));
    for (int y = truth.height + kGap; y < truth.height + kStrip - kGap; ++y) std::copy_n(color.val, 3, map.at(x, y));
  }
  if (labelled) {
    write(all, "0", kGap, truth.height, kStrip);
    write(all, full, right + kGap, truth.height, kStrip);
  }
  return map;
}

std::string picture_name(const std::string& view, const std::string& suffix, std::set<std::string>& taken) {
  std::string name = view.substr(
      0, view.rfind('.') == std::string::npos || view.rfind('.') < view.rfind('/') + 1 ? view.size() : view.rfind('.'));
  for (char& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
        std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos)
      c = '_';
  if (!name.empty() && name.front() == '.') name.front() = '_';
  if (name.size() > kMaxNameBytes) {
    std::size_t end = kMaxNameBytes;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // not within a UTF-8 character
    name.resize(end);
  }
  if (name.empty()) name = "_";
  std::string free = name + suffix;
  for (int n = 2; !taken.insert(free).second; ++n) free = name + "-" + std::to_string(n) + suffix;
  return free;
}

std::vector<std::size_t> choose_views(std::span<const double> psnr, int rows) {
  std::set<std::size_t> chosen;
  const std::size_t n = psnr.size(), wanted = std::min(n, static_cast<std::size_t>(std::max(0, rows)));
  if (wanted == 0) return {};
  chosen.insert(static_cast<std::size_t>(std::min_element(psnr.begin(), psnr.end()) - psnr.begin()));
  if (wanted > 1) chosen.insert(static_cast<std::size_t>(std::max_element(psnr.begin(), psnr.end()) - psnr.begin()));
  for (std::size_t i = 0; i < wanted && chosen.size() < wanted; ++i) chosen.insert((2 * i + 1) * n / (2 * wanted));
  for (std::size_t i = 0; chosen.size() < wanted; ++i) chosen.insert(i);
  return {chosen.begin(), chosen.end()};
}

void ContactSheet::add(const std::string& name, double psnr, const scene::Image8& render, const scene::Image8& truth,
                       const scene::Image8& error) {
  const double scale = std::min(1.0, static_cast<double>(kCell) / std::max(truth.width, truth.height));
  const int width = std::max(1, static_cast<int>(std::lround(truth.width * scale)));
  const int height = std::max(1, static_cast<int>(std::lround(truth.height * scale)));
  const int error_height = std::max(1, static_cast<int>(std::lround(error.height * scale)));
  char score[32];
  std::snprintf(score, sizeof score, "%.2f dB", psnr);
  const std::string label = name + "   " + score;
  scene::Image8 row = blank(std::max(4 * kGap + 3 * width, 2 * kGap + text_width(label)),
                            kLine + std::max(height, error_height) + kGap);
  cv::Mat sheet = view_of(row);
  write(sheet, label, kGap, 0, kLine);
  paste(sheet, render, kGap, kLine, width, height);
  paste(sheet, truth, 2 * kGap + width, kLine, width, height);
  paste(sheet, error, 3 * kGap + 2 * width, kLine, width, error_height);
  rows_.push_back(std::move(row));
}

scene::Image8 ContactSheet::image() const {
  if (rows_.empty()) return {};
  const std::string title = "render | photo | error";
  int width = text_width(title) + 2 * kGap, height = kLine;
  for (const auto& row : rows_) width = std::max(width, row.width), height += row.height;
  scene::Image8 sheet = blank(width, height);
  cv::Mat all = view_of(sheet);
  write(all, title, kGap, 0, kLine);
  int y = kLine;
  for (const auto& row : rows_) {
    view_of(row).copyTo(all(cv::Rect(0, y, row.width, row.height)));
    y += row.height;
  }
  return sheet;
}

}  // namespace tessera::reconstruct
