#include "solvers/fit/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/random.hpp"
#include "sketching/permutations.hpp"
#include "solvers/fit/statistics.hpp"

namespace nonconvex {
namespace {

std::vector<double> startOf(const FitProblem& problem) {
  return problem.start.empty() && problem.feasibleStart ? problem.feasibleStart->given() : problem.start;
}

}  // namespace

FitSolver::FitSolver(const Cpu& la, const FitProblem& problem, const FitSettings& settings)
    : la_(la),
      settings_(settings),
      nlp_(problem.nlp.open(la)),
      residuals_(*nlp_),
      lower_(boundsOf(problem.bounds.lower, at(nlp_->variables()), -infinity)),
      upper_(boundsOf(problem.bounds.upper, at(nlp_->variables()), infinity)),
      method_(residuals_, lower_, upper_, settingsOf(LeastSquaresSettings{}.firstRadius), jacobianFor(la, residuals_)),
      start_(startOf(problem)) {
  best_.x = start_;
  for (std::size_t j = 0; j < start_.size(); ++j) {
    require(lower_[j] <= upper_[j], "lower[" + show(j) + "]", lower_[j], "expected at most upper[" + show(j) + "]");
    best_.x[j] = std::clamp(start_[j], lower_[j], upper_[j]);
    require(settings.restarts == 0 || (lower_[j] > -infinity && upper_[j] < infinity), "restarts", settings.restarts,
            "expected bounds of all parameters, between which they are drawn; parameter " + show(j) + " has not both");
  }
  best_.r.resize(at(residuals_.residuals()));
  if (residuals_.values(best_.x, best_.r)) best_.objective = robustSum(settings.loss, settings.lossScale, best_.r);
}

LeastSquaresSettings FitSolver::settingsOf(double firstRadius) const {
  return {.loss = settings_.loss,
          .lossScale = settings_.lossScale,
          .tolerance = settings_.tolerance,
          .acceleration = settings_.acceleration,
          .firstRadius = firstRadius,
          .curvature = settings_.secondDerivatives};
}

/// Parameters that are eliminated: none for a robust loss, or where they have bounds.
std::vector<int> FitSolver::affineParameters() {
  const NlpFacts facts = nlp_->facts();
  if (!settings_.projection || settings_.loss != RobustLoss::squared) return {};
  if (facts.approximateHessian || facts.hessianByProducts || method_.jacobian().isSparse()) return {};
  std::vector<int> affine = jointlyAffine(nlp_->hessianPattern());
  std::erase_if(affine, [&](int j) { return lower_[at(j)] > -infinity || upper_[at(j)] < infinity; });
  // All of them: one step is the solution. More than residuals: nothing is left for the others.
  if (static_cast<int>(affine.size()) >= std::min(residuals_.variables(), residuals_.residuals())) return {};
  return affine;
}

/// One start in each of `restarts` slices of each parameter.
void FitSolver::draw() {
  const int n = residuals_.variables(), count = settings_.restarts;
  hypercube_ = HostMatrix<double>(n, count);
  for (int j = 0; j < n; ++j) {
    const Random random(settings_.seed, static_cast<std::uint32_t>(j));
    const std::vector<int> slices = randomPermutation(count, random);
    const double low = lower_[at(j)], width = upper_[at(j)] - low;
    for (int k = 0; k < count; ++k) {
      const auto place = at(k);
      hypercube_(j, k) = low + width * (slices[place] + random.uniform(place)) / count;
    }
  }
}

FitSolver::~FitSolver() = default;

std::optional<Status> FitSolver::start() {
  const std::vector<int> affine = affineParameters();
  if (!affine.empty()) {
    projected_ = std::make_unique<ProjectedResiduals>(residuals_, affine);
    reduced_ = std::make_unique<LevenbergMarquardt>(*projected_, projected_->others(lower_), projected_->others(upper_),
                                                    settingsOf(tuning_.projectedRadius));
  }
  if (settings_.restarts > 0) draw();
  if (beginRun()) return std::nullopt;
  return endRun(Status::numericalError);
}

/// Begins a run at `start_`. Returns false where nothing is finite there.
bool FitSolver::beginRun() {
  projectedSteps_ = 0;
  inProjection_ = false;
  if (projected_) {
    projected_->begin(start_);
    inProjection_ = reduced_->start(projected_->others(start_));
  }
  return inProjection_ || beginWhole(start_);
}

bool FitSolver::beginWhole(In x) {
  inProjection_ = false;
  if (!method_.start(x)) return false;
  record();
  return true;
}

/// Keeps the method's point if none has been lower, but for a difference that is rounding.
void FitSolver::record(double rounding) {
  if (!(method_.objective() <= best_.objective + rounding)) return;
  best_.x.assign(method_.x().begin(), method_.x().end());
  best_.r.assign(method_.residuals().begin(), method_.residuals().end());
  best_.objective = method_.objective();
  best_.residual = method_.residual();
}

std::optional<Status> FitSolver::step() {
  la_.checkpoint();
  if (inProjection_) return stepProjected();
  const std::optional<Status> status = method_.step();
  record();
  return status ? endRun(*status) : std::nullopt;
}

/// A step in the nonlinear parameters. Where that has arrived, all parameters follow from there, otherwise from the
/// start.
std::optional<Status> FitSolver::stepProjected() {
  const std::optional<Status> status = reduced_->step();
  const bool arrived = status == Status::solved || reduced_->predictedShare() < tuning_.projectedShare;
  if (!arrived && !status && ++projectedSteps_ < tuning_.projectedSteps) return std::nullopt;
  if (arrived) {
    Vector r(at(residuals_.residuals()));
    if (projected_->values(reduced_->x(), r) && beginWhole(projected_->point())) return std::nullopt;
  }
  return beginWhole(start_) ? std::nullopt : endRun(Status::numericalError);
}

/// Takes the end of a run, and begins the next one, or ends.
std::optional<Status> FitSolver::endRun(Status status) {
  if (status == Status::solved) {
    record(method_.unseen());
    ends_.push_back(method_.objective());
  }
  if (run_ == 0 || (status != Status::numericalError && method_.objective() <= best_.objective)) {
    best_.status = status;
    best_.saddle = method_.atSaddle();
  }
  while (++run_ <= settings_.restarts) {
    start_.assign(hypercube_.column(run_ - 1), hypercube_.column(run_ - 1) + residuals_.variables());
    if (beginRun()) return std::nullopt;
  }
  return finish();
}

/// Adds what derivatives at the answer tell.
Status FitSolver::finish() {
  if (!defined()) return best_.status;
  const bool there = std::ranges::equal(method_.x(), best_.x);
  if (!there && !method_.start(best_.x)) return best_.status;
  statistics_.residualSumOfSquares = norm2Squared(best_.r);
  addStatistics(method_, settings_, statistics_);
  statistics_.certificate.kind = method_.isMinimum() ? CertificateKind::local : CertificateKind::stationary;
  return best_.status;
}

Progress FitSolver::progress() const {
  Progress now;
  if (defined()) now.objective = best_.objective;
  if (best_.residual < infinity) now.residual = best_.residual;
  now.evaluations = residuals_.valueCount();
  return now;
}

FitSolution FitSolver::solution() const {
  FitSolution s;
  s.covariance = statistics_.covariance.copy();
  s.covarianceOf = statistics_.covarianceOf;
  s.residualDeviation = statistics_.residualDeviation;
  s.undetermined = statistics_.undetermined;
  s.atBounds = statistics_.atBounds;
  s.certificate = statistics_.certificate;
  s.x = best_.x;
  s.residuals = best_.r;
  if (defined()) s.residualSumOfSquares = norm2Squared(best_.r);
  s.eliminated = projected_ ? residuals_.variables() - projected_->variables() : 0;
  s.runs = {.solved = static_cast<int>(ends_.size()), .total = std::min(run_, settings_.restarts) + 1};
  for (const double end : ends_) s.runs.best += end <= best_.objective + tuning_.same * std::abs(best_.objective);
  s.counts = {residuals_.valueCount(), residuals_.jacobianCount(), residuals_.curvatureCount()};
  return s;
}

std::string FitSolver::explain(Status status) const {
  if (status == Status::numericalError) {
    return "residuals or their derivatives are not finite at the start: expected a start where they are";
  }
  if (status != Status::stalled) return {};
  if (best_.saddle) return "the point is stationary and no minimum: the Hessian has a negative eigenvalue";
  return "steps change the sum of squares by rounding alone, and the residuals are not orthogonal to the columns of "
         "the Jacobian within the tolerance";
}

}  // namespace nonconvex
