#include "reconstruct/synth/city_writer.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct::synth {
namespace fs = std::filesystem;

namespace {

// Plain, as the whole folder appears at once or not at all: see PartialFolder in city.cpp.
void write_encoded(const fs::path& path, const cv::Mat& image, const std::vector<int>& parameters) {
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(path.extension().string(), image, bytes, parameters))
    throw scene::Error(path.string(), "cannot be encoded");
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file)
    throw scene::Error(path.string(), std::string("cannot write: ") + std::strerror(errno ? errno : EIO),
                       "free some space or choose another folder, and run the command again");
}

// Level 6 packs depth a tenth smaller than OpenCV's default of 1 (run lengths); it is not on the critical path.
const std::vector<int> kPng{cv::IMWRITE_PNG_COMPRESSION, 6};

}  // namespace

void write_photo(const fs::path& path, const scene::Image8& image, int quality) {
  cv::Mat bgr(image.height, image.width, CV_8UC3);
  for (std::size_t i = 0; i < image.pixels.size(); i += 3)
    for (std::size_t c = 0; c < 3; ++c) bgr.data[i + 2 - c] = image.pixels[i + c];
  write_encoded(path, bgr, {cv::IMWRITE_JPEG_QUALITY, quality});
}

void write_depth(const fs::path& path, const Rendering& rendering) {
  cv::Mat image(rendering.height, rendering.width, CV_16UC1);
  for (std::size_t i = 0; i < rendering.depth.size(); ++i) {
    const long units = std::lround(rendering.depth[i] / kDepthScale);
    image.ptr<std::uint16_t>()[i] = static_cast<std::uint16_t>(units > 65535 ? 0 : units);
  }
  write_encoded(path, image, kPng);
}

void write_normals(const fs::path& path, const Rendering& rendering) {
  cv::Mat image(rendering.height, rendering.width, CV_8UC3);
  for (std::size_t i = 0; i < rendering.normal.size(); ++i) {
    const glm::vec3& n = rendering.normal[i];
    std::uint8_t* pixel = image.ptr<std::uint8_t>() + 3 * i;
    const bool none = n.x == 0 && n.y == 0 && n.z == 0;
    for (int c = 0; c < 3; ++c)  // OpenCV stores blue first
      pixel[2 - c] = none ? std::uint8_t{0} : static_cast<std::uint8_t>(std::lround(127.5 * (n[c] + 1.0)));
  }
  write_encoded(path, image, kPng);
}

void write_mesh(const fs::path& path, const City& city) {
  std::vector<std::vector<std::uint32_t>> row_of(city.meshes.size());
  std::vector<std::uint32_t> used(city.meshes.size());
  for (std::size_t m = 0; m < city.meshes.size(); ++m) {
    row_of[m].assign(city.meshes[m].vertices.size(), UINT32_MAX);
    for (const Triangle& t : city.meshes[m].triangles)
      for (const std::uint32_t v : {t.a, t.b, t.c}) row_of[m][v] = 0;
    for (std::uint32_t& row : row_of[m])
      if (row == 0) row = used[m]++;
  }
  std::uint64_t vertices = 0, triangles = 0;
  for (const Instance& i : city.instances) vertices += used[i.mesh], triangles += city.meshes[i.mesh].triangles.size();
  scene::AtomicFile file(path);
  std::ostream& out = file.stream();
  out << "ply\nformat binary_little_endian 1.0\ncomment synthetic city, metres, east north up\nelement vertex "
      << vertices << "\nproperty float x\nproperty float y\nproperty float z\nelement face " << triangles
      << "\nproperty list uchar uint vertex_indices\nend_header\n";
  std::string block;
  for (const Instance& i : city.instances) {
    block.clear();
    const Mesh& mesh = city.meshes[i.mesh];
    for (std::size_t v = 0; v < mesh.vertices.size(); ++v) {
      if (row_of[i.mesh][v] == UINT32_MAX) continue;
      const glm::vec3 p = i.linear * mesh.vertices[v].position + i.translation;
      char bytes[12];
      std::memcpy(bytes, &p, 12);
      block.append(bytes, 12);
    }
    out.write(block.data(), static_cast<std::streamsize>(block.size()));
  }
  std::uint32_t first = 0;
  for (const Instance& i : city.instances) {
    block.clear();
    for (const Triangle& t : city.meshes[i.mesh].triangles) {
      char bytes[13] = {3};
      const std::uint32_t rows[3] = {first + row_of[i.mesh][t.a], first + row_of[i.mesh][t.b],
                                     first + row_of[i.mesh][t.c]};
      std::memcpy(bytes + 1, rows, 12);
      block.append(bytes, 13);
    }
    out.write(block.data(), static_cast<std::streamsize>(block.size()));
    first += used[i.mesh];
  }
  file.commit();
}

}  // namespace tessera::reconstruct::synth
