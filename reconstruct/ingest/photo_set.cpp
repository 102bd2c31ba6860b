#include "reconstruct/ingest/photo_set.h"

#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "reconstruct/ingest/hash.h"
#include "reconstruct/ingest/sharpness.h"
#include "scene/error.h"
#include "scene/parallel.h"

namespace tessera::reconstruct {
namespace fs = std::filesystem;

namespace {

constexpr const char* kSame = "the same picture as ";

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

bool any_of(const std::string& extension, std::initializer_list<const char*> list) {
  return std::find(list.begin(), list.end(), extension) != list.end();
}

/// Pictures that COLMAP cannot open; a user who points us at a folder of them wants to be told.
bool has_raw_extension(const fs::path& path) {
  return any_of(lower_extension(path),
                {".heic", ".heif", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".rw2", ".orf", ".avif"});
}

/// COLMAP's lists of names are lines with blanks cut off at both ends.
bool fits_on_a_line(const std::string& name) {
  const auto blank = [](unsigned char c) { return std::isspace(c) != 0; };
  return !name.empty() && !blank(name.front()) && !blank(name.back()) &&
         name.find_first_of("\n\r") == std::string::npos && name.front() != '#';
}

std::vector<fs::path> list_files(const fs::path& root, const fs::path& apart) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator it(
      root, fs::directory_options::follow_directory_symlink | fs::directory_options::skip_permission_denied, error);
  if (error) throw scene::Error(root.string(), "cannot read the folder: " + error.message());
  for (; it != fs::recursive_directory_iterator(); it.increment(error)) {
    const std::string leaf = it->path().filename().string();
    std::error_code ignored;
    const bool skipped = (!leaf.empty() && leaf[0] == '.') ||
                         (!apart.empty() && it->is_directory(ignored) && fs::equivalent(it->path(), apart, ignored));
    if (skipped) {
      it.disable_recursion_pending();
    } else if (it.depth() > 32) {
      it.disable_recursion_pending();  // a link that leads back up
    } else if (it->is_regular_file(ignored)) {
      files.push_back(it->path());
    }
    if (error) break;
  }
  if (error) throw scene::Error(root.string(), "cannot read the folder: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

struct Looked {
  PhotoLook look;
  scene::Exif exif;
  std::string failed;  // the reason, empty: fine
};

Looked look_at(const fs::path& file, const std::string& name) {
  Looked result;
  if (has_raw_extension(file)) {
    result.failed = "its format is not supported; convert it to JPEG";
    return result;
  }
  if (!fits_on_a_line(name)) {
    result.failed = "its name begins or ends with a blank or '#', or has a line break; rename it";
    return result;
  }
  try {
    result.look = look_at_photo(file);
    result.exif = scene::read_exif(file);
  } catch (const scene::Error& error) {
    result.failed = "unreadable: " + error.problem();
  }
  return result;
}

}  // namespace

bool has_picture_extension(const fs::path& path) {
  return any_of(lower_extension(path), {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"});
}

PhotoSet read_photo_set(const fs::path& root, const fs::path& apart, int threads, const scene::JobContext& job) {
  PhotoSet set;
  set.root = root;
  std::vector<fs::path> files = list_files(root, apart);
  std::erase_if(files, [](const fs::path& file) { return !has_picture_extension(file) && !has_raw_extension(file); });
  std::vector<std::string> names(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) names[i] = files[i].lexically_relative(root).generic_string();
  std::vector<Looked> looked(files.size());

  std::size_t done = 0;
  std::mutex reporting;
  const auto start = std::chrono::steady_clock::now();
  tbb::task_arena arena(threads > 0 ? threads : tbb::task_arena::automatic);
  arena.execute([&] {
    scene::parallel_blocks(std::size_t{0}, files.size(), 1, [&](std::size_t i, std::size_t) {
      if (job.cancelled()) return;
      looked[i] = look_at(files[i], names[i]);
      const std::lock_guard lock(reporting);
      const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      const auto now = static_cast<double>(++done), total = static_cast<double>(files.size());
      job.progress({"reading photos", now, total, elapsed / now * (total - now), ""});
    });
  });
  job.throw_if_cancelled();

  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::string reason = looked[i].failed;
    if (reason.empty()) {
      const auto twin = std::find_if(kept.begin(), kept.end(),
                                     [&](std::size_t k) { return same_picture(looked[k].look, looked[i].look); });
      if (twin != kept.end()) reason = kSame + names[*twin];
    }
    if (!reason.empty()) {
      set.left_out.push_back({names[i], reason});
      continue;
    }
    kept.push_back(i);
    const PhotoLook& look = looked[i].look;
    set.photos.push_back({names[i], look.width, look.height, look.sharpness, looked[i].exif, look.thumbnail});
  }
  return set;
}

bool is_duplicate(const FailedImage& image) { return image.reason.starts_with(kSame); }

void require_two_photos(const PhotoSet& set, const fs::path& input) {
  const std::size_t usable = set.photos.size();
  if (usable >= 2) return;
  const std::string remedy = "at least two photos, better twenty or more, from different places are needed";
  if (set.files() == 0) throw scene::Error(input.string(), "holds no photos (jpg, png, tif, bmp, webp)", remedy);
  if (set.files() == 1 && usable == 1)
    throw scene::Error(input.string(), "holds one photo only (" + set.photos[0].name + ")", remedy);
  if (usable == 1 && std::all_of(set.left_out.begin(), set.left_out.end(), is_duplicate))
    throw scene::Error(
        input.string(),
        "all " + std::to_string(set.files()) + " photos are the same picture, so there is no depth in them", remedy);
  const FailedImage& first = set.left_out.front();
  throw scene::Error(input.string(),
                     "only " + std::to_string(usable) + " of " + std::to_string(set.files()) +
                         " photos can be used (" + first.name + ": " + first.reason + ")",
                     remedy);
}

void leave_out(PhotoSet& set, const std::vector<std::string>& names) {
  const std::set<std::string> unwanted(names.begin(), names.end());
  std::erase_if(set.photos, [&](const Photo& photo) {
    if (!unwanted.contains(photo.name)) return false;
    set.left_out.push_back({photo.name, "left out on request"});
    return true;
  });
  std::sort(set.left_out.begin(), set.left_out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

std::vector<std::vector<std::size_t>> camera_groups(const std::vector<Photo>& photos) {
  using Key = std::tuple<int, int, std::string, std::string, double, double>;
  std::map<Key, std::size_t> group_of;
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const Photo& p = photos[i];
    const Key key{
        p.width, p.height, p.exif.make, p.exif.model, p.exif.focal_mm.value_or(0), p.exif.focal_35mm.value_or(0)};
    const auto [it, fresh] = group_of.try_emplace(key, groups.size());
    if (fresh) groups.emplace_back();
    groups[it->second].push_back(i);
  }
  return groups;
}

std::uint64_t fingerprint(const PhotoSet& set) {
  std::error_code ignored;
  std::uint64_t hash = fnv1a(fs::weakly_canonical(set.root, ignored).string());
  for (const Photo& photo : set.photos) {
    const fs::path file = set.root / photo.name;
    hash = fnv1a(photo.name, hash);
    hash = fnv1a("/" + std::to_string(fs::file_size(file, ignored)) + "/" +
                     std::to_string(fs::last_write_time(file, ignored).time_since_epoch().count()) + "\n",
                 hash);
  }
  return hash;
}

}  // namespace tessera::reconstruct
