// The robust convex program: its data, and the patterns whose cones have room for the adversary.
#pragma once

#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/problem.hpp"
#include "solvers/relu/robust/cone.hpp"
#include "solvers/relu/worst_case_loss.hpp"

namespace nonconvex {

/// The columns of a weight matrix are groups: v_i of all P patterns, then w_i.
struct RobustProgram {
  /// Refuses settings that have no robust program, and more data than the memory has room for.
  RobustProgram(const Cpu& linearAlgebra, const ReluProblem& problem, const ReluSettings& chosen);

  /// Finds the patterns, and keeps those of which a cone has room.
  void choosePatterns();

  int groups() const { return 2 * patterns; }
  double sign(int g) const { return g < patterns ? 1 : -1; }
  RobustCone coneOf(int g) const;

  const Cpu& la;
  const ReluSettings settings;
  const ReluData data;
  const ReluAdversary adversary;  ///< the adversary in the scaled data's units
  const int inputs;               ///< columns without that of the bias
  const WorstCaseLoss loss;

  int found = 0;                              ///< distinct patterns of the gates
  int patterns = 0;                           ///< P, those with room among them
  HostMatrix<double> gates, masks, interior;  ///< d x P, n x P, d x 2P: a point inside of each cone
  std::vector<char> room;                     ///< true for each group whose cone has an interior

 private:
  HostMatrix<double> gatesWithShifts() const;
  void findRoom();
  void keepPatternsWithRoom();

  std::vector<char> ofPositive_, ofNegative_;  // rows that constrain v and w
};

/// ||a - b||^2
double squaredDistance(Mat<const double> a, Mat<const double> b);

}  // namespace nonconvex
