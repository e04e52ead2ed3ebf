#include "problems/feasible_start.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

namespace {

/// Newton's steps of least length towards c(x) = 0, from a point to which the problem has been moved.
class LeastSteps {
 public:
  explicit LeastSteps(Nlp& nlp)
      : nlp_(nlp),
        pattern_(nlp.jacobianPattern()),
        values_(pattern_.nonzeros()),
        transposed_(nlp.variables(), nlp.constraints()),
        square_(nlp.constraints(), nlp.constraints()),
        c_(nlp.constraints(), 1),
        step_(nlp.variables(), 1) {}

  /// ||c||_inf; infinite where an entry is not finite.
  double violation() {
    const std::span<double> c(c_.data(), static_cast<std::size_t>(nlp_.constraints()));
    nlp_.constraintValues(c);
    double size = 0;
    for (const double value : c) {
      if (!std::isfinite(value)) return std::numeric_limits<double>::infinity();
      size = std::max(size, std::abs(value));
    }
    return size;
  }

  /// x -= J^T (J J^T)^{-1} c with the c of the last violation(); false, and x as it was, where J J^T is singular.
  bool step(std::span<double> x) {
    nlp_.jacobian(values_);
    std::size_t next = 0;
    for (int i = 0; i < nlp_.constraints(); ++i) {
      for (const int j : pattern_.line(i)) transposed_(j, i) = values_[next++];
    }
    la_.syrk(1, transposed_, 0, square_);
    if (!la_.cholesky(square_)) return false;
    la_.choleskySolve(square_, c_);
    la_.gemm(Transpose::no, Transpose::no, 1, transposed_, c_, 0, step_);
    for (int j = 0; j < nlp_.variables(); ++j) x[static_cast<std::size_t>(j)] -= step_(j, 0);
    return true;
  }

 private:
  Nlp& nlp_;
  const SparsePattern& pattern_;
  const Cpu la_;
  std::vector<double> values_;
  HostMatrix<double> transposed_, square_, c_, step_;
};

}  // namespace

bool moveToFeasible(Nlp& nlp, std::span<double> x, const GiveUp& giveUp) {
  constexpr int mostSteps = 40;
  constexpr double mostOperations = 1e8;  // a step of more operations is not made
  constexpr double fewOperations = 1e6;   // a step of fewer operations is made whatever giveUp says
  constexpr double feasible = 1e-11;      // the target for ||c||, absolute or relative to the first ||c||
  requireEqualityConstraints(nlp, "a feasible start");
  const int n = nlp.variables(), m = nlp.constraints();
  if (m == 0) return true;
  const double operations = 1.0 * m * m * n;
  if (operations > mostOperations) return false;
  std::vector<double> point(x.begin(), x.end());
  LeastSteps steps(nlp);
  double first = 0;
  for (int k = 0; k <= mostSteps; ++k) {
    if (giveUp && operations > fewOperations && giveUp()) return false;
    nlp.moveTo(point);
    const double violation = steps.violation();
    if (!std::isfinite(violation)) return false;
    if (k == 0) first = violation;
    if (violation <= feasible * std::max(1.0, first)) {
      std::copy(point.begin(), point.end(), x.begin());
      return true;
    }
    if (!steps.step(point)) return false;
  }
  return false;
}

std::vector<double> FeasibleStart::get(const GiveUp& giveUp) const {
  const auto gaveUp = [&] { return giveUp && giveUp(); };
  const auto moved = moved_.get(
      [&]() -> std::shared_ptr<const std::vector<double>> {
        std::vector<double> x = given_;
        if (!moveToFeasible(*constraints_.open(), x, giveUp) && gaveUp()) return nullptr;
        return std::make_shared<const std::vector<double>>(std::move(x));
      },
      gaveUp);
  return moved ? *moved : given_;
}

}  // namespace nonconvex
