#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "reconstruct/ingest/photo_set.h"

namespace tessera::reconstruct {

/// What can be wrong with a photo before structure from motion has seen it.
enum class Finding : std::uint8_t {
  unreadable,      // cannot be decoded, or COLMAP does not take it
  duplicate,       // the same picture as another
  blurred,         // relative to the set, see kBlurredShare
  near_duplicate,  // shows nearly what the photo before it shows
  exposure,        // a stop or more from its neighbours
  no_gps,          // where others have a position
  other_camera,    // another camera, lens setting or size than most
};
inline constexpr std::array kFindings = {Finding::unreadable,  Finding::duplicate,      Finding::blurred,
                                         Finding::exposure,    Finding::near_duplicate, Finding::no_gps,
                                         Finding::other_camera};  // the worst first

struct FoundInPhoto {
  Finding finding;
  std::string text;  // "blurred: 0.12 of the usual sharpness"
};
struct CheckedPhoto {
  std::string name;           // relative to the folder
  int width = 0, height = 0;  // 0: unreadable
  bool usable = true;         // false: structure from motion leaves it out whatever is asked
  std::vector<FoundInPhoto> found;
  bool has(Finding finding) const;
};
struct FindingSummary {
  Finding finding;
  std::size_t photos = 0;
  std::string line;  // a sentence that names the first of them and says what follows
};
struct Preflight {
  std::filesystem::path root;
  std::vector<CheckedPhoto> photos;     // every picture of the folder, by name
  std::vector<FindingSummary> summary;  // of what was found, as kFindings; `photos` 0: about the set as a whole
  std::size_t usable = 0;
};

/// Judges what read_photo_set() has seen. Takes milliseconds a thousand photos.
Preflight check_photos(const PhotoSet& set);

}  // namespace tessera::reconstruct
