#include "reconstruct/project/project_record.h"

#include <ctime>
#include <sstream>
#include <string_view>

#include <toml++/toml.h>

#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kMend =
    "restore the file from a copy; the folders beside it, sfm/ and those in runs/, can be opened by themselves";

constexpr ProjectRecord::Kind kKinds[] = {ProjectRecord::Kind::photos, ProjectRecord::Kind::video,
                                          ProjectRecord::Kind::dataset};

bool is_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    const std::size_t more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c < 0xf5 ? 3 : 9;
    if ((c >= 0x80 && c < 0xc2) || more == 9 || i + more >= bytes.size()) return false;
    std::uint32_t code = more == 0 ? c : c & (0x3fu >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(bytes[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      code = code << 6 | (next & 0x3f);
    }
    if ((more == 2 && code < 0x800) || (more == 3 && (code < 0x10000 || code > 0x10ffff)) ||
        (code >= 0xd800 && code < 0xe000))
      return false;
    i += more + 1;
  }
  return true;
}

/// File names are bytes and TOML is UTF-8: '%', control characters and, in a name that is no UTF-8, all that is not
/// ASCII stand as %XX.
std::string text_of_name(const std::string& name) {
  const bool plain = is_utf8(name);
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || byte < 0x20 || byte == 0x7f || (!plain && byte >= 0x80)) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "%%%02X", byte);
      text += escape;
    } else {
      text += c;
    }
  }
  return text;
}

int digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : -1;
}

std::string name_of_text(const std::string& text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = i + 2 < text.size() && text[i] == '%' ? 16 * digit(text[i + 1]) + digit(text[i + 2]) : -1;
    if (value > 0 && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0)
      name += static_cast<char>(value), i += 2;
    else
      name += text[i];
  }
  return name;
}

json json_of(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    json object = json::object();
    for (const auto& [key, value] : *table) object[std::string(key.str())] = json_of(value);
    return object;
  }
  if (const auto* array = node.as_array()) {
    json list = json::array();
    for (const auto& value : *array) list.push_back(json_of(value));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  std::ostringstream text;  // a date or a time
  node.visit([&](const auto& value) {
    if constexpr (toml::is_date<decltype(value)> || toml::is_time<decltype(value)> ||
                  toml::is_date_time<decltype(value)>)
      text << value.get();
  });
  return text.str();
}

toml::table table_of(const json& object);

/// TOML has no null: nothing is added for it.
void append(const json& value, toml::array& to) {
  switch (value.type()) {
    case json::value_t::object:
      return to.push_back(table_of(value));
    case json::value_t::array: {
      toml::array list;
      for (const json& element : value) append(element, list);
      return to.push_back(std::move(list));
    }
    case json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      return to.push_back(is_utf8(text) ? text : text_of_name(text));
    }
    case json::value_t::boolean:
      return to.push_back(value.get<bool>());
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return to.push_back(value.get<std::int64_t>());
    case json::value_t::number_float:
      return to.push_back(value.get<double>());
    default:
      return;
  }
}

toml::table table_of(const json& object) {
  toml::table table;
  for (const auto& [key, value] : object.items()) {
    toml::array one;
    append(value, one);
    if (!one.empty()) table.insert_or_assign(key, std::move(*one.get(0)));
  }
  return table;
}

/// Reads values and names those of a wrong type.
class Reader {
 public:
  explicit Reader(const fs::path& file) : file_(file) {}
  [[noreturn]] void fail(const std::string& problem) const { throw scene::Error(file_.string(), problem, kMend); }
  template <class Value>
  Value get(const toml::table& table, const char* key, const std::string& name, const char* type,
            Value fallback) const {
    const toml::node* node = table.get(key);
    if (!node) return fallback;
    const auto value = node->value_exact<Value>();
    if (!value) fail("'" + name + "' is not " + type);
    return *value;
  }
  std::string text(const toml::table& table, const char* key, const std::string& name) const {
    return get<std::string>(table, key, name, "text", {});
  }
  std::uint64_t count(const toml::table& table, const char* key, const std::string& name) const {
    const auto value = get<std::int64_t>(table, key, name, "a whole number", 0);
    if (value < 0) fail("'" + name + "' is negative");
    return static_cast<std::uint64_t>(value);
  }
  const toml::table& table(const toml::table& parent, const char* key) const {
    static const toml::table kNone;
    const toml::node* node = parent.get(key);
    if (!node) return kNone;
    if (!node->is_table()) fail("'" + std::string(key) + "' is not a table");
    return *node->as_table();
  }

 private:
  const fs::path& file_;
};

void read_source(const toml::table& source, const Reader& reader, ProjectRecord& record) {
  const std::string kind = reader.text(source, "kind", "source.kind");
  bool known = false;
  for (const auto k : kKinds)
    if (kind == kind_name(k)) record.kind = k, known = true;
  if (!known) reader.fail("'source.kind' is not photos, video or dataset");
  record.relative = name_of_text(reader.text(source, "relative", "source.relative"));
  record.absolute = name_of_text(reader.text(source, "absolute", "source.absolute"));
  record.fingerprint.files = reader.count(source, "files", "source.files");
  record.fingerprint.bytes = reader.count(source, "bytes", "source.bytes");
  record.fingerprint.hash = reader.text(source, "hash", "source.hash");
}

void read_runs(const toml::table& root, const Reader& reader, ProjectRecord& record) {
  if (const toml::node* runs = root.get("runs")) {
    if (!runs->is_array()) reader.fail("'runs' is not a list of tables");
    for (const toml::node& node : *runs->as_array()) {
      if (!node.is_table()) reader.fail("'runs' is not a list of tables");
      const ProjectRecord::Run run{name_of_text(reader.text(*node.as_table(), "name", "runs.name")),
                                   reader.text(*node.as_table(), "created", "runs.created")};
      if (!is_plain_name(run.name)) reader.fail("'runs.name' does not name a folder in runs/");
      record.runs.push_back(run);
    }
  }
  record.run = name_of_text(reader.text(root, "run", "run"));
  if (!record.run.empty() && !is_plain_name(record.run)) reader.fail("'run' does not name a folder in runs/");
}

/// Each run's entry with what else stands in it.
toml::array merged_runs(const std::vector<ProjectRecord::Run>& runs, const toml::array* before) {
  toml::array list;
  for (const ProjectRecord::Run& run : runs) {
    toml::table entry;
    if (before)
      for (const toml::node& old : *before)
        if (const auto* table = old.as_table();
            table && name_of_text(table->get("name")->value_or(std::string())) == run.name)
          entry = *table;
    entry.insert_or_assign("name", text_of_name(run.name));
    entry.insert_or_assign("created", run.created);
    list.push_back(std::move(entry));
  }
  return list;
}

toml::table& subtable(toml::table& parent, const char* key) {
  if (!parent.contains(key)) parent.insert(key, toml::table{});
  return *parent.get(key)->as_table();
}

}  // namespace

const char* kind_name(ProjectRecord::Kind kind) {
  switch (kind) {
    case ProjectRecord::Kind::photos:
      return "photos";
    case ProjectRecord::Kind::video:
      return "video";
    case ProjectRecord::Kind::dataset:
      break;
  }
  return "dataset";
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

ProjectRecord ProjectRecord::parse(const std::string& text, const fs::path& file) {
  const Reader reader(file);
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& e) {
    std::string problem(e.description());
    for (char& c : problem)
      if (c == '\n' || c == '\r') c = ' ';
    reader.fail("line " + std::to_string(e.source().begin.line) + ": " + problem);
  }
  if (!root.contains("version")) reader.fail("is not a project of Tessera: it states no version");
  const auto version = reader.get<std::int64_t>(root, "version", "version", "a whole number", 0);
  if (version > kVersion)
    throw scene::Error(file.string(),
                       "was written by a newer Tessera (version " + std::to_string(version) +
                           " of the file; this one reads " + std::to_string(kVersion) + ")",
                       "open it with that one");
  if (version < 1) reader.fail("'version' is not 1 or more");
  ProjectRecord record;
  record.parsed_ = text;
  record.created = reader.text(root, "created", "created");
  record.changed = reader.text(root, "changed", "changed");
  if (!root.contains("source")) reader.fail("does not say where the photos are: it has no [source]");
  read_source(reader.table(root, "source"), reader, record);
  record.posed = reader.get<bool>(reader.table(root, "import"), "posed", "import.posed", "true or false", false);
  read_runs(root, reader, record);
  record.studio = json_of(reader.table(root, "studio"));
  return record;
}

std::string ProjectRecord::text() const {
  toml::table root = parsed_.empty() ? toml::table{} : toml::parse(parsed_);
  root.insert_or_assign("version", kVersion);
  root.insert_or_assign("created", created);
  root.insert_or_assign("changed", changed);
  root.insert_or_assign("run", text_of_name(run));
  toml::table& source = subtable(root, "source");
  source.insert_or_assign("kind", kind_name(kind));
  source.insert_or_assign("relative", text_of_name(relative.string()));
  source.insert_or_assign("absolute", text_of_name(absolute.string()));
  source.insert_or_assign("files", static_cast<std::int64_t>(fingerprint.files));
  source.insert_or_assign("bytes", static_cast<std::int64_t>(fingerprint.bytes));
  source.insert_or_assign("hash", fingerprint.hash);
  subtable(root, "import").insert_or_assign("posed", posed);
  const toml::node* before = root.get("runs");
  toml::array list = merged_runs(runs, before ? before->as_array() : nullptr);
  root.insert_or_assign("runs", std::move(list));
  root.insert_or_assign("studio", table_of(studio));
  std::ostringstream out;
  out << "# A project of Tessera Studio. The program rewrites this file; keys that it does not know stay.\n"
      << root << "\n";
  return out.str();
}

}  // namespace tessera::reconstruct
