// Anderson acceleration of ReluSolver's iteration.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/index.hpp"
#include "linalg/blas.hpp"
#include "linalg/cpu.hpp"
#include "methods/acceleration/anderson.hpp"
#include "methods/acceleration/history_kernels.hpp"

namespace nonconvex {

/// Anderson acceleration of a state that is made of the states of several outputs which share nothing: each has
/// coefficients of its own, and believes or takes back its own extrapolations. On the CPU; Anderson (methods/
/// acceleration) has the method.
///
/// Differences are kept in single precision: they are what an iteration reads most of. Extrapolated numbers are off by
/// as much, relative to these differences; a tail that is a linear function of the head is to be made anew now and
/// then.
class OutputAcceleration {
 public:
  /// Entries of the state that belong to the first output; those of the next ones follow, `count` each.
  struct Run {
    int first, count;
  };

  /// The last `tailRuns` runs are the tail that Anderson speaks of.
  OutputAcceleration(const Cpu& la, int memory, std::vector<Run> runs, int tailRuns, int outputs)
      : la_(la), runs_(std::move(runs)), headRuns_(runs_.size() - at(tailRuns)) {
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      size_ += runs_[r].count;
      if (r < headRuns_) head_ += runs_[r].count;
    }
    for (int k = 0; k < outputs; ++k) outputs_.emplace_back(memory, head_, size_);
  }

  void reset() {
    for (Output& output : outputs_) output.control.reset();
  }

  /// `point` is the state, `image` where the iteration takes it; overwrites image with the state to go on from.
  void advance(Vec<const double> point, Vec<double> image) {
    la_.tasks(static_cast<int>(outputs_.size()), [&](int k) { advanceOutput(k, point.data, image.data); });
  }

 private:
  struct Output {
    Output(int memory, int head, int size)
        : differencesF(head, memory, Uninitialized{}),
          differencesG(size, memory, Uninitialized{}),
          lastF(static_cast<std::size_t>(head)),
          lastG(static_cast<std::size_t>(size)),
          nextG(static_cast<std::size_t>(size)),
          factor(static_cast<std::size_t>(memory * memory)) {
      control.memory = memory;
    }

    AndersonControl control;
    HostMatrix<float> differencesF, differencesG;
    HostBuffer<double> lastF, lastG, nextG, factor;
  };

  /// f(first entry of the state, first entry of an output's vectors, count) for the runs of an output.
  template <class F>
  void forRuns(int output, std::size_t runs, const F& f) const {
    int own = 0;
    for (std::size_t r = 0; r < runs; ++r) {
      f(runs_[r].first + output * runs_[r].count, own, runs_[r].count);
      own += runs_[r].count;
    }
  }

  void advanceOutput(int k, const double* s, double* g) {
    Output& output = outputs_[at(k)];
    AndersonControl& control = output.control;
    double sums[AndersonControl::most + 2] = {};
    takeIn(k, s, g, sums);
    const auto norm = [&] { return std::sqrt(square(k, g)); };
    control.addPair(sums, norm, [&](int size) { return solve(output, size); });
    if (control.takenBack) return takeBack(k, g);
    std::swap(output.lastG, output.nextG);
    if (!control.extrapolated) return;
    const HostMatrix<float>& differences = output.differencesG;
    forRuns(k, runs_.size(), [&](int first, int own, int count) {
      loops::subtractCombination(count, control.columnsHeld(), differences.data() + own, differences.rows(),
                                 control.weights, g + first);
    });
    control.checkNorm(square(k, g));
    if (control.takenBack) takeBack(k, g);
  }

  /// The newest differences, and the sums that AndersonControl decides by.
  void takeIn(int k, const double* s, const double* g, double* sums) {
    Output& output = outputs_[at(k)];
    const int column = output.control.column();
    const int columns = output.control.columns();
    forRuns(k, runs_.size(), [&](int first, int own, int count) {
      if (column >= 0) {
        const double* last = output.lastG.data() + own;
        float* to = output.differencesG.column(column) + own;
        for (int i = 0; i < count; ++i) to[i] = static_cast<float>(g[first + i] - last[i]);
      }
      std::copy(g + first, g + first + count, output.nextG.data() + own);
    });
    forRuns(k, headRuns_, [&](int first, int own, int count) {
      double* last = output.lastF.data() + own;
      if (column >= 0) {
        float* to = output.differencesF.column(column) + own;
        for (int i = 0; i < count; ++i) to[i] = static_cast<float>(g[first + i] - s[first + i] - last[i]);
      }
      for (int i = 0; i < count; ++i) last[i] = g[first + i] - s[first + i];
    });
    sums[0] = blas::dot(head_, output.lastF.data(), output.lastF.data());
    if (column < 0) return;
    const float* newest = output.differencesF.column(column);
    for (int i = 0; i < head_; ++i) sums[1] += output.lastF[at(i)] * static_cast<double>(newest[i]);
    loops::addDots(head_, columns, output.differencesF.data(), head_, newest, sums + 2);
  }

  /// Goes on from where the plain iteration was.
  void takeBack(int k, double* g) const {
    const double* last = outputs_[at(k)].lastG.data();
    forRuns(k, runs_.size(), [&](int first, int own, int count) { std::copy_n(last + own, count, g + first); });
  }

  /// ||g||^2 of an output's head.
  double square(int k, const double* g) const {
    double sum = 0;
    forRuns(k, headRuns_, [&](int first, int, int count) { sum += blas::dot(count, g + first, g + first); });
    return sum;
  }

  static bool solve(Output& output, int size) {
    double* factor = output.factor.data();
    double* weights = output.control.weights;
    if (!output.control.regularizedGram(size, factor) || blas::potrfLower(size, factor, size) != 0) return false;
    std::copy(output.control.products, output.control.products + size, weights);
    blas::trsmLower('L', 'N', size, 1, factor, size, weights, size);
    blas::trsmLower('L', 'T', size, 1, factor, size, weights, size);
    return true;
  }

  const Cpu& la_;
  std::vector<Run> runs_;
  std::size_t headRuns_;
  int head_ = 0, size_ = 0;  // numbers of an output in the head runs, and in all
  std::vector<Output> outputs_;
};

}  // namespace nonconvex
