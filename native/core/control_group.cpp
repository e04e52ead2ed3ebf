#include "core/control_group.hpp"

#include "core/file.hpp"

namespace nonconvex {

std::string controlGroup() {
  for (const std::string& line : linesOf("/proc/self/cgroup")) {
    if (line.rfind("0::", 0) == 0) return line.substr(3);
  }
  return {};
}

}  // namespace nonconvex
