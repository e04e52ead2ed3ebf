#include "solvers/nlp/quadratic_method.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "methods/interior_point/judge.hpp"
#include "methods/quadratic/recession.hpp"
#include "problems/abilities.hpp"
#include "solvers/nlp/barrier_report.hpp"
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
      nlp_(std::make_unique<BarrierNlp>(la, problem,
                                        BarrierSettings{settings.scaling, settings.strictBounds, settings.tolerance})),
      work_(prepared(settings.tolerance)),
      method_(work_->method()) {}

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
  BarrierPoint begun = nlp_->makePoint();
  if (nlp_->contradiction() || !nlp_->begin(begun)) return Status::stalled;
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
  if (!confirmed() && !(method_.goBackInside() && confirmed())) return Status::stalled;
  kind_ = method_.kind();
  return status;
}

/// Sets a point to the best one so far, or to the start where there is none yet; false where something is not finite.
bool QuadraticMethod::place(BarrierPoint& point) const {
  const QuadraticPoint& best = method_.point();
  if (best.x.empty()) return nlp_->begin(point);
  NlpStart end{.nlp = problem_.nlp, .start = best.x, .multipliers = best.y};
  for (const double z : best.z) {
    end.lowerMultipliers.push_back(std::max(0.0, -z));
    end.upperMultipliers.push_back(std::max(0.0, z));
  }
  if (!WarmStart(end).place(*nlp_, point, false)) return false;
  // Variables between bounds that are next to each other are where the program's minimum has them.
  for (std::size_t j = 0; j < best.x.size(); ++j) {
    if (nlp_->fixed(j)) point.v[j] = best.x[j];
  }
  return nlp_->evaluateValues(point) && nlp_->evaluateDerivatives(point);
}

/// Returns true if the point is a solution of the problem as given, by the values of its functions.
bool QuadraticMethod::confirmed() {
  answer_ = nlp_->makePoint();
  if (!place(*answer_)) return false;
  if (const UnitChange* const change = nlp_->rescale(*answer_)) nlp_->convert(*change, *answer_);
  return nlp_->solvedAsGiven(*answer_) && nonconvex::confirmed(*nlp_, *answer_);
}

bool QuadraticMethod::findsUnbounded() {
  if (nlp_->contradiction()) return false;
  const std::vector<double> direction = recessionDirection(la_, work_->program());
  if (direction.empty()) return false;
  const std::vector<double> x = feasiblePoint(la_, work_->program());
  if (x.empty()) return false;
  unbounded_.emplace(la_, nlp_->model());
  return unbounded_->confirms(x, direction) && goFar(unbounded_->proof());
}

/// Moves the answer to where f has fallen far. False where it has not.
bool QuadraticMethod::goFar(const Proof& proof) {
  constexpr double farthest = 1e12;  // rounding: beyond it the sides of rows have few digits
  const auto reaches = [&](const std::vector<double>& x) {
    answer_ = nlp_->makePoint();
    const NlpStart there{.nlp = problem_.nlp, .start = x};
    return WarmStart(there).place(*nlp_, *answer_, false) && nlp_->evaluateDerivatives(*answer_);
  };
  std::vector<double> x = proof.x;
  if (!reaches(x)) return false;
  const double before = nlp_->unscaledObjective(*answer_);
  if (proof.kind == ProofKind::ray) {
    double size = 1;
    for (const double value : proof.x) size = std::max(size, std::abs(value));
    for (std::size_t j = 0; j < x.size(); ++j) x[j] += farthest * size * proof.direction[j];
  } else {
    x.assign(proof.points.end() - static_cast<std::ptrdiff_t>(x.size()), proof.points.end());
  }
  return reaches(x) && nlp_->unscaledObjective(*answer_) < before;
}

std::string QuadraticMethod::explain() const { return unbounded_ ? unbounded_->addTo({}) : std::string(); }

NlpProgress QuadraticMethod::progress() const {
  const QuadraticErrors& errors = method_.errors();
  NlpProgress now;
  now.objective = answer_ ? nlp_->unscaledObjective(*answer_) : errors.objective + constant_;
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
  BarrierPoint best = answer_ ? *answer_ : nlp_->makePoint();
  if (!answer_) place(best);
  NlpSolution s = solutionOf(*nlp_, best);
  s.residual = nlp_->givenErrors(best).worst();
  s.complementarity = nlp_->givenComplementarity(best);
  s.phase = NlpPhase::quadratic;
  s.inertia = {.positive = kind_.curved, .negative = 0, .zero = kind_.flat};
  s.degenerate = kind_.weak;
  s.polished = method_.polished();
  s.barrier = method_.mu();
  s.counts.factorization = method_.factorizations();
  s.counts.phases = 1;
  return s;
}

}  // namespace nonconvex
