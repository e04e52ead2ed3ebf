#include "core/memory.hpp"

#include <unistd.h>

#include <algorithm>
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

}  // namespace nonconvex
