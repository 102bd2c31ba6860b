#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <glm/vec2.hpp>

#include "scene/image.h"

namespace tessera::reconstruct {

/// RGB, and how much it covers.
struct Ink {
  std::array<std::uint8_t, 3> rgb{};
  double alpha = 1;
};

/// A picture as a list of shapes, later ones over earlier ones; pixels, y down. It is drawn by two back ends.
class Drawing {
 public:
  enum class Anchor { left, middle };
  Drawing(int width, int height, Ink paper) : width_(width), height_(height), paper_(paper) {}

  void fill(std::vector<glm::dvec2> polygon, Ink ink);
  void outline(std::vector<glm::dvec2> polygon, Ink ink, double line_width);
  void line(glm::dvec2 from, glm::dvec2 to, Ink ink, double line_width);
  void disc(glm::dvec2 center, double radius, Ink ink);
  /// `height`: of a capital letter; `at`: where its foot stands. ASCII.
  void text(glm::dvec2 at, std::string words, double height, Ink ink, Anchor anchor = Anchor::left);

  int width() const { return width_; }
  int height() const { return height_; }
  std::string svg() const;
  scene::Image8 image() const;  // RGB

 private:
  struct Shape {
    enum class Kind { fill, outline, line, disc, text } kind;
    std::vector<glm::dvec2> points;
    Ink ink;
    double size = 0;  // line width, radius, height of letters
    std::string words;
    Anchor anchor = Anchor::left;
  };
  int width_, height_;
  Ink paper_;
  std::vector<Shape> shapes_;
};

}  // namespace tessera::reconstruct
