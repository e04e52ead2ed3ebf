// Rows of different classes whose balls meet.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/discrete/adversarialBayes/problem.hpp"

namespace nonconvex {

/// Pairs of rows of different classes within a distance, each from both of its rows, by rising number.
class ConflictGraph {
 public:
  struct Tuning {
    static constexpr double meets = 1e-12;  ///< rounding: relative error of a distance
    static constexpr double flat = 1e-13;   ///< rounding: relative size of a pivot that counts as 0
  };
  struct Neighbour {
    int row = 0;
    double distance = 0;
  };

  ConflictGraph(const Cpu& la, const AdversarialBayesProblem& problem, double radius);

  int rows() const { return static_cast<int>(begin_.size()) - 1; }
  /// Pairs of a row within the radius that the graph was made for.
  std::span<const Neighbour> of(int row) const {
    const std::size_t i = static_cast<std::size_t>(row);
    return std::span(neighbours_).subspan(begin_[i], begin_[i + 1] - begin_[i]);
  }
  /// Returns true if balls of this radius meet whose centres have this distance.
  static bool meet(double distance, double radius);

 private:
  std::vector<std::size_t> begin_;
  std::vector<Neighbour> neighbours_;
};

/// Returns true if balls of the radius around rows that meet pairwise have a common point. In the largest norm they do
/// (E. Helly, "Ueber Mengen konvexer Koerper mit gemeinschaftlichen Punkten", 1923), in the Euclidean one if the
/// smallest ball around the rows has at most the radius.
bool haveCommonPoint(const AdversarialBayesProblem& problem, std::span<const int> rows, double radius);

}  // namespace nonconvex
