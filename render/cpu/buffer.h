#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace tessera::render {

/// Grow-only scratch memory on cache-line boundaries: no initialisation, contents lost when it grows. Growth has some
/// headroom, so that views of slightly different cost share one allocation.
template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// At least `n` elements, contents unspecified.
  T* reserve(std::size_t n) {
    if (n > capacity_) {
      const std::size_t wanted = n + n / 4 + 64;
      data_.reset();
      capacity_ = 0;
      data_.reset(static_cast<T*>(::operator new (wanted * sizeof(T), std::align_val_t{kAlign})));
      capacity_ = wanted;
    }
    return data_.get();
  }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t bytes() const { return capacity_ * sizeof(T); }

 private:
  static constexpr std::size_t kAlign = 64;
  struct Free {
    void operator()(T* p) const { ::operator delete (p, std::align_val_t{kAlign}); }
  };
  std::unique_ptr<T, Free> data_;
  std::size_t capacity_ = 0;
};

}  // namespace tessera::render
