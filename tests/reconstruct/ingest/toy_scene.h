#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <glm/vec3.hpp>

#include "scene/camera.h"
#include "scene/exif.h"

namespace tessera::test {

/// A made-up flight over bumpy ground, in east-north-up metres about toy_home(). Photo i was taken at pose i of it;
/// both the photos that tests write and the COLMAP that they run (fake_colmap.cpp) go by these functions.
///
/// Photos 900 to 949 show 50 features of a place that no other photo shows, photos from 950 on 300 of them.
enum class ToyFlight {
  oblique,  // views tilted in turn by up to 25 degrees
  nadir,    // all straight down within a few degrees
};
scene::Gps toy_home();
/// SIMPLE_RADIAL, 320 x 240.
scene::SensorModel toy_sensor();
scene::Rigid toy_cam_from_enu(int photo, ToyFlight flight);
const std::vector<glm::dvec3>& toy_ground();
/// Units and axes of what the fake COLMAP makes of it.
scene::Similarity toy_model_from_enu();

struct ToyFeature {
  int point = 0;        // into toy_ground(); past its end: of no other photo
  double x = 0, y = 0;  // pixels, with up to 0.2 of noise
};
std::vector<ToyFeature> toy_features(int photo, ToyFlight flight);

/// The last number in the name of a photo, -1: none.
int toy_number(const std::string& name);

struct ToyPhotos {
  bool gps = true;
  double gps_noise = 0;  // metres, each axis up to so much
  ToyFlight flight = ToyFlight::oblique;
  std::string prefix = "photo_";
  std::string model = "Toy camera";
};
/// folder/PREFIX07.jpg for photo 7: grey blotches that differ, with EXIF.
void write_toy_photo(const std::filesystem::path& folder, int photo, const ToyPhotos& options = {});
/// Photos 0 .. count - 1.
void write_toy_photos(const std::filesystem::path& folder, int count, const ToyPhotos& options = {});

/// The program that stands in for COLMAP: same commands, options and files, results out of the functions above at once.
/// It obeys the environment:
///   FAKE_COLMAP         "COMMAND=FAULT ...": what goes wrong. For every command: hang (half its work done, then ten
///                       minutes of nothing), stubborn (the same, deaf to SIGTERM), orphan (kills the program
///                       that started it, then nothing), crash, killed, fail (with a complaint), nothing (ends well and
///                       has done nothing). mapper=parts (two models), mapper=late (a model only with lenient rules),
///                       mapper=slow (0.3 s a photo), mapper=drift (a focal length 5 % too large), matches_importer=none (no pair survives),
///                       bundle_adjuster=worse, image_undistorter=incomplete
///   FAKE_COLMAP_FLIGHT  "nadir", else oblique
///   FAKE_COLMAP_CUDA    set: claims to have CUDA
///   FAKE_COLMAP_THIN    set: finds a quarter of the features, which is quicker for many photos
///   FAKE_COLMAP_CALLS   file that a line is added to for each command that does something
///   FAKE_COLMAP_PID     file for the process id of a command that hangs
std::string fake_colmap();

}  // namespace tessera::test
