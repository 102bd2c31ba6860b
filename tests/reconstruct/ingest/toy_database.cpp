#include "tests/reconstruct/ingest/toy_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "scene/random.h"

namespace tessera::test {

using reconstruct::Descriptors;
using reconstruct::kDescriptorSize;

Sqlite::Sqlite(const std::filesystem::path& path) {
  if (sqlite3_open(path.c_str(), &connection_) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(connection_));
  sqlite3_busy_timeout(connection_, 10'000);
  query("PRAGMA synchronous = OFF");  // nobody unplugs a test
}

Sqlite::~Sqlite() { sqlite3_close(connection_); }

std::vector<Sqlite::Row> Sqlite::query(const std::string& sql, const std::vector<std::string>& blobs) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(connection_));
  for (std::size_t i = 0; i < blobs.size(); ++i)
    sqlite3_bind_blob(statement, static_cast<int>(i + 1), blobs[i].data(), static_cast<int>(blobs[i].size()),
                      SQLITE_TRANSIENT);
  std::vector<Row> rows;
  int result;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    Row row;
    for (int c = 0; c < sqlite3_column_count(statement); ++c) {
      const void* data = sqlite3_column_blob(statement, c);
      const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, c));
      row.columns.emplace_back(data ? static_cast<const char*>(data) : "", data ? bytes : 0);
    }
    rows.push_back(std::move(row));
  }
  sqlite3_finalize(statement);
  if (result != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(connection_));
  return rows;
}

void make_database(const std::filesystem::path& path) {
  Sqlite database(path);
  for (const char* sql :
       {"CREATE TABLE IF NOT EXISTS cameras (camera_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, model INTEGER NOT "
        "NULL, width "
        "INTEGER NOT NULL, height INTEGER NOT NULL, params BLOB, prior_focal_length INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS images (image_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT NOT NULL "
        "UNIQUE, "
        "camera_id INTEGER NOT NULL, prior_qw REAL, prior_qx REAL, prior_qy REAL, prior_qz REAL, prior_tx REAL, "
        "prior_ty REAL, prior_tz REAL)",
        "CREATE TABLE IF NOT EXISTS keypoints (image_id INTEGER PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, cols "
        "INTEGER NOT NULL, "
        "data BLOB)",
        "CREATE TABLE IF NOT EXISTS descriptors (image_id INTEGER PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, cols "
        "INTEGER NOT "
        "NULL, data BLOB)",
        "CREATE TABLE IF NOT EXISTS matches (pair_id INTEGER PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, cols INTEGER "
        "NOT NULL, "
        "data BLOB)",
        "CREATE TABLE IF NOT EXISTS two_view_geometries (pair_id INTEGER PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, "
        "cols INTEGER "
        "NOT NULL, data BLOB, config INTEGER NOT NULL, F BLOB, E BLOB, H BLOB, qvec BLOB, tvec BLOB)"})
    database.query(sql);
}

std::vector<std::uint8_t> descriptor_of(std::uint32_t feature, std::uint32_t copy, int noise) {
  // Few strong bins, as SIFT has: two features then share little.
  std::vector<double> bins(kDescriptorSize);
  double squares = 0;
  for (std::uint32_t k = 0; k < kDescriptorSize; ++k) {
    const auto word =
        scene::philox(77, static_cast<std::uint32_t>(scene::RandomStream::kTest), k, std::uint64_t{feature});
    bins[k] = std::pow(static_cast<double>(scene::uniform01(word[0])), 6);
    squares += bins[k] * bins[k];
  }
  std::vector<std::uint8_t> bytes(kDescriptorSize);
  for (std::uint32_t k = 0; k < kDescriptorSize; ++k) {
    const auto word = scene::philox(78, static_cast<std::uint32_t>(scene::RandomStream::kTest), k,
                                    (std::uint64_t{copy} << 32) + feature);
    const double change = noise * (2 * static_cast<double>(scene::uniform01(word[0])) - 1);
    bytes[k] =
        static_cast<std::uint8_t>(std::clamp(std::round(512 * bins[k] / std::sqrt(squares) + change), 0.0, 255.0));
  }
  return bytes;
}

Descriptors descriptors_of(const std::vector<std::uint32_t>& features, std::uint32_t copy, int noise) {
  Descriptors result;
  result.count = features.size();
  for (const std::uint32_t feature : features) {
    const auto row = descriptor_of(feature, copy, noise);
    result.values.insert(result.values.end(), row.begin(), row.end());
  }
  return result;
}

void add_camera(Sqlite& database, std::uint32_t id, int model, int width, int height,
                const std::vector<double>& parameters, bool prior_focal_length) {
  std::string blob(reinterpret_cast<const char*>(parameters.data()), parameters.size() * sizeof(double));
  database.query("INSERT OR REPLACE INTO cameras VALUES(" + std::to_string(id) + "," + std::to_string(model) + "," +
                     std::to_string(width) + "," + std::to_string(height) + ",?1," + (prior_focal_length ? "1" : "0") +
                     ")",
                 {blob});
}

void add_image(Sqlite& database, std::uint32_t id, std::uint32_t camera, const std::string& name,
               const std::vector<std::array<float, 4>>& keypoints, const Descriptors& descriptors) {
  const std::string number = std::to_string(id);
  std::string quoted;
  for (const char c : name) quoted += c == '\'' ? "''" : std::string(1, c);
  database.query("INSERT INTO images(image_id, name, camera_id) VALUES(" + number + ",'" + quoted + "'," +
                 std::to_string(camera) + ")");
  database.query("INSERT INTO keypoints VALUES(" + number + "," + std::to_string(keypoints.size()) + ",4,?1)",
                 {std::string(reinterpret_cast<const char*>(keypoints.data()), keypoints.size() * 16)});
  database.query("INSERT INTO descriptors VALUES(" + number + "," + std::to_string(descriptors.count) + ",128,?1)",
                 {std::string(descriptors.values.begin(), descriptors.values.end())});
}

void add_image(const std::filesystem::path& path, std::uint32_t id, const std::string& name,
               const std::vector<std::uint32_t>& features) {
  Sqlite database(path);
  add_camera(database, 1, 2, 640, 480, {500, 320, 240, 0}, false);
  std::vector<std::array<float, 4>> keypoints;
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto f = static_cast<float>(features[i]);
    keypoints.push_back({10 * f, 20 * f, static_cast<float>(i + 1), 0});
  }
  add_image(database, id, 1, name, keypoints, descriptors_of(features));
}

}  // namespace tessera::test
