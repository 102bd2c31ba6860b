#include "scene/lod/build_lod.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include <glm/gtc/quaternion.hpp>
#include <glm/mat3x3.hpp>

#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/lod/merge_splats.h"
#include "scene/lod/row_store.h"
#include "scene/parallel.h"

namespace tessera::scene {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostSamples = std::size_t{1} << 20;  // positions that cuts are chosen by: 16 MB
const double kReach = std::sqrt(2 * std::log(255.0));       // standard deviations to where alpha falls below 1 / 255

// Where a splat is, and in [kStray] how far it strays from there: its reach, or, once the bulk is known, how far it
// lies outside of that.
using Point = std::array<float, 4>;
constexpr std::size_t kStray = 3;

Point point_of(std::span<const float> values, std::size_t rows, std::size_t row) {
  const auto plane = [&](std::size_t p) { return values[p * rows + row]; };
  const double reach = kReach * std::exp(static_cast<double>(std::max({plane(3), plane(4), plane(5)})));
  return {plane(0), plane(1), plane(2), static_cast<float>(std::min(reach, double{std::numeric_limits<float>::max()}))};
}

/// A node of the tree before it has rows; the index is that of the table.
struct Part {
  std::size_t axis = 0, bucket = 0;
  float cut = 0;  // positions below it go to the first child
  LodNode node;
};

/// The tree by which space is cut, from positions that stand for `scale` splats each. Splats that stray, the sky's and
/// those larger than half a node, are kept apart from the others: a single one of them in a node would make its bounds
/// say nothing.
class Cuts {
 public:
  Cuts(std::vector<Point> points, double scale, std::size_t chunk)
      : points_(std::move(points)), most_(std::max(static_cast<double>(chunk) / scale, 1.0)) {
    float extent = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      std::vector<float> at;
      for (const Point& point : points_) at.push_back(point[axis]);
      std::sort(at.begin(), at.end());
      low_[axis] = at[at.size() / kOutside], high_[axis] = at[at.size() - 1 - at.size() / kOutside];
      extent = std::max(extent, high_[axis] - low_[axis]);
    }
    // Scenes are wide and flat: so many nodes lie side by side.
    const double across = std::sqrt(static_cast<double>(points_.size()) / most_);
    limit_ = static_cast<float>(0.5 * static_cast<double>(extent) / across);
    for (Point& point : points_) point[kStray] = stray(point);
    add(0, points_.size(), kNoNode);
  }

  std::vector<Part>& parts() { return parts_; }
  std::size_t buckets() const { return buckets_; }
  std::size_t bucket_of(Point point) const {
    point[kStray] = stray(point);
    std::size_t at = 0;
    while (!parts_[at].node.is_leaf()) at = parts_[at].node.child[point[parts_[at].axis] < parts_[at].cut ? 0 : 1];
    return parts_[at].bucket;
  }

 private:
  static constexpr std::size_t kOutside = 50;  // of so many one lies outside of the bulk, at either end

  float stray(const Point& point) const {
    float most = point[kStray];
    for (std::size_t axis = 0; axis < 3; ++axis)
      most = std::max({most, low_[axis] - point[axis], point[axis] - high_[axis]});
    return most;
  }

  std::uint32_t add(std::size_t first, std::size_t last, std::uint32_t parent) {
    const auto index = static_cast<std::uint32_t>(parts_.size());
    parts_.emplace_back();
    parts_[index].node.parent = parent;
    const auto cut = static_cast<double>(last - first) > most_ ? best_cut(first, last) : std::nullopt;
    if (!cut) {
      parts_[index].bucket = buckets_++;
      return index;
    }
    const auto [axis, value] = *cut;
    parts_[index].axis = axis, parts_[index].cut = value;
    const auto begin = points_.begin();
    const auto middle =
        std::partition(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last),
                       [&, axis = axis, value = value](const Point& p) { return p[axis] < value; });
    const auto at = static_cast<std::size_t>(middle - begin);
    const std::uint32_t low = add(first, at, index), high = add(at, last, index);
    parts_[index].node.child = {low, high};
    return index;
  }

  /// Strays from others first. Then halves across the longest extent of the bulk, or of all where that has none; null:
  /// all at one place.
  std::optional<std::pair<std::size_t, float>> best_cut(std::size_t first, std::size_t last) {
    if (parts_.size() == 1) {
      const auto strays = static_cast<std::size_t>(std::count_if(
          points_.begin(), points_.end(), [this](const Point& point) { return point[kStray] >= limit_; }));
      if (strays > 0 && strays < points_.size()) return std::pair{kStray, limit_};
    }
    for (const std::size_t outside : {(last - first) / kOutside, std::size_t{0}}) {
      float longest = 0, value = 0;
      std::size_t best = 3;
      std::vector<float> at(last - first);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        for (std::size_t i = first; i < last; ++i) at[i - first] = points_[i][axis];
        std::sort(at.begin(), at.end());
        const float low = at[outside], high = at[at.size() - 1 - outside], extent = high - low;
        if (!(extent > longest)) continue;
        longest = extent, best = axis, value = at[at.size() / 2];
        if (value == at.front()) value = *std::upper_bound(at.begin(), at.end(), value);  // or nothing were below it
      }
      if (best < 3) return std::pair{best, value};
    }
    return std::nullopt;
  }

  std::vector<Point> points_;
  double most_;
  float limit_ = 0;                      // from which on a splat is a stray
  std::array<float, 3> low_{}, high_{};  // of the bulk
  std::vector<Part> parts_;
  std::size_t buckets_ = 0;
};

std::vector<Point> sample(const fs::path& ply, const PlyInfo& info, double& scale, const JobContext& job) {
  const std::uint64_t stride = std::max<std::uint64_t>(1, (info.vertices + kMostSamples - 1) / kMostSamples);
  std::vector<Point> points;
  stream_splat_ply(ply, [&](const PlyInfo&, std::uint64_t first, std::size_t rows, std::span<const float> values) {
    job.throw_if_cancelled();
    for (std::uint64_t r = (stride - first % stride) % stride; r < rows; r += stride)
      points.push_back(point_of(values, rows, r));
    job.progress({"looking", static_cast<double>(first + rows), static_cast<double>(info.vertices), -1, {}});
  });
  scale = static_cast<double>(stride);
  return points;
}

/// Widens the node's bounds by what can be seen of the splats.
void bound(LodNode& node, const GaussianModel& model) {
  for (std::size_t row = 0; row < model.size(); ++row) {
    const glm::dmat3 axes = glm::mat3_cast(glm::normalize(
        glm::dquat(model.rotation[0][row], model.rotation[1][row], model.rotation[2][row], model.rotation[3][row])));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      double variance = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        const double part =
            axes[static_cast<int>(k)][static_cast<int>(axis)] * std::exp(static_cast<double>(model.log_scale[k][row]));
        variance += part * part;
      }
      const double at = static_cast<double>(model.position[axis][row]), reach = kReach * std::sqrt(variance);
      constexpr double kFarthest = std::numeric_limits<float>::max();
      const auto least = static_cast<float>(std::max(at - reach, -kFarthest));
      const auto most = static_cast<float>(std::min(at + reach, kFarthest));
      node.low[axis] = std::min(node.low[axis], least), node.high[axis] = std::max(node.high[axis], most);
    }
  }
}

double mass_of(const GaussianModel& model) {
  const std::vector<float> mass = opacity_mass(model);
  return std::accumulate(mass.begin(), mass.end(), 0.0);
}

/// Makes nodes from the leaves up, in the order of the table's depth first; no more than two chunks a level are alive.
class Builder {
 public:
  Builder(const RowStore& rows, std::vector<Part>& parts, LodWriter& writer, const JobContext& job)
      : rows_(rows), parts_(parts), writer_(writer), job_(job) {}

  GaussianModel build(std::uint32_t index) {
    LodNode& node = parts_[index].node;
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    node.low.fill(kInfinity), node.high.fill(-kInfinity);
    GaussianModel model;
    if (node.is_leaf()) {
      model = rows_.read(parts_[index].bucket);
    } else {
      model = build(node.child[0]);
      double mass = mass_of(model), error = mass * square(0, node);
      {
        const GaussianModel other = build(node.child[1]);
        const double mass_of_other = mass_of(other);
        mass += mass_of_other, error += mass_of_other * square(1, node);
        model.append(other);
      }
      job_.throw_if_cancelled();
      MergedSplats merged = merge_splats(model, (model.size() + 1) / 2);
      model = std::move(merged.model);
      // Means of squares add up from level to level: the parts of a part are spread about its mean.
      node.error = static_cast<float>(std::sqrt((mass > 0 ? error / mass : 0) + merged.moved * merged.moved));
      node.change = static_cast<float>(merged.change);
      for (const std::uint32_t child : node.child) {
        const LodNode& below = parts_[child].node;
        node.error = std::max(node.error, below.error), node.level = std::max(node.level, below.level + 1);
        node.change += below.change;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          node.low[axis] = std::min(node.low[axis], below.low[axis]);
          node.high[axis] = std::max(node.high[axis], below.high[axis]);
        }
      }
    }
    model.apply(by_importance(model));
    bound(node, model);
    writer_.write(node, model);
    job_.progress({"merging", static_cast<double>(++done_), static_cast<double>(parts_.size()), -1, {}});
    return model;
  }

 private:
  double square(std::size_t child, const LodNode& node) const {
    const auto error = static_cast<double>(parts_[node.child[child]].node.error);
    return error * error;
  }
  const RowStore& rows_;
  std::vector<Part>& parts_;
  LodWriter& writer_;
  const JobContext& job_;
  std::size_t done_ = 0;
};

}  // namespace

std::size_t lod_chunk(std::uint64_t splats) {
  constexpr std::uint64_t kLeaves = 1024, kLeast = std::uint64_t{1} << 8, kMost = std::uint64_t{1} << 16;
  return static_cast<std::size_t>(std::clamp(splats / kLeaves, kLeast, kMost));
}

LodScene build_lod(const fs::path& ply, const fs::path& out, const LodOptions& options, const JobContext& job) {
  const PlyInfo info = probe_ply(ply);
  if (info.splats && info.vertices == 0) throw Error(ply.string(), "holds no splats", "choose another model");
  double scale = 1;
  std::vector<Point> points = sample(ply, info, scale, job);
  Cuts cuts(std::move(points), scale, options.chunk > 0 ? options.chunk : lod_chunk(info.vertices));
  const LodScene scene{info.sh_degree, options.antialiased, info.vertices};
  LodWriter writer(out, scene, cuts.parts().size());
  RowStore rows(out, info.sh_degree, cuts.buckets());
  stream_splat_ply(ply, [&](const PlyInfo& now, std::uint64_t first, std::size_t count, std::span<const float> values) {
    if (now.vertices != info.vertices || now.sh_degree != info.sh_degree)
      throw Error(ply.string(), "has changed while it was read", "run the command again");
    job.throw_if_cancelled();
    for (std::size_t r = 0; r < count; ++r) rows.add(cuts.bucket_of(point_of(values, count, r)), values, count, r);
    job.progress({"sorting", static_cast<double>(first + count), static_cast<double>(info.vertices), -1, {}});
  });
  Builder(rows, cuts.parts(), writer, job).build(0);
  std::vector<LodNode> nodes;
  for (const Part& part : cuts.parts()) nodes.push_back(part.node);
  writer.finish(nodes);
  return scene;
}

}  // namespace tessera::scene
