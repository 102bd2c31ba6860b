#include <algorithm>
#include <limits>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/byte_reader.h"
#include "scene/formats/colmap_files.h"
#include "scene/formats/limits.h"
#include "scene/formats/text_numbers.h"

// Layout of the three files: https://colmap.github.io/format.html#text-format
namespace tessera::scene::colmap {
namespace fs = std::filesystem;

namespace {

/// The lines of a file, numbered, and the words of the current one.
class Lines {
 public:
  explicit Lines(const fs::path& path) : reader_(path) {}

  bool next() {
    if (!reader_.get_line(line_, std::numeric_limits<std::size_t>::max())) return false;
    ++number_;
    rest_ = line_;
    return true;
  }
  /// The next line that is neither blank nor a comment.
  bool next_record() {
    while (next())
      if (const std::size_t first = rest_.find_first_not_of(" \t");
          first != std::string_view::npos && rest_[first] != '#')
        return true;
    return false;
  }
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(reader_.path().string(), problem + " in line " + std::to_string(number_));
  }
  bool word(std::string_view& token) { return next_token(rest_, token); }
  template <class T>
  T number(const char* what) {
    std::string_view token;
    if (!word(token)) fail(std::string(what) + " is missing");
    T value{};
    if (!parse_number(token, value)) fail(std::string(what) + " is " + shown(token));
    return value;
  }
  std::size_t words_left() const {
    std::string_view rest = rest_, token;
    std::size_t count = 0;
    while (next_token(rest, token)) ++count;
    return count;
  }
  /// What is left of the line, without the blanks around it.
  std::string_view text() const {
    const std::size_t begin = rest_.find_first_not_of(" \t"), end = rest_.find_last_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view() : rest_.substr(begin, end - begin + 1);
  }

 private:
  ByteReader reader_;
  std::string line_;
  std::string_view rest_;
  std::uint64_t number_ = 0;
};

void read_cameras(const fs::path& path, ColmapModel& model) {
  Lines lines(path);
  while (lines.next_record()) {
    const auto id = lines.number<std::uint32_t>("the camera id");
    std::string_view name;
    if (!lines.word(name)) lines.fail("the camera model is missing");
    const CameraModel kind = model_from_name(name, id, path);
    const auto width = lines.number<std::uint64_t>("the width");
    const auto height = lines.number<std::uint64_t>("the height");
    if (lines.words_left() != static_cast<std::size_t>(parameter_count(kind)))
      lines.fail("camera " + std::to_string(id) + " has " + std::to_string(lines.words_left()) + " parameters, but " +
                 model_name(kind) + " has " + std::to_string(parameter_count(kind)));
    std::vector<double> parameters(static_cast<std::size_t>(parameter_count(kind)));
    for (double& parameter : parameters) parameter = lines.number<double>("a camera parameter");
    if (!model.cameras.emplace(id, checked_sensor(kind, width, height, std::move(parameters), id, path)).second)
      lines.fail("camera id " + std::to_string(id) + " appears a second time");
  }
}

void read_observations(Lines& lines, ColmapModel::Image& image) {
  const std::size_t words = lines.words_left();
  if (words % 3 != 0)
    lines.fail("the observations of image " + shown(image.name) + " are " + std::to_string(words) +
               " numbers, which is no multiple of 3 (X Y POINT3D_ID)");
  image.observations.resize(words / 3);
  for (auto& observation : image.observations) {
    observation.x = lines.number<double>("x of an observation");
    observation.y = lines.number<double>("y of an observation");
    observation.point = lines.number<std::int64_t>("the point id of an observation");
  }
}

void read_images(const fs::path& path, ColmapModel& model) {
  Lines lines(path);
  while (lines.next_record()) {
    ColmapModel::Image& image = model.images.emplace_back();
    image.id = lines.number<std::uint32_t>("the image id");
    glm::dquat& q = image.cam_from_world.rotation;
    for (double* value : {&q.w, &q.x, &q.y, &q.z}) *value = lines.number<double>("the quaternion");
    for (int i = 0; i < 3; ++i) image.cam_from_world.translation[i] = lines.number<double>("the translation");
    image.camera = lines.number<std::uint32_t>("the camera id");
    const std::string_view name = lines.text();
    if (name.size() > kMaxName) lines.fail("a name is longer than " + std::to_string(kMaxName) + " bytes");
    image.name = name;
    // The second line is empty where the image has no observations; editors may have dropped it at the end of the file.
    if (lines.next()) read_observations(lines, image);
  }
}

void read_points(const fs::path& path, ColmapModel& model) {
  Lines lines(path);
  while (lines.next_record()) {
    ColmapModel::Point& point = model.points.emplace_back();
    point.id = lines.number<std::uint64_t>("the point id");
    for (int i = 0; i < 3; ++i) point.position[i] = lines.number<double>("the position");
    for (auto& channel : point.color) {
      const int value = lines.number<int>("the colour");
      if (value < 0 || value > 255) lines.fail("the colour is " + std::to_string(value) + ", not within 0 to 255,");
      channel = static_cast<std::uint8_t>(value);
    }
    point.error = lines.number<double>("the reprojection error");
    const std::size_t words = lines.words_left();
    if (words % 2 != 0)
      lines.fail("the track of point " + std::to_string(point.id) +
                 " has an odd number of values (IMAGE_ID POINT2D_IDX)");
    point.track.resize(words / 2);
    for (auto& [image, observation] : point.track) {
      image = lines.number<std::uint32_t>("the image id of a track");
      observation = lines.number<std::uint32_t>("the observation of a track");
    }
  }
}

/// Collects text and passes it on in large pieces.
class TextFile {
 public:
  explicit TextFile(const fs::path& path) : file_(path) {}
  template <class T>
  TextFile& operator<<(T value) {
    if constexpr (std::is_arithmetic_v<T>)
      append_number(text_, value);
    else
      text_ += value;
    return *this;
  }
  void end_line() {
    text_ += '\n';
    constexpr std::size_t kPiece = std::size_t{1} << 16;
    if (text_.size() >= kPiece) flush();
  }
  void finish() {
    flush();
    file_.finish();
  }
  void commit() { file_.commit(); }

 private:
  void flush() {
    file_.stream().write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
  }
  AtomicFile file_;
  std::string text_;
};

void expect_one_line(const std::string& name, const fs::path& path) {
  const bool blank_ends = name.front() == ' ' || name.front() == '\t' || name.back() == ' ' || name.back() == '\t';
  if (blank_ends || name.find_first_of("\r\n") != std::string::npos)
    throw Error(path.string(),
                "the image name " + shown(name) +
                    " begins or ends with a blank or spans lines, which the text form cannot hold",
                "write the binary form");
}

}  // namespace

void read_text(const fs::path& folder, ColmapModel& model) {
  read_cameras(folder / "cameras.txt", model);
  read_images(folder / "images.txt", model);
  read_points(folder / "points3D.txt", model);
}

void write_text(const ColmapModel& model, const fs::path& folder) {
  TextFile cameras(folder / "cameras.txt");
  cameras << "# CAMERA_ID MODEL WIDTH HEIGHT PARAMS[]";
  cameras.end_line();
  for (const auto& [id, sensor] : model.cameras) {
    cameras << id << " " << model_name(sensor.model) << " " << sensor.width << " " << sensor.height;
    for (const double parameter : sensor.parameters) cameras << " " << parameter;
    cameras.end_line();
  }
  TextFile images(folder / "images.txt");
  images << "# IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME, then a line of POINTS2D[] as X Y POINT3D_ID";
  images.end_line();
  for (const auto& image : model.images) {
    expect_one_line(image.name, folder / "images.txt");
    const glm::dquat& q = image.cam_from_world.rotation;
    images << image.id;
    for (const double value : {q.w, q.x, q.y, q.z}) images << " " << value;
    for (int i = 0; i < 3; ++i) images << " " << image.cam_from_world.translation[i];
    images << " " << image.camera << " " << image.name;
    images.end_line();
    const char* gap = "";
    for (const auto& observation : image.observations) {
      images << gap << observation.x << " " << observation.y << " " << observation.point;
      gap = " ";
    }
    images.end_line();
  }
  TextFile points(folder / "points3D.txt");
  points << "# POINT3D_ID X Y Z R G B ERROR TRACK[] as IMAGE_ID POINT2D_IDX";
  points.end_line();
  for (const auto& point : model.points) {
    points << point.id;
    for (int i = 0; i < 3; ++i) points << " " << point.position[i];
    for (const int channel : point.color) points << " " << channel;
    points << " " << point.error;
    for (const auto& [image, observation] : point.track) points << " " << image << " " << observation;
    points.end_line();
  }
  // All three or none: a full disk shows itself before the first of them appears.
  for (TextFile* file : {&cameras, &images, &points}) file->finish();
  for (TextFile* file : {&cameras, &images, &points}) file->commit();
}

}  // namespace tessera::scene::colmap
