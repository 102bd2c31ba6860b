#include <algorithm>
#include <cmath>
#include <limits>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/formats/ply_file.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

constexpr std::uint8_t kGrey = 128;  // of points whose colour is not known

/// 0..1 for floats, the type's own range for 16-bit, 0..255 for the rest.
std::uint8_t to_colour(float value, ply::Scalar type) {
  const bool real = type == ply::Scalar::float32 || type == ply::Scalar::float64;
  const float scaled = real ? value * 255.0f : type == ply::Scalar::uint16 ? value / 257.0f : value;
  return scaled > 0 ? static_cast<std::uint8_t>(std::lround(std::min(scaled, 255.0f))) : std::uint8_t{0};
}

}  // namespace

SparsePoints read_point_ply(const fs::path& path) {
  ByteReader reader(path);
  const ply::Header header = ply::read_header(reader);
  std::vector<std::size_t> columns;
  for (const char* name : {"x", "y", "z"}) {
    const auto column = header.find(name);
    if (!column) throw Error(path.string(), std::string("is no point cloud: its vertices have no property ") + name);
    columns.push_back(*column);
  }
  for (const char* name : {"red", "green", "blue"})
    if (const auto column = header.find(name)) columns.push_back(*column);
  const bool coloured = columns.size() == 6;
  columns.resize(coloured ? 6 : 3);
  const std::uint64_t count = header.vertices().count;
  if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
    throw Error(path.string(), "has " + std::to_string(count) + " points; rows are numbered in 31 bits");

  SparsePoints points;
  points.position.resize(static_cast<std::size_t>(count));
  points.color.assign(static_cast<std::size_t>(count), {kGrey, kGrey, kGrey});
  points.error.assign(static_cast<std::size_t>(count), -1.0f);
  points.track_begin.assign(static_cast<std::size_t>(count) + 1, 0);
  ply::read_vertices(reader, header, columns,
                     [&](std::uint64_t first, std::size_t rows, std::span<const float> values) {
                       for (std::size_t r = 0; r < rows; ++r) {
                         const std::size_t i = static_cast<std::size_t>(first) + r;
                         for (std::size_t c = 0; c < 3; ++c) points.position[i][c] = values[c * rows + r];
                         for (std::size_t c = 0; coloured && c < 3; ++c)
                           points.color[i][c] =
                               to_colour(values[(c + 3) * rows + r], header.vertices().properties[columns[c + 3]].type);
                       }
                     });
  return points;
}

void write_point_ply(const SparsePoints& points, const fs::path& path) {
  AtomicFile file(path);
  file.stream() << "ply\nformat binary_little_endian 1.0\nelement vertex " << std::to_string(points.size())
                << "\nproperty float x\nproperty float y\nproperty float z\n"
                   "property uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n";
  for (std::size_t i = 0; i < points.size(); ++i) {
    char row[15];
    std::memcpy(row, points.position[i].data(), 12);
    std::memcpy(row + 12, points.color[i].data(), 3);
    file.stream().write(row, sizeof row);
  }
  file.commit();
}

}  // namespace tessera::scene
