#pragma once

#include <cstddef>

namespace tessera::test {

/// Bytes taken by operator new above what was held when the meter was made. Only in programs that link
/// memory_meter.cpp, which replaces operator new and delete; std::bad_alloc is thrown beyond 1 GiB, so that a runaway
/// request shows as an exception.
class MemoryMeter {
 public:
  MemoryMeter();
  std::size_t peak() const;

 private:
  std::size_t before_;
};

}  // namespace tessera::test
