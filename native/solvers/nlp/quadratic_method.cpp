#include "solvers/nlp/quadratic_method.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "problems/abilities.hpp"

namespace nonconvex {
namespace {

std::vector<double> boundsOf(std::span<const double> given, std::size_t count, double missing) {
  std::vector<double> bounds(count);
  for (std::size_t k = 0; k < count; ++k) bounds[k] = boundAt(given, k, missing);
  return bounds;
}

/// The program in numbers: its derivatives at 0.
ConvexQuadratic programOf(Nlp& nlp) {
  const auto n = at(nlp.variables()), m = at(nlp.constraints());
  nlp.moveTo(std::vector<double>(n, 0.0));
  ConvexQuadratic program;
  program.q = {nlp.hessianPattern(), std::vector<double>(nlp.hessianPattern().nonzeros())};
  nlp.hessian(1, std::vector<double>(m, 0.0), program.q.values);
  program.c.resize(n);
  nlp.gradient(program.c);
  program.g = {nlp.jacobianPattern(), std::vector<double>(nlp.jacobianPattern().nonzeros())};
  nlp.jacobian(program.g.values);
  std::vector<double> constants(m);
  nlp.constraintValues(constants);
  program.lower = boundsOf(nlp.variableBounds().lower, n, -infinity);
  program.upper = boundsOf(nlp.variableBounds().upper, n, infinity);
  program.atLeast = boundsOf(nlp.constraintBounds().lower, m, 0);
  program.atMost = boundsOf(nlp.constraintBounds().upper, m, 0);
  for (std::size_t i = 0; i < m; ++i) {
    program.atLeast[i] -= constants[i];
    program.atMost[i] -= constants[i];
  }
  return program;
}

/// Adds item k to the list of a side that it is at: nearer to it than its multiplier is large, or no further than
/// rounding. A box that is as narrow as rounding has the side that the multiplier says, an equation has both.
void addActive(double value, double multiplier, double low, double high, std::size_t k,
               std::vector<std::int32_t>& atLow, std::vector<std::int32_t>& atHigh) {
  const double rounding = 1e-12 * std::max(1.0, std::abs(value));
  const bool below = value - low <= std::max(rounding, -multiplier),
             above = high - value <= std::max(rounding, multiplier);
  if (below && (!above || low == high || multiplier <= 0)) atLow.push_back(static_cast<std::int32_t>(k));
  if (above && (!below || low == high || multiplier > 0)) atHigh.push_back(static_cast<std::int32_t>(k));
}

}  // namespace

bool QuadraticMethod::takes(const Cpu& la, Nlp& nlp) {
  auto* const known = nlp.find<KnownCurvature>();
  if (known == nullptr || !nlp.facts().linearConstraints || nlp.facts().approximateHessian) return false;
  const auto n = at(nlp.variables());
  nlp.moveTo(std::vector<double>(n, 0.0));
  const std::vector<double> low(n, -infinity), high(n, infinity), none(at(nlp.constraints()), 0.0);
  const auto convexity = known->convexity(la, low, high, none);
  return convexity && convexity->quadratic;
}

QuadraticMethod::QuadraticMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la),
      reportIterates_(problem.reportIterates),
      nlp_(problem.nlp.open(la)),
      program_(programOf(*nlp_)),
      constant_(nlp_->objective()),
      tolerance_(settings.tolerance),
      method_(la, program_, settings.tolerance) {}

std::optional<Status> QuadraticMethod::start() { return method_.start(); }

std::optional<Status> QuadraticMethod::step() {
  // Programs that have a solution take 70 iterations at most.
  constexpr int most = 200;
  if (++iterations_ > most) return Status::stalled;
  const auto status = method_.step();
  if (status != Status::solved) return status;
  if (!confirmed()) return Status::stalled;
  kind_ = method_.kind();
  return status;
}

/// What checkOptimality asks beside the method's own tests.
bool QuadraticMethod::confirmed() const {
  constexpr double gradient = 1, product = 1e-4, large = 100, most = 1e8;
  const QuadraticErrors& e = method_.errors();
  const double scale = objectiveScale();
  const auto divisor = [&](double sum, int count) {
    return std::min(most, std::max(large, scale * sum / std::max(1, count)) / large) / scale;
  };
  return rowsHold() &&
         e.gradient <= std::min(gradient, tolerance_ * divisor(e.sumOfMultipliers, e.sides + program_.rows())) &&
         e.complementarity <= std::min(product, tolerance_ * divisor(e.sumOfSides, e.sides));
}

/// Returns true if no row is missed by more than the tolerance, in units in which its entries are 100 at most.
bool QuadraticMethod::rowsHold() const {
  constexpr double large = 100;
  std::vector<double> values(at(program_.rows()));
  multiplyRows(program_, method_.point().x, values);
  const SparsePattern& rows = program_.g.pattern;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double largest = large;
    for (std::size_t k = at(rows.offsets[i]); k < at(rows.offsets[i + 1]); ++k) {
      largest = std::max(largest, std::abs(program_.g.values[k]));
    }
    const double missed = std::max(program_.atLeast[i] - values[i], values[i] - program_.atMost[i]);
    if (missed * (large / largest) > tolerance_) return false;
  }
  return true;
}

/// What the objective is scaled down by: Ipopt's rule, with the gradient at the solution.
double QuadraticMethod::objectiveScale() const {
  constexpr double large = 100;
  std::vector<double> gradient(at(program_.variables()));
  multiplyHessian(program_, method_.point().x, gradient);
  double largest = 0;
  for (std::size_t j = 0; j < gradient.size(); ++j) largest = std::max(largest, std::abs(gradient[j] + program_.c[j]));
  return largest > large ? large / largest : 1;
}

NlpProgress QuadraticMethod::progress() const {
  const QuadraticErrors& errors = method_.errors();
  NlpProgress now;
  now.objective = errors.objective + constant_;
  now.residual = std::max(errors.violation, errors.gradient);
  now.feasibility = errors.violation;
  now.barrier = method_.mu();
  now.phase = NlpPhase::quadratic;
  if (reportIterates_) {
    now.x = std::make_shared<std::vector<double>>(method_.point().x);
    now.multipliers = std::make_shared<std::vector<double>>(method_.point().y);
  }
  return now;
}

NlpSolution QuadraticMethod::solution() const {
  const QuadraticPoint& point = method_.point();
  const auto n = point.x.size(), m = point.y.size();
  NlpSolution s;
  s.x = point.x;
  s.multipliers = point.y;
  s.lowerMultipliers.resize(n);
  s.upperMultipliers.resize(n);
  for (std::size_t j = 0; j < n; ++j) {
    s.lowerMultipliers[j] = std::max(0.0, -point.z[j]);
    s.upperMultipliers[j] = std::max(0.0, point.z[j]);
    addActive(point.x[j], point.z[j], program_.lower[j], program_.upper[j], j, s.activeLower, s.activeUpper);
  }
  nlp_->moveTo(s.x);
  s.constraintValues.resize(m);
  nlp_->constraintValues(s.constraintValues);
  std::vector<double> rows(m);
  multiplyRows(program_, s.x, rows);
  for (std::size_t i = 0; i < m; ++i) {
    const double low = program_.atLeast[i], high = program_.atMost[i];
    if (low != high) addActive(rows[i], point.y[i], low, high, i, s.activeConstraints, s.activeConstraints);
  }
  const QuadraticErrors& errors = method_.errors();
  s.residual = s.unscaledResidual = std::max(errors.violation, errors.gradient);
  s.feasibility = errors.violation;
  s.complementarity = errors.complementarity;
  s.phase = NlpPhase::quadratic;
  s.inertia = {.positive = kind_.curved, .negative = 0, .zero = kind_.flat};
  s.degenerate = kind_.weak;
  s.polished = method_.polished();
  s.barrier = method_.mu();
  s.counts.factorization = method_.factorizations();
  s.counts.phases = 1;
  s.objectiveScale = objectiveScale();
  s.constraintScales.assign(m, 1.0);
  return s;
}

}  // namespace nonconvex
