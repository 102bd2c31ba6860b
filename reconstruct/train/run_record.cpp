#include "reconstruct/train/run_record.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <sstream>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "scene/atomic_file.h"
#include "scene/error.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr char kColumns[] = "step,seconds,cpu_seconds,loss,splats,test_psnr,train_psnr,memory_mb";
constexpr std::size_t kMostTableBytes = std::size_t{64} << 20;

class Fnv1a {
 public:
  void bytes(const void* data, std::size_t size) {
    const auto* p = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i < size; ++i) hash_ = (hash_ ^ p[i]) * 0x100000001B3u;
  }
  template <class T>
  void value(T v) {
    static_assert(std::is_arithmetic_v<T>);
    bytes(&v, sizeof v);
  }
  template <class T>
  void array(const std::vector<T>& values) {
    value<std::uint64_t>(values.size());
    bytes(values.data(), values.size() * sizeof(T));
  }
  void text(const std::string& s) {
    value<std::uint64_t>(s.size());
    bytes(s.data(), s.size());
  }
  std::uint64_t hash() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325u;
};

std::map<std::string, std::string> parse_options(const std::string& text) {
  std::map<std::string, std::string> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (const auto equals = line.find('='); equals != std::string::npos)
      values[line.substr(0, equals)] = line.substr(equals + 1);
  return values;
}

}  // namespace

void MetricsTable::add_step(double loss, double train_psnr) { loss_sum_ += loss, psnr_sum_ += train_psnr, ++steps_; }

void MetricsTable::add_row(std::uint32_t step, double seconds, double cpu_seconds, std::size_t splats, double test_psnr,
                           std::size_t memory_bytes) {
  char row[160];
  const auto append = [&](const char* format, auto... values) {
    std::snprintf(row, sizeof row, format, values...);
    csv_ += row;
  };
  const double steps = static_cast<double>(std::max<std::size_t>(steps_, 1));
  append("%u,%.3f,%.3f,%.6f,%zu,", step, seconds, cpu_seconds, loss_sum_ / steps, splats);
  if (test_psnr >= 0) append("%.4f", test_psnr);
  csv_ += ',';
  if (steps_ > 0) append("%.3f", psnr_sum_ / steps);
  csv_ += ',';
  if (memory_bytes > 0) append("%.1f", 1e-6 * static_cast<double>(memory_bytes));
  csv_ += '\n';
  loss_sum_ = psnr_sum_ = 0, steps_ = 0;
}

MetricsTable::MetricsTable() : csv_(std::string(kColumns) + "\n") { csv_.reserve(kUsualBytes); }

void MetricsTable::restore(std::string csv) {
  loss_sum_ = psnr_sum_ = 0, steps_ = 0;
  const std::string header = csv.substr(0, csv.find('\n'));
  if (header != kColumns && std::string_view(kColumns).starts_with(header + ",")) {
    const auto missing = static_cast<std::size_t>(std::count(kColumns, kColumns + std::strlen(kColumns), ',') -
                                                  std::count(header.begin(), header.end(), ','));
    std::string padded = kColumns;
    for (std::size_t at = header.size(); at < csv.size();) {
      const std::size_t end = std::min(csv.find('\n', at + 1), csv.size());
      padded += csv.substr(at, end - at);
      if (end - at > 1) padded.append(missing, ',');
      at = end;
    }
    csv = std::move(padded);
  }
  csv_ = std::move(csv);
}

void MetricsTable::write(const fs::path& run) const { scene::write_file_atomically(run / "metrics.csv", csv_); }

std::vector<MetricsRow> read_metrics(const fs::path& run) {
  const fs::path file = run / "metrics.csv";
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  std::istringstream lines(scene::read_file(file, kMostTableBytes));
  const auto cells_of = [](const std::string& line) {
    std::vector<std::string> cells(1);
    for (const char c : line)
      if (c == ',')
        cells.emplace_back();
      else if (c != '\r')
        cells.back() += c;
    return cells;
  };
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> names = cells_of(line);
  if (names.front() != "step")
    throw scene::Error(file.string(), "is not the table of a run", "its first column must be 'step'");
  std::vector<MetricsRow> rows;
  while (std::getline(lines, line)) {
    const std::vector<std::string> cells = cells_of(line);
    const auto number = [&](const char* name, double otherwise) {
      const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
      if (at >= std::min(names.size(), cells.size()) || cells[at].empty()) return otherwise;
      double value = 0;
      const char* end = cells[at].data() + cells[at].size();
      if (const auto [stop, problem] = std::from_chars(cells[at].data(), end, value);
          problem != std::errc() || stop != end || !std::isfinite(value))
        throw scene::Error(file.string(), "row " + std::to_string(rows.size() + 1) + ", " + name + ": '" + cells[at] +
                                              "' is not a number");
      return value;
    };
    MetricsRow row;
    row.step = static_cast<std::uint32_t>(std::clamp(number("step", 0), 0.0, 4e9));
    row.seconds = number("seconds", 0), row.cpu_seconds = number("cpu_seconds", 0), row.loss = number("loss", -1);
    row.splats = static_cast<std::size_t>(std::clamp(number("splats", 0), 0.0, 1e15));
    row.test_psnr = number("test_psnr", -1), row.train_psnr = number("train_psnr", -1);
    row.memory_mb = number("memory_mb", -1);
    rows.push_back(row);
  }
  return rows;
}

fs::path preview_path(const fs::path& run, std::uint32_t step) {
  char name[32];
  std::snprintf(name, sizeof name, "step_%06u.png", step);
  return run / "previews" / name;
}

std::uint64_t fingerprint(const scene::Dataset& dataset, const std::string& grows_where) {
  Fnv1a h;
  for (const scene::View& view : dataset.views) {
    h.text(view.name);
    h.value(view.test);
    h.value(static_cast<int>(view.sensor.model));
    h.array(view.sensor.parameters);
    const scene::Pinhole& k = view.camera.intrinsics;
    h.value(k.width), h.value(k.height), h.value(k.fx), h.value(k.fy), h.value(k.cx), h.value(k.cy);
    const scene::Rigid& pose = view.camera.cam_from_world;
    for (int i = 0; i < 4; ++i) h.value(pose.rotation[i]);
    for (int i = 0; i < 3; ++i) h.value(pose.translation[i]);
    for (const fs::path& file : {view.image_path, view.mask_path}) {
      std::error_code error;
      const auto size = fs::file_size(file, error);
      h.value<std::uint64_t>(error ? 0 : size);
    }
  }
  h.array(dataset.points.position);
  h.array(dataset.points.color);
  if (!grows_where.empty()) h.text(grows_where);
  return h.hash();
}

std::string options_text(const TrainOptions& options) {
  std::string text;
  for (const auto& row : train_options_table().rows()) text += row.spec.name + "=" + row.get(options) + "\n";
  return text;
}

std::vector<OptionChange> option_changes(const std::string& before, const std::string& now) {
  auto old_values = parse_options(before);
  const auto new_values = parse_options(now);
  std::vector<OptionChange> changes;
  for (const auto& row : train_options_table().rows()) {
    const scene::OptionSpec& spec = row.spec;
    // A run begun before the option existed was trained as its default says.
    const auto old = old_values.emplace(spec.name, spec.default_value).first->second;
    const auto found = new_values.find(spec.name);
    const std::string& value = found == new_values.end() ? spec.default_value : found->second;
    old_values.erase(spec.name);
    if (old == value) continue;
    if (!spec.fixed.empty())
      throw scene::Error("option '" + spec.name + "'",
                         "was " + old + " when the run began and cannot become " + value + ": " + spec.fixed,
                         "leave it at " + old + ", or start a new run");
    changes.push_back({spec.name, old, value, spec.harmless});
  }
  if (!old_values.empty())
    throw scene::Error("option '" + old_values.begin()->first + "'",
                       "was " + old_values.begin()->second + " when the run began, and this program does not know it",
                       "go on with the version that began the run");
  return changes;
}

}  // namespace tessera::reconstruct
