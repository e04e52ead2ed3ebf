#include "solvers/sparse/trend/trend_filter.hpp"

#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

/// The problem, checked.
const TrendFilterProblem& checked(const TrendFilterProblem& problem, int degree) {
  const std::size_t n = problem.y.size(), least = at(degree) + 2;
  require(n >= least, "y.length", n, "expected at least " + show(least) + " for degree " + show(degree));
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    squares += (problem.sampleWeight.empty() ? 1 : problem.sampleWeight[i]) * square(problem.y[i]);
  }
  require(std::isfinite(squares), "sum of squares of y", squares,
          "expected numbers whose weighted squares have a finite sum");
  requireMemory(8.0 * static_cast<double>(n) * (25 + static_cast<double>(problem.lambdas.size())),
                "trends of y with " + show(n) + " numbers need");
  return problem;
}

}  // namespace

TrendFiltering::TrendFiltering(const Cpu& la, const TrendFilterProblem& problem, const TrendFilterSettings& settings)
    : problem_(checked(problem, settings.degree)),
      settings_(settings),
      trend_(la, problem.y, problem.sampleWeight, settings.degree) {
  out_.knotOffsets.push_back(0);
}

std::optional<Status> TrendFiltering::start() {
  trend_.fitPolynomial();
  objectiveOfPolynomial_ = trend_.objective();
  out_.lambdaMax = trend_.largestMultiplier();
  return problem_.lambdas.empty() ? std::optional(Status::solved) : std::nullopt;
}

/// Pieces that are constant: exact.
void TrendFiltering::denoise(double lambda) {
  u_.resize(problem_.y.size());
  variation_.denoise(problem_.y, lambda, u_, problem_.sampleWeight);
  trend_.take(u_);
  trend_.measure(lambda);
}

std::optional<Status> TrendFiltering::step() {
  const double lambda = problem_.lambdas[out_.objectives.size()];
  if (lambda >= out_.lambdaMax) {
    trend_.fitPolynomial();
    trend_.measure(lambda);
  } else if (lambda == 0) {
    trend_.take(problem_.y);
    trend_.measure(lambda);
  } else if (settings_.degree == 0) {
    denoise(lambda);
  } else {
    reached_ = trend_.minimize(lambda, settings_.tolerance * objectiveOfPolynomial_) && reached_;
  }
  record();
  if (out_.objectives.size() < problem_.lambdas.size()) return std::nullopt;
  return reached_ ? Status::solved : Status::stalled;
}

void TrendFiltering::record() {
  const std::span<const double> u = trend_.values();
  out_.fitted.insert(out_.fitted.end(), u.begin(), u.end());
  out_.objectives.push_back(trend_.objective());
  const double gap = objectiveOfPolynomial_ > 0 ? trend_.gap() / objectiveOfPolynomial_ : 0;
  out_.certificate.push_back(boundedByGap(trend_.objective(), gap, objectiveOfPolynomial_));
  out_.certificate.back().lowerBound = trend_.objective() - trend_.gap();
  for (const int row : trend_.knots()) out_.knots.push_back(row + settings_.degree);
  out_.knotOffsets.push_back(static_cast<int>(out_.knots.size()));
}

Progress TrendFiltering::progress() const {
  Progress now;
  if (out_.objectives.empty()) return now;
  now.objective = out_.objectives.back();
  now.lowerBound = out_.certificate.back().lowerBound;
  now.residual = out_.certificate.back().gap;
  return now;
}

TrendFilterSolution TrendFiltering::solution() const { return out_; }

}  // namespace nonconvex
