// Steps of a loss of classes, whose second derivatives are no diagonal matrix.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/krylov/pcg.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/working_set.hpp"
#include "solvers/sparse/quadratic/class_metric.hpp"
#include "solvers/sparse/quadratic/quadratic.hpp"

namespace nonconvex {

/// Quadratics with all second derivatives of classes, by the coefficients that are not 0 or not to stay there, and
/// where these are too many, Newton steps on the support by products with the rows.
class ClassSteps {
 public:
  ClassSteps(const Cpu& la, const SparseData& data, bool intercept, WorkingSet& set);

  /// Whether the next quadratic is the one with all second derivatives; chooses its coefficients.
  bool areTaken(const PenaltyAt& penalty, double tolerance);
  /// Sets the working set's coefficients to the minimum of that quadratic. False where it is not to be had.
  bool minimize(const PenaltyAt& penalty, const Goal& goal, double stretch);
  /// Whether the second derivatives serve for the next step as well.
  void keep(bool serve) { serve_ = serve; }
  /// Sets the working set's coefficients to the end of a Newton step on the support. False where there is none.
  bool newtonStep(const PenaltyAt& penalty);
  /// What the intercepts move by with the coefficients.
  std::span<const double> moves() const { return moves_; }

 private:
  struct Tuning {
    static constexpr double mostNumbers = 4e7;       ///< safeguard: numbers that all second derivatives may take
    static constexpr double shareHeld = 1e-4;        ///< safeguard: curvature given to a sum that only bounds limit
    static constexpr int mostDirections = 60;        ///< safeguard: conjugate gradients of one Newton step
    static constexpr double accuracyOfStep = 0.05;   ///< measured: residual of a Newton step beside the first one
    static constexpr double leastCurvature = 1e-12;  ///< rounding: least curvature of an intercept
  };

  void findFree(const PenaltyAt& penalty);
  bool solveOnRows(Support& support);
  void multiplyByCurvature(const Support& support, std::span<const double> v, std::span<double> out);
  void clip(const PenaltyAt& penalty, std::span<const double> before, std::span<double> after) const;

  const Cpu& la_;
  const SparseData& data_;
  bool intercept_;
  WorkingSet& set_;
  ClassMetric metric_;
  Quadratic quadratic_;  ///< the quadratic with all second derivatives
  bool serve_ = false;
  std::vector<int> working_, free_;
  std::vector<double> sums_, moves_, step_, places_, diagonal_;
  Pcg conjugateGradients_;
};

/// The intercepts of classes, and their coefficients of columns without penalty, mean something only beside each other:
/// they sum to 0 afterwards, the latter as nearly as bounds let them.
void centreClasses(const SparseData& data, PathModel& model);

}  // namespace nonconvex
