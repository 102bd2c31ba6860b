#include "scene/image_cache.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace tessera::scene {

namespace {

using Key = std::pair<std::size_t, int>;  // view, level
using PicturePtr = std::shared_ptr<const Picture>;

}  // namespace

struct ImageCache::Impl {
  struct Entry {
    std::shared_future<PicturePtr> picture;
    std::size_t bytes = 0;               // 0 while it is being decoded
    std::list<Key>::iterator recency{};  // valid once decoded
  };

  const Dataset& dataset;
  mutable std::mutex mutex;
  std::size_t budget;
  std::size_t held = 0, decodes = 0;
  std::map<Key, Entry> entries;
  std::list<Key> recent;   // decoded ones, latest first
  std::deque<Key> wanted;  // to be decoded ahead
  std::condition_variable work;
  bool stopping = false;
  std::thread ahead;

  Impl(const Dataset& d, std::size_t b) : dataset(d), budget(b), ahead([this] { decode_ahead(); }) {}
  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    work.notify_all();
    ahead.join();
  }

  void evict() {  // under the lock
    while (held > budget && !recent.empty()) {
      const auto oldest = entries.find(recent.back());
      held -= oldest->second.bytes;
      recent.pop_back();
      entries.erase(oldest);
    }
  }

  PicturePtr get(const Key& key) {
    std::unique_lock lock(mutex);
    if (const auto found = entries.find(key); found != entries.end()) {
      if (found->second.bytes != 0) recent.splice(recent.begin(), recent, found->second.recency);
      const std::shared_future<PicturePtr> picture = found->second.picture;
      lock.unlock();
      return picture.get();  // waits for whoever decodes it, and throws what that threw
    }
    std::promise<PicturePtr> promise;
    entries[key].picture = promise.get_future().share();
    ++decodes;
    lock.unlock();

    PicturePtr picture;
    try {
      picture = std::make_shared<const Picture>(load_picture(dataset.views.at(key.first), key.second));
    } catch (...) {
      // Forgotten before it is reported, so that a later get() tries again: the file may have been mended.
      lock.lock();
      entries.erase(key);
      lock.unlock();
      promise.set_exception(std::current_exception());
      throw;
    }
    promise.set_value(picture);
    lock.lock();
    Entry& entry = entries[key];
    entry.bytes = picture->bytes();
    recent.push_front(key);
    entry.recency = recent.begin();
    held += entry.bytes;
    evict();
    return picture;
  }

  void decode_ahead() {
    std::unique_lock lock(mutex);
    while (true) {
      work.wait(lock, [&] { return stopping || !wanted.empty(); });
      if (stopping) return;
      const Key key = wanted.front();
      wanted.pop_front();
      if (entries.contains(key)) continue;
      lock.unlock();
      try {
        get(key);
      } catch (...) {  // the caller's own get() meets the same error and reports it
      }
      lock.lock();
    }
  }
};

ImageCache::ImageCache(const Dataset& dataset, std::size_t budget_bytes)
    : impl_(std::make_unique<Impl>(dataset, budget_bytes)) {}
ImageCache::~ImageCache() = default;

std::shared_ptr<const Picture> ImageCache::get(std::size_t view, int level) { return impl_->get({view, level}); }

void ImageCache::prefetch(std::size_t view, int level) {
  const Key key{view, level};
  const std::lock_guard lock(impl_->mutex);
  if (impl_->entries.contains(key)) return;
  for (const Key& waiting : impl_->wanted)
    if (waiting == key) return;
  impl_->wanted.push_back(key);
  impl_->work.notify_one();
}

void ImageCache::set_budget(std::size_t bytes) {
  const std::lock_guard lock(impl_->mutex);
  impl_->budget = bytes;
  impl_->evict();
}

std::size_t ImageCache::bytes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->held;
}

std::size_t ImageCache::misses() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->decodes;
}

}  // namespace tessera::scene
