#include "reconstruct/train/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <span>
#include <string_view>
#include <system_error>

#include "reconstruct/train/byte_stream.h"
#include "scene/atomic_file.h"
#include "scene/crc32.h"
#include "scene/error.h"
#include "scene/process.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "checkpoints hold little-endian numbers");

namespace {

constexpr char kMagic[8] = {'T', 'S', 'R', 'C', 'K', 'P', 'T', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kNameBytes = 16;  // of a section, zero-padded
constexpr std::string_view kEnd = "end";
constexpr const char* kSections[] = {"options",        "run",        "metrics",  "model",   "first moments",
                                     "second moments", "last steps", "strategy", "exposure"};
constexpr std::size_t kVerifyBytes = 1 << 18;  // read at a time: within the second level of any cache
/// In the order in which they are tried. A kill between the two renames of save_checkpoint leaves no checkpoint.
constexpr const char* kFiles[] = {"checkpoint", "checkpoint.new", "checkpoint.previous"};

struct SectionHead {
  char name[kNameBytes] = {};
  std::uint64_t length = 0;
  std::uint32_t crc = 0;       // of the payload
  std::uint32_t head_crc = 0;  // of the fields above
};
static_assert(sizeof(SectionHead) == 32);

std::uint32_t head_crc(const SectionHead& head) { return scene::crc32(0, &head, offsetof(SectionHead, head_crc)); }

using Pieces = std::vector<std::span<const char>>;

template <class T>
std::span<const char> bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

void stop_if(const std::atomic<bool>* abandon) {
  if (abandon && abandon->load()) throw scene::Cancelled();
}

/// Writes sections until it is told to abandon them; looks between planes, each a few milliseconds.
class SectionWriter {
 public:
  SectionWriter(std::ostream& out, const std::atomic<bool>* abandon) : out_(out), abandon_(abandon) {}
  void section(std::string_view name, const Pieces& pieces);
  void planes(std::string_view name, const scene::GaussianPlanes& planes, std::uint32_t kind);

 private:
  std::ostream& out_;
  const std::atomic<bool>* abandon_;
};

void SectionWriter::section(std::string_view name, const Pieces& pieces) {
  SectionHead head;
  std::memcpy(head.name, name.data(), name.size());
  for (const auto& piece : pieces) {
    stop_if(abandon_);
    head.length += piece.size();
    head.crc = scene::crc32(head.crc, piece.data(), piece.size());
  }
  head.head_crc = head_crc(head);
  out_.write(reinterpret_cast<const char*>(&head), sizeof head);
  for (const auto& piece : pieces) {
    stop_if(abandon_);
    out_.write(piece.data(), static_cast<std::streamsize>(piece.size()));
  }
}

/// Rows and SH degree, then the planes one after the other.
struct PlanesHead {
  std::uint64_t rows = 0;
  std::uint32_t sh_degree = 0, kind = 0;
};

void SectionWriter::planes(std::string_view name, const scene::GaussianPlanes& planes, std::uint32_t kind) {
  const PlanesHead head{planes.size(), static_cast<std::uint32_t>(planes.sh_degree()), kind};
  Pieces pieces{{reinterpret_cast<const char*>(&head), sizeof head}};
  for (const auto* plane : planes.planes()) pieces.push_back(bytes_of(*plane));
  section(name, pieces);
}

/// Reads a file section by section, checking lengths against the file before allocating and checksums after reading.
class SectionReader {
 public:
  explicit SectionReader(const fs::path& path) : path_(path), stream_(path, std::ios::binary) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    if (error || !stream_) throw scene::Error(path.string(), "cannot read the checkpoint");
    left_ = size;
    char magic[sizeof kMagic];
    std::uint32_t version = 0;
    take(magic, sizeof magic);
    if (std::memcmp(magic, kMagic, sizeof magic) != 0) fail("is not a checkpoint");
    take(&version, sizeof version);
    if (version != kVersion)
      fail("is a checkpoint of version " + std::to_string(version) + ", this program reads " +
           std::to_string(kVersion));
  }

  /// False at the end mark.
  bool next(std::string& name) {
    take(&head_, sizeof head_);
    if (head_.head_crc != head_crc(head_)) fail("has a damaged section head");
    name.assign(head_.name, strnlen(head_.name, kNameBytes));
    name_ = name;
    if (head_.length > left_) fail("ends inside section '" + name + "'");
    section_left_ = head_.length, crc_ = 0;
    if (name != kEnd) return true;
    if (left_ != 0) fail("goes on after its end");
    return false;
  }

  void read(void* to, std::size_t bytes) {
    if (bytes > section_left_) fail("section '" + name_ + "' is too short");
    take(to, bytes);
    section_left_ -= bytes;
    crc_ = scene::crc32(crc_, to, bytes);
  }
  std::uint64_t section_left() const { return section_left_; }
  void end_section() {
    if (section_left_ != 0) fail("section '" + name_ + "' is too long");
    if (crc_ != head_.crc) fail("section '" + name_ + "' is damaged (its checksum does not fit)");
  }
  std::string read_text() {
    std::string text(section_left_, '\0');
    read(text.data(), text.size());
    end_section();
    return text;
  }

  std::uint32_t read_planes(scene::GaussianPlanes& planes) {
    PlanesHead head;
    read(&head, sizeof head);
    if (head.sh_degree > scene::kMaxShDegree)
      fail("section '" + name_ + "' has SH degree " + std::to_string(head.sh_degree));
    const std::uint64_t floats =
        11 + 3 * static_cast<std::uint64_t>(scene::sh_coefficients(static_cast<int>(head.sh_degree)));
    if (head.rows > section_left_ / (floats * sizeof(float)) || head.rows * floats * sizeof(float) != section_left_)
      fail("section '" + name_ + "' claims " + std::to_string(head.rows) + " rows, which does not fit its length");
    planes.resize(head.rows, static_cast<int>(head.sh_degree));
    for (auto* plane : planes.planes()) read(plane->data(), plane->size() * sizeof(float));
    end_section();
    return head.kind;
  }

  [[noreturn]] void fail(const std::string& problem) const { throw scene::Error(path_.string(), problem); }

 private:
  void take(void* to, std::size_t bytes) {
    if (bytes > left_) fail("is cut off");
    stream_.read(static_cast<char*>(to), static_cast<std::streamsize>(bytes));
    if (!stream_) fail("cannot be read to its end");
    left_ -= bytes;
  }

  fs::path path_;
  std::ifstream stream_;
  std::uint64_t left_ = 0, section_left_ = 0;
  SectionHead head_;
  std::uint32_t crc_ = 0;
  std::string name_;
};

void check_rows(const Checkpoint& c, const SectionReader& reader) {
  const std::size_t n = c.model.size();
  const int degree = c.model.sh_degree();
  if (c.first.size() != n || c.second.size() != n || c.last_step.size() != n || c.first.sh_degree() != degree ||
      c.second.sh_degree() != degree)
    reader.fail("model and optimiser have different numbers of rows");
}

}  // namespace

void write_checkpoint(const CheckpointView& c, const fs::path& path, const std::atomic<bool>* abandon) {
  scene::AtomicFile file(path);
  std::ostream& out = file.stream();
  out.write(kMagic, sizeof kMagic);
  out.write(reinterpret_cast<const char*>(&kVersion), sizeof kVersion);
  ByteWriter run;
  run.value(c.small.data_fingerprint);
  run.value(c.small.step);
  run.value(c.small.seconds);
  run.value(c.small.cpu_seconds);
  const std::string run_bytes = run.take();
  SectionWriter writer(out, abandon);
  writer.section("options", {c.small.options});
  writer.section("run", {run_bytes});
  writer.section("metrics", {c.small.metrics_csv});
  writer.planes("model", c.model, static_cast<std::uint32_t>(c.model.kind));
  writer.planes("first moments", c.first, 0);
  writer.planes("second moments", c.second, 0);
  writer.section("last steps", {bytes_of(c.last_step)});
  writer.section("strategy", {c.small.strategy});
  writer.section("exposure", {c.small.exposure});
  writer.section(kEnd, {});
  file.commit();
}

void write_checkpoint(const Checkpoint& c, const fs::path& path) {
  write_checkpoint(CheckpointView{c, c.model, c.first, c.second, c.last_step}, path);
}

std::uint32_t verify_checkpoint(const fs::path& path, const std::atomic<bool>* abandon) {
  // What has been written is still in memory, where the disk's mistakes do not show. Clean pages can be dropped.
  if (const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC); file >= 0) {
    (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
  }
  SectionReader reader(path);
  std::uint32_t step = 0;
  std::set<std::string> seen;
  std::vector<char> buffer(kVerifyBytes);
  std::string name;
  while (reader.next(name)) {
    if (!seen.insert(name).second) reader.fail("has section '" + name + "' twice");
    if (name == "run") {
      const std::string bytes = reader.read_text();
      ByteReader in(bytes, path.string());
      in.value<std::uint64_t>();
      step = in.value<std::uint32_t>();
      continue;
    }
    while (reader.section_left() > 0) {
      stop_if(abandon);
      reader.read(buffer.data(), std::min<std::uint64_t>(buffer.size(), reader.section_left()));
    }
    reader.end_section();
  }
  reader.end_section();
  for (const char* needed : kSections)
    if (!seen.contains(needed)) reader.fail(std::string("lacks section '") + needed + "'");
  return step;
}

Checkpoint read_checkpoint(const fs::path& path) {
  SectionReader reader(path);
  Checkpoint c;
  std::set<std::string> seen;
  std::string name;
  while (reader.next(name)) {
    if (!seen.insert(name).second) reader.fail("has section '" + name + "' twice");
    if (name == "options") {
      c.options = reader.read_text();
    } else if (name == "run") {
      const std::string bytes = reader.read_text();
      ByteReader in(bytes, path.string());
      c.data_fingerprint = in.value<std::uint64_t>();
      c.step = in.value<std::uint32_t>();
      c.seconds = in.value<double>();
      c.cpu_seconds = in.value<double>();
      in.finish();
    } else if (name == "metrics") {
      c.metrics_csv = reader.read_text();
    } else if (name == "model") {
      if (reader.read_planes(c.model) != static_cast<std::uint32_t>(scene::GaussianModel::Kind::gaussian))
        reader.fail("holds a kind of primitive that this program does not train");
    } else if (name == "first moments") {
      reader.read_planes(c.first);
    } else if (name == "second moments") {
      reader.read_planes(c.second);
    } else if (name == "last steps") {
      if (reader.section_left() % sizeof(std::uint32_t) != 0)
        reader.fail("section 'last steps' is no whole number of rows");
      c.last_step.resize(reader.section_left() / sizeof(std::uint32_t));
      reader.read(c.last_step.data(), c.last_step.size() * sizeof(std::uint32_t));
      reader.end_section();
    } else if (name == "strategy") {
      c.strategy = reader.read_text();
    } else if (name == "exposure") {
      c.exposure = reader.read_text();
    } else {
      reader.fail("has an unknown section '" + name + "'");
    }
  }
  reader.end_section();
  for (const char* needed : kSections)
    if (!seen.contains(needed)) reader.fail(std::string("lacks section '") + needed + "'");
  check_rows(c, reader);
  c.model.validate(path.string());
  return c;
}

bool has_checkpoint(const fs::path& run) {
  std::error_code error;
  for (const char* name : kFiles)
    if (fs::is_regular_file(run / name, error)) return true;
  return false;
}

void accept_checkpoint(const fs::path& run, std::uint32_t step, const std::atomic<bool>* abandon) {
  const fs::path fresh = run / "checkpoint.new";
  try {
    if (verify_checkpoint(fresh, abandon) != step)
      throw scene::Error(fresh.string(), "cannot write: it reads back as another step");
  } catch (...) {
    std::error_code ignored;
    fs::remove(fresh, ignored);  // not known to be whole, and in the way of the next one where space is short
    throw;
  }
  const auto move = [&](const char* from, const char* to) {
    std::error_code error;
    fs::rename(run / from, run / to, error);
    if (error && error != std::errc::no_such_file_or_directory)
      throw scene::Error((run / to).string(), "cannot write: " + error.message());
  };
  move("checkpoint", "checkpoint.previous");
  move("checkpoint.new", "checkpoint");
}

void save_checkpoint(const CheckpointView& checkpoint, const fs::path& run, const std::atomic<bool>* abandon) {
  write_checkpoint(checkpoint, run / "checkpoint.new", abandon);
  accept_checkpoint(run, checkpoint.small.step, abandon);
}

std::optional<std::uint32_t> newest_whole_step(const fs::path& run) {
  for (const char* name : kFiles) {
    std::error_code error;
    if (!fs::is_regular_file(run / name, error)) continue;
    try {
      return verify_checkpoint(run / name);
    } catch (const scene::Error&) {  // the next one, then
    }
  }
  return std::nullopt;
}

void remove_leavings(const fs::path& run, const std::string& loaded) {
  std::error_code ignored;
  // The one in use is as good, and space may be short.
  if (loaded == kFiles[0]) fs::remove(run / "checkpoint.new", ignored);
  const std::string mark = ".tmp";  // ".STEM.tmpPROCESS-NUMBER.EXTENSION" of scene::AtomicFile
  std::vector<fs::path> dead;
  for (const fs::path& folder : {run, run / "previews"})
    for (fs::directory_iterator at(folder, ignored), end; !ignored && at != end; at.increment(ignored)) {
      const std::string name = at->path().filename().string();
      const auto found = name.rfind(mark);
      if (name.empty() || name[0] != '.' || found == std::string::npos) continue;
      char* after = nullptr;
      const long process = std::strtol(name.c_str() + found + mark.size(), &after, 10);
      if (process > 0 && *after == '-' && !scene::process_start(process))
        dead.push_back(at->path());
    }
  for (const fs::path& file : dead) fs::remove(file, ignored);
}

Checkpoint load_checkpoint(const fs::path& run, const std::function<void(const std::string&)>& warn) {
  std::string problems;
  for (const char* name : kFiles) {
    std::error_code error;
    if (!fs::is_regular_file(run / name, error)) continue;
    try {
      Checkpoint c = read_checkpoint(run / name);
      c.file = name;
      if (!problems.empty() && warn)
        warn(problems + "; going on from " + (run / name).string() + ", step " + std::to_string(c.step));
      return c;
    } catch (const scene::Error& e) {
      problems += (problems.empty() ? "" : "; ") + std::string(e.what());
    }
  }
  if (problems.empty()) throw scene::Error(run.string(), "holds no checkpoint", "start the run anew");
  throw scene::Error(run.string(), "no checkpoint can be used (" + problems + ")", "start the run anew");
}

}  // namespace tessera::reconstruct
