#include "reconstruct/ingest/preflight.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

#include "reconstruct/ingest/sharpness.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

/// Twice or half the light: what a camera's automatic does within one light is less, and what training's exposure term
/// (a 3 x 4 matrix a photo) makes up for is little more.
constexpr double kExposureStops = 1;
/// Neighbours on either side whose median a photo is compared with: one odd one among them does not count.
constexpr std::size_t kNeighbours = 2;
/// Mean difference of the thumbnails, grey levels. Measured (tests/reconstruct/ingest/preflight_test.cpp): moving a
/// real photo by 0.25 % of its width changes it by 0.9 to 2.2 levels, while consecutive photos of sets that reconstruct
/// well are at least 6.0 apart.
constexpr double kNearLevels = 3;
constexpr std::size_t kNamed = 3;  // photos that a summary names

std::string number(double value, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

double mean_difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  if (a.size() != b.size() || a.empty()) return 255;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  return sum / static_cast<double>(a.size());
}

/// log2 of the mean of the light, by sRGB's gamma as a power of 2.2; black counts as half a grey level.
double log_luminance(const std::vector<std::uint8_t>& thumbnail) {
  double sum = 0;
  for (const std::uint8_t v : thumbnail) sum += std::pow(std::max<double>(v, 0.5) / 255, 2.2);
  return std::log2(sum / static_cast<double>(std::max<std::size_t>(thumbnail.size(), 1)));
}

std::string folder_of(const std::string& name) { return fs::path(name).parent_path().string(); }

class Checker {
 public:
  explicit Checker(const PhotoSet& set) : set_(set) {}

  Preflight run() {
    result_.root = set_.root;
    result_.usable = set_.photos.size();
    for (const Photo& photo : set_.photos) result_.photos.push_back({photo.name, photo.width, photo.height, true, {}});
    find_blurred();
    find_near_duplicates();
    find_exposure_jumps();
    const bool none_has_gps = find_missing_gps();
    find_other_cameras();
    for (const FailedImage& image : set_.left_out) {
      const Finding finding = is_duplicate(image) ? Finding::duplicate : Finding::unreadable;
      result_.photos.push_back({image.name, 0, 0, false, {{finding, image.reason}}});
    }
    std::sort(result_.photos.begin(), result_.photos.end(),
              [](const CheckedPhoto& a, const CheckedPhoto& b) { return a.name < b.name; });
    summarise(none_has_gps);
    return std::move(result_);
  }

 private:
  void note(std::size_t photo, Finding finding, std::string text) {
    result_.photos[photo].found.push_back({finding, std::move(text)});
  }

  void find_blurred() {
    std::vector<double> values;
    for (const Photo& photo : set_.photos) values.push_back(photo.sharpness);
    const double median = median_sharpness(values);
    for (std::size_t i = 0; i < set_.photos.size(); ++i)
      if (values[i] < kBlurredShare * median)
        note(i, Finding::blurred, "blurred: " + number(values[i] / median, "%.2f") + " of the usual sharpness");
  }

  void find_near_duplicates() {
    for (std::size_t i = 1; i < set_.photos.size(); ++i) {
      const Photo &before = set_.photos[i - 1], &photo = set_.photos[i];
      if (before.width == photo.width && before.height == photo.height &&
          mean_difference(before.thumbnail, photo.thumbnail) <= kNearLevels)
        note(i, Finding::near_duplicate, "shows nearly the same as " + before.name);
    }
  }

  void find_exposure_jumps() {
    // Where the EXIF blocks say how long the light came in, that is what counts: the same wall, darker in the picture.
    const bool exif = !set_.photos.empty() && std::all_of(set_.photos.begin(), set_.photos.end(), [](const Photo& p) {
      return p.exif.exposure_value().has_value();
    });
    std::vector<double> value;
    for (const Photo& p : set_.photos) value.push_back(exif ? *p.exif.exposure_value() : log_luminance(p.thumbnail));
    for (std::size_t i = 0; i < value.size(); ++i) {
      std::vector<double> near;
      const std::size_t first = i < kNeighbours ? 0 : i - kNeighbours;
      for (std::size_t k = first; k <= std::min(i + kNeighbours, value.size() - 1); ++k)
        if (k != i && folder_of(set_.photos[k].name) == folder_of(set_.photos[i].name)) near.push_back(value[k]);
      if (near.empty()) continue;
      std::sort(near.begin(), near.end());
      // Of two middle ones the nearer: beside an odd one, the other neighbour decides.
      const double low = value[i] - near[(near.size() - 1) / 2], high = value[i] - near[near.size() / 2];
      if (const double jump = std::abs(low) < std::abs(high) ? low : high; std::abs(jump) >= kExposureStops)
        note(i, Finding::exposure,
             number(std::abs(jump), "%.1f") + " stops " + (jump > 0 ? "brighter" : "darker") + " than its neighbours" +
                 (exif ? " (EXIF)" : ""));
    }
  }

  bool find_missing_gps() {
    const auto count =
        std::count_if(set_.photos.begin(), set_.photos.end(), [](const Photo& p) { return p.exif.gps.has_value(); });
    if (count == 0) return !set_.photos.empty();  // one sentence about the set, not a mark on every photo
    for (std::size_t i = 0; i < set_.photos.size(); ++i)
      if (!set_.photos[i].exif.gps) note(i, Finding::no_gps, "no GPS position");
    return false;
  }

  void find_other_cameras() {
    const auto groups = camera_groups(set_.photos);
    if (groups.size() < 2) return;
    const auto largest = std::max_element(groups.begin(), groups.end(),
                                          [](const auto& a, const auto& b) { return a.size() < b.size(); });
    for (auto group = groups.begin(); group != groups.end(); ++group) {
      if (group == largest) continue;
      for (const std::size_t i : *group) {
        const Photo& p = set_.photos[i];
        std::string text = "differs from most: " + std::to_string(p.width) + " x " + std::to_string(p.height);
        if (!p.exif.model.empty()) text += ", " + p.exif.model;
        if (p.exif.focal_mm) text += ", " + number(*p.exif.focal_mm, "%g mm");
        note(i, Finding::other_camera, text);
      }
    }
  }

  void summarise(bool none_has_gps) {
    for (const Finding finding : kFindings) {
      std::vector<std::string> names;
      for (const CheckedPhoto& photo : result_.photos)
        if (photo.has(finding)) names.push_back(photo.name);
      if (!names.empty()) {
        result_.summary.push_back({finding, names.size(), line_of(finding, names)});
      } else if (finding == Finding::no_gps && none_has_gps) {
        result_.summary.push_back(
            {finding, 0, "No photo says where it was taken: the scene will be level, its scale unknown."});
      }
    }
  }

  static std::string line_of(Finding finding, const std::vector<std::string>& names) {
    struct Words {
      const char *one, *many, *then;
    };
    static const std::map<Finding, Words> kWords = {
        {Finding::unreadable, {"photo cannot be used", "photos cannot be used", "left out in any case"}},
        {Finding::duplicate,
         {"photo is the same picture as another", "photos are the same pictures as others", "left out in any case"}},
        {Finding::blurred, {"photo is blurred", "photos are blurred", "leave out what has a sharp neighbour"}},
        {Finding::near_duplicate,
         {"photo shows nearly what the one before shows", "photos show nearly what the ones before show",
          "they cost time and add little"}},
        {Finding::exposure,
         {"photo is a stop or more brighter or darker than its neighbours",
          "photos are a stop or more brighter or darker than their neighbours",
          "leave out what is too dark or burnt out"}},
        {Finding::no_gps,
         {"photo has no GPS position", "photos have no GPS position", "the others' positions are used"}},
        {Finding::other_camera,
         {"photo differs from most in camera, lens setting or size",
          "photos differ from most in camera, lens setting or size", "they are given a lens of their own"}},
    };
    const Words& words = kWords.at(finding);
    std::string line = std::to_string(names.size()) + " " + (names.size() == 1 ? words.one : words.many) + ": ";
    for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) line += (i > 0 ? ", " : "") + names[i];
    if (names.size() > kNamed) line += " and " + std::to_string(names.size() - kNamed) + " more";
    return line + "; " + words.then + ".";
  }

  const PhotoSet& set_;
  Preflight result_;
};

}  // namespace

bool CheckedPhoto::has(Finding finding) const {
  return std::any_of(found.begin(), found.end(), [&](const FoundInPhoto& f) { return f.finding == finding; });
}

Preflight check_photos(const PhotoSet& set) { return Checker(set).run(); }

}  // namespace tessera::reconstruct
