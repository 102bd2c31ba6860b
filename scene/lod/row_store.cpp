#include "scene/lod/row_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "scene/error.h"

namespace tessera::scene {
namespace fs = std::filesystem;
namespace {

// Of degree 3: 60 KB, which a disk writes at a stretch; a thousand buckets wait with 60 MB at most.
constexpr std::size_t kBlockRows = 256;

std::size_t planes_of(int sh_degree) {
  GaussianModel none;
  none.resize(0, sh_degree);
  return none.planes().size();
}

}  // namespace

RowStore::RowStore(const fs::path& beside, int sh_degree, std::size_t buckets)
    : beside_(beside), sh_degree_(sh_degree), planes_(planes_of(sh_degree)), buckets_(buckets) {
  const fs::path folder = beside.has_parent_path() ? beside.parent_path() : fs::path(".");
  std::string name = (folder / ".tessera-rows-XXXXXX").string();
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail(errno);
  ::unlink(name.c_str());
}

RowStore::~RowStore() { ::close(descriptor_); }

void RowStore::fail(int error) const {
  throw Error(beside_.string(), std::string("cannot keep its rows beside it: ") + std::strerror(error ? error : EIO),
              error == ENOSPC ? "free as much space as the model takes, and run the command again"
                              : "choose a folder that you may write to");
}

void RowStore::add(std::size_t index, std::span<const float> values, std::size_t stride, std::size_t row) {
  Bucket& bucket = buckets_[index];
  for (std::size_t p = 0; p < planes_; ++p) bucket.waiting.push_back(values[p * stride + row]);
  ++bucket.rows;
  if (bucket.waiting.size() < kBlockRows * planes_) return;
  const auto* bytes = reinterpret_cast<const char*>(bucket.waiting.data());
  bucket.blocks.push_back(end_);
  for (std::size_t left = bucket.waiting.size() * sizeof(float); left > 0;) {
    const ssize_t part = ::pwrite(descriptor_, bytes, left, static_cast<off_t>(end_));
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) fail(part < 0 ? errno : ENOSPC);
    bytes += part, left -= static_cast<std::size_t>(part), end_ += static_cast<std::uint64_t>(part);
  }
  bucket.waiting.clear();
}

GaussianModel RowStore::read(std::size_t index) const {
  const Bucket& bucket = buckets_[index];
  GaussianModel model;
  model.resize(bucket.rows, sh_degree_);
  const auto planes = model.planes();
  std::size_t row = 0;
  const auto take = [&](const std::vector<float>& rows) {
    for (std::size_t at = 0; at < rows.size(); at += planes_, ++row)
      for (std::size_t p = 0; p < planes_; ++p) (*planes[p])[row] = rows[at + p];
  };
  std::vector<float> block(kBlockRows * planes_);
  for (std::uint64_t offset : bucket.blocks) {
    auto* bytes = reinterpret_cast<char*>(block.data());
    for (std::size_t left = block.size() * sizeof(float); left > 0;) {
      const ssize_t part = ::pread(descriptor_, bytes, left, static_cast<off_t>(offset));
      if (part < 0 && errno == EINTR) continue;
      if (part <= 0) fail(part < 0 ? errno : EIO);
      bytes += part, left -= static_cast<std::size_t>(part), offset += static_cast<std::uint64_t>(part);
    }
    take(block);
  }
  take(bucket.waiting);
  return model;
}

}  // namespace tessera::scene
