#include "core/require_memory.hpp"

#include <cmath>
#include <string>

#include "core/error.hpp"
#include "core/late_release.hpp"
#include "core/memory.hpp"

namespace nonconvex {

void requireMemory(double bytes, double available, std::string_view subject, std::string_view advice) {
  if (bytes <= available) return;
  throw Error(ErrorKind::solver,
              std::string(subject) + " " + show(std::ceil(bytes / 1e6)) + " MB, of which " +
                  show(std::floor(available / 1e6)) + " MB are available" + std::string(advice),
              "OUT_OF_MEMORY");
}

void requireMemory(double bytes, std::string_view subject, std::string_view advice) {
  constexpr double few = 5e7;
  if (bytes <= few) return;
  if (bytes > availableMemory()) awaitReleases();
  requireMemory(bytes, availableMemory(), subject, advice);
}

}  // namespace nonconvex
