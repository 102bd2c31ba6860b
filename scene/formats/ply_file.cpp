#include "scene/formats/ply_file.h"

#include <algorithm>
#include <utility>

#include "scene/error.h"
#include "scene/formats/text_numbers.h"

namespace tessera::scene::ply {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{128} << 10;  // many times the largest header in use
constexpr std::size_t kMaxLine = std::size_t{64} << 10;          // a row of kMaxProperties ASCII values
constexpr std::size_t kMaxProperties = 1024;
constexpr std::size_t kMaxElements = 64;
constexpr std::size_t kChunkBytes = std::size_t{128} << 10;  // of rows converted at a time
constexpr const char* kCopyAgain = "the file is damaged or was not copied whole: make or copy it again";

struct TypeName {
  const char* name;
  Scalar type;
};
constexpr TypeName kTypes[] = {{"char", Scalar::int8},      {"int8", Scalar::int8},       {"uchar", Scalar::uint8},
                               {"uint8", Scalar::uint8},    {"short", Scalar::int16},     {"int16", Scalar::int16},
                               {"ushort", Scalar::uint16},  {"uint16", Scalar::uint16},   {"int", Scalar::int32},
                               {"int32", Scalar::int32},    {"uint", Scalar::uint32},     {"uint32", Scalar::uint32},
                               {"float", Scalar::float32},  {"float32", Scalar::float32}, {"double", Scalar::float64},
                               {"float64", Scalar::float64}};

/// Parses line by line, keeping the line number for messages.
class HeaderParser {
 public:
  explicit HeaderParser(ByteReader& reader) : reader_(reader) {}

  Header parse() {
    if (!next() || line_ != "ply")
      throw Error(reader_.path().string(), "is not a PLY file (it does not begin with 'ply')");
    bool has_format = false;
    while (true) {
      if (!next() || (reader_.remaining() == 0 && !line_.starts_with("end_header")))
        throw Error(reader_.path().string(), "its header has no end_header line", kCopyAgain);
      std::string_view rest = line_, keyword;
      if (!next_token(rest, keyword) || keyword == "comment" || keyword == "obj_info") continue;
      if (keyword == "end_header") break;
      if (keyword == "format") {
        parse_format(rest);
        has_format = true;
      } else if (keyword == "element") {
        parse_element(rest);
      } else if (keyword == "property") {
        parse_property(rest);
      } else {
        fail("unknown keyword " + shown(keyword));
      }
    }
    if (!has_format) throw Error(reader_.path().string(), "its header has no format line", kCopyAgain);
    return std::move(header_);
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(reader_.path().string(), problem + " in line " + std::to_string(line_number_) + " of the header");
  }

  bool next() {
    if (reader_.offset() > kMaxHeaderBytes)
      throw Error(reader_.path().string(), "its header is longer than " + std::to_string(kMaxHeaderBytes) + " bytes");
    ++line_number_;
    return reader_.get_line(line_, kMaxHeaderBytes);
  }

  std::string_view word(std::string_view& rest, const char* what) const {
    std::string_view token;
    if (!next_token(rest, token)) fail(std::string(what) + " is missing");
    return token;
  }

  void end_of_line(std::string_view rest) const {
    std::string_view token;
    if (next_token(rest, token)) fail("unexpected word " + shown(token));
  }

  void parse_format(std::string_view rest) {
    const std::string_view name = word(rest, "the format");
    if (name == "binary_big_endian")
      throw Error(reader_.path().string(), "is a big-endian PLY, which is not supported",
                  "convert it to binary_little_endian");
    if (name != "ascii" && name != "binary_little_endian") fail("unknown format " + shown(name));
    header_.ascii = name == "ascii";
    if (const std::string_view version = word(rest, "the version"); version != "1.0")
      fail("unknown version " + shown(version));
    end_of_line(rest);
  }

  void parse_element(std::string_view rest) {
    Element element;
    element.name = word(rest, "the name of an element");
    const std::string_view count = word(rest, "the count of an element");
    if (!parse_number(count, element.count)) fail(shown(count) + " is no count");
    end_of_line(rest);
    if (header_.elements.size() == kMaxElements) fail("more than " + std::to_string(kMaxElements) + " elements");
    for (const auto& other : header_.elements)
      if (other.name == element.name) fail("a second element " + shown(element.name));
    header_.elements.push_back(std::move(element));
  }

  Scalar type(std::string_view name) const {
    for (const auto& row : kTypes)
      if (name == row.name) return row.type;
    fail("unknown type " + shown(name));
  }

  void parse_property(std::string_view rest) {
    if (header_.elements.empty()) fail("a property before the first element");
    Element& element = header_.elements.back();
    Property property;
    std::string_view type_name = word(rest, "the type of a property");
    if (type_name == "list") {
      property.list = true;
      type(word(rest, "the type of a list's count"));
      type_name = word(rest, "the type of a list");
    }
    property.type = type(type_name);
    property.name = word(rest, "the name of a property");
    end_of_line(rest);
    if (element.properties.size() == kMaxProperties)
      fail("more than " + std::to_string(kMaxProperties) + " properties");
    for (const auto& other : element.properties)
      if (other.name == property.name) fail("a second property " + shown(property.name));
    element.properties.push_back(std::move(property));
  }

  ByteReader& reader_;
  std::string line_;
  std::size_t line_number_ = 0;
  Header header_;
};

/// Smallest size of a row: in ASCII a digit and a blank or line end per value, the last line end left out.
std::uint64_t min_row_bytes(const Header& header, const Element& element) {
  return header.ascii ? std::max<std::uint64_t>(1, 2 * element.properties.size()) : element.row_bytes();
}

void check_vertices(const ByteReader& reader, Header& header) {
  const std::string file = reader.path().string();
  const auto vertex =
      std::find_if(header.elements.begin(), header.elements.end(), [](const Element& e) { return e.name == "vertex"; });
  if (vertex == header.elements.end()) throw Error(file, "has no vertex element");
  header.vertex = static_cast<std::size_t>(vertex - header.elements.begin());
  for (const auto& property : vertex->properties)
    if (property.list)
      throw Error(file, "the property " + shown(property.name) + " of its vertices is a list, which is not supported");
  if (vertex->properties.empty()) throw Error(file, "its vertices have no properties");
  std::uint64_t room = reader.remaining() + (header.ascii ? 1 : 0);
  for (auto element = header.elements.begin(); element <= vertex; ++element) {
    if (!header.ascii && !element->fixed_size())
      throw Error(file, "its element " + shown(element->name) +
                            " has lists and stands before the vertices, which is not supported");
    const std::uint64_t row = min_row_bytes(header, *element);
    if (row > 0 && element->count > room / row)
      throw Error(file,
                  "its header claims " + std::to_string(element->count) + " rows of " + shown(element->name) +
                      ", but the file ends at byte " + std::to_string(reader.size()) + ", too early for more than " +
                      std::to_string(room / row),
                  kCopyAgain);
    room -= element->count * row;
  }
}

template <class T>
void convert(const char* from, std::size_t stride, std::size_t rows, float* to) {
  for (std::size_t r = 0; r < rows; ++r) {
    T value;
    std::memcpy(&value, from + r * stride, sizeof value);
    to[r] = static_cast<float>(value);
  }
}

void convert(Scalar type, const char* from, std::size_t stride, std::size_t rows, float* to) {
  switch (type) {
    case Scalar::int8:
      return convert<std::int8_t>(from, stride, rows, to);
    case Scalar::uint8:
      return convert<std::uint8_t>(from, stride, rows, to);
    case Scalar::int16:
      return convert<std::int16_t>(from, stride, rows, to);
    case Scalar::uint16:
      return convert<std::uint16_t>(from, stride, rows, to);
    case Scalar::int32:
      return convert<std::int32_t>(from, stride, rows, to);
    case Scalar::uint32:
      return convert<std::uint32_t>(from, stride, rows, to);
    case Scalar::float32:
      return convert<float>(from, stride, rows, to);
    case Scalar::float64:
      return convert<double>(from, stride, rows, to);
  }
}

void read_binary(ByteReader& reader, const Element& element, std::span<const std::size_t> columns,
                 std::span<const RowRun> runs, const RowSink& sink) {
  const auto stride = static_cast<std::size_t>(element.row_bytes());
  std::vector<std::size_t> offsets(element.properties.size(), 0);
  for (std::size_t p = 1; p < offsets.size(); ++p)
    offsets[p] = offsets[p - 1] + scalar_bytes(element.properties[p - 1].type);
  std::uint64_t longest = 0, next = 0;
  for (const RowRun& run : runs) longest = std::max(longest, run.count);
  const std::size_t chunk =
      static_cast<std::size_t>(std::min<std::uint64_t>(longest, std::max<std::size_t>(1, kChunkBytes / stride)));
  std::vector<char> bytes(chunk * stride);
  std::vector<float> values(chunk * columns.size());
  for (const RowRun& run : runs) {
    reader.skip((run.first - next) * stride);
    next = run.first + run.count;
    for (std::uint64_t first = run.first; first < next; first += chunk) {
      const auto rows = static_cast<std::size_t>(std::min<std::uint64_t>(chunk, next - first));
      reader.at_record("vertex", first, element.count);
      reader.read(bytes.data(), rows * stride);
      for (std::size_t c = 0; c < columns.size(); ++c)
        convert(element.properties[columns[c]].type, bytes.data() + offsets[columns[c]], stride, rows,
                values.data() + c * rows);
      sink(first, rows, std::span(values).first(rows * columns.size()));
    }
  }
}

void read_ascii(ByteReader& reader, const Element& element, std::span<const std::size_t> columns,
                std::span<const RowRun> runs, const RowSink& sink) {
  std::vector<double> row(element.properties.size());
  std::vector<float> values(columns.size());
  std::string line;
  std::uint64_t r = 0;
  const auto get_line = [&] {
    reader.at_record("vertex", r++, element.count);
    if (!reader.get_line(line, kMaxLine)) reader.fail("ends too early", kCopyAgain);
  };
  for (const RowRun& run : runs) {
    while (r < run.first) get_line();
    while (r < run.first + run.count) {
      get_line();
      std::string_view rest = line, token;
      for (std::size_t p = 0; p < row.size(); ++p) {
        if (!next_token(rest, token))
          reader.fail("a row has only " + std::to_string(p) + " of " + std::to_string(row.size()) + " values");
        if (!parse_number(token, row[p])) reader.fail(shown(token) + " is no number");
      }
      if (next_token(rest, token)) reader.fail("a row has more than " + std::to_string(row.size()) + " values");
      for (std::size_t c = 0; c < columns.size(); ++c) values[c] = static_cast<float>(row[columns[c]]);
      sink(r - 1, 1, values);
    }
  }
}

}  // namespace

std::size_t scalar_bytes(Scalar type) {
  constexpr std::size_t kBytes[] = {1, 1, 2, 2, 4, 4, 4, 8};
  return kBytes[static_cast<std::size_t>(type)];
}

bool Element::fixed_size() const {
  return std::none_of(properties.begin(), properties.end(), [](const Property& p) { return p.list; });
}

std::uint64_t Element::row_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& property : properties) bytes += scalar_bytes(property.type);
  return bytes;
}

std::optional<std::size_t> Header::find(std::string_view property) const {
  const auto& properties = vertices().properties;
  for (std::size_t p = 0; p < properties.size(); ++p)
    if (properties[p].name == property) return p;
  return std::nullopt;
}

Header read_header(ByteReader& reader) {
  Header header = HeaderParser(reader).parse();
  check_vertices(reader, header);
  return header;
}

void read_vertices(ByteReader& reader, const Header& header, std::span<const std::size_t> columns,
                   std::span<const RowRun> runs, const RowSink& sink) {
  std::string line;
  for (std::size_t e = 0; e < header.vertex; ++e) {
    const Element& element = header.elements[e];
    if (!header.ascii) {
      reader.skip(element.count * element.row_bytes());
      continue;
    }
    for (std::uint64_t r = 0; r < element.count; ++r)
      if (!reader.get_line(line, kMaxLine)) reader.fail("ends too early", kCopyAgain);
  }
  header.ascii ? read_ascii(reader, header.vertices(), columns, runs, sink)
               : read_binary(reader, header.vertices(), columns, runs, sink);
}

void read_vertices(ByteReader& reader, const Header& header, std::span<const std::size_t> columns,
                   const RowSink& sink) {
  const RowRun all{0, header.vertices().count};
  read_vertices(reader, header, columns, std::span(&all, 1), sink);
}

std::uint64_t trailing_bytes(const ByteReader& reader, const Header& header) {
  std::uint64_t rest = reader.remaining();
  if (header.ascii) return 0;
  for (std::size_t e = header.vertex + 1; e < header.elements.size(); ++e) {
    const Element& element = header.elements[e];
    if (!element.fixed_size()) return 0;
    const std::uint64_t row = element.row_bytes();
    if (row > 0 && element.count > rest / row)
      throw Error(reader.path().string(), "ends too early, inside its element " + shown(element.name), kCopyAgain);
    rest -= element.count * row;
  }
  return rest;
}

}  // namespace tessera::scene::ply
