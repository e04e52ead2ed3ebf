#include "solvers/nlp/simplex_method.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/index.hpp"
#include "core/interval.hpp"
#include "core/require_memory.hpp"
#include "methods/interior_point/farkas.hpp"
#include "methods/quadratic/recession.hpp"
#include "problems/abilities.hpp"
#include "solvers/nlp/least_violation.hpp"
#include "solvers/nlp/quadratic_method.hpp"
#include "solvers/nlp/warm_start.hpp"

namespace nonconvex {
namespace {

void requireLinear(bool linear, const char* what) {
  require(linear, "method", nameOf(NlpMethod::simplex),
          std::string("expected 'auto' or 'interiorPoint', since ") + what +
              ": simplex is for linear programs, in which nothing has second derivatives");
}

/// The numbers of a linear program; throws for others.
ConvexQuadratic linearProgramOf(const Cpu& la, Nlp& nlp, double& constant) {
  auto* const known = nlp.find<KnownCurvature>();
  const NlpFacts facts = nlp.facts();
  requireLinear(facts.linearConstraints, "constraints are not known to be linear");
  requireLinear(known != nullptr && !facts.approximateHessian, "formulas of the objective are not known");
  const double n = nlp.variables(), m = nlp.constraints();
  requireMemory(8 * n * std::min(n, m) + 400 * (n + m),
                "n = " + show(nlp.variables()) + " variables and m = " + show(nlp.constraints()) +
                    " constraints with method 'simplex', whose inverse of the basis is dense, need",
                "the default method takes sparse factors");
  ConvexQuadratic program = convexQuadraticOf(nlp, constant);
  const auto zero = [](double value) { return value == 0; };
  requireLinear(std::all_of(program.q.values.begin(), program.q.values.end(), zero),
                "Q, the Hessian of the objective, is not 0");
  const std::vector<double> low(at(nlp.variables()), -infinity), high(low.size(), infinity);
  const std::vector<double> none(at(nlp.constraints()));
  const auto convexity = known->convexity(la, low, high, 1, none);
  requireLinear(convexity && convexity->quadratic, "the objective is not linear");
  return program;
}

/// What rounding may have done to the sides of rows, from which the rows' constants were taken.
std::vector<double> errorsOfSides(Nlp& nlp, const ConvexQuadratic& program) {
  nlp.moveTo(std::vector<double>(at(nlp.variables()), 0.0));
  std::vector<double> constants(at(nlp.constraints())), errors(constants.size());
  nlp.constraintValues(constants);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    for (const auto& [sides, given] : {std::pair(nlp.constraintBounds().lower, program.atLeast[i]),
                                       std::pair(nlp.constraintBounds().upper, program.atMost[i])}) {
      const double side = sides.empty() ? 0 : sides[i];
      const bool exact = std::isinf(side) || (side - given == constants[i] && given + constants[i] == side);
      if (!exact) errors[i] = std::max(errors[i], machineEpsilon * std::abs(given));
    }
  }
  return errors;
}

/// Takes bounds that are larger than any number that matters for none.
void openFarBounds(ConvexQuadratic& program, double none) {
  for (auto* lower : {&program.lower, &program.atLeast})
    for (double& bound : *lower) bound = bound <= -none ? -infinity : bound;
  for (auto* upper : {&program.upper, &program.atMost})
    for (double& bound : *upper) bound = bound >= none ? infinity : bound;
}

}  // namespace

SimplexMethod::SimplexMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la),
      problem_(problem),
      answer_(la, problem, settings),
      program_(linearProgramOf(la, *problem.nlp.open(la), constant_)),
      simplex_(program_.variables()),
      stop_([this] { return la_.ending(); }) {
  sideErrors_ = errorsOfSides(*problem.nlp.open(la), program_);
  openFarBounds(program_, Tuning::none);
}

std::optional<Status> SimplexMethod::start() {
  if (const auto& place = answer_.nlp().contradiction()) {
    proof_ = contradictionProof(program_.variables(), program_.rows(),
                                place->row ? std::nullopt : std::optional(place->index),
                                answer_.nlp().lowerOf(*place) - answer_.nlp().upperOf(*place));
    return Status::infeasible;
  }
  if (!answer_.begins()) return std::nullopt;  // what is not finite ends the solve at its first check
  begin();
  return std::nullopt;
}

/// Hands the program over, with the basis of the solution of a program near by, where one was given.
void SimplexMethod::begin() {
  const ScaledQuadratic scaled(la_, program_);
  simplex_.setColumnScales(scaled.columns);
  const SparsePattern& rows = program_.g.pattern;
  for (int i = 0; i < program_.rows(); ++i) {
    const std::span<const double> values =
        std::span(program_.g.values).subspan(at(rows.offsets[at(i)]), rows.line(i).size());
    simplex_.addRow(rows.line(i), values, program_.atLeast[at(i)], program_.atMost[at(i)]);
  }
  simplex_.setCost(program_.c);
  simplex_.setBounds(program_.lower, program_.upper);
  if (!WarmStart(problem_).given()) return;
  std::vector<double> y(at(program_.rows())), r(at(program_.variables()));
  for (std::size_t i = 0; i < problem_.multipliers.size(); ++i) y[i] = -problem_.multipliers[i];
  for (std::size_t j = 0; j < problem_.lowerMultipliers.size(); ++j) r[j] += problem_.lowerMultipliers[j];
  for (std::size_t j = 0; j < problem_.upperMultipliers.size(); ++j) r[j] -= problem_.upperMultipliers[j];
  simplex_.setNear(problem_.start, y, r);
}

std::optional<Status> SimplexMethod::step() {
  const LpStatus status = simplex_.solveForVertex(&stop_, Tuning::pivots);
  take();
  la_.checkpoint();
  end_ = ended(status);
  return end_;
}

/// Takes the simplex method's point, with multipliers by the signs of quadratic programs.
void SimplexMethod::take() {
  point_.x.assign(simplex_.x().begin(), simplex_.x().end());
  point_.y.assign(at(program_.rows()), 0.0);
  for (std::size_t i = 0; i < simplex_.multipliers().size(); ++i) point_.y[i] = 0 - simplex_.multipliers()[i];
  point_.z.resize(point_.x.size());
  for (std::size_t j = 0; j < point_.z.size(); ++j) {
    const double r = simplex_.reducedCosts()[j], bound = r > 0 ? program_.lower[j] : program_.upper[j];
    point_.z[j] = std::isfinite(bound) && point_.x[j] == bound ? 0 - r : 0;
  }
  errors_ = errorsOf(program_, point_);
}

std::optional<Status> SimplexMethod::ended(LpStatus status) {
  switch (status) {
    case LpStatus::optimal:
      if (answer_.confirms(point_)) return Status::solved;
      break;
    case LpStatus::infeasible:
      if (provesInfeasible()) return Status::infeasible;
      break;
    case LpStatus::unbounded:
      if (provesUnbounded()) return Status::unbounded;
      break;
    case LpStatus::iterationLimit:
      return std::nullopt;
    default:
      break;
  }
  return Status::stalled;
}

bool SimplexMethod::provesInfeasible() {
  const std::span<const double> scales = answer_.nlp().model().constraintScales();
  std::vector<double> y;
  double most = 0;
  for (std::size_t i = 0; i < simplex_.ray().size(); ++i) {
    y.push_back(-simplex_.ray()[i]);
    most = std::max(most, std::abs(y[i] / scales[i]));
  }
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = std::abs(y[i] / scales[i]) > Tuning::multiplier * most ? y[i] / most : 0;
  if (y.empty() || !(most > 0)) return false;
  const auto proof = farkasProof({.pattern = program_.g.pattern,
                                  .values = program_.g.values,
                                  .offset = {},
                                  .low = program_.atLeast,
                                  .high = program_.atMost,
                                  .lower = program_.lower,
                                  .upper = program_.upper,
                                  .sizes = point_.x,
                                  .rounded = false},
                                 y);
  if (!proof) return false;
  proof_ = *proof;
  violateLeast();
  return true;
}

/// Moves to the point that violates the rows least, which is that of an infeasible program.
void SimplexMethod::violateLeast() {
  const std::vector<double> none(at(program_.rows()));
  const RowSides sides = {program_.atLeast, program_.atMost, program_.lower, program_.upper};
  LeastViolation found = leastViolation(la_, {program_.g, none, none}, sides);
  if (found.x.size() != point_.x.size()) return;
  point_.x = std::move(found.x);
  errors_ = errorsOf(program_, point_);
}

/// Asks the functions as given about the simplex method's direction, and about the one of an interior point.
bool SimplexMethod::provesUnbounded() {
  std::vector<double> direction(simplex_.direction().begin(), simplex_.direction().end());
  double most = 0;
  for (const double d : direction) most = std::max(most, std::abs(d));
  for (double& d : direction) d = std::abs(d) > Tuning::clean * most ? d / most : 0;
  bool falls = answer_.confirmsFall(point_.x, direction);
  if (!falls) {
    direction = recessionDirection(la_, program_);
    falls = !direction.empty() && answer_.confirmsFall(point_.x, direction);
  }
  if (falls) proof_ = answer_.proof();
  return falls;
}

ConvexBound SimplexMethod::bound() const {
  const double least = simplex_.provenBound(sideErrors_);
  return std::isfinite(least) ? ConvexBound{.lowerBound = outward::sumBelow(least, constant_)} : ConvexBound{};
}

std::string SimplexMethod::explain() const {
  if (end_ != Status::stalled) return {};
  return "Rounding errors left the simplex method without an answer that the problem as given confirms: method 'auto' "
         "may find one.";
}

NlpProgress SimplexMethod::progress() const {
  NlpProgress now;
  now.objective = answer_.known() ? answer_.objective() : errors_.objective + constant_;
  now.residual = std::max(errors_.violation, errors_.gradient);
  now.feasibility = errors_.violation;
  now.phase = NlpPhase::simplex;
  now.innerSteps = static_cast<double>(simplex_.pivots());
  if (problem_.reportIterates) {
    now.x = std::make_shared<std::vector<double>>(point_.x);
    now.multipliers = std::make_shared<std::vector<double>>(point_.y);
  }
  return now;
}

NlpSolution SimplexMethod::solution() const {
  NlpSolution s = answer_.solution(point_);
  s.phase = NlpPhase::simplex;
  if (end_ == Status::solved) {
    s.inertia = {.positive = 0, .negative = 0, .zero = 0};
    for (const std::uint8_t side : simplex_.basis().columns) s.inertia.zero += side == BasisSide::freeAtZero ? 1 : 0;
    s.degenerate = simplex_.isDegenerate();
    s.polished = true;
  }
  s.certificate.proof = proof_;
  s.counts.factorization = static_cast<int>(simplex_.factorisations());
  s.counts.innerSteps = simplex_.pivots();
  return s;
}

}  // namespace nonconvex
