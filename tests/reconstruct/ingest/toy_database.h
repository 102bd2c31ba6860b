#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "reconstruct/ingest/colmap_database.h"

struct sqlite3;

namespace tessera::test {

/// A connection of SQLite's own, for looking at a database from outside. Throws std::runtime_error with SQLite's words.
class Sqlite {
 public:
  explicit Sqlite(const std::filesystem::path& path);
  ~Sqlite();
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;
  struct Row {
    std::vector<std::string> columns;  // as text; blobs as their bytes; NULL as ""
    std::int64_t integer(std::size_t column) const { return std::stoll(columns.at(column)); }
  };
  /// `blobs` are bound to ?1, ?2, ...
  std::vector<Row> query(const std::string& sql, const std::vector<std::string>& blobs = {});
  sqlite3* get() const { return connection_; }

 private:
  sqlite3* connection_ = nullptr;
};

/// An empty database with the tables of COLMAP 3.8.
void make_database(const std::filesystem::path& path);

/// The root-SIFT descriptor of a made-up feature: a pure function of its number, of length 512, far from all others.
/// `noise` changes each bin by up to so much, keyed by `copy`.
std::vector<std::uint8_t> descriptor_of(std::uint32_t feature, std::uint32_t copy = 0, int noise = 0);
reconstruct::Descriptors descriptors_of(const std::vector<std::uint32_t>& features, std::uint32_t copy = 0,
                                        int noise = 0);

/// Adds an image (with a camera of id 1 that is made where it is not there) whose features, of scales 1, 2, 3, ... and
/// at (10 f, 20 f), have these descriptors.
void add_image(const std::filesystem::path& path, std::uint32_t id, const std::string& name,
               const std::vector<std::uint32_t>& features);
/// The same with keypoints of one's own: x, y, scale, orientation.
void add_image(Sqlite& database, std::uint32_t id, std::uint32_t camera, const std::string& name,
               const std::vector<std::array<float, 4>>& keypoints, const reconstruct::Descriptors& descriptors);
void add_camera(Sqlite& database, std::uint32_t id, int model, int width, int height,
                const std::vector<double>& parameters, bool prior_focal_length);

}  // namespace tessera::test
