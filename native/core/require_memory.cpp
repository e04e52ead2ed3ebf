#include "core/require_memory.hpp"

#include <cmath>
#include <string>

#include "core/error.hpp"
#include "core/late_release.hpp"
#include "core/memory.hpp"

namespace nonconvex {

namespace {

constexpr double few = 5e7;  // bytes: to look up what is available takes longer than to try

}  // namespace

void requireMemory(double bytes, double available, std::string_view subject, std::string_view advice) {
  if (bytes <= available) return;
  std::string sentence = std::string(subject) + " " + show(std::ceil(bytes / 1e6)) + " MB, of which " +
                         show(std::floor(available / 1e6)) + " MB are available";
  if (!advice.empty()) sentence += "; " + std::string(advice);
  throw Error(ErrorKind::solver, sentence, "OUT_OF_MEMORY");
}

bool hasMemory(double bytes) {
  if (bytes <= few) return true;
  if (bytes > availableMemory()) awaitReleases();
  return bytes <= availableMemory();
}

void requireMemory(double bytes, std::string_view subject, std::string_view advice) {
  if (!hasMemory(bytes)) requireMemory(bytes, availableMemory(), subject, advice);
}

}  // namespace nonconvex
