#include "methods/quadratic/bounded_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/blas.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {

BoundedQuadratic::BoundedQuadratic(int most)
    : factor_(most, most), trial_(at(most)), slopes_(at(most)), free_(at(most)), refused_(at(most)) {
  list_.reserve(at(most));
}

QuadraticEnd BoundedQuadratic::solve(const BoundedQuadraticProblem& problem, Out x) {
  const int mostSteps = 3 * factor_.rows();  // safeguard: a problem takes about as many as it has free variables
  begin(problem, x);
  int entering = -1;
  for (steps_ = 0; steps_ < mostSteps; ++steps_) {
    for (;;) {
      const Inside inside = solveOnFree(problem, x);
      if (inside == Inside::singular) return QuadraticEnd::singular;
      if (inside == Inside::all) break;
      stepToBound(problem, x);
    }
    if (entering >= 0 && free_[at(entering)] != 0) std::fill(refused_.begin(), refused_.end(), 0);
    if (entering >= 0 && free_[at(entering)] == 0) refused_[at(entering)] = 1;
    entering = mostWanted(problem, x);
    if (entering < 0) return QuadraticEnd::solved;
    free_[at(entering)] = 1;
  }
  return QuadraticEnd::stepLimit;
}

void BoundedQuadratic::begin(const BoundedQuadraticProblem& problem, Out x) {
  std::fill(refused_.begin(), refused_.end(), 0);
  for (std::size_t j = 0; j < x.size(); ++j) {
    x[j] = std::max(problem.lower[j], std::min(x[j], problem.upper[j]));
    free_[j] = x[j] > problem.lower[j] && x[j] < problem.upper[j] ? 1 : 0;
  }
}

/// trial := the minimiser over the free variables, and x := it if it is inside of the bounds.
BoundedQuadratic::Inside BoundedQuadratic::solveOnFree(const BoundedQuadraticProblem& problem, Out x) {
  list_.clear();
  for (int j = 0; j < static_cast<int>(x.size()); ++j) {
    if (free_[at(j)] != 0) list_.push_back(j);
  }
  const int m = static_cast<int>(list_.size());
  if (m == 0) return Inside::all;
  for (int c = 0; c < m; ++c) {
    const int j = list_[at(c)];
    for (int r = c; r < m; ++r) factor_(r, c) = problem.G(list_[at(r)], j);
    factor_(c, c) += problem.ridge * m;
    trial_[at(c)] = problem.r[at(j)];
  }
  for (int k = 0; k < static_cast<int>(x.size()); ++k) {
    if (free_[at(k)] != 0 || x[at(k)] == 0) continue;
    for (int c = 0; c < m; ++c) trial_[at(c)] -= problem.G(list_[at(c)], k) * x[at(k)];
  }
  if (blas::potrfLower(m, factor_.data(), factor_.rows()) != 0) return Inside::singular;
  blas::trsv('L', 'N', m, factor_.data(), factor_.rows(), trial_.data());
  blas::trsv('L', 'T', m, factor_.data(), factor_.rows(), trial_.data());
  for (int c = 0; c < m; ++c) {
    const std::size_t j = at(list_[at(c)]);
    if (!(trial_[at(c)] > problem.lower[j] && trial_[at(c)] < problem.upper[j])) return Inside::nothing;
  }
  for (int c = 0; c < m; ++c) x[at(list_[at(c)])] = trial_[at(c)];
  return Inside::all;
}

/// Moves x towards the trial until a variable meets a bound, where it is held.
void BoundedQuadratic::stepToBound(const BoundedQuadraticProblem& problem, Out x) {
  double share = 1, bound = 0;
  std::size_t leaving = at(list_.front());
  for (std::size_t c = 0; c < list_.size(); ++c) {
    const std::size_t j = at(list_[c]);
    const double now = x[j], then = trial_[c];
    if (then > problem.lower[j] && then < problem.upper[j]) continue;
    const double meets = then >= problem.upper[j] ? problem.upper[j] : problem.lower[j];
    const double until = now != meets && std::isfinite(then) ? (now - meets) / (now - then) : 0;
    if (until > share) continue;
    share = until;
    leaving = j;
    bound = meets;
  }
  for (std::size_t c = 0; c < list_.size() && share > 0; ++c) {
    const std::size_t j = at(list_[c]);
    x[j] = std::max(problem.lower[j], std::min(x[j] + share * (trial_[c] - x[j]), problem.upper[j]));
  }
  x[leaving] = bound;
  free_[leaving] = 0;
}

/// The variable at a bound whose slope leads inwards most; -1: none does.
int BoundedQuadratic::mostWanted(const BoundedQuadraticProblem& problem, In x) {
  for (std::size_t j = 0; j < x.size(); ++j) slopes_[j] = -problem.r[j];
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (x[k] != 0) axpy(x[k], {problem.G.column(static_cast<int>(k)), x.size()}, Out(slopes_).first(x.size()));
  }
  int wanted = -1;
  double most = problem.accuracy;
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (free_[j] != 0 || refused_[j] != 0 || problem.lower[j] == problem.upper[j]) continue;
    const double inwards = x[j] == problem.lower[j] ? -slopes_[j] : slopes_[j];
    if (inwards <= most) continue;
    most = inwards;
    wanted = static_cast<int>(j);
  }
  return wanted;
}

}  // namespace nonconvex
