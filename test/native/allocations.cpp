// Replaces new and delete of a test program by functions that count.
#include "allocations.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

// All of new and delete is replaced below, by malloc's family; some optimisation levels see only half of it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

std::atomic<long> allocations = 0;

namespace {
void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* memory = nullptr;
  return posix_memalign(&memory, alignment, size > 0 ? size : 1) == 0 ? memory : nullptr;
}
void* orThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

void* operator new(std::size_t size) { return orThrow(counted(size, alignof(std::max_align_t))); }
void* operator new[](std::size_t size) { return orThrow(counted(size, alignof(std::max_align_t))); }
void* operator new(std::size_t size, std::align_val_t a) { return orThrow(counted(size, static_cast<std::size_t>(a))); }
void* operator new[](std::size_t size, std::align_val_t a) {
  return orThrow(counted(size, static_cast<std::size_t>(a)));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t a, const std::nothrow_t&) noexcept {
  return counted(size, static_cast<std::size_t>(a));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
