// The addon's operators that free memory: as those of the C++ library, but that an aborted solve's large blocks are
// freed once it has its answer. Other libraries of the process keep their own.
#include "core/late_release.hpp"

#if defined(__linux__) && !defined(__EMSCRIPTEN__) && !defined(NONCONVEX_SANITIZED)

#include <malloc.h>

#include <cstdlib>
#include <new>

using nonconvex::KeptBlocks;

void operator delete(void* block) noexcept {
  if (block == nullptr || (KeptBlocks::open() && KeptBlocks::keep(block, malloc_usable_size(block)))) return;
  std::free(block);
}

void operator delete(void* block, std::size_t bytes) noexcept {
  if (block == nullptr || KeptBlocks::keep(block, bytes)) return;
  std::free(block);
}

void operator delete[](void* block) noexcept { operator delete(block); }
void operator delete[](void* block, std::size_t bytes) noexcept { operator delete(block, bytes); }

#endif
