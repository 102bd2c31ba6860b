#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "reconstruct/ingest/sfm.h"
#include "scene/exif.h"
#include "scene/progress.h"

namespace tessera::reconstruct {

struct Photo {
  std::string name;  // relative to the folder, '/' between parts, bytes as on disk
  int width = 0, height = 0;
  double sharpness = 0;  // see sharpness.h
  scene::Exif exif;
  std::vector<std::uint8_t> thumbnail;  // 32 x 32 means, grey
};

struct PhotoSet {
  std::filesystem::path root;
  std::vector<Photo> photos;          // usable and different, by name (byte order)
  std::vector<FailedImage> left_out;  // unreadable, the same picture again, an unusable name; by name
  std::size_t files() const { return photos.size() + left_out.size(); }
};

/// Every picture below `root` (hidden files and folders apart), looked at on all cores. Files that are no pictures by
/// their name are passed over; RAW and HEIC, which COLMAP does not read, are named. Does not throw for a picture that
/// cannot be used. `apart` (may be empty) is a folder that is not looked into: where results are written.
PhotoSet read_photo_set(const std::filesystem::path& root, const std::filesystem::path& apart, int threads,
                        const scene::JobContext& job);

/// Left out because it is the same picture as another.
bool is_duplicate(const FailedImage& image);
/// Throws scene::Error that says why of `input`, where fewer than two photos are left.
void require_two_photos(const PhotoSet& set, const std::filesystem::path& input);
/// Takes the photos of these names (may be absent) out of the set.
void leave_out(PhotoSet& set, const std::vector<std::string>& names);

/// True by the extension: a picture that is worth trying.
bool has_picture_extension(const std::filesystem::path& path);

/// Groups of photos that one camera took with one setting of its lens: same size, make, model and focal length.
/// Indices, by first photo.
std::vector<std::vector<std::size_t>> camera_groups(const std::vector<Photo>& photos);

/// A number that changes where the list of files, their sizes or their times change.
std::uint64_t fingerprint(const PhotoSet& set);

}  // namespace tessera::reconstruct
