#include "reconstruct/ingest/colmap_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

// COLMAP's pair_id = smaller id * kMaxImages + larger id (Database::ImagePairToPairId).
constexpr std::int64_t kMaxImages = 2147483647;
constexpr int kBusyMilliseconds = 10'000;  // COLMAP itself never holds a lock for longer

std::int64_t pair_id(const ImagePair& pair) { return std::int64_t{pair.first} * kMaxImages + pair.second; }
ImagePair pair_of(std::int64_t id) {
  return {static_cast<std::uint32_t>(id / kMaxImages), static_cast<std::uint32_t>(id % kMaxImages)};
}

}  // namespace

/// A prepared statement that finalises itself.
class ColmapDatabase::Statement {
 public:
  Statement(const ColmapDatabase& database, const char* sql) : database_(database) {
    if (sqlite3_prepare_v2(database.connection_, sql, -1, &statement_, nullptr) != SQLITE_OK) database.fail("read");
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_, index, value); }
  void bind_blob(int index, const void* data, std::size_t bytes) {
    sqlite3_bind_blob64(statement_, index, data, bytes, SQLITE_STATIC);
  }
  void bind_text(int index, const std::string& text) {
    sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) database_.fail("use");
    return false;
  }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) const {
    const unsigned char* value = sqlite3_column_text(statement_, column);
    return value ? std::string(reinterpret_cast<const char*>(value), sqlite3_column_bytes(statement_, column))
                 : std::string();
  }
  /// A blob of rows x columns values; throws where its size says otherwise.
  template <class T>
  std::vector<T> matrix(int column, std::int64_t rows, std::int64_t columns) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const auto bytes = static_cast<std::uint64_t>(sqlite3_column_bytes(statement_, column));
    const bool sane = rows >= 0 && columns >= 0 && rows <= INT32_MAX && columns <= 1024;
    if (!sane || bytes != static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(columns) * sizeof(T)) {
      throw scene::Error(database_.path_.string(),
                         "is damaged: a table has " + std::to_string(bytes) + " bytes where " + std::to_string(rows) +
                             " x " + std::to_string(columns) + " values are stated",
                         "remove the folder and run again");
    }
    std::vector<T> values(bytes / sizeof(T));
    if (bytes != 0) std::memcpy(values.data(), data, bytes);
    return values;
  }

 private:
  const ColmapDatabase& database_;
  sqlite3_stmt* statement_ = nullptr;
};

ColmapDatabase::ColmapDatabase(std::filesystem::path path) : path_(std::move(path)) {
  // Also to read: a connection that may not write leaves the files of COLMAP's write-ahead log behind.
  if (sqlite3_open_v2(path_.c_str(), &connection_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
    const std::string problem = connection_ ? sqlite3_errmsg(connection_) : "out of memory";
    sqlite3_close(connection_);
    throw scene::Error(path_.string(), "cannot open COLMAP's database: " + problem);
  }
  sqlite3_busy_timeout(connection_, kBusyMilliseconds);
}

ColmapDatabase::~ColmapDatabase() { sqlite3_close(connection_); }

void ColmapDatabase::fail(const char* doing) const {
  const bool full = sqlite3_errcode(connection_) == SQLITE_FULL;
  throw scene::Error(path_.string(),
                     std::string("cannot ") + doing + " COLMAP's database: " + sqlite3_errmsg(connection_),
                     full ? "free some space and run the command again" : "");
}

void ColmapDatabase::execute(const char* sql) {
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail("write");
}

bool ColmapDatabase::has_table(const char* name) const {
  Statement all(*this, "SELECT name FROM sqlite_master WHERE type = 'table'");
  while (all.step())
    if (all.text(0) == name) return true;
  return false;
}

std::vector<ColmapDatabase::Camera> ColmapDatabase::cameras() const {
  std::vector<Camera> result;
  Statement query(*this,
                  "SELECT camera_id, model, width, height, params, prior_focal_length, length(params) FROM cameras "
                  "ORDER BY camera_id");
  while (query.step()) {
    Camera camera;
    camera.id = static_cast<std::uint32_t>(query.integer(0));
    camera.model = static_cast<int>(query.integer(1));
    camera.width = static_cast<int>(query.integer(2));
    camera.height = static_cast<int>(query.integer(3));
    camera.parameters = query.matrix<double>(4, query.integer(6) / static_cast<std::int64_t>(sizeof(double)), 1);
    camera.prior_focal_length = query.integer(5) != 0;
    result.push_back(std::move(camera));
  }
  return result;
}

std::vector<ColmapDatabase::Image> ColmapDatabase::images() const {
  std::vector<Image> result;
  Statement query(*this,
                  "SELECT images.image_id, camera_id, name, coalesce(keypoints.rows, 0) FROM images "
                  "LEFT JOIN keypoints ON keypoints.image_id = images.image_id ORDER BY name");
  while (query.step()) {
    result.push_back({static_cast<std::uint32_t>(query.integer(0)), static_cast<std::uint32_t>(query.integer(1)),
                      query.text(2), static_cast<std::size_t>(query.integer(3))});
  }
  return result;
}

std::vector<std::array<float, 3>> ColmapDatabase::keypoints(std::uint32_t image) const {
  Statement query(*this, "SELECT rows, cols, data FROM keypoints WHERE image_id = ?1");
  query.bind(1, image);
  std::vector<std::array<float, 3>> result;
  if (!query.step()) return result;
  const auto rows = static_cast<std::size_t>(query.integer(0)), columns = static_cast<std::size_t>(query.integer(1));
  const std::vector<float> data = query.matrix<float>(2, query.integer(0), query.integer(1));
  if (columns < 2) return result;
  result.reserve(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const float* row = data.data() + i * columns;
    float scale = 1;
    if (columns == 4) scale = row[2];
    // Six columns are x, y and the affine shape a11 a12 a21 a22: the scale is the length of its first column.
    if (columns == 6) scale = std::sqrt(row[2] * row[2] + row[4] * row[4]);
    result.push_back({row[0], row[1], scale});
  }
  return result;
}

Descriptors ColmapDatabase::descriptors(std::uint32_t image) const {
  Statement query(*this, "SELECT rows, cols, data FROM descriptors WHERE image_id = ?1");
  query.bind(1, image);
  Descriptors result;
  if (!query.step()) return result;
  if (query.integer(0) > 0 && query.integer(1) != kDescriptorSize)
    throw scene::Error(path_.string(),
                       "has descriptors of " + std::to_string(query.integer(1)) + " bytes where 128 are expected");
  result.values = query.matrix<std::uint8_t>(2, query.integer(0), query.integer(0) > 0 ? kDescriptorSize : 0);
  result.count = static_cast<std::size_t>(query.integer(0));
  return result;
}

void ColmapDatabase::number_images_by_name() {
  if (has_table("frame_data")) return;
  const std::vector<Image> sorted = images();
  begin();
  // By way of ids past all that are in use, since ids are unique at every moment.
  std::int64_t offset = 1;
  for (const Image& image : sorted) offset = std::max(offset, std::int64_t{image.id} + 1);
  offset = std::max(offset, static_cast<std::int64_t>(sorted.size()) + 1);
  for (const char* table : {"images", "keypoints", "descriptors", "pose_priors"}) {
    if (!has_table(table)) continue;
    const std::string update = std::string("UPDATE ") + table + " SET image_id = ?1 WHERE image_id = ?2";
    for (const bool up : {true, false}) {
      for (std::size_t i = 0; i < sorted.size(); ++i) {
        Statement move(*this, update.c_str());
        const std::int64_t final_id = static_cast<std::int64_t>(i) + 1;
        move.bind(1, up ? offset + final_id : final_id);
        move.bind(2, up ? std::int64_t{sorted[i].id} : offset + final_id);
        move.step();
      }
    }
  }
  commit();
}

void ColmapDatabase::rename_images(const std::map<std::uint32_t, std::string>& names) {
  begin();
  for (const auto& [id, name] : names) {
    Statement rename(*this, "UPDATE images SET name = ?1 WHERE image_id = ?2 AND name <> ?1");
    rename.bind_text(1, name);
    rename.bind(2, id);
    rename.step();
  }
  commit();
}

void ColmapDatabase::write_matches(const ImagePair& pair, const std::vector<Match>& matches) {
  Statement insert(*this, "INSERT OR REPLACE INTO matches(pair_id, rows, cols, data) VALUES(?1, ?2, 2, ?3)");
  insert.bind(1, pair_id(pair));
  insert.bind(2, static_cast<std::int64_t>(matches.size()));
  insert.bind_blob(3, matches.data(), matches.size() * sizeof(Match));
  insert.step();
}

std::vector<Match> ColmapDatabase::matches(const ImagePair& pair) const {
  Statement query(*this, "SELECT rows, cols, data FROM matches WHERE pair_id = ?1");
  query.bind(1, pair_id(pair));
  std::vector<Match> result;
  if (!query.step() || query.integer(0) == 0) return result;
  const std::vector<std::uint32_t> data = query.matrix<std::uint32_t>(2, query.integer(0), 2);
  for (std::size_t i = 0; i + 1 < data.size(); i += 2) result.push_back({data[i], data[i + 1]});
  return result;
}

std::map<ImagePair, std::size_t> ColmapDatabase::pair_counts(const char* sql) const {
  std::map<ImagePair, std::size_t> result;
  Statement query(*this, sql);
  while (query.step()) result[pair_of(query.integer(0))] = static_cast<std::size_t>(query.integer(1));
  return result;
}

std::map<ImagePair, std::size_t> ColmapDatabase::match_counts() const {
  return pair_counts("SELECT pair_id, rows FROM matches");
}

std::map<ImagePair, std::size_t> ColmapDatabase::verified_counts() const {
  return pair_counts("SELECT pair_id, rows FROM two_view_geometries");
}

void ColmapDatabase::clear_matches() {
  begin();
  execute("DELETE FROM matches");
  execute("DELETE FROM two_view_geometries");
  commit();
}

void ColmapDatabase::begin() { execute("BEGIN IMMEDIATE"); }
void ColmapDatabase::commit() { execute("COMMIT"); }

}  // namespace tessera::reconstruct
