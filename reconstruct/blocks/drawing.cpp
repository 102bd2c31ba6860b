#include "reconstruct/blocks/drawing.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace tessera::reconstruct {
namespace {

constexpr int kSubpixelBits = 4;
constexpr double kCapital = 21;       // pixels, of OpenCV's simplex letters at scale 1
constexpr double kEmOfCapital = 1.4;  // font size over the height of its capitals, of common sans-serif faces

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string color(const char* what, const Ink& ink) {
  char text[96];
  std::snprintf(text, sizeof text, " %s=\"#%02x%02x%02x\"", what, ink.rgb[0], ink.rgb[1], ink.rgb[2]);
  std::string attribute = text;
  if (ink.alpha < 1) {
    std::snprintf(text, sizeof text, " %s-opacity=\"%.2f\"", what, ink.alpha);
    attribute += text;
  }
  return attribute;
}

std::string escaped(const std::string& words) {
  std::string text;
  for (const char c : words) text += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return text;
}

std::string path_of(const std::vector<glm::dvec2>& points, bool closed) {
  std::string path = " d=\"";
  for (std::size_t i = 0; i < points.size(); ++i)
    path += (i == 0 ? "M" : "L") + number(points[i].x) + " " + number(points[i].y);
  return path + (closed ? "Z\"" : "\"");
}

}  // namespace

void Drawing::fill(std::vector<glm::dvec2> polygon, Ink ink) {
  shapes_.push_back({Shape::Kind::fill, std::move(polygon), ink});
}
void Drawing::outline(std::vector<glm::dvec2> polygon, Ink ink, double line_width) {
  shapes_.push_back({Shape::Kind::outline, std::move(polygon), ink, line_width});
}
void Drawing::line(glm::dvec2 from, glm::dvec2 to, Ink ink, double line_width) {
  shapes_.push_back({Shape::Kind::line, {from, to}, ink, line_width});
}
void Drawing::disc(glm::dvec2 center, double radius, Ink ink) {
  shapes_.push_back({Shape::Kind::disc, {center}, ink, radius});
}
void Drawing::text(glm::dvec2 at, std::string words, double height, Ink ink, Anchor anchor) {
  shapes_.push_back({Shape::Kind::text, {at}, ink, height, std::move(words), anchor});
}

std::string Drawing::svg() const {
  const std::string w = std::to_string(width_), h = std::to_string(height_);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
                    "\" viewBox=\"0 0 " + w + " " + h + "\" font-family=\"sans-serif\">\n<rect width=\"" + w +
                    "\" height=\"" + h + "\"" + color("fill", paper_) + "/>\n";
  for (const Shape& s : shapes_) {
    const glm::dvec2& at = s.points.front();
    switch (s.kind) {
      case Shape::Kind::fill:
        out += "<path" + path_of(s.points, true) + color("fill", s.ink) + "/>\n";
        break;
      case Shape::Kind::outline:
      case Shape::Kind::line:
        out += "<path" + path_of(s.points, s.kind == Shape::Kind::outline) + " fill=\"none\"" + color("stroke", s.ink) +
               " stroke-width=\"" + number(s.size) + "\"/>\n";
        break;
      case Shape::Kind::disc:
        out += "<circle cx=\"" + number(at.x) + "\" cy=\"" + number(at.y) + "\" r=\"" + number(s.size) + "\"" +
               color("fill", s.ink) + "/>\n";
        break;
      case Shape::Kind::text:
        out += "<text x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\" font-size=\"" +
               number(kEmOfCapital * s.size) + "\"" + (s.anchor == Anchor::middle ? " text-anchor=\"middle\"" : "") +
               color("fill", s.ink) + ">" + escaped(s.words) + "</text>\n";
        break;
    }
  }
  return out + "</svg>\n";
}

scene::Image8 Drawing::image() const {
  scene::Image8 image{width_, height_, 3, {}};
  image.pixels.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 3);
  cv::Mat all(height_, width_, CV_8UC3, image.pixels.data());
  const auto scalar = [](const Ink& ink) { return cv::Scalar(ink.rgb[0], ink.rgb[1], ink.rgb[2]); };
  all = scalar(paper_);
  for (const Shape& s : shapes_) {
    std::vector<cv::Point> points;
    for (const glm::dvec2& p : s.points)
      points.emplace_back(static_cast<int>(std::lround(std::ldexp(p.x - 0.5, kSubpixelBits))),
                          static_cast<int>(std::lround(std::ldexp(p.y - 0.5, kSubpixelBits))));
    const int line_width = std::max(1, static_cast<int>(std::lround(s.size)));
    const auto draw = [&](cv::Mat& on) {
      switch (s.kind) {
        case Shape::Kind::fill:
          cv::fillPoly(on, points, scalar(s.ink), cv::LINE_AA, kSubpixelBits);
          break;
        case Shape::Kind::outline:
        case Shape::Kind::line:
          cv::polylines(on, points, s.kind == Shape::Kind::outline, scalar(s.ink), line_width, cv::LINE_AA,
                        kSubpixelBits);
          break;
        case Shape::Kind::disc:
          cv::circle(on, points.front(), static_cast<int>(std::lround(std::ldexp(s.size, kSubpixelBits))),
                     scalar(s.ink), cv::FILLED, cv::LINE_AA, kSubpixelBits);
          break;
        case Shape::Kind::text: {
          const double scale = s.size / kCapital;
          const int weight = s.size > 12 ? 2 : 1;
          int below = 0;
          const cv::Size size = cv::getTextSize(s.words, cv::FONT_HERSHEY_SIMPLEX, scale, weight, &below);
          const double x = s.points.front().x - (s.anchor == Anchor::middle ? 0.5 * size.width : 0.0);
          cv::putText(on, s.words,
                      {static_cast<int>(std::lround(x)), static_cast<int>(std::lround(s.points.front().y))},
                      cv::FONT_HERSHEY_SIMPLEX, scale, scalar(s.ink), weight, cv::LINE_AA);
          break;
        }
      }
    };
    if (s.ink.alpha >= 1) {
      draw(all);
    } else {
      cv::Mat over = all.clone();
      draw(over);
      cv::addWeighted(over, s.ink.alpha, all, 1 - s.ink.alpha, 0, all);
    }
  }
  return image;
}

}  // namespace tessera::reconstruct
