#include "solvers/nlp/nlp_solver.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/require_memory.hpp"
#include "problems/quasi_newton_nlp.hpp"
#include "solvers/nlp/descent_method.hpp"
#include "solvers/nlp/interior_point_method.hpp"
#include "solvers/nlp/newton_method.hpp"
#include "solvers/nlp/quadratic_method.hpp"
#include "solvers/nlp/simplex_method.hpp"

namespace nonconvex {
namespace {

/// Throws where there is not the memory, about, for the points and matrices that any method has.
void requireRoom(const Nlp& nlp) {
  constexpr double ofVariable = 400, ofConstraint = 300;  // bytes: some ten points, directions, bounds
  constexpr double ofEntry = 40;  // bytes for each entry of a Jacobian or Hessian: two values, places in the system
  const double entries = static_cast<double>(nlp.jacobianPattern().nonzeros() + nlp.hessianPattern().nonzeros());
  requireMemory(ofVariable * nlp.variables() + ofConstraint * nlp.constraints() + ofEntry * entries,
                "n = " + show(nlp.variables()) + " variables, m = " + show(nlp.constraints()) +
                    " constraints and derivatives of " + show(entries) + " entries need");
}

/// Returns true if neither constraints nor bounds are there.
bool isFree(const Nlp& nlp) {
  const NlpBounds bounds = nlp.variableBounds();
  const auto none = [](double bound) { return std::isinf(bound); };
  return nlp.constraints() == 0 && std::all_of(bounds.lower.begin(), bounds.lower.end(), none) &&
         std::all_of(bounds.upper.begin(), bounds.upper.end(), none);
}

/// The method of `auto` for a problem whose Hessian is made of products: one that takes products, where x is free or
/// the Hessian is too large to be put together.
NlpMethod methodOf(const Nlp& nlp, const NlpSettings& settings) {
  const bool fits = isFree(nlp) || (nlp.constraints() == 0 && nlp.hessianPattern().nonzeros() == 0);
  const bool byProducts = settings.method == NlpMethod::automatic && nlp.facts().hessianByProducts && fits;
  const NlpMethod method = byProducts ? NlpMethod::trustRegion : settings.method;
  const bool needsValues = method == NlpMethod::gradientRegularized && nlp.facts().hessianByProducts;
  require(!needsValues || nlp.hessianPattern().nonzeros() > 0, "method", nameOf(method),
          "expected 'auto', 'trustRegion', 'lbfgs', 'saddleFree' or 'oasis', as there are products with the Hessian "
          "alone where a sum over rows has so many variables");
  return method;
}

/// The problem with what it is about opened, under the bounds that it brings along. Its patterns may take long: with
/// all threads, and looks whether the solve is to end.
NlpProblem opened(const Cpu& la, const NlpProblem& given, const NlpSettings& settings) {
  NlpProblem problem = given;
  std::shared_ptr<Nlp> nlp = given.nlp.open(la);
  lendThreads(*nlp, la);
  requireRoom(*nlp);
  if (!given.bounds.empty()) {
    la.abortPoint();
    nlp = std::make_shared<BoundedNlp>(std::move(nlp), std::exchange(problem.bounds, {}));
  }
  if (nlp->facts().hessianByProducts && nlp->hessianPattern().nonzeros() == 0 && !isDescent(methodOf(*nlp, settings))) {
    nlp = std::make_shared<QuasiNewtonNlp>(std::move(nlp));
  }
  problem.nlp = nlp;
  return problem;
}

bool takesEqualities(const NlpProblem& problem, const NlpSettings& settings) {
  if (settings.method != NlpMethod::automatic) return settings.method == NlpMethod::exactAugmentedLagrangian;
  const std::shared_ptr<Nlp> nlp = problem.nlp.open();
  return hasEqualityConstraintsOnly(*nlp) && nlp->constraints() <= nlp->variables() && !nlp->facts().approximateHessian;
}

/// The objective as a sum of squares, where the method for these takes the problem: without constraints, and not large.
/// Linear residuals are left to the methods of quadratic functions.
std::optional<SumOfSquares::Squares> squaresOf(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings,
                                               int most) {
  const std::shared_ptr<Nlp> nlp = problem.nlp.open(la);
  auto* const sums = nlp->find<SumOfSquares>();
  const bool may = settings.method == NlpMethod::automatic && settings.inner == KktMethod::automatic &&
                   settings.preconditioner == KktPreconditioner::automatic && problem.device == nullptr;
  if (!may || sums == nullptr || nlp->constraints() > 0 || nlp->variables() > most) return std::nullopt;
  auto squares = sums->squares(la);
  if (squares && squares->residuals->facts().linearConstraints) squares.reset();
  return squares;
}

bool isConvexQuadratic(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings) {
  if (settings.method != NlpMethod::automatic) return false;
  return problem.prepared != nullptr || QuadraticMethod::takes(la, *problem.nlp.open(la));
}

}  // namespace

struct NlpSolver::Tuning {
  /// measured: iterations of the interior-point method that follows Newton's, on a function without
  /// constraints, which differs from it in its line search alone.
  static constexpr int patienceWithFollower = 1000;
  /// safeguard: most variables of the method of least squares, whose factors are dense.
  static constexpr int squaresVariables = 20;
  /// safeguard: steps of the method of least squares, after which the other methods have their turn.
  static constexpr int squaresSteps = 45;
};

NlpSolver::NlpSolver(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings)
    : la_(la), settings_(settings), problem_(opened(la, problem, settings)) {
  if (auto squares = squaresOf(la, problem_, settings, Tuning::squaresVariables)) {
    squares_ = std::make_unique<DescentMethod>(la, problem_, settings, std::move(squares));
  } else {
    choose();
  }
}

/// Makes the method that the problem gets.
void NlpSolver::choose() {
  NlpSettings chosen = settings_;
  chosen.method = methodOf(*problem_.nlp.open(), settings_);
  if (isDescent(chosen.method)) {
    descent_ = std::make_unique<DescentMethod>(la_, problem_, chosen);
  } else if (takesEqualities(problem_, settings_)) {
    newton_ = std::make_unique<NewtonMethod>(la_, problem_, settings_);
  } else if (settings_.method == NlpMethod::simplex) {
    requireInSimplex(settings_);
    simplex_ = std::make_unique<SimplexMethod>(la_, problem_, settings_);
  } else if (isConvexQuadratic(la_, problem_, settings_)) {
    requireInInteriorPoint(settings_);
    quadratic_ = std::make_unique<QuadraticMethod>(la_, problem_, settings_);
  } else {
    requireInInteriorPoint(settings_);
    interior_ = std::make_unique<InteriorPointMethod>(la_, problem_, settings_);
  }
}

NlpSolver::~NlpSolver() = default;

std::optional<Status> NlpSolver::start() { return ended(squares_ ? squaresStep(squares_->start()) : begin()); }

/// Starts the method that the problem gets.
std::optional<Status> NlpSolver::begin() {
  if (descent_) return descent_->start();
  if (quadratic_) return quadraticStep(quadratic_->start());
  if (simplex_) return simplexStep(simplex_->start());
  if (interior_) return interior_->start();
  const auto status = newton_->start();
  return status ? follow(*status) : status;
}

std::optional<Status> NlpSolver::step() { return ended(advance()); }

/// Keeps the status, and looks for a lower bound where the problem is solved, for a conflict where it is infeasible.
std::optional<Status> NlpSolver::ended(std::optional<Status> status) {
  if (status == Status::infeasible) findConflict();
  if (status == Status::solved) bound();
  end_ = status;
  return status;
}

/// Looks for a lower bound: that of the simplex method, where there is one, since it holds in exact arithmetic.
void NlpSolver::bound() {
  if (simplex_) bound_ = simplex_->bound();
  if (!isKnown(bound_.lowerBound)) {
    bound_ = convexBound(la_, *problem_.nlp.open(la_), found(), settings_.tolerance);
  }
}

/// Leaves the conflict unknown where the solve is to end meanwhile.
void NlpSolver::findConflict() {
  const NlpSolution end = found();
  try {
    conflict_ = conflictOf(la_, *problem_.nlp.open(la_), end.x, proof_ ? *proof_ : end.certificate.proof);
  } catch (const Interrupted&) {
  }
}

std::optional<Status> NlpSolver::advance() {
  if (squares_) return squaresStep(squares_->step());
  if (descent_) return descentStep();
  if (quadratic_) return quadraticStep(quadratic_->step());
  if (simplex_) return simplexStep(simplex_->step());
  if (!interior_) {
    const auto status = newton_->step();
    if (!status && ++iterations_ == patience()) return follow(Status::iterationLimit);
    return status ? follow(*status) : status;
  }
  const auto status = interior_->step();
  if (!status && newton_ && ++followed_ == Tuning::patienceWithFollower && isFree(*problem_.nlp.open()))
    return descend();
  if (!status || !newton_ || status == Status::solved) return status;
  if (verdict_ != Status::iterationLimit) {
    failed_ = true;
    return proven(verdict_);
  }
  interior_.reset();  // Newton's method goes on
  return std::nullopt;
}

/// The status after a step of the method of least squares. Another one solves what this one does not.
std::optional<Status> NlpSolver::squaresStep(std::optional<Status> status) {
  if (status == Status::solved || (!status && ++squaresSteps_ < Tuning::squaresSteps)) return status;
  squares_.reset();
  choose();
  return begin();
}

/// The status after a step of the method of convex quadratic programs. What it does not solve the interior-point method
/// does, or says why there is no solution.
std::optional<Status> NlpSolver::quadraticStep(std::optional<Status> status) {
  if (!status || status == Status::solved) return status;
  if (quadratic_->findsUnbounded()) {
    proof_ = quadratic_->proof();
    return Status::unbounded;
  }
  quadratic_.reset();
  interior_ = std::make_unique<InteriorPointMethod>(la_, problem_, settings_);
  return interior_->start();
}

/// The status after a step of the simplex method, with its proof.
std::optional<Status> NlpSolver::simplexStep(std::optional<Status> status) {
  if (status && simplex_->proof().known()) proof_ = simplex_->proof();
  return status;
}

/// Takes a step of the descent method. Where it is not the method that was asked for and fails, the one before goes on.
std::optional<Status> NlpSolver::descentStep() {
  const auto status = descent_->step();
  return interior_ ? afterDescent(status) : status;
}

/// The status after a step of the method that follows: only a solution ends the solve.
std::optional<Status> NlpSolver::afterDescent(std::optional<Status> status) {
  if (!status) return status;
  if (status == Status::solved) {
    interior_.reset();
    return status;
  }
  descent_.reset();
  return std::nullopt;
}

/// Lets a method of gradients follow where both Newton's methods wander: long steps pass over ripples that curvature
/// follows each of.
std::optional<Status> NlpSolver::descend() {
  NlpSettings settings = settings_;
  settings.method = NlpMethod::lbfgs;
  settings.inner = KktMethod::automatic;  // it has no such systems
  settings.preconditioner = KktPreconditioner::automatic;
  descent_ = std::make_unique<DescentMethod>(la_, problem_, settings);
  return afterDescent(descent_->start());
}

/// Iterations of Newton's method after which the other one has its turn. A small problem that takes so many is mostly
/// easier for that.
int NlpSolver::patience() const {
  constexpr int small = 100, enough = 300;
  const std::shared_ptr<Nlp> nlp = problem_.nlp.open();
  const int most = iterationsOfFirst(settings_.maxIterations);
  return nlp->variables() + nlp->constraints() <= small ? std::min(enough, most) : most;
}

/// Lets the interior-point method follow where Newton's method has ended without a solution.
std::optional<Status> NlpSolver::follow(Status reason) {
  const bool failed = (reason == Status::stalled && !newton_->endedByRounding()) || reason == Status::infeasible ||
                      reason == Status::iterationLimit;
  if (!failed || settings_.method != NlpMethod::automatic || settings_.restarts == 0 || problem_.device != nullptr) {
    return reason == Status::iterationLimit ? std::nullopt : std::optional(proven(reason));
  }
  verdict_ = reason;
  interior_ = std::make_unique<InteriorPointMethod>(la_, problem_, settings_);
  return interior_->start();
}

/// The status after Newton's method has ended: linear equations are called infeasible only with a proof.
Status NlpSolver::proven(Status status) {
  if (status != Status::infeasible || !problem_.nlp.open()->facts().linearConstraints) return status;
  proof_ = proveInfeasible(la_, problem_, newton_->solution().x);
  return proof_ ? status : Status::stalled;
}

/// Returns true if reports and the answer are those of a descent method: the one asked for, or one that follows and is
/// better.
bool NlpSolver::descends() const {
  return descent_ && (!interior_ || descent_->progress().residual <= interior_->progress().residual);
}

/// Returns true if reports and the answer are those of the interior-point method: once it runs, unless it has failed or
/// its point is no better.
bool NlpSolver::interior() const {
  if (!interior_ || !newton_) return interior_ != nullptr;
  return !failed_ && interior_->progress().residual <= newton_->progress().residual;
}

NlpProgress NlpSolver::progress() const {
  if (squares_) return squares_->progress();
  if (quadratic_) return quadratic_->progress();
  if (simplex_) return simplex_->progress();
  if (descends()) return descent_->progress();
  return interior() ? interior_->progress() : newton_->progress();
}
NlpSolution NlpSolver::found() const {
  if (squares_) return squares_->solution();
  if (quadratic_) return quadratic_->solution();
  if (simplex_) return simplex_->solution();
  if (descends()) return descent_->solution();
  return interior() ? interior_->solution() : newton_->solution();
}
NlpSolution NlpSolver::solution() const {
  NlpSolution solution = found();
  Proof& proof = solution.certificate.proof;
  if (proof_) proof = *proof_;
  if (proof.kind != ProofKind::farkas && end_ != Status::unbounded) proof = {};
  solution = certified(std::move(solution));
  solution.conflict = conflict_.members;
  if (end_ != Status::solved) return solution;
  solution.certificate.because = bound_.because;
  if (!isKnown(bound_.lowerBound)) return solution;
  const double f = progress().objective;
  const Certificate bounded = boundedBelow(f, std::min(f, bound_.lowerBound), std::max(1.0, std::abs(f)), bound_.over);
  solution.certificate.over = bounded.over;
  solution.certificate.lowerBound = bounded.lowerBound;
  solution.certificate.gap = bounded.gap;
  solution.certificate.gapScale = bounded.gapScale;
  return solution;
}

std::string NlpSolver::explain(Status status) const {
  if (squares_) return squares_->explain(status);
  const bool conflict = status == Status::infeasible && conflict_.members.known();
  if (!conflict && quadratic_) return quadratic_->explain();
  if (!conflict && simplex_) return simplex_->explain();
  if (!conflict && descends()) return descent_->explain(status);
  if (!conflict && interior()) return interior_->explain(status);
  std::string text = conflict ? explainConflict(conflict_, *problem_.nlp.open(), found().x) : newton_->explain(status);
  if (!failed_) return text;
  return text + (text.empty() ? "" : " ") + "The interior-point method, which followed, failed, too.";
}

}  // namespace nonconvex
