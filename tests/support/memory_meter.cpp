#include "tests/support/memory_meter.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> held{0}, highest{0};
constexpr std::size_t kLargest = std::size_t{1} << 30;

void* take(std::size_t bytes, std::size_t alignment) {
  // What is asked for counts, granted or not.
  std::size_t now = held += bytes;
  std::size_t top = highest;
  while (now > top && !highest.compare_exchange_weak(top, now)) {
  }
  held -= bytes;
  void* memory = nullptr;
  if (bytes <= kLargest)
    memory = alignment <= alignof(std::max_align_t)
                 ? std::malloc(bytes)
                 : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (!memory) throw std::bad_alloc();
  held += malloc_usable_size(memory);
  return memory;
}

void give(void* memory) {
  if (!memory) return;
  held -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) { return take(bytes ? bytes : 1, 1); }
void* operator new[](std::size_t bytes) { return take(bytes ? bytes : 1, 1); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return take(bytes ? bytes : 1, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return take(bytes ? bytes : 1, static_cast<std::size_t>(alignment));
}
// The library's own would call those above; a sanitizer's do not, and what they give would be taken back here.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept try {
  return take(bytes ? bytes : 1, 1);
} catch (const std::bad_alloc&) {
  return nullptr;
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept try {
  return take(bytes ? bytes : 1, 1);
} catch (const std::bad_alloc&) {
  return nullptr;
}
void operator delete(void* memory) noexcept { give(memory); }
void operator delete[](void* memory) noexcept { give(memory); }
void operator delete(void* memory, std::size_t) noexcept { give(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { give(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { give(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { give(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { give(memory); }

namespace tessera::test {

MemoryMeter::MemoryMeter() : before_(held) { highest = before_; }

std::size_t MemoryMeter::peak() const { return highest - before_; }

}  // namespace tessera::test
