// The loss of networks on the segment between two of them.
#pragma once

#include <algorithm>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/discrete/alignNetworks/layered_network.hpp"
#include "solvers/discrete/alignNetworks/problem.hpp"

namespace nonconvex {

/// Rows as columns with a one below each, and what networks make of them.
class NetworkRows {
 public:
  struct Tuning {
    /// safeguard: Rows that go through a network together, so that their values stay in the cache.
    static constexpr int together = 256;
  };

  NetworkRows(const Cpu& la, const AlignProblem& problem);

  int count() const { return x_.cols(); }
  /// Calls f(first row, values) for parts of the rows with the values of all layers of a network.
  template <class F>
  void each(const LayeredNetwork& network, LayerValues& values, F&& f) const {
    for (int first = 0; first < count(); first += Tuning::together) {
      values.run(network, x_.columns(first, std::min(Tuning::together, count() - first)));
      f(first);
    }
  }
  /// Rows from `first` on.
  Mat<const double> part(int first) const { return x_.columns(first, std::min(Tuning::together, count() - first)); }

 private:
  HostMatrix<double> x_;
};

/// Losses at equally spaced points from one network to another, one point after the other.
class SegmentCourse {
 public:
  SegmentCourse(const Cpu& la, const AlignProblem& problem, const NetworkRows& rows, const LayeredNetwork& like,
                int points);

  /// Looks at point k.
  void look(int k, const LayeredNetwork& from, const LayeredNetwork& to);
  /// Losses of all points, after the last one.
  SegmentLosses losses() const;

 private:
  double add(Mat<const double> outputs, int first);

  const AlignProblem& problem_;
  const NetworkRows& rows_;
  int points_;
  LayeredNetwork between_;
  LayerValues values_;
  std::vector<double> loss_, accuracy_;
  double right_ = 0;
};

}  // namespace nonconvex
