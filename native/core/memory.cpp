#include "core/memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>

namespace nonconvex {

double availableMemory() {
  double available = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  std::ifstream meminfo("/proc/meminfo");
  for (std::string key; meminfo >> key;) {
    double kilobytes = 0;
    if (key == "MemAvailable:" && meminfo >> kilobytes) available = std::min(available, 1024 * kilobytes);
  }
  std::ifstream limitFile("/sys/fs/cgroup/memory.max");
  std::ifstream usedFile("/sys/fs/cgroup/memory.current");
  double limit = 0;
  double used = 0;
  if (limitFile >> limit && usedFile >> used) available = std::min(available, limit - used);
  return available;
}

void wishLargePages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef MADV_HUGEPAGE
  constexpr std::size_t page = std::size_t{2} << 20;
  if (bytes < 2 * page) return;
  const std::size_t gap = (page - reinterpret_cast<std::uintptr_t>(memory) % page) % page;
  const std::size_t whole = (bytes - gap) / page * page;
  madvise(static_cast<char*>(memory) + gap, whole, MADV_HUGEPAGE);
#endif
}

}  // namespace nonconvex
