#include "core/control_group.hpp"

#include <fstream>

namespace nonconvex {

std::string controlGroup() {
  std::ifstream membership("/proc/self/cgroup");
  for (std::string line; std::getline(membership, line);) {
    if (line.rfind("0::", 0) == 0) return line.substr(3);
  }
  return {};
}

}  // namespace nonconvex
