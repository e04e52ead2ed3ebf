#include "core/monitor.hpp"

#include <chrono>

namespace nonconvex {

double Stopwatch::now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace nonconvex
