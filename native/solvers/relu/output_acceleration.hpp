// Anderson acceleration of ReluSolver's iteration.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "core/index.hpp"
#include "methods/acceleration/anderson.hpp"

namespace nonconvex {

/// Anderson acceleration of a state that is made of the states of several outputs which share nothing: each has
/// coefficients of its own, and believes or takes back its own extrapolations. On the CPU.
class OutputAcceleration {
 public:
  /// Entries of the state that belong to the first output; those of the next ones follow, `count` each.
  struct Run {
    int first, count;
  };

  /// The last `tailRuns` runs are the tail that Anderson speaks of.
  OutputAcceleration(const Cpu& la, int memory, std::vector<Run> runs, int tailRuns, int outputs)
      : la_(la), serial_(la.serial()), runs_(std::move(runs)) {
    int size = 0;
    int tail = 0;
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      size += runs_[r].count;
      if (r + at(tailRuns) >= runs_.size()) tail += runs_[r].count;
    }
    for (HostMatrix<double>* m : {&points_, &images_}) *m = HostMatrix<double>(size, outputs);
    for (int k = 0; k < outputs; ++k) {
      outputs_.push_back(std::make_unique<Anderson<Cpu>>(serial_, memory, size - tail, size));
    }
  }

  void reset() {
    for (const auto& output : outputs_) output->reset();
  }

  void advance(Vec<const double> point, Vec<double> image) {
    la_.tasks(static_cast<int>(outputs_.size()), [&](int k) {
      double* from = points_.column(k);
      double* to = images_.column(k);
      for (const Run& run : runs_) {
        const int begin = run.first + k * run.count;
        from = std::copy(point.data + begin, point.data + begin + run.count, from);
        to = std::copy(image.data + begin, image.data + begin + run.count, to);
      }
      const int size = points_.rows();
      outputs_[at(k)]->advance({points_.column(k), size}, {images_.column(k), size});
      const double* made = images_.column(k);
      for (const Run& run : runs_) {
        std::copy(made, made + run.count, image.data + run.first + k * run.count);
        made += run.count;
      }
    });
  }

 private:
  const Cpu& la_;
  Cpu serial_;
  std::vector<Run> runs_;
  HostMatrix<double> points_, images_;  // a column an output
  std::vector<std::unique_ptr<Anderson<Cpu>>> outputs_;
};

}  // namespace nonconvex
