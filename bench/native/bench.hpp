// What the C++ benchmarks share: time, lines of JSON, arguments.
#pragma once

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <utility>

#include "core/monitor.hpp"

namespace nonconvex::bench {

/// Processor seconds of this process, all threads together.
inline double cpuSeconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Processor seconds of the calling thread.
inline double callingSeconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Wall and processor time of the parts of a run between `start` and `stop`.
class Timer {
 public:
  void start() {
    wallBegin_ = watch_.seconds();
    cpuBegin_ = cpuSeconds();
  }
  void stop() {
    wall_ += watch_.seconds() - wallBegin_;
    cpu_ += cpuSeconds() - cpuBegin_;
  }
  double wall() const { return wall_; }
  double cpu() const { return cpu_; }

 private:
  Stopwatch watch_;
  double wallBegin_ = 0, cpuBegin_ = 0, wall_ = 0, cpu_ = 0;
};

/// One line {"name":number, ...} on standard output.
inline void printLine(std::initializer_list<std::pair<const char*, double>> members, const char* separator = "{") {
  for (const auto& [name, value] : members) {
    if (std::isfinite(value)) {
      std::printf("%s\"%s\":%.12g", separator, name, value);
    } else {
      std::printf("%s\"%s\":null", separator, name);
    }
    separator = ",";
  }
  std::printf("}\n");
  std::fflush(stdout);
}

/// Prints the members as a line of JSON with a name in front.
inline void printLine(const std::string& name, std::initializer_list<std::pair<const char*, double>> members) {
  printLine(members, ("{\"name\":\"" + name + "\",").c_str());
}

/// Seconds of one call, the best of many: what the machine can do, not what its other users leave.
template <class F>
double best(F&& f) {
  double least = INFINITY;
  const Stopwatch total;
  f();
  for (int i = 0; i < 5 || (total.seconds() < 0.25 && i < 2000); ++i) {
    const Stopwatch watch;
    f();
    least = std::min(least, watch.seconds());
  }
  return least;
}

inline double argument(int argc, char** argv, int i, double fallback) {
  return i < argc ? std::atof(argv[i]) : fallback;
}

}  // namespace nonconvex::bench
