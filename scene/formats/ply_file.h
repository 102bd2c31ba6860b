#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scene/formats/byte_reader.h"
#include "scene/formats/ply.h"

// The PLY container (Turk 1994), shared by splats and point clouds; not for use outside scene/formats.
namespace tessera::scene::ply {

enum class Scalar : std::uint8_t { int8, uint8, int16, uint16, int32, uint32, float32, float64 };
std::size_t scalar_bytes(Scalar type);

struct Property {
  std::string name;
  Scalar type = Scalar::float32;
  bool list = false;
};

struct Element {
  std::string name;
  std::uint64_t count = 0;
  std::vector<Property> properties;
  bool fixed_size() const;
  std::uint64_t row_bytes() const;  // binary, of a fixed-size element
};

/// Header of a PLY with a vertex element of fixed size whose rows fit the file.
struct Header {
  bool ascii = false;
  std::vector<Element> elements;
  std::size_t vertex = 0;  // index into elements
  const Element& vertices() const { return elements[vertex]; }
  std::optional<std::size_t> find(std::string_view property) const;  // column of the vertex element
};

/// Reads up to and including end_header. Throws scene::Error naming the line: not a PLY, big-endian, too long, unknown
/// words, no vertex element, lists in it, a vertex count that the file's size does not justify.
Header read_header(ByteReader& reader);

/// Rows [first, first + rows) of the chosen columns as floats: values[c * rows + r].
using RowSink = std::function<void(std::uint64_t first, std::size_t rows, std::span<const float> values)>;
/// Streams the vertex rows of `runs` (ascending, apart, within the count) through a small buffer. What lies between
/// them and elements before them are skipped. Leaves the reader behind the last of these rows.
void read_vertices(ByteReader& reader, const Header& header, std::span<const std::size_t> columns,
                   std::span<const RowRun> runs, const RowSink& sink);
/// All rows.
void read_vertices(ByteReader& reader, const Header& header, std::span<const std::size_t> columns, const RowSink& sink);
/// Bytes that no element accounts for, where that can be told: the elements behind the vertices are binary and of fixed
/// size.
std::uint64_t trailing_bytes(const ByteReader& reader, const Header& header);

}  // namespace tessera::scene::ply
