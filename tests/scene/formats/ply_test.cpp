#include "scene/formats/ply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "tests/support/plain_file.h"
#include "tests/support/test_data.h"

namespace tessera::scene {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// Distinct finite values in every cell; more rows than one chunk of the reader or the writer.
GaussianModel make_model(std::size_t rows, int degree) {
  GaussianModel model;
  model.resize(rows, degree);
  float value = -1000.0f;
  for (auto* plane : model.planes())
    for (float& cell : *plane) cell = value += 0.37f;
  return model;
}

void expect_equal(const GaussianModel& a, const GaussianModel& b) {
  const auto planes_a = a.planes(), planes_b = b.planes();
  ASSERT_EQ(planes_a.size(), planes_b.size());
  for (std::size_t p = 0; p < planes_a.size(); ++p) EXPECT_EQ(*planes_a[p], *planes_b[p]) << "plane " << p;
}

/// Builds headers and bodies by hand, one property after the other.
struct Ply {
  std::string format = "binary_little_endian";
  std::string before, after;  // elements around the vertices
  std::vector<std::pair<std::string, std::string>> properties;
  std::string body;
  std::string end = "\n";

  std::string text(const std::string& count) const {
    std::string out = "ply" + end + "format " + format + " 1.0" + end + "comment made by hand" + end + "obj_info none" +
                      end + before + "element vertex " + count + end;
    for (const auto& [type, name] : properties) out += "property " + type + " " + name + end;
    return out + after + "end_header" + end + body;
  }
  template <class T>
  void put(T value) {
    body.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
};

const std::vector<std::string> kDegree0 = {"x",       "y",       "z",       "f_dc_0", "f_dc_1", "f_dc_2", "opacity",
                                           "scale_0", "scale_1", "scale_2", "rot_0",  "rot_1",  "rot_2",  "rot_3"};

Ply floats(const std::vector<std::string>& names) {
  Ply ply;
  for (const auto& name : names) ply.properties.emplace_back("float", name);
  return ply;
}

class PlyFile : public testing::Test {
 protected:
  fs::path write(const std::string& bytes) {
    const fs::path path = folder_.path() / "model.ply";
    test::write_plain(path, bytes);
    return path;
  }
  std::string problem_of(const std::string& bytes) { return problem_at(write(bytes)); }
  static std::string problem_at(const fs::path& path) {
    try {
      read_splat_ply(path);
    } catch (const Error& e) {
      EXPECT_EQ(e.subject(), path.string());
      return e.problem();
    }
    return "nothing was thrown";
  }
  test::TemporaryFolder folder_;
};

using SplatPly = PlyFile;
using PointPly = PlyFile;

TEST_F(SplatPly, EveryDegreeComesBackBitForBit) {
  for (int degree = 0; degree <= 3; ++degree) {
    const GaussianModel model = make_model(2500, degree);
    const fs::path path = folder_.path() / "model.ply";
    write_splat_ply(model, path);
    std::vector<std::string> ignored;
    const GaussianModel back = read_splat_ply(path, &ignored);
    EXPECT_EQ(back.sh_degree(), degree);
    EXPECT_EQ(back.kind, GaussianModel::Kind::gaussian);
    expect_equal(model, back);
    EXPECT_THAT(ignored, ElementsAre());
    const PlyInfo info = probe_ply(path);
    EXPECT_TRUE(info.splats);
    EXPECT_EQ(info.vertices, 2500u);
    EXPECT_EQ(info.sh_degree, degree);
    write_splat_ply(back, folder_.path() / "again.ply");
    EXPECT_EQ(read_file(path), read_file(folder_.path() / "again.ply"));
  }
}

GaussianModel rows_of(const GaussianModel& model, std::span<const RowRun> runs) {
  IndexMap map;
  for (const RowRun& run : runs)
    for (std::uint64_t i = 0; i < run.count; ++i) map.old_row.push_back(static_cast<std::uint32_t>(run.first + i));
  GaussianModel part = model;
  part.apply(map);
  return part;
}

TEST_F(SplatPly, RowsAreReadWithoutTheOthers) {
  const GaussianModel model = make_model(9000, 2);
  const fs::path path = folder_.path() / "model.ply";
  write_splat_ply(model, path);
  const RowRun runs[] = {{0, 3}, {5, 4100}, {8999, 1}};
  expect_equal(read_splat_ply_rows(path, runs), rows_of(model, runs));
  EXPECT_EQ(read_splat_ply_rows(path, {}).size(), 0u);
  const RowRun beyond[] = {{8999, 2}};
  EXPECT_THAT([&] { read_splat_ply_rows(path, beyond); },
              testing::ThrowsMessage<Error>(HasSubstr("9000 splats, fewer than it had")));
}

TEST_F(SplatPly, PartsMakeTheSameFileAsTheWhole) {
  const GaussianModel model = make_model(5000, 1);
  write_splat_ply(model, folder_.path() / "whole.ply");
  {
    SplatPlyWriter writer(folder_.path() / "parts.ply", 5000, 1);
    const RowRun first[] = {{0, 1025}}, rest[] = {{1025, 3975}};
    writer.append(rows_of(model, first));
    EXPECT_THROW(writer.commit(), std::logic_error) << "rows are missing";
    writer.append(rows_of(model, rest));
    writer.commit();
  }
  EXPECT_EQ(read_file(folder_.path() / "whole.ply"), read_file(folder_.path() / "parts.ply"));
  { SplatPlyWriter given_up(folder_.path() / "none.ply", 1, 0); }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2) << "nothing is left of what was given up";
}

TEST_F(SplatPly, IsWrittenInTheReferencesOrder) {
  GaussianModel model = make_model(2, 1);
  const fs::path path = folder_.path() / "model.ply";
  write_splat_ply(model, path);
  const std::string bytes = read_file(path);
  std::string header = "ply\nformat binary_little_endian 1.0\nelement vertex 2\n";
  for (const char* name :
       {"x",        "y",        "z",        "nx",       "ny",       "nz",       "f_dc_0",   "f_dc_1",   "f_dc_2",
        "f_rest_0", "f_rest_1", "f_rest_2", "f_rest_3", "f_rest_4", "f_rest_5", "f_rest_6", "f_rest_7", "f_rest_8",
        "opacity",  "scale_0",  "scale_1",  "scale_2",  "rot_0",    "rot_1",    "rot_2",    "rot_3"})
    header += std::string("property float ") + name + "\n";
  header += "end_header\n";
  ASSERT_EQ(bytes.substr(0, header.size()), header);
  ASSERT_EQ(bytes.size(), header.size() + 2 * 104);
  float row[26];
  std::memcpy(row, bytes.data() + header.size() + 104, 104);
  const std::vector<float> expected = {
      model.position[0][1], model.position[1][1], model.position[2][1], 0, 0, 0, model.sh[0][1], model.sh[1][1],
      model.sh[2][1],
      // channel-major: coefficients 1..3 of red, then of green, then of blue
      model.sh[3][1], model.sh[6][1], model.sh[9][1], model.sh[4][1], model.sh[7][1], model.sh[10][1], model.sh[5][1],
      model.sh[8][1], model.sh[11][1], model.opacity_logit[1], model.log_scale[0][1], model.log_scale[1][1],
      model.log_scale[2][1], model.rotation[0][1], model.rotation[1][1], model.rotation[2][1], model.rotation[3][1]};
  EXPECT_THAT(row, testing::ElementsAreArray(expected));
}

TEST_F(SplatPly, PropertiesMayStandInAnyOrderAndBeOfAnyType) {
  Ply ply;
  ply.properties = {{"double", "rot_3"}, {"uchar", "scale_0"}, {"char", "scale_1"},  {"ushort", "x"},
                    {"short", "y"},      {"uint", "z"},        {"int", "scale_2"},   {"float64", "f_dc_1"},
                    {"uint8", "rot_0"},  {"int8", "rot_1"},    {"uint16", "f_dc_0"}, {"int16", "rot_2"},
                    {"uint32", "extra"}, {"int32", "opacity"}, {"float32", "f_dc_2"}};
  for (int row = 0; row < 2; ++row) {
    ply.put<double>(0.25);
    ply.put<std::uint8_t>(200);
    ply.put<std::int8_t>(-100);
    ply.put<std::uint16_t>(60000);
    ply.put<std::int16_t>(-30000);
    ply.put<std::uint32_t>(4000000000u);
    ply.put<std::int32_t>(-2000000000);
    ply.put<double>(1e-3);
    ply.put<std::uint8_t>(255);
    ply.put<std::int8_t>(-1);
    ply.put<std::uint16_t>(7);
    ply.put<std::int16_t>(-9);
    ply.put<std::uint32_t>(1);
    ply.put<std::int32_t>(row);
    ply.put<float>(-0.5f);
  }
  std::vector<std::string> ignored;
  const GaussianModel model = read_splat_ply(write(ply.text("2")), &ignored);
  ASSERT_EQ(model.size(), 2u);
  EXPECT_EQ(model.position[0][1], 60000.0f);
  EXPECT_EQ(model.position[1][1], -30000.0f);
  EXPECT_EQ(model.position[2][1], 4000000000.0f);
  EXPECT_EQ(model.log_scale[0][1], 200.0f);
  EXPECT_EQ(model.log_scale[1][1], -100.0f);
  EXPECT_EQ(model.log_scale[2][1], -2000000000.0f);
  EXPECT_EQ(model.rotation[0][1], 255.0f);
  EXPECT_EQ(model.rotation[1][1], -1.0f);
  EXPECT_EQ(model.rotation[2][1], -9.0f);
  EXPECT_EQ(model.rotation[3][1], 0.25f);
  EXPECT_EQ(model.sh[0][1], 7.0f);
  EXPECT_EQ(model.sh[1][1], 1e-3f);
  EXPECT_EQ(model.sh[2][1], -0.5f);
  EXPECT_EQ(model.opacity_logit[0], 0.0f);
  EXPECT_EQ(model.opacity_logit[1], 1.0f);
  EXPECT_THAT(ignored, ElementsAre("extra"));
}

TEST_F(SplatPly, AsciiIsReadWithEitherLineEnd) {
  for (const char* end : {"\n", "\r\n"}) {
    Ply ply = floats(kDegree0);
    ply.format = "ascii";
    ply.end = end;
    ply.before = std::string("element camera 2") + end + "property list uchar int ids" + end;
    ply.after = std::string("element face 1") + end + "property list uchar int vertex_indices" + end;
    ply.body = std::string("2 8 9") + end + "0" + end + "1 2 3 .1 .2 .3 +4 -5 -6 -7e-1 1 0 0 0.5" + end +
               "  9 8 7 0 0 0 0\t0 0 0 0 0 0 1 " + end + "3 0 1 0" + end;
    std::vector<std::string> ignored;
    const GaussianModel model = read_splat_ply(write(ply.text("2")), &ignored);
    ASSERT_EQ(model.size(), 2u);
    EXPECT_EQ(model.position[2][0], 3.0f);
    EXPECT_EQ(model.sh[1][0], 0.2f);
    EXPECT_EQ(model.opacity_logit[0], 4.0f);
    EXPECT_EQ(model.log_scale[2][0], -0.7f);
    EXPECT_EQ(model.rotation[3][0], 0.5f);
    EXPECT_EQ(model.position[0][1], 9.0f);
    EXPECT_THAT(ignored, ElementsAre("element camera", "element face"));
  }
}

TEST_F(SplatPly, FixedSizeElementsAroundTheVerticesAreSkipped) {
  Ply ply = floats(kDegree0);
  ply.before = "element camera 2\nproperty double focal\nproperty uchar flag\n";
  ply.after = "element tail 3\nproperty short t\n";
  ply.body = std::string(18, '\7');
  for (int i = 0; i < 14; ++i) ply.put<float>(static_cast<float>(i + 1));
  std::string bytes = ply.text("1") + "123456";
  std::vector<std::string> ignored;
  GaussianModel model = read_splat_ply(write(bytes), &ignored);
  EXPECT_EQ(model.position[0][0], 1.0f);
  EXPECT_EQ(model.rotation[3][0], 14.0f);
  EXPECT_THAT(ignored, ElementsAre("element camera", "element tail"));
  ignored.clear();
  read_splat_ply(write(bytes + "four"), &ignored);
  EXPECT_THAT(ignored, ElementsAre("element camera", "element tail", "4 trailing bytes"));
  bytes.pop_back();
  ignored.clear();
  EXPECT_THROW(read_splat_ply(write(bytes), &ignored), Error);
}

TEST_F(SplatPly, NormalsAreNotNamedAsIgnored) {
  Ply ply = floats(kDegree0);
  for (const char* name : {"nx", "ny", "nz", "semantic"}) ply.properties.emplace_back("float", name);
  for (int i = 0; i < 18; ++i) ply.put<float>(1.0f);
  std::vector<std::string> ignored;
  read_splat_ply(write(ply.text("1")), &ignored);
  EXPECT_THAT(ignored, ElementsAre("semantic"));
}

TEST_F(SplatPly, ValuesThatAreNotFiniteAreNamedWithTheirRow) {
  GaussianModel model = make_model(1500, 0);
  const fs::path path = folder_.path() / "model.ply";
  write_splat_ply(model, path);
  std::string bytes = read_file(path);
  const std::size_t header = bytes.size() - 1500 * 68;
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinite = -std::numeric_limits<float>::infinity();
  std::string damaged = bytes;
  std::memcpy(damaged.data() + header + 1200 * 68 + 13 * 4, &nan, 4);  // x y z nx ny nz f_dc*3 opacity scale*3 rot_0
  EXPECT_EQ(problem_of(damaged), "rot_0 is not finite in row 1200 of 1500");
  damaged = bytes;
  std::memcpy(damaged.data() + header + 7 * 68 + 4, &infinite, 4);
  EXPECT_EQ(problem_of(damaged), "y is not finite in row 7 of 1500");

  Ply ply;
  for (const auto& name : kDegree0) ply.properties.emplace_back("double", name);
  for (int i = 0; i < 14; ++i) ply.put<double>(i == 6 ? 1e300 : 1.0);
  EXPECT_EQ(problem_of(ply.text("1")), "opacity is not finite in row 0 of 1");
  Ply ascii = floats(kDegree0);
  ascii.format = "ascii";
  ascii.body = "1 2 3 4 5 nan 7 8 9 10 11 12 13 14\n";
  EXPECT_EQ(problem_of(ascii.text("1")), "f_dc_2 is not finite in row 0 of 1");
}

TEST_F(SplatPly, ARotationWithoutLengthIsNamedWithItsRow) {
  GaussianModel model = make_model(3, 0);
  const fs::path path = folder_.path() / "model.ply";
  write_splat_ply(model, path);
  std::string bytes = read_file(path);
  std::memset(bytes.data() + bytes.size() - 68 - 16, 0, 16);
  EXPECT_EQ(problem_of(bytes), "the rotation (rot_0..3) has no length in row 1 of 3");
}

TEST_F(SplatPly, RotationsStayAsTheyAreStored) {
  GaussianModel model = make_model(1, 0);
  for (auto& plane : model.rotation) plane[0] = 7.0f;
  write_splat_ply(model, folder_.path() / "model.ply");
  EXPECT_EQ(read_splat_ply(folder_.path() / "model.ply").rotation[2][0], 7.0f);
}

TEST_F(SplatPly, TruncatedFilesAreRefused) {
  const fs::path path = folder_.path() / "model.ply";
  write_splat_ply(make_model(100, 3), path);
  const std::string bytes = read_file(path);
  EXPECT_THAT(problem_of(bytes.substr(0, bytes.size() - 1)),
              HasSubstr("claims 100 rows of 'vertex', but the file ends at byte " + std::to_string(bytes.size() - 1) +
                        ", too early for more than 99"));
  EXPECT_THAT(problem_of(bytes.substr(0, 100)), HasSubstr("no end_header"));
  EXPECT_THAT(problem_of("ply\nformat ascii 1.0\n"), HasSubstr("no end_header"));
  EXPECT_THAT(problem_of(""), HasSubstr("not a PLY"));
  EXPECT_THROW(probe_ply(write(bytes.substr(0, bytes.size() - 1))), Error);
  Ply ascii = floats(kDegree0);
  ascii.format = "ascii";
  ascii.body = "1 2 3 4 5 6 7 8 9 10 11 12 13 14\n1 2 3 4 5 6 7 8 9 10 11 12 13\n";
  EXPECT_THAT(problem_of(ascii.text("2")), HasSubstr("only 13 of 14 values"));
  ascii.body = "1 2 3 4 5 6 7 8 9 10 11 12 13 14                              \n";
  EXPECT_THAT(problem_of(ascii.text("2")), HasSubstr("ends too early (vertex 2 of 2"));
}

TEST_F(SplatPly, ACountThatDoesNotFitTheFileIsRefusedAtOnce) {
  Ply ply = floats(kDegree0);
  ply.body = std::string(56, '\1');
  for (const char* count : {"1099511627776", "2", "18446744073709551615"})
    EXPECT_THAT(problem_of(ply.text(count)), HasSubstr(std::string("claims ") + count));
  for (const char* count : {"-1", "18446744073709551616", "many", "1.5", "0x1"})
    EXPECT_THAT(problem_of(ply.text(count)), HasSubstr("is no count in line 5"));
  ply.format = "ascii";
  EXPECT_THAT(problem_of(ply.text("1099511627776")), HasSubstr("claims 1099511627776"));
  ply.before = "element other 1099511627776\nproperty float a\n";
  EXPECT_THAT(problem_of(ply.text("1")), HasSubstr("rows of 'other'"));
  ply.format = "binary_little_endian";
  EXPECT_THAT(problem_of(ply.text("1")), HasSubstr("rows of 'other'"));
}

TEST_F(SplatPly, HeadersThatMakeNoSenseAreNamedByTheirLine) {
  const auto with = [&](const std::string& from, const std::string& to) {
    Ply ply = floats(kDegree0);
    for (int i = 0; i < 14; ++i) ply.put<float>(1.0f);
    std::string text = ply.text("1");
    text.replace(text.find(from), from.size(), to);
    return problem_of(text);
  };
  EXPECT_EQ(with("comment", "comment"), "nothing was thrown");
  EXPECT_THAT(with("ply", "plx"), HasSubstr("not a PLY"));
  EXPECT_THAT(with("binary_little_endian", "binary_big_endian"), HasSubstr("big-endian"));
  EXPECT_THAT(with("binary_little_endian", "binary"), HasSubstr("unknown format 'binary' in line 2"));
  EXPECT_THAT(with("1.0", "2.0"), HasSubstr("unknown version '2.0' in line 2"));
  EXPECT_THAT(with(" 1.0", ""), HasSubstr("the version is missing"));
  EXPECT_THAT(with("format binary_little_endian 1.0\n", ""), HasSubstr("no format line"));
  EXPECT_THAT(with("comment", "remark"), HasSubstr("unknown keyword 'remark' in line 3"));
  EXPECT_THAT(with("element vertex 1", "element vertex"), HasSubstr("the count of an element is missing in line 5"));
  EXPECT_THAT(with("element vertex 1", "element vertex 1 2"), HasSubstr("unexpected word '2'"));
  EXPECT_THAT(with("element vertex 1", "element vertex 1\nelement vertex 1"), HasSubstr("a second element 'vertex'"));
  EXPECT_THAT(with("element vertex 1\n", ""), HasSubstr("before the first element"));
  EXPECT_THAT(with("element vertex 1", "element points 1"), HasSubstr("no vertex element"));
  EXPECT_THAT(with("float x", "floot x"), HasSubstr("unknown type 'floot' in line 6"));
  EXPECT_THAT(with("float x", "float"), HasSubstr("the name of a property is missing"));
  EXPECT_THAT(with("float y", "float x"), HasSubstr("a second property 'x' in line 7"));
  EXPECT_THAT(with("float x", "list uchar float x"), HasSubstr("'x' of its vertices is a list"));
  EXPECT_THAT(with("float x", "list uchar"), HasSubstr("type of a list is missing"));
  EXPECT_THAT(with("element vertex 1", "element face 1\nproperty list uchar int i\nelement vertex 1"),
              HasSubstr("before the vertices"));
  EXPECT_THAT(with("float x", "float X"), HasSubstr("no property x"));
  EXPECT_THAT(with("float scale_2", "float size"), HasSubstr("no property scale_2"));
  EXPECT_THAT(with("float x", "uint packed_position"), HasSubstr("compressed PLY"));
  EXPECT_THAT(with("end_header", "end_heade"), HasSubstr("unknown keyword"));
  EXPECT_EQ(problem_of("ply\nformat ascii 1.0\nelement vertex 4\nend_header\n"), "its vertices have no properties");
}

TEST_F(SplatPly, HeadersHaveLimits) {
  Ply ply = floats(kDegree0);
  for (int i = 0; i < 1100; ++i) ply.properties.emplace_back("char", "p" + std::to_string(i));
  EXPECT_THAT(problem_of(ply.text("0")), HasSubstr("more than 1024 properties"));
  ply = floats(kDegree0);
  for (int i = 0; i < 70; ++i) ply.before += "element e" + std::to_string(i) + " 0\n";
  EXPECT_THAT(problem_of(ply.text("0")), HasSubstr("more than 64 elements"));
  ply = floats(kDegree0);
  for (int i = 0; i < 20000; ++i) ply.before += "comment\n";
  EXPECT_THAT(problem_of(ply.text("0")), HasSubstr("header is longer than 131072 bytes"));
  ply.before = "comment " + std::string(200000, 'x') + "\n";
  EXPECT_THAT(problem_of(ply.text("0")), HasSubstr("a line is longer than 131072 bytes"));
}

TEST_F(SplatPly, OnlyWholeDegreesAreRead) {
  for (const int rest : {0, 9, 24, 45, 3, 12, 44, 72}) {
    Ply ply = floats(kDegree0);
    for (int i = 0; i < rest; ++i) ply.properties.emplace_back("float", "f_rest_" + std::to_string(i));
    const fs::path path = write(ply.text("0"));
    const bool whole = rest == 0 || rest == 9 || rest == 24 || rest == 45;
    EXPECT_EQ(problem_at(path),
              whole ? "nothing was thrown"
                    : "has " + std::to_string(rest) + " f_rest properties; SH degrees 0 to 3 have 0, 9, 24 or 45");
    EXPECT_EQ(probe_ply(path).splats, whole);
    if (whole) {
      EXPECT_EQ(read_splat_ply(path).size(), 0u);
    }
  }
  Ply ply = floats(kDegree0);
  for (int i = 1; i < 10; ++i) ply.properties.emplace_back("float", "f_rest_" + std::to_string(i));
  EXPECT_THAT(problem_of(ply.text("0")), HasSubstr("no property f_rest_0"));
}

TEST_F(SplatPly, AModelThatCouldNotBeReadBackIsNotWritten) {
  const fs::path path = folder_.path() / "model.ply";
  GaussianModel model = make_model(2, 0);
  model.sh[1][1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(write_splat_ply(model, path), Error);
  model = make_model(2, 0);
  model.kind = GaussianModel::Kind::surfel;
  EXPECT_THROW(write_splat_ply(model, path), Error);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(SplatPly, AFileThatIsNotThereIsNamed) {
  EXPECT_THAT(problem_at(folder_.path() / "absent.ply"), HasSubstr("cannot read"));
  EXPECT_THAT(problem_at(folder_.path()), HasSubstr("cannot read"));
}

TEST_F(PointPly, PositionsAndColoursComeBack) {
  SparsePoints points;
  for (int i = 0; i < 30000; ++i) {
    const auto value = static_cast<float>(i);
    points.position.push_back({value, -value / 3, 1e-3f * value});
    points.color.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 7), 255});
  }
  const fs::path path = folder_.path() / "points.ply";
  write_point_ply(points, path);
  const SparsePoints back = read_point_ply(path);
  EXPECT_EQ(back.position, points.position);
  EXPECT_EQ(back.color, points.color);
  EXPECT_EQ(back.error, std::vector<float>(30000, -1.0f));
  EXPECT_EQ(back.track_begin, std::vector<std::uint32_t>(30001, 0));
  EXPECT_TRUE(back.track_view.empty());
  const PlyInfo info = probe_ply(path);
  EXPECT_FALSE(info.splats);
  EXPECT_EQ(info.vertices, 30000u);
}

TEST_F(PointPly, ColoursMayBeAbsentOrOfAnotherType) {
  Ply ply = floats({"z", "x", "y"});
  for (const float v : {3.0f, 1.0f, 2.0f}) ply.put(v);
  SparsePoints points = read_point_ply(write(ply.text("1")));
  EXPECT_THAT(points.position, ElementsAre(std::array<float, 3>{1, 2, 3}));
  EXPECT_THAT(points.color, ElementsAre(std::array<std::uint8_t, 3>{128, 128, 128}));

  ply.properties.insert(ply.properties.end(), {{"float", "red"}, {"double", "green"}, {"ushort", "blue"}});
  ply.put(0.5f);
  ply.put(1.5);
  ply.put(std::uint16_t{25700});
  points = read_point_ply(write(ply.text("1")));
  EXPECT_THAT(points.color, ElementsAre(std::array<std::uint8_t, 3>{128, 255, 100}));

  ply.format = "ascii";
  ply.body = "1 2 nan -1 nan 0\n";
  points = read_point_ply(write(ply.text("1")));
  EXPECT_TRUE(std::isnan(points.position[0][1]));
  EXPECT_THAT(points.color, ElementsAre(std::array<std::uint8_t, 3>{0, 0, 0}));
}

TEST_F(PointPly, AModelWithoutPositionsIsRefused) {
  EXPECT_THROW(read_point_ply(write(floats({"x", "y", "depth"}).text("0"))), Error);
  EXPECT_THROW(read_point_ply(write(floats({"x", "y", "z"}).text("1"))), Error);
}

}  // namespace
}  // namespace tessera::scene
