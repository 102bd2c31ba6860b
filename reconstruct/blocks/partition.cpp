#include "reconstruct/blocks/partition.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "scene/error.h"

namespace tessera::reconstruct {
namespace {

constexpr std::size_t kMostNodes = 1u << 20;  // of a file: half a million cells is no plan

Rect side_of(Rect rect, int axis, double at, int side) {
  (side ? rect.low : rect.high)[axis] = at;
  return rect;
}

[[noreturn]] void refuse(const std::string& subject, const std::string& problem) {
  throw scene::Error(subject, problem, "make the plan anew");
}

double number_of(const nlohmann::json& object, const char* key, const std::string& subject) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_number() || !std::isfinite(it->get<double>()))
    refuse(subject, std::string(key) + " is no number");
  return it->get<double>();
}

glm::dvec2 pair_of(const nlohmann::json& object, const char* key, const std::string& subject) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_array() || it->size() != 2 || !(*it)[0].is_number() || !(*it)[1].is_number())
    refuse(subject, std::string(key) + " is not two numbers");
  return {(*it)[0].get<double>(), (*it)[1].get<double>()};
}

}  // namespace

Partition::Partition(CellFrame frame, Outside outside) : frame_(frame), outside_(outside) {
  check(frame_.region);
  nodes_.push_back({.rect = frame_.root()});
  number();
}

void Partition::check(const Rect& rect) const {
  const glm::dvec2 size = rect.size();
  if (!(size.x > 0) || !(size.y > 0) || !std::isfinite(size.x) || !std::isfinite(size.y))
    throw scene::Error("partition", "a cell would have no area", "choose another place for the cut");
}

std::uint32_t Partition::owner_at(const glm::dvec2& p) const {
  if (outside_ == Outside::background && !frame_.contracted && !frame_.region.contains(p)) return cells();
  std::uint32_t at = 0;
  while (nodes_[at].axis >= 0) at = nodes_[at].child[p[nodes_[at].axis] < nodes_[at].at ? 0 : 1];
  return nodes_[at].cell;
}

void Partition::number() {
  leaves_.clear();
  const std::function<void(std::uint32_t)> visit = [&](std::uint32_t at) {
    if (nodes_[at].axis < 0) {
      nodes_[at].cell = cells();
      leaves_.push_back(at);
      return;
    }
    for (const std::uint32_t child : nodes_[at].child) visit(child);
  };
  visit(0);
}

std::vector<std::uint32_t> Partition::inner_nodes() const {
  std::vector<std::uint32_t> inner;
  const std::function<void(std::uint32_t)> visit = [&](std::uint32_t at) {
    if (nodes_[at].axis < 0) return;
    inner.push_back(at);
    for (const std::uint32_t child : nodes_[at].child) visit(child);
  };
  visit(0);
  return inner;
}

std::vector<std::uint32_t> Partition::neighbours(std::uint32_t id) const {
  std::vector<std::uint32_t> found;
  const Rect a = cell(id);
  for (std::uint32_t other = 0; other < cells(); ++other) {
    if (other == id) continue;
    const Rect b = cell(other);
    const auto overlap = [&](int axis) {
      return std::min(a.high[axis], b.high[axis]) - std::max(a.low[axis], b.low[axis]);
    };
    // Edges that touch are cuts of one tree: the very same numbers.
    if ((overlap(0) > 0 && overlap(1) == 0) || (overlap(0) == 0 && overlap(1) > 0)) found.push_back(other);
  }
  return found;
}

std::vector<Partition::Cut> Partition::cuts() const {
  std::vector<Cut> all;
  for (const std::uint32_t i : inner_nodes()) all.push_back({nodes_[i].axis, nodes_[i].at, nodes_[i].rect});
  return all;
}

void Partition::split(std::uint32_t id, int axis, double at) {
  const std::uint32_t parent = leaves_.at(id);
  const Rect rect = nodes_[parent].rect;
  for (int side = 0; side < 2; ++side) check(side_of(rect, axis, at, side));
  for (int side = 0; side < 2; ++side) {
    nodes_[parent].child[side] = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({.rect = side_of(rect, axis, at, side)});
  }
  nodes_[parent].axis = axis, nodes_[parent].at = at;
  number();
}

void Partition::lay_out(std::uint32_t at, const Rect& rect) {
  Node& node = nodes_[at];
  if (node.axis >= 0) {
    const double share = (node.at - node.rect.low[node.axis]) / node.rect.size()[node.axis];
    node.at = rect.low[node.axis] + share * rect.size()[node.axis];
    for (int side = 0; side < 2; ++side) lay_out(node.child[side], side_of(rect, node.axis, node.at, side));
  }
  node.rect = rect;
}

void Partition::move_cut(std::size_t cut, double at) {
  const std::uint32_t moved = inner_nodes().at(cut);
  const int axis = nodes_[moved].axis;
  for (int side = 0; side < 2; ++side) check(side_of(nodes_[moved].rect, axis, at, side));
  nodes_[moved].at = at;
  for (int side = 0; side < 2; ++side) lay_out(nodes_[moved].child[side], side_of(nodes_[moved].rect, axis, at, side));
}

void Partition::merge(std::size_t cut) {
  nodes_[inner_nodes().at(cut)].axis = -1;
  // Anew without the nodes that nothing leads to any more.
  std::vector<Node> kept;
  const std::function<std::uint32_t(std::uint32_t)> copy = [&](std::uint32_t at) {
    const auto place = static_cast<std::uint32_t>(kept.size());
    kept.push_back(nodes_[at]);
    if (nodes_[at].axis >= 0)
      for (int side = 0; side < 2; ++side) {
        const std::uint32_t child = copy(nodes_[at].child[side]);
        kept[place].child[side] = child;
      }
    return place;
  };
  copy(0);
  nodes_ = std::move(kept);
  number();
}

nlohmann::json Partition::json() const {
  nlohmann::json tree = nlohmann::json::array();  // cuts in the order of cuts(); null is a cell
  const std::function<void(std::uint32_t)> visit = [&](std::uint32_t at) {
    if (nodes_[at].axis < 0) return tree.push_back(nullptr);
    tree.push_back({{"axis", nodes_[at].axis == 0 ? "u" : "v"}, {"at", nodes_[at].at}});
    for (const std::uint32_t child : nodes_[at].child) visit(child);
  };
  visit(0);
  return {{"angle", frame_.angle},
          {"low", {frame_.region.low.x, frame_.region.low.y}},
          {"high", {frame_.region.high.x, frame_.region.high.y}},
          {"contracted", frame_.contracted},
          {"outside", outside_ == Outside::background ? "background" : "nearest"},
          {"tree", tree}};
}

Partition Partition::from_json(const nlohmann::json& json, const std::string& subject) {
  if (!json.is_object()) refuse(subject, "partition is no object");
  CellFrame frame;
  frame.angle = number_of(json, "angle", subject);
  frame.region = {pair_of(json, "low", subject), pair_of(json, "high", subject)};
  const auto contracted = json.find("contracted");
  if (contracted == json.end() || !contracted->is_boolean()) refuse(subject, "contracted is neither true nor false");
  frame.contracted = contracted->get<bool>();
  const auto outside = json.find("outside");
  if (outside == json.end() || (*outside != "background" && *outside != "nearest"))
    refuse(subject, "outside is neither background nor nearest");
  const auto tree = json.find("tree");
  if (tree == json.end() || !tree->is_array() || tree->empty() || tree->size() > kMostNodes)
    refuse(subject, "tree is no list of cuts");
  try {
    Partition partition(frame, *outside == "background" ? Outside::background : Outside::nearest);
    // Depth first: every entry is the next node whose place is open.
    std::vector<std::uint32_t> open{0};
    for (const auto& entry : *tree) {
      if (open.empty()) refuse(subject, "tree has more entries than its cuts have sides");
      const std::uint32_t at = open.back();
      open.pop_back();
      if (entry.is_null()) continue;
      if (!entry.is_object() || !entry.contains("axis") || (entry["axis"] != "u" && entry["axis"] != "v"))
        refuse(subject, "a cut's axis is neither u nor v");
      const int axis = entry["axis"] == "u" ? 0 : 1;
      const double cut = number_of(entry, "at", subject);
      const Rect rect = partition.nodes_[at].rect;
      for (int side = 0; side < 2; ++side) {
        partition.check(side_of(rect, axis, cut, side));
        partition.nodes_[at].child[side] = static_cast<std::uint32_t>(partition.nodes_.size());
        partition.nodes_.push_back({.rect = side_of(rect, axis, cut, side)});
      }
      partition.nodes_[at].axis = axis, partition.nodes_[at].at = cut;
      open.push_back(partition.nodes_[at].child[1]);
      open.push_back(partition.nodes_[at].child[0]);
    }
    if (!open.empty()) refuse(subject, "tree ends before its cuts have both sides");
    partition.number();
    return partition;
  } catch (const scene::Error& e) {
    refuse(subject, e.what());
  }
}

std::vector<double> cell_loads(const Partition& partition, std::span<const Load> loads) {
  std::vector<double> sums(partition.cells() + 1);
  for (const Load& load : loads) sums[partition.owner_at(load.at)] += load.weight;
  return sums;
}

Balance balance_of(const Partition& partition, std::span<const double> loads) {
  Balance balance;
  const auto n = static_cast<double>(partition.cells());
  double sum = 0, square = 0, most = 0;
  for (std::uint32_t i = 0; i < partition.cells(); ++i) {
    sum += loads[i], square += loads[i] * loads[i], most = std::max(most, loads[i]);
    const glm::dvec2 size = partition.cell(i).size();
    balance.worst_aspect = std::max(balance.worst_aspect, std::max(size.x, size.y) / std::min(size.x, size.y));
  }
  const double mean = sum / n;
  if (mean > 0) {
    balance.max_over_mean = most / mean;
    balance.variation = std::sqrt(std::max(square / n - mean * mean, 0.0)) / mean;
  }
  return balance;
}

}  // namespace tessera::reconstruct
