#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "scene/camera.h"

namespace tessera::scene {

/// A COLMAP sparse model as it stands in the files (https://colmap.github.io/format.html), world coordinates, nothing
/// left out.
struct ColmapModel {
  struct Observation {
    double x = 0, y = 0;
    std::int64_t point = -1;  // id, -1: none
  };
  struct Image {
    std::uint32_t id = 0, camera = 0;
    Rigid cam_from_world;  // as stored: the quaternion is NOT normalised here and may be damaged
    std::string name;
    std::vector<Observation> observations;
  };
  struct Point {
    std::uint64_t id = 0;
    glm::dvec3 position{0};
    std::array<std::uint8_t, 3> color{};
    double error = -1;
    std::vector<std::array<std::uint32_t, 2>> track;  // image id, index of the observation
  };
  std::map<std::uint32_t, SensorModel> cameras;
  std::vector<Image> images;
  std::vector<Point> points;
};

enum class ColmapForm { binary, text };

/// True where `folder` holds at least one of cameras, images, points3D in .bin or .txt.
bool looks_like_colmap(const std::filesystem::path& folder);
/// The form read_colmap() takes: binary where all three .bin are there, else text where all three .txt are. Throws
/// where there is neither.
ColmapForm colmap_form(const std::filesystem::path& folder);
/// Reads cameras, images and points3D of that form. Throws scene::Error naming the file and the byte offset or line:
/// absent, truncated, a count that does not fit the file's size, an unknown camera model, a camera that is not there or
/// has no usable size or focal length, ids or names that appear twice, trailing bytes. Allocates only what the file's
/// size justifies. Passed through as stored, for the caller to judge: names that leave the image folder
/// (leaves_folder), damaged poses and points, tracks and observations whose other end is absent.
ColmapModel read_colmap(const std::filesystem::path& folder);
/// Writes the three files into `folder` (made where it is absent), each atomically; text with 17 digits, so that it
/// reads back as the same doubles. Files of the other form are left alone. Throws scene::Error where read_colmap()
/// would refuse what was written.
void write_colmap(const ColmapModel& model, const std::filesystem::path& folder, ColmapForm form);

}  // namespace tessera::scene
