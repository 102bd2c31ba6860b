#include "scene/formats/transforms_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <unordered_map>

#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/formats/limits.h"
#include "scene/formats/path_rules.h"
#include "scene/formats/rigid_from_matrix.h"
#include "scene/formats/text_numbers.h"

namespace tessera::scene {
namespace fs = std::filesystem;

namespace {

using json = nlohmann::json;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 30;  // 600,000 frames of 1.7 kB
constexpr int kMaxDepth = 32;                                      // frames/matrix/row is 4
// A field of view of 1e-6 rad over the largest photo; beyond it focal lengths mean a wrong unit.
constexpr double kMinAngle = 1e-6, kMaxFocal = kMaxSide / kMinAngle;
constexpr std::size_t kMaxProblems = 4;  // named in one message

/// As a user would write it.
std::string digits(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// "line 3, column 7" of a byte (from 1, as nlohmann counts) of `text`.
std::string line_and_column(const std::string& text, std::size_t byte) {
  const std::size_t end = std::min(byte > 0 ? byte - 1 : 0, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  const std::size_t newline = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  const std::size_t column = newline == std::string::npos ? end + 1 : end - newline;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

json parse_json(const fs::path& path) {
  const std::string text = read_file(path, kMaxFileBytes);
  const auto limit_depth = [&](int depth, json::parse_event_t, json&) {
    if (depth > kMaxDepth) throw Error(path.string(), "nests deeper than " + std::to_string(kMaxDepth) + " levels");
    return true;
  };
  try {
    return json::parse(text, limit_depth);
  } catch (const json::parse_error& e) {
    const std::string what = e.what();
    const std::size_t detail = what.find("syntax error");
    throw Error(path.string(),
                "is not valid JSON at " + line_and_column(text, e.byte) +
                    (e.byte > text.size() ? ", where the file ends" : "") +
                    (detail == std::string::npos ? "" : " (" + what.substr(detail, 160) + ")"),
                "mend the file or export it again");
  } catch (const json::exception& e) {
    throw Error(path.string(), std::string("is not valid JSON: ") + std::string(e.what()).substr(0, 160));
  }
}

/// Reads one file, gathering what is wrong with it so that a user sees all of it at once.
class Reader {
 public:
  /// `first_with` collects which frame named a photo first, over all files of the dataset.
  Reader(const fs::path& path, std::unordered_map<std::string, std::string>& first_with)
      : path_(path), folder_(path.parent_path()), first_with_(first_with) {}

  void read(bool test, TransformsFile& out) {
    const json root = parse_json(path_);
    if (!root.is_object())
      throw Error(path_.string(), std::string("holds ") + type_name(root) + " instead of a JSON object");
    TransformsFile::Lens lens;
    Flags flags;
    read_lens(root, "", lens, flags);
    if (const auto scale = number(root, "", "aabb_scale")) {
      if (*scale > 0)
        out.aabb_scale = out.aabb_scale.value_or(*scale);
      else
        problem("aabb_scale is not positive");
    }
    if (const auto cloud = relative_path(root, "", "ply_file_path"); cloud && !out.point_cloud)
      out.point_cloud = *cloud;

    file_lens_known_ = problems_.empty();
    const auto frames = root.find("frames");
    if (frames == root.end())
      problem("has no frames (the key 'frames' is missing)");
    else if (!frames->is_array())
      problem(std::string("frames is ") + type_name(*frames) + ", but must be an array");
    else if (frames->empty())
      problem("has no frames ('frames' is empty)");
    else
      for (std::size_t i = 0; i < frames->size(); ++i) {
        const std::string where = "frames[" + std::to_string(i) + "]";
        if (!(*frames)[i].is_object())
          problem(where + " is " + type_name((*frames)[i]) + ", but must be an object");
        else
          read_frame((*frames)[i], where, lens, flags, test, out);
      }
    if (problems_.empty()) return;
    std::string text;
    for (std::size_t i = 0; i < std::min(problems_.size(), kMaxProblems); ++i) text += (i ? "; " : "") + problems_[i];
    if (problems_.size() > kMaxProblems) text += "; and " + std::to_string(problems_.size() - kMaxProblems) + " more";
    throw Error(path_.string(), text);
  }

 private:
  /// What decides the camera model, over file and frame.
  struct Flags {
    bool fisheye = false;
    double k1 = 0, k2 = 0, k3 = 0, k4 = 0, p1 = 0, p2 = 0;
    bool opencv = false;
  };

  void problem(std::string text) { problems_.push_back(std::move(text)); }

  static const char* type_name(const json& value) {
    switch (value.type()) {
      case json::value_t::string:
        return "a string";
      case json::value_t::array:
        return "an array";
      case json::value_t::object:
        return "an object";
      case json::value_t::boolean:
        return "a boolean";
      case json::value_t::null:
        return "null";
      default:
        return "a number";
    }
  }

  static std::string key_name(const std::string& where, const char* key) {
    return where.empty() ? key : where + "." + key;
  }

  static const json* find(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  std::optional<double> number(const json& object, const std::string& where, const char* key) {
    const json* value = find(object, key);
    if (!value) return std::nullopt;
    if (value->is_number()) return value->get<double>();
    problem(key_name(where, key) + " is " + type_name(*value) + ", but must be a number");
    return std::nullopt;
  }

  std::optional<std::string> text(const json& object, const std::string& where, const char* key) {
    const json* value = find(object, key);
    if (!value) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    problem(key_name(where, key) + " is " + type_name(*value) + ", but must be a string");
    return std::nullopt;
  }

  /// A path named in the file, resolved against its folder. Backslashes are what exporters on Windows write.
  std::optional<fs::path> relative_path(const json& object, const std::string& where, const char* key) {
    auto name = text(object, where, key);
    if (!name) return std::nullopt;
    if (name->empty() || name->find('\0') != std::string::npos)
      problem(key_name(where, key) + " " + shown(*name) + " is no file name");
    else if (leaves_folder(*name))
      problem(key_name(where, key) + " " + shown(*name) + " leaves the folder of " + path_.filename().string());
    else {
      std::replace(name->begin(), name->end(), '\\', '/');
      return (folder_ / *name).lexically_normal();
    }
    return std::nullopt;
  }

  void between(double low, double high, std::optional<double>& value, const std::string& where, const char* key) {
    if (value && !(*value > low && *value < high)) {
      problem(key_name(where, key) + " is " + digits(*value) + ", which is out of range");
      value.reset();
    }
  }

  void read_side(const json& object, const std::string& where, const char* key, int& side) {
    const auto value = number(object, where, key);
    if (!value) return;
    if (*value >= 1 && *value <= static_cast<double>(kMaxSide) && *value == std::floor(*value))
      side = static_cast<int>(*value);
    else
      problem(key_name(where, key) + " is " + digits(*value) + ", but must be a whole number of pixels");
  }

  /// The object's values over those already there. A focal length of the frame also replaces the file's angle of that
  /// axis.
  void read_lens(const json& object, const std::string& where, TransformsFile::Lens& lens, Flags& flags) {
    read_side(object, where, "w", lens.width);
    read_side(object, where, "h", lens.height);
    const auto read_axis = [&](const char* focal_key, const char* angle_key, std::optional<double>& focal,
                               std::optional<double>& angle) {
      auto own_focal = number(object, where, focal_key), own_angle = number(object, where, angle_key);
      between(0, kMaxFocal, own_focal, where, focal_key);
      between(kMinAngle, std::numbers::pi, own_angle, where, angle_key);
      if (!own_focal && !own_angle) return;
      focal = own_focal;
      angle = own_angle;
    };
    read_axis("fl_x", "camera_angle_x", lens.fl_x, lens.angle_x);
    read_axis("fl_y", "camera_angle_y", lens.fl_y, lens.angle_y);
    const auto over = [&](const char* key, auto& value) {
      if (const auto own = number(object, where, key)) value = *own;
    };
    over("cx", lens.cx);
    over("cy", lens.cy);
    over("k1", flags.k1);
    over("k2", flags.k2);
    over("k3", flags.k3);
    over("k4", flags.k4);
    over("p1", flags.p1);
    over("p2", flags.p2);
    read_model(object, where, flags);
    finish_lens(where, lens, flags);
  }

  void read_model(const json& object, const std::string& where, Flags& flags) {
    // instant-ngp's switches for lenses other than OpenCV's.
    if (const json* fisheye = find(object, "is_fisheye")) {
      if (fisheye->is_boolean())
        flags.fisheye = fisheye->get<bool>();
      else
        problem(key_name(where, "is_fisheye") + " is " + type_name(*fisheye) + ", but must be a boolean");
    }
    for (const char* key : {"ftheta_p0", "latlong", "equirectangular", "orthographic"})
      if (const json* other = find(object, key); other && *other != json(false))
        problem(key_name(where, key) + " names a lens that is not supported");
    const auto name = text(object, where, "camera_model");
    if (!name) return;
    CameraModel model = CameraModel::pinhole;
    if (!parse_model_name(*name, model)) {
      problem(key_name(where, "camera_model") + " " + shown(*name) + " is not supported");
      return;
    }
    flags.fisheye = model == CameraModel::opencv_fisheye;
    flags.opencv = model == CameraModel::opencv;
  }

  /// nerfstudio reads the distortion of every perspective model alike, so a PINHOLE with k1 is an OPENCV.
  void finish_lens(const std::string& where, TransformsFile::Lens& lens, const Flags& flags) {
    const auto refuse = [&](const char* keys, const char* model) {
      problem(key_name(where, keys) + " not zero, but the model " + model +
              " has no such term: undistort the photos first");
    };
    if (flags.fisheye) {
      lens.model = CameraModel::opencv_fisheye;
      lens.distortion = {flags.k1, flags.k2, flags.k3, flags.k4};
      if (flags.p1 != 0 || flags.p2 != 0) refuse("p1 or p2 is", "OPENCV_FISHEYE");
      return;
    }
    lens.distortion = {flags.k1, flags.k2, flags.p1, flags.p2};
    const bool distorted = lens.distortion != std::array<double, 4>{};
    lens.model = flags.opencv || distorted ? CameraModel::opencv : CameraModel::pinhole;
    if (flags.k3 != 0 || flags.k4 != 0) refuse("k3 or k4 is", "OPENCV");
  }

  void read_frame(const json& object, const std::string& where, const TransformsFile::Lens& file_lens,
                  const Flags& file_flags, bool test, TransformsFile& out) {
    TransformsFile::Frame frame;
    frame.test = test;
    if (const auto path = relative_path(object, where, "file_path")) {
      frame.file_path = *text(object, where, "file_path");
      frame.image_path = *path;
      // Blender's exporter leaves the extension out.
      if (!frame.image_path.has_extension()) frame.image_path += ".png";
      const auto [first, is_new] =
          first_with_.try_emplace(frame.image_path.string(), where + " of " + path_.filename().string());
      if (!is_new)
        problem(key_name(where, "file_path") + " " + shown(frame.file_path) + " is that of " + first->second +
                " again");
    } else if (!find(object, "file_path")) {
      problem(key_name(where, "file_path") + " is missing");
    }
    if (const auto path = relative_path(object, where, "mask_path")) frame.mask_path = *path;

    frame.lens = file_lens;
    Flags flags = file_flags;
    const std::size_t before_lens = problems_.size();
    if (overrides_lens(object)) read_lens(object, where, frame.lens, flags);
    const auto& lens = frame.lens;
    const bool lens_known =
        file_lens_known_ && problems_.size() == before_lens;  // else what is missing has just been refused
    if (!lens.fl_x && !lens.angle_x && !lens.fl_y && !lens.angle_y && lens_known)
      problem(where + " has no focal length (fl_x or camera_angle_x)");
    else if ((lens.width == 0) != (lens.height == 0) && lens_known)
      problem(where + " has only one of w and h");
    else if (lens.width > 0 && problems_.empty())
      frame.sensor = lens.sensor(lens.width, lens.height);

    read_pose(object, where, frame.cam_from_world);
    out.frames.push_back(std::move(frame));
  }

  static bool overrides_lens(const json& object) {
    for (const char* key : {"w",
                            "h",
                            "fl_x",
                            "fl_y",
                            "camera_angle_x",
                            "camera_angle_y",
                            "cx",
                            "cy",
                            "k1",
                            "k2",
                            "k3",
                            "k4",
                            "p1",
                            "p2",
                            "camera_model",
                            "is_fisheye",
                            "ftheta_p0",
                            "latlong",
                            "equirectangular",
                            "orthographic"})
      if (object.contains(key)) return true;
    return false;
  }

  void read_pose(const json& object, const std::string& where, Rigid& cam_from_world) {
    const std::string name = key_name(where, "transform_matrix");
    const json* matrix = find(object, "transform_matrix");
    if (!matrix) return problem(name + " is missing");
    double m[4][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 1}};
    const bool is_rows =
        matrix->is_array() && (matrix->size() == 3 || matrix->size() == 4) &&
        std::all_of(matrix->begin(), matrix->end(), [](const json& row) { return row.is_array() && row.size() == 4; });
    if (!is_rows) return problem(name + " is " + shape(*matrix) + ", but must be 4 x 4 (or 3 x 4) numbers");
    for (std::size_t r = 0; r < matrix->size(); ++r)
      for (std::size_t c = 0; c < 4; ++c) {
        const json& cell = (*matrix)[r][c];
        if (!cell.is_number())
          return problem(name + "[" + std::to_string(r) + "][" + std::to_string(c) + "] is " + type_name(cell) +
                         ", but must be a number");
        m[r][c] = cell.get<double>();
      }
    if (m[3][0] != 0 || m[3][1] != 0 || m[3][2] != 0 || m[3][3] != 1)
      return problem(name + " does not end in the row 0 0 0 1");
    const glm::dmat3 axes(m[0][0], m[1][0], m[2][0], m[0][1], m[1][1], m[2][1], m[0][2], m[1][2], m[2][2]);  // columns
    if (const char* wrong = rigid_from_opengl(axes, {m[0][3], m[1][3], m[2][3]}, cam_from_world))
      problem(name + " " + wrong);
  }

  static std::string shape(const json& matrix) {
    if (!matrix.is_array()) return type_name(matrix);
    if (matrix.empty() || !matrix[0].is_array()) return "an array of " + std::to_string(matrix.size());
    return std::to_string(matrix.size()) + " x " + std::to_string(matrix[0].size());
  }

  fs::path path_, folder_;
  std::vector<std::string> problems_;
  bool file_lens_known_ = true;
  std::unordered_map<std::string, std::string>& first_with_;
};

}  // namespace

SensorModel TransformsFile::Lens::sensor(int photo_width, int photo_height) const {
  const auto focal = [](const std::optional<double>& length, const std::optional<double>& angle,
                        int side) -> std::optional<double> {
    if (length) return length;
    if (angle) return 0.5 * side / std::tan(0.5 * *angle);
    return std::nullopt;
  };
  const auto x = focal(fl_x, angle_x, photo_width), y = focal(fl_y, angle_y, photo_height);
  SensorModel out{model, photo_width, photo_height, {}};
  out.parameters = {x.value_or(y.value_or(0)), y.value_or(x.value_or(0)), cx.value_or(0.5 * photo_width),
                    cy.value_or(0.5 * photo_height)};
  if (model != CameraModel::pinhole) out.parameters.insert(out.parameters.end(), distortion.begin(), distortion.end());
  return out;
}

TransformsFile read_transforms(const fs::path& path) {
  TransformsFile out;
  const std::string name = path.filename().string();
  out.blender = name == "transforms_train.json" || name == "transforms_val.json" || name == "transforms_test.json";
  std::unordered_map<std::string, std::string> first_with;
  Reader(path, first_with).read(false, out);
  const fs::path test = path.parent_path() / "transforms_test.json";
  std::error_code ignored;
  if (name == "transforms_train.json" && fs::exists(test, ignored)) Reader(test, first_with).read(true, out);
  return out;
}

}  // namespace tessera::scene
