#include "render/vulkan/device_model.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include "scene/parallel.h"

namespace tessera::render::vulkan {
namespace {

// Degree-3 coefficients of so many splats are 56 MiB, splats 32, what is drawn of them 32: below the 128 MiB that any
// Vulkan device binds at once.
constexpr std::size_t kChunkRows = std::size_t{1} << 20;
constexpr std::size_t kRunsAtOnce = 64;  // packed and sent together: 22 MiB of staging at most
constexpr std::size_t kMuchRoom = 4;     // times what is needed is given back
constexpr std::size_t kRun = kRunRows;

/// Four lanes of multiply and rotate; never 0. For telling changes, not for keeping secrets.
std::uint64_t hash_of(std::span<const std::byte> bytes) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
  std::uint64_t lanes[4] = {kOdd, kOdd << 1, kOdd << 2, kOdd << 3};
  std::size_t i = 0;
  for (; i + 32 <= bytes.size(); i += 32) {
    std::uint64_t words[4];
    std::memcpy(words, bytes.data() + i, 32);
    for (int k = 0; k < 4; ++k) lanes[k] = std::rotl((lanes[k] ^ words[k]) * kOdd, 29);
  }
  std::uint64_t rest[4] = {bytes.size(), 0, 0, 0};
  if (i < bytes.size()) std::memcpy(rest, bytes.data() + i, bytes.size() - i);
  std::uint64_t hash = bytes.size();
  for (int k = 0; k < 4; ++k) hash = std::rotl((hash ^ lanes[k] ^ rest[k]) * kOdd, 31);
  return hash ? hash : 1;
}

Buffer make_buffer(Device& device, std::uint64_t bytes, const char* what) {
  return {device, bytes, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT, Where::device, what};
}

}  // namespace

std::uint64_t DeviceModel::splat_bytes(std::size_t rows) { return rows * sizeof(PackedSplat); }

std::uint64_t DeviceModel::harmonic_bytes(std::size_t rows, int sh_degree) {
  const std::size_t runs = (rows + kRun - 1) / kRun;
  return sizeof(std::uint32_t) * (runs * bound_words(sh_degree) + rows * std::uint64_t{harmonic_words(sh_degree)});
}

DeviceModel::~DeviceModel() { clear(); }

void DeviceModel::clear() {
  for (Chunk& chunk : chunks_) device_.retire(std::move(chunk));
  chunks_.clear();
}

bool DeviceModel::fit(std::size_t rows) {
  bool changed = false;
  const std::size_t chunks = (rows + kChunkRows - 1) / kChunkRows;
  while (chunks_.size() > chunks) {
    device_.retire(std::move(chunks_.back()));
    chunks_.pop_back();
    changed = true;
  }
  for (std::size_t i = 0; i < chunks; ++i) {
    if (i == chunks_.size()) chunks_.emplace_back();
    Chunk& chunk = chunks_[i];
    const std::size_t begin = i * kChunkRows, count = std::min(kChunkRows, rows - begin);
    const std::size_t runs = (count + kRun - 1) / kRun;
    chunk.first_row = static_cast<std::uint32_t>(begin), chunk.rows = static_cast<std::uint32_t>(count);
    if (runs > chunk.splat_hashes.size() || runs < chunk.splat_hashes.size() / kMuchRoom) {
      // A model that has grown will grow again.
      const bool grows = chunk.splats && runs > chunk.splat_hashes.size();
      const std::size_t room = std::min(grows ? runs + runs / 4 : runs, kChunkRows / kRun);
      device_.retire(std::move(chunk.splats));
      device_.retire(std::move(chunk.harmonics));
      chunk.splats = make_buffer(device_, splat_bytes(room * kRun), "model/splats");
      chunk.harmonics = make_buffer(device_, harmonic_bytes(room * kRun, sh_degree_), "model/harmonics");
      chunk.splat_hashes.assign(room, 0), chunk.harmonic_hashes.assign(room, 0);
      changed = true;
    }
  }
  return changed;
}

bool DeviceModel::set(const scene::GaussianModel& model, std::span<const std::uint32_t> selection) {
  const bool other_degree = model.sh_degree() != sh_degree_;
  if (other_degree) clear();
  sh_degree_ = model.sh_degree();
  try {
    const bool changed = fit(selection.empty() ? model.size() : selection.size()) || other_degree;
    for (Chunk& chunk : chunks_) upload(model, selection, chunk);
    return changed;
  } catch (...) {
    clear();
    throw;
  }
}

void DeviceModel::upload(const scene::GaussianModel& model, std::span<const std::uint32_t> selection, Chunk& chunk) {
  struct Run {
    std::vector<PackedSplat> splats;
    std::vector<std::uint32_t> harmonics;
    std::uint64_t splat_hash = 0, harmonic_hash = 0;
  };
  struct Copies {
    std::vector<VkBufferCopy> splats, harmonics;
    std::uint64_t bytes = 0;
  };
  const std::size_t runs = (chunk.rows + kRun - 1) / kRun;
  std::array<std::uint64_t, 2> tickets{};  // of what was sent last: no more than two staging buffers are alive
  for (std::size_t first = 0; first < runs; first += kRunsAtOnce) {
    std::vector<Run> packed(std::min(kRunsAtOnce, runs - first));
    scene::parallel_for(std::size_t{0}, packed.size(), [&](std::size_t i) {
      const std::size_t begin = (first + i) * kRun;
      const Rows rows{selection, chunk.first_row + begin, std::min(kRun, chunk.rows - begin)};
      Run& run = packed[i];
      run.splats = pack_splats(model, rows), run.harmonics = pack_harmonics(model, rows);
      run.splat_hash = hash_of(std::as_bytes(std::span(run.splats)));
      run.harmonic_hash = hash_of(std::as_bytes(std::span(run.harmonics)));
    });
    Copies copies;
    std::vector<std::span<const std::byte>> parts;
    const auto take = [&](std::uint64_t& known, std::uint64_t hash, std::span<const std::byte> bytes, std::size_t at,
                          std::vector<VkBufferCopy>& to) {
      if (known == hash || bytes.empty()) return;
      known = hash;
      to.push_back({copies.bytes, at, bytes.size()});
      copies.bytes += bytes.size();
      parts.push_back(bytes);
    };
    for (std::size_t i = 0; i < packed.size(); ++i) {
      const std::size_t run = first + i;
      take(chunk.splat_hashes[run], packed[i].splat_hash, std::as_bytes(std::span(packed[i].splats)),
           splat_bytes(run * kRun), copies.splats);
      take(chunk.harmonic_hashes[run], packed[i].harmonic_hash, std::as_bytes(std::span(packed[i].harmonics)),
           harmonic_bytes(run * kRun, sh_degree_), copies.harmonics);
    }
    if (copies.bytes == 0) continue;
    if (tickets[0]) device_.wait(tickets[0]);
    Buffer staging(device_, copies.bytes, VK_BUFFER_USAGE_TRANSFER_SRC_BIT, Where::upload, "staging");
    std::byte* to = staging.mapped();
    for (const auto& part : parts) to = std::copy(part.begin(), part.end(), to);
    tickets[0] = tickets[1];
    tickets[1] = device_.submit([&](VkCommandBuffer commands) {
      // What still reads the buffers, and what will.
      barrier(device_, commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, VK_PIPELINE_STAGE_TRANSFER_BIT,
              VK_ACCESS_TRANSFER_WRITE_BIT);
      const auto copy = [&](const std::vector<VkBufferCopy>& regions, const Buffer& target) {
        if (!regions.empty())
          device_.f().vkCmdCopyBuffer(commands, staging.handle(), target.handle(),
                                      static_cast<std::uint32_t>(regions.size()), regions.data());
      };
      copy(copies.splats, chunk.splats);
      copy(copies.harmonics, chunk.harmonics);
      barrier(device_, commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
              VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_ACCESS_MEMORY_READ_BIT);
    });
    device_.retire(std::move(staging));
    uploaded_bytes_ += copies.bytes;
  }
}

std::vector<std::uint32_t> most_important_rows(const scene::GaussianModel& model, std::size_t count) {
  std::vector<std::uint32_t> rows(model.size());
  std::iota(rows.begin(), rows.end(), 0u);
  if (count >= rows.size()) return rows;
  std::vector<float> importance(model.size());  // its logarithm
  scene::parallel_blocks(std::size_t{0}, model.size(), kRun, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const float a = model.log_scale[0][i], b = model.log_scale[1][i], c = model.log_scale[2][i];
      // ln of the sigmoid, without overflow.
      const float logit = model.opacity_logit[i];
      const float opacity = logit < 0 ? logit - std::log1p(std::exp(logit)) : -std::log1p(std::exp(-logit));
      importance[i] = opacity + a + b + c - std::min({a, b, c});
    }
  });
  // Equal ones in the order of their rows: the same rows on any machine.
  std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                   [&](std::uint32_t i, std::uint32_t j) {
                     return importance[i] > importance[j] || (importance[i] == importance[j] && i < j);
                   });
  rows.resize(count);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace tessera::render::vulkan
