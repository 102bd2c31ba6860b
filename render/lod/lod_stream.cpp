#include "render/lod/lod_stream.h"

#include <algorithm>

#include "scene/error.h"
#include "scene/log.h"
#include "scene/scene_frame.h"

namespace tessera::render {
namespace {

// The Vulkan renderer uploads runs of so many rows, those that have changed: a slot begins with a run.
constexpr std::size_t kRun = 4096;
constexpr float kInvisible = -30;  // opacity logit: nothing is drawn

bool moves(const scene::Similarity& s) {
  return s.scale != 1 || s.rotation != glm::dquat(1, 0, 0, 0) || s.translation != glm::dvec3(0);
}

}  // namespace

LodStream::LodStream(std::shared_ptr<const scene::LodFile> file, const scene::Similarity& scene_from_file,
                     const LodStreamOptions& options)
    : file_(std::move(file)), scene_from_file_(scene_from_file), options_(options) {
  for (const scene::LodNode& node : file_->nodes()) slot_rows_ = std::max<std::size_t>(slot_rows_, node.rows);
  if (slot_rows_ > kRun) slot_rows_ = (slot_rows_ + kRun - 1) / kRun * kRun;
  model_ = std::make_shared<scene::GaussianModel>();
  model_->resize(0, file_->scene().sh_degree);
  shown_model_ = model_;
  held_[0].model = read(0);
  thread_ = std::thread([this] { work(); });
}

LodStream::~LodStream() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

LodStream::Node LodStream::read(std::uint32_t node) const {
  scene::GaussianModel model = file_->read(node);
  if (moves(scene_from_file_)) scene::transform_model(model, scene_from_file_);
  return std::make_shared<const scene::GaussianModel>(std::move(model));
}

void LodStream::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stop_ || !wanted_.empty(); });
    if (stop_) return;
    const std::uint32_t node = wanted_.front();
    wanted_.erase(wanted_.begin());
    if (held_.contains(node)) continue;
    lock.unlock();
    Node model;
    std::string problem;
    try {
      model = read(node);
    } catch (const std::exception& e) {
      problem = e.what();
    }
    lock.lock();
    if (model) {
      held_[node] = {model, updates_};
    } else {
      broken_.insert(node);
      scene::logger("render")->warn("{}", problem);
    }
  }
}

std::vector<std::uint32_t> LodStream::missing(const std::vector<scene::LodPick>& picks) {
  std::vector<std::uint32_t> nodes;
  std::set<std::uint32_t> seen;
  for (const scene::LodPick& pick : picks)
    for (std::uint32_t node = pick.node; node != scene::kNoNode && seen.insert(node).second;
         node = file_->nodes()[node].parent) {
      const auto held = held_.find(node);
      if (held != held_.end())
        held->second.used = updates_;
      else if (!broken_.contains(node))
        nodes.push_back(node);
    }
  std::sort(nodes.begin(), nodes.end(), [this](std::uint32_t a, std::uint32_t b) {
    const auto level = [this](std::uint32_t node) { return file_->nodes()[node].level; };
    return level(a) != level(b) ? level(a) > level(b) : a < b;
  });
  return nodes;
}

std::vector<scene::LodPick> LodStream::available(const std::vector<scene::LodPick>& picks) const {
  const auto nodes = file_->nodes();
  std::set<std::uint32_t> found;
  std::vector<scene::LodPick> all;
  for (scene::LodPick pick : picks) {
    while (!held_.contains(pick.node)) pick = {nodes[pick.node].parent, nodes[nodes[pick.node].parent].rows};
    if (found.insert(pick.node).second) all.push_back(pick);
  }
  // What stands for one node stands for its siblings too.
  std::erase_if(all, [&](const scene::LodPick& pick) {
    for (std::uint32_t above = nodes[pick.node].parent; above != scene::kNoNode; above = nodes[above].parent)
      if (found.contains(above)) return true;
    return false;
  });
  return all;
}

void LodStream::forget() {
  const auto bytes_of = [](const Held& held) { return held.model->bytes(); };
  std::uint64_t bytes = 0;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> unused;
  for (const auto& [node, held] : held_) {
    bytes += bytes_of(held);
    if (held.used < updates_ && node != 0) unused.emplace_back(held.used, node);
  }
  std::sort(unused.begin(), unused.end());
  for (const auto& [used, node] : unused) {
    if (bytes <= options_.memory) return;
    bytes -= bytes_of(held_[node]);
    held_.erase(node);
  }
}

std::uint64_t LodStream::held_bytes() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t bytes = 0;
  for (const auto& [node, held] : held_) bytes += held.model->bytes();
  return bytes;
}

bool LodStream::update(const scene::Camera& camera, bool complete) {
  scene::Camera in_file = camera;
  in_file.cam_from_world = scene::transform_pose(camera.cam_from_world, scene_from_file_.inverse());
  const auto picks = scene::select_lod(file_->nodes(), in_file, options_.budget);
  std::unique_lock lock(mutex_);
  ++updates_;
  if (complete)
    for (const scene::LodPick& pick : picks)
      if (!held_.contains(pick.node)) held_[pick.node].model = read(pick.node);
  wanted_ = complete ? std::vector<std::uint32_t>() : missing(picks);
  settled_ = wanted_.empty();
  if (complete)
    for (const scene::LodPick& pick : picks) held_[pick.node].used = updates_;
  const auto now = available(picks);
  const bool changed = now != shown_;
  if (changed) show(now);
  forget();
  lock.unlock();
  wake_.notify_one();
  return changed;
}

void LodStream::show(const std::vector<scene::LodPick>& picks) {
  std::set<std::uint32_t> placed;
  std::vector<std::size_t> changed;
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].rows == 0) continue;
    if (std::find(picks.begin(), picks.end(), slots_[slot]) != picks.end())
      placed.insert(slots_[slot].node);
    else
      slots_[slot].rows = 0, changed.push_back(slot);
  }
  std::size_t slot = 0;
  for (const scene::LodPick& pick : picks) {
    if (placed.contains(pick.node)) continue;
    while (slot < slots_.size() && slots_[slot].rows > 0) ++slot;
    if (slot == slots_.size()) slots_.emplace_back();
    slots_[slot] = pick, changed.push_back(slot);
  }
  while (!slots_.empty() && slots_.back().rows == 0) slots_.pop_back();
  for (std::vector<float>* plane : model_->planes()) plane->resize(slots_.size() * slot_rows_);
  for (const std::size_t s : changed)
    if (s < slots_.size()) fill(s, slots_[s].rows ? held_.at(slots_[s].node).model.get() : nullptr, slots_[s].rows);
  shown_ = picks, splats_ = 0;
  for (const scene::LodPick& pick : picks) splats_ += pick.rows;
}

void LodStream::fill(std::size_t slot, const scene::GaussianModel* node, std::size_t rows) {
  const auto to = model_->planes();
  const std::size_t begin = slot * slot_rows_;
  const auto at = [&](std::vector<float>& plane, std::size_t row) {
    return plane.begin() + static_cast<std::ptrdiff_t>(begin + row);
  };
  for (std::size_t p = 0; p < to.size(); ++p) {
    if (node) std::copy_n(node->planes()[p]->begin(), rows, at(*to[p], 0));
    std::fill(at(*to[p], rows), at(*to[p], slot_rows_), 0.0f);
  }
  std::fill(at(model_->rotation[0], rows), at(model_->rotation[0], slot_rows_), 1.0f);
  std::fill(at(model_->opacity_logit, rows), at(model_->opacity_logit, slot_rows_), kInvisible);
}

}  // namespace tessera::render
