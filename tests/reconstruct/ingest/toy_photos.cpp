#include <cstdio>

#include "reconstruct/ingest/geodesy.h"
#include "tests/reconstruct/ingest/toy_photo.h"
#include "tests/reconstruct/ingest/toy_poses.h"
#include "tests/reconstruct/ingest/toy_scene.h"

namespace tessera::test {

void write_toy_photo(const std::filesystem::path& folder, int photo, const ToyPhotos& options) {
  char leaf[64];
  std::snprintf(leaf, sizeof leaf, "%02d.jpg", photo);
  const std::filesystem::path path = folder / (options.prefix + leaf);
  write_photo(path, blotches(static_cast<std::uint32_t>(1000 + photo), 320, 240, 10));
  scene::Exif exif;
  exif.make = "Tessera", exif.model = options.model, exif.focal_mm = 5, exif.focal_35mm = 30;
  if (options.gps) {
    const glm::dvec3 centre = toy_cam_from_enu(photo, options.flight).inverse().translation +
                              options.gps_noise * noise(34, static_cast<std::uint64_t>(photo));
    exif.gps = reconstruct::LocalFrame(toy_home()).wgs84(centre);
  }
  scene::write_exif(path, exif);
}

void write_toy_photos(const std::filesystem::path& folder, int count, const ToyPhotos& options) {
  for (int i = 0; i < count; ++i) write_toy_photo(folder, i, options);
}

std::string fake_colmap() { return TESSERA_FAKE_COLMAP; }

}  // namespace tessera::test
