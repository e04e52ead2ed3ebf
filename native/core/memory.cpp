#include "core/memory.hpp"

#ifdef _WIN32
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#elif defined(__EMSCRIPTEN__)
#include <emscripten/heap.h>
#include <malloc.h>
#include <unistd.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <string>

#include "core/control_group.hpp"
#include "core/file.hpp"
#include "core/late_release.hpp"

namespace nonconvex {

#ifdef _WIN32

double availableMemory() {
  MEMORYSTATUSEX status{};
  status.dwLength = sizeof status;
  return GlobalMemoryStatusEx(&status) ? static_cast<double>(status.ullAvailPhys) : 0;
}

#elif defined(__EMSCRIPTEN__)

/// The bytes that the heap may still grow by, and the free ones within it.
double availableMemory() {
  const auto begun = reinterpret_cast<std::uintptr_t>(sbrk(0));
  return static_cast<double>(emscripten_get_heap_max()) - static_cast<double>(begun) +
         static_cast<double>(mallinfo().fordblks);
}

#else

namespace {

double numberIn(const std::string& file, double otherwise) {
  const std::vector<std::string> words = wordsOf(file);
  return words.empty() ? otherwise : integerOr(otherwise, words[0]);  // "max" is none
}

/// The number behind a word of a file of lines "word number".
double numberAfter(const std::string& file, std::string_view word, double otherwise) {
  const std::vector<std::string> words = wordsOf(file);
  const auto found = std::find(words.begin(), words.end(), word);
  return words.end() - found > 1 ? integerOr(otherwise, found[1]) : otherwise;
}

/// The bytes that a control group leaves: its limit and its use stand in files of these names; `ofFiles` names the part
/// of the use that caches files.
double leftBy(const std::string& group, const char* limitFile, const char* usedFile, const char* ofFiles) {
  constexpr double none = std::numeric_limits<double>::infinity();
  const double limit = numberIn(group + limitFile, none);
  const double used = limit < none ? numberIn(group + usedFile, 0) : 0;
  return limit < none ? limit - used + numberAfter(group + "memory.stat", ofFiles, 0) : none;
}

}  // namespace

double availableMemory() {
  const double all = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  double available = std::min(all, 1024 * numberAfter("/proc/meminfo", "MemAvailable:", all / 1024));
  // Version 2: every group up to the root may set a limit.
  std::string path = controlGroup();
  for (;;) {
    available =
        std::min(available, leftBy("/sys/fs/cgroup" + path + "/", "memory.max", "memory.current", "inactive_file"));
    if (path.empty() || path == "/") break;
    path.erase(path.rfind('/'));
  }
  available = std::min(available, leftBy("/sys/fs/cgroup/memory/", "memory.limit_in_bytes", "memory.usage_in_bytes",
                                         "total_inactive_file"));
  return std::max(0.0, available);
}

#endif

namespace {

/// Zeros of at least this size come from calloc, which asks the system for them; smaller ones are written into memory
/// from new.
constexpr std::size_t manyZeros = std::size_t{1} << 20;
constexpr std::size_t line = 64;  // bytes of a cache line

}  // namespace

void* takeMemory(std::size_t bytes, bool zeros) noexcept {
  if (bytes > std::numeric_limits<std::size_t>::max() - line) return nullptr;
  const bool byCalloc = zeros && bytes >= manyZeros;
  void* const all = byCalloc ? std::calloc(1, bytes + line) : ::operator new(bytes + line, std::nothrow);
  if (all == nullptr) return nullptr;
  // Memory from either is aligned for a pointer, so that there is room for one in front of the next line. Its last bit,
  // which is free, says whose memory it is.
  const auto begin = reinterpret_cast<std::uintptr_t>(all);
  char* const taken = static_cast<char*>(all) + (line - begin % line);
  reinterpret_cast<std::uintptr_t*>(taken)[-1] = begin | (byCalloc ? 1 : 0);
  if (zeros && !byCalloc) std::memset(taken, 0, bytes);
  return taken;
}

void giveMemory(void* taken) noexcept {
  if (taken == nullptr) return;
  const std::uintptr_t begin = static_cast<std::uintptr_t*>(taken)[-1];
  void* const all = reinterpret_cast<void*>(begin & ~std::uintptr_t{1});
  if ((begin & 1) != 0) {
    if (!KeptBlocks::keep(all, manyZeros)) std::free(all);
  } else {
    ::operator delete(all);
  }
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
