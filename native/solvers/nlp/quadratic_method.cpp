#include "solvers/nlp/quadratic_method.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "methods/quadratic/recession.hpp"
#include "problems/abilities.hpp"
#include "solvers/nlp/warm_start.hpp"

namespace nonconvex {

ConvexQuadratic convexQuadraticOf(Nlp& nlp, double& constant) {
  const auto n = at(nlp.variables()), m = at(nlp.constraints());
  nlp.moveTo(std::vector<double>(n, 0.0));
  ConvexQuadratic program;
  constant = nlp.objective();
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

bool QuadraticMethod::takes(const Cpu& la, Nlp& nlp) {
  auto* const known = nlp.find<KnownCurvature>();
  if (known == nullptr || !nlp.facts().linearConstraints || nlp.facts().approximateHessian) return false;
  const auto n = at(nlp.variables());
  nlp.moveTo(std::vector<double>(n, 0.0));
  const std::vector<double> low(n, -infinity), high(n, infinity), none(at(nlp.constraints()), 0.0);
  const auto convexity = known->convexity(la, low, high, 1, none);
  return convexity && convexity->quadratic;
}

namespace {

/// A start with the multipliers that came along; those of a bound are one signed number.
QuadraticPoint givenPoint(const NlpStart& start) {
  QuadraticPoint point{start.start, start.multipliers, std::vector<double>(start.start.size())};
  point.y.resize(at(start.nlp.open()->constraints()));
  for (std::size_t j = 0; j < start.upperMultipliers.size(); ++j) point.z[j] += start.upperMultipliers[j];
  for (std::size_t j = 0; j < start.lowerMultipliers.size(); ++j) point.z[j] -= start.lowerMultipliers[j];
  return point;
}

}  // namespace

QuadraticMethod::QuadraticMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la),
      problem_(problem),
      answer_(la, problem, settings),
      work_(prepared(settings.tolerance)),
      method_(work_->method()),
      refinement_(la, method_) {}

/// The prepared program that the problem brings along, with its own vectors, or one of its own.
std::shared_ptr<PreparedQuadratic> QuadraticMethod::prepared(double tolerance) {
  ConvexQuadratic program = convexQuadraticOf(*problem_.nlp.open(la_), constant_);
  const auto given = problem_.prepared == nullptr ? nullptr : PreparedQuadratic::take(problem_.prepared);
  if (given == nullptr || given->program().variables() != program.variables() ||
      given->program().rows() != program.rows()) {
    return std::make_shared<PreparedQuadratic>(la_, std::move(program), tolerance);
  }
  given->setVectors(program.c, program.atLeast, program.atMost, program.lower, program.upper);
  given->method().restart(tolerance);
  return given;
}

std::optional<Status> QuadraticMethod::start() {
  if (!answer_.begins()) return Status::stalled;
  if (!WarmStart(problem_).given()) return judged(method_.start());
  near_ = givenPoint(problem_);
  return method_.isSolution(*near_) ? judged(Status::solved) : std::nullopt;
}

std::optional<Status> QuadraticMethod::step() {
  // Programs that have a solution take 70 iterations at most.
  constexpr int most = 200;
  if (++iterations_ > most) return Status::stalled;
  if (near_) return judged(method_.reach(*std::exchange(near_, std::nullopt)) ? Status::solved : method_.start());
  return judged(method_.step());
}

/// The status of the method where the judge confirms it.
std::optional<Status> QuadraticMethod::judged(std::optional<Status> status) {
  if (status != Status::solved) return status;
  const auto confirmed = [&] { return answer_.confirms(method_.point()); };
  bool solved = refinement_.refine() && confirmed();
  if (!solved) {
    refinement_.takeBack();
    solved = confirmed();
  }
  if (!solved && !(method_.goBackInside() && confirmed())) return Status::stalled;
  kind_ = method_.kind();
  return status;
}

bool QuadraticMethod::findsUnbounded() {
  if (answer_.nlp().contradiction()) return false;
  const std::vector<double> direction = recessionDirection(la_, work_->program());
  if (direction.empty()) return false;
  const std::vector<double> x = feasiblePoint(la_, work_->program());
  if (x.empty()) return false;
  return answer_.confirmsFall(x, direction);
}

NlpProgress QuadraticMethod::progress() const {
  const QuadraticErrors& errors = method_.errors();
  NlpProgress now;
  now.objective = answer_.known() ? answer_.objective() : errors.objective + constant_;
  now.residual = std::max(errors.violation, errors.gradient);
  now.feasibility = errors.violation;
  now.barrier = method_.mu();
  now.phase = NlpPhase::quadratic;
  if (problem_.reportIterates) {
    now.x = std::make_shared<std::vector<double>>(method_.point().x);
    now.multipliers = std::make_shared<std::vector<double>>(method_.point().y);
  }
  return now;
}

NlpSolution QuadraticMethod::solution() const {
  NlpSolution s = answer_.solution(method_.point());
  s.phase = NlpPhase::quadratic;
  s.inertia = {.positive = kind_.curved, .negative = 0, .zero = kind_.flat};
  s.degenerate = kind_.weak;
  s.polished = method_.polished();
  s.barrier = method_.mu();
  s.counts.factorization = method_.factorizations();
  return s;
}

}  // namespace nonconvex
