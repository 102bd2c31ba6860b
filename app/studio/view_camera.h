#pragma once

#include <optional>

#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include "scene/camera.h"

namespace tessera::app {

/// The viewport's camera: orbits, flies, pans and zooms in the scene frame (up = +z), smoothly. Commands change where
/// it is going; advance() moves what is shown there. No Qt in here.
class ViewCamera {
 public:
  /// Looks at a ball from outside, level: the home position. The ball's radius sets the speed of flying and panning.
  void set_home(const glm::dvec3& center, double radius);
  /// Home is where this photo was taken: a scene made of photos is known from where they were taken, and only there.
  void set_home_photo(const scene::Camera& photo, double depth);
  void go_home();
  /// Stands where a photo was taken, looking as it does; the pivot is `depth` in front.
  void look_from(const scene::Camera& photo, double depth);
  /// Looks along -axis (0: x, 1: y, 2: z; `positive` from the positive side) at the pivot.
  void look_along(int axis, bool positive);

  void orbit(double right, double down);           // radians around the pivot
  void turn(double right, double down);            // radians around the camera itself
  void pan(const glm::dvec2& pixels, int height);  // what is at the pivot follows the cursor
  void zoom(double factor, const glm::dvec2& ndc,
            double aspect);                        // towards the cursor, which is at ndc (-1..1, y down)
  void fly(const glm::dvec3& right_down_forward);  // in home radii
  void focus(const glm::dvec3& point);             // new pivot: turns to it and keeps half the distance
  void level();                                    // takes out the roll
  void set_field_of_view(double vertical_radians);
  double field_of_view() const { return target_.field_of_view; }  // where it is going, as pivot()

  /// Moves what is shown towards where it is going. True while there is still some way to go.
  bool advance(double seconds);
  void jump();  // all the way
  /// What is shown, for a viewport of that size.
  scene::Camera camera(int width, int height) const;
  /// Distance to the pivot, for a scale bar.
  double distance() const { return shown_.distance; }
  const glm::dvec3& pivot() const { return target_.pivot; }
  double home_radius() const { return home_radius_; }

 private:
  struct State {
    glm::dvec3 pivot{0};
    double distance = 3;
    glm::dquat world_from_cam{1, 0, 0, 0};  // x right, y down, z forward
    double field_of_view = 0.9;             // vertical, radians: about that of a phone's main camera
    glm::dvec3 position() const { return pivot - distance * (world_from_cam * glm::dvec3(0, 0, 1)); }
  };
  State target_, shown_;
  glm::dvec3 home_center_{0};
  double home_radius_ = 1, home_depth_ = 1;
  std::optional<scene::Camera> home_photo_;
};

}  // namespace tessera::app
