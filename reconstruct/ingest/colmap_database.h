#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct sqlite3;

namespace tessera::reconstruct {

/// SIFT descriptors as COLMAP stores them: root-SIFT scaled to length 512, one byte per bin.
inline constexpr int kDescriptorSize = 128;
struct Descriptors {
  std::size_t count = 0;
  std::vector<std::uint8_t> values;  // [count][128]
};

/// Row i of the first image's features with row j of the second's.
using Match = std::array<std::uint32_t, 2>;
/// Two image ids, the smaller one first.
using ImagePair = std::pair<std::uint32_t, std::uint32_t>;

/// COLMAP's database (https://colmap.github.io/database.html), as far as matching needs it. Every failure throws
/// scene::Error naming the file (not a database, disk full, locked). One connection: not for use by several threads at
/// once.
class ColmapDatabase {
 public:
  /// The file must exist.
  explicit ColmapDatabase(std::filesystem::path path);
  ~ColmapDatabase();
  ColmapDatabase(const ColmapDatabase&) = delete;
  ColmapDatabase& operator=(const ColmapDatabase&) = delete;

  struct Camera {
    std::uint32_t id = 0;
    int model = 0, width = 0, height = 0;
    std::vector<double> parameters;
    bool prior_focal_length = false;  // COLMAP found it in the EXIF block
  };
  struct Image {
    std::uint32_t id = 0, camera = 0;
    std::string name;
    std::size_t features = 0;
  };
  std::vector<Camera> cameras() const;
  std::vector<Image> images() const;  // by name (byte order)

  /// x, y of each feature, and its scale (for a 4- or 6-column keypoint; 1 otherwise).
  std::vector<std::array<float, 3>> keypoints(std::uint32_t image) const;
  Descriptors descriptors(std::uint32_t image) const;

  /// Gives images the ids 1, 2, ... in the order of their names (COLMAP's threads number them as they finish). Only
  /// before matching. Databases of COLMAP 3.12 and later, where frames refer to images, are left as they are.
  void number_images_by_name();

  /// Gives the images of these ids these names, all or none.
  void rename_images(const std::map<std::uint32_t, std::string>& names);

  /// Replaces the matches of a pair; `matches` may be empty (looked at, nothing found).
  void write_matches(const ImagePair& pair, const std::vector<Match>& matches);
  std::vector<Match> matches(const ImagePair& pair) const;
  /// Number of matches of each pair that was compared, and of those that survived the geometric verification.
  std::map<ImagePair, std::size_t> match_counts() const;
  std::map<ImagePair, std::size_t> verified_counts() const;
  void clear_matches();

  /// All writes between the two, or none of them. A destroyed database without commit() rolls back.
  void begin();
  void commit();

 private:
  class Statement;
  void execute(const char* sql);
  bool has_table(const char* name) const;
  std::map<ImagePair, std::size_t> pair_counts(const char* sql) const;
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path path_;
  sqlite3* connection_ = nullptr;
};

}  // namespace tessera::reconstruct
