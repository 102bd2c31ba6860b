#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/formats/ply_file.h"
#include "scene/formats/text_numbers.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRotation = 6;  // of rot_0 among the planes of GaussianPlanes
constexpr std::size_t kFirstSh = 11;
// Squared length below which a rotation has no direction (GaussianModel::validate's bound).
constexpr double kNoLength = 1e-24;

/// Property behind each plane of GaussianPlanes::planes(), in that order. f_rest is channel-major: all of red, green,
/// then blue.
std::vector<std::string> plane_properties(int degree) {
  std::vector<std::string> names = {"x",     "y",     "z",     "scale_0", "scale_1", "scale_2",
                                    "rot_0", "rot_1", "rot_2", "rot_3",   "opacity"};
  for (int c = 0; c < 3; ++c) names.push_back("f_dc_" + std::to_string(c));
  const int rest = sh_coefficients(degree) - 1;
  for (int k = 0; k < rest; ++k)
    for (int c = 0; c < 3; ++c) names.push_back("f_rest_" + std::to_string(c * rest + k));
  return names;
}

bool is_rest(const std::string& property) { return property.starts_with("f_rest_"); }

/// Degree by the number of f_rest properties; -1 where the number belongs to no degree.
int sh_degree(const ply::Header& header, int& rest) {
  rest = 0;
  for (const auto& property : header.vertices().properties) rest += is_rest(property.name);
  for (int degree = 0; degree <= kMaxShDegree; ++degree)
    if (rest == 3 * (sh_coefficients(degree) - 1)) return degree;
  return -1;
}

std::vector<std::size_t> plane_columns(const fs::path& path, const ply::Header& header, int degree) {
  std::vector<std::size_t> columns;
  for (const auto& name : plane_properties(degree)) {
    const auto column = header.find(name);
    if (!column) {
      if (header.find("packed_position"))
        throw Error(path.string(), "is a compressed PLY (packed_position ...), which cannot be read yet",
                    "convert it to a plain 3DGS PLY");
      throw Error(path.string(), "is no 3DGS model: its vertices have no property " + name,
                  name == "scale_2" && header.find("scale_1") ? "models of flat surfels (2DGS) cannot be read" : "");
    }
    columns.push_back(*column);
  }
  return columns;
}

void name_ignored(const ByteReader& reader, const ply::Header& header, const std::vector<std::size_t>& columns,
                  std::vector<std::string>& ignored) {
  const auto& properties = header.vertices().properties;
  std::vector<bool> used(properties.size(), false);
  for (const std::size_t column : columns) used[column] = true;
  for (std::size_t p = 0; p < properties.size(); ++p)
    if (!used[p] && properties[p].name != "nx" && properties[p].name != "ny" && properties[p].name != "nz")
      ignored.push_back(properties[p].name);
  for (std::size_t e = 0; e < header.elements.size(); ++e)
    if (e != header.vertex) ignored.push_back("element " + header.elements[e].name);
  if (const std::uint64_t rest = ply::trailing_bytes(reader, header))
    ignored.push_back(std::to_string(rest) + " trailing bytes");
}

}  // namespace

namespace {

struct SplatColumns {
  int degree = 0;
  std::vector<std::size_t> columns;  // behind each plane of GaussianPlanes::planes()
};

SplatColumns splat_columns(const fs::path& path, const ply::Header& header) {
  int rest = 0;
  const int degree = sh_degree(header, rest);
  auto columns = plane_columns(path, header, std::max(degree, 0));
  if (degree < 0)
    throw Error(path.string(), "has " + std::to_string(rest) + " f_rest properties; SH degrees 0 to " +
                                   std::to_string(kMaxShDegree) + " have 0, 9, 24 or 45");
  const std::uint64_t count = header.vertices().count;
  if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
    throw Error(path.string(), "has " + std::to_string(count) + " splats; rows are numbered in 31 bits");
  return {degree, std::move(columns)};
}

/// Refuses values that no splat has.
void read_checked(ByteReader& reader, const ply::Header& header, const SplatColumns& splats,
                  std::span<const RowRun> runs, const ply::RowSink& sink) {
  ply::read_vertices(
      reader, header, splats.columns, runs, [&](std::uint64_t first, std::size_t rows, std::span<const float> values) {
        const auto fail = [&](std::size_t row, const std::string& problem) {
          throw Error(reader.path().string(), problem + " in row " + std::to_string(first + row) + " of " +
                                                  std::to_string(header.vertices().count));
        };
        for (std::size_t p = 0; p < splats.columns.size(); ++p)
          for (std::size_t r = 0; r < rows; ++r)
            if (!std::isfinite(values[p * rows + r]))
              fail(r, header.vertices().properties[splats.columns[p]].name + " is not finite");
        for (std::size_t r = 0; r < rows; ++r) {
          double squared = 0;
          for (std::size_t p = kRotation; p < kRotation + 4; ++p)
            squared += static_cast<double>(values[p * rows + r]) * values[p * rows + r];
          if (squared < kNoLength) fail(r, "the rotation (rot_0..3) has no length");
        }
        sink(first, rows, values);
      });
}

GaussianModel read_runs(ByteReader& reader, const ply::Header& header, const SplatColumns& splats,
                        std::span<const RowRun> runs) {
  std::uint64_t rows_in_all = 0;
  for (const RowRun& run : runs) rows_in_all += run.count;
  GaussianModel model;
  model.resize(static_cast<std::size_t>(rows_in_all), splats.degree);
  const auto planes = model.planes();
  std::size_t next = 0;
  read_checked(reader, header, splats, runs, [&](std::uint64_t, std::size_t rows, std::span<const float> values) {
    for (std::size_t p = 0; p < planes.size(); ++p)
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(p * rows), rows,
                  planes[p]->begin() + static_cast<std::ptrdiff_t>(next));
    next += rows;
  });
  return model;
}

}  // namespace

GaussianModel read_splat_ply(const fs::path& path, std::vector<std::string>* ignored) {
  ByteReader reader(path);
  const ply::Header header = ply::read_header(reader);
  const SplatColumns splats = splat_columns(path, header);
  const RowRun all{0, header.vertices().count};
  GaussianModel model = read_runs(reader, header, splats, std::span(&all, 1));
  if (ignored) name_ignored(reader, header, splats.columns, *ignored);
  return model;
}

void stream_splat_ply(const fs::path& path, const SplatSink& sink, std::vector<std::string>* ignored) {
  ByteReader reader(path);
  const ply::Header header = ply::read_header(reader);
  const SplatColumns splats = splat_columns(path, header);
  const PlyInfo info{true, header.vertices().count, splats.degree};
  sink(info, 0, 0, {});
  const RowRun all{0, info.vertices};
  read_checked(
      reader, header, splats, std::span(&all, 1),
      [&](std::uint64_t first, std::size_t rows, std::span<const float> values) { sink(info, first, rows, values); });
  if (ignored) name_ignored(reader, header, splats.columns, *ignored);
}

GaussianModel read_splat_ply_rows(const fs::path& path, std::span<const RowRun> runs) {
  ByteReader reader(path);
  const ply::Header header = ply::read_header(reader);
  if (!runs.empty() && runs.back().first + runs.back().count > header.vertices().count)
    throw Error(path.string(), "has " + std::to_string(header.vertices().count) + " splats, fewer than it had",
                "it has changed; open it again");
  return read_runs(reader, header, splat_columns(path, header), runs);
}

namespace {

/// Reference order (Kerbl et al. 2023, their code's output); normals, which nobody reads, are zero.
std::vector<std::string> written_properties(int sh_degree) {
  std::vector<std::string> names{"x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"};
  const int rest = 3 * (sh_coefficients(sh_degree) - 1);
  for (int i = 0; i < rest; ++i) names.push_back("f_rest_" + std::to_string(i));
  names.emplace_back("opacity");
  for (int i = 0; i < 3; ++i) names.push_back("scale_" + std::to_string(i));
  for (int i = 0; i < 4; ++i) names.push_back("rot_" + std::to_string(i));
  return names;
}

std::string written_header(std::size_t splats, const std::vector<std::string>& names) {
  std::string header = "ply\nformat binary_little_endian 1.0\nelement vertex " + std::to_string(splats) + "\n";
  for (const std::string& name : names) header += "property float " + name + "\n";
  return header + "end_header\n";
}

}  // namespace

std::uintmax_t splat_ply_bytes(std::size_t splats, int sh_degree) {
  const auto names = written_properties(sh_degree);
  return written_header(splats, names).size() + std::uintmax_t{splats} * names.size() * sizeof(float);
}

struct SplatPlyWriter::Impl {
  Impl(fs::path file_path, std::size_t rows_in_all, int sh_degree)
      : path(std::move(file_path)), splats(rows_in_all), degree(sh_degree), file(path) {}
  const fs::path path;
  const std::size_t splats;
  const int degree;
  std::size_t written = 0;
  AtomicFile file;
  std::vector<float> rows;  // of one write
};

SplatPlyWriter::SplatPlyWriter(fs::path path, std::size_t splats, int sh_degree)
    : impl_(std::make_unique<Impl>(std::move(path), splats, sh_degree)) {
  impl_->file.stream() << written_header(splats, written_properties(sh_degree));
}

SplatPlyWriter::~SplatPlyWriter() = default;

void SplatPlyWriter::append(const GaussianModel& part, const JobContext& job) {
  Impl& s = *impl_;
  if (part.kind != GaussianModel::Kind::gaussian)
    throw Error(s.path.string(), "only Gaussians can be written as a 3DGS PLY");
  part.validate(s.path.string());
  if (part.sh_degree() != s.degree) throw std::logic_error("SplatPlyWriter: a part of another degree");
  const std::size_t rest = part.sh.size() - 3;
  std::vector<const float*> columns;
  const auto add = [&](const std::vector<float>& plane) { columns.push_back(plane.data()); };
  for (std::size_t i = 0; i < 3; ++i) add(part.position[i]);
  columns.insert(columns.end(), 3, nullptr);  // normals
  for (std::size_t c = 0; c < 3; ++c) add(part.sh[c]);
  for (std::size_t i = 0; i < rest; ++i) {
    const std::size_t c = i / (rest / 3), k = i % (rest / 3) + 1;
    add(part.sh[k * 3 + c]);
  }
  add(part.opacity_logit);
  for (std::size_t i = 0; i < 3; ++i) add(part.log_scale[i]);
  for (std::size_t i = 0; i < 4; ++i) add(part.rotation[i]);

  constexpr std::size_t kChunkRows = 1024, kRowsAReport = 64 * kChunkRows;
  for (std::size_t first = 0; first < part.size(); first += kChunkRows) {
    job.throw_if_cancelled();
    const std::size_t n = std::min(kChunkRows, part.size() - first);
    s.rows.assign(n * columns.size(), 0.0f);
    for (std::size_t c = 0; c < columns.size(); ++c)
      for (std::size_t r = 0; columns[c] && r < n; ++r) s.rows[r * columns.size() + c] = columns[c][first + r];
    s.file.stream().write(reinterpret_cast<const char*>(s.rows.data()),
                          static_cast<std::streamsize>(s.rows.size() * sizeof(float)));
    s.written += n;
    if (first % kRowsAReport == 0)
      job.progress({"writing", static_cast<double>(s.written), static_cast<double>(s.splats), -1, {}});
  }
}

void SplatPlyWriter::commit() {
  if (impl_->written != impl_->splats)
    throw std::logic_error("SplatPlyWriter: " + std::to_string(impl_->written) + " rows of " +
                           std::to_string(impl_->splats));
  impl_->file.commit();
}

void write_splat_ply(const GaussianModel& model, const fs::path& path, const JobContext& job) {
  SplatPlyWriter writer(path, model.size(), model.sh_degree());
  writer.append(model, job);
  writer.commit();
}

PlyInfo probe_ply(const fs::path& path) {
  ByteReader reader(path);
  const ply::Header header = ply::read_header(reader);
  PlyInfo info;
  info.vertices = header.vertices().count;
  int rest = 0;
  const int degree = sh_degree(header, rest);
  info.splats = degree >= 0;
  for (const auto& name : plane_properties(std::max(degree, 0)))
    info.splats = info.splats && header.find(name).has_value();
  info.sh_degree = info.splats ? degree : 0;
  return info;
}

}  // namespace tessera::scene
