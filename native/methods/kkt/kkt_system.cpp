#include "methods/kkt/kkt_system.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "methods/kkt/choice.hpp"
#include "methods/kkt/krylov_kkt.hpp"
#include "methods/kkt/paper_variants.hpp"

namespace nonconvex {
namespace {

/// Cost of a Hessian, in evaluations of f and its gradient.
double hessianCost(const ScaledNlp& model) {
  const EvaluationWork work = model.work();
  return work.gradient > 0 ? work.hessian / work.gradient : 1;
}

}  // namespace

KktSystem::KktSystem(const Cpu& la, ScaledNlp& model, const KktSettings& settings, bool reuseHessian)
    : la_(la),
      model_(model),
      settings_(settings),
      reuseHessian_(reuseHessian),
      hessianReuse_(reuseHessian, hessianCost(model)),
      inertiaCorrection_(model.n(), model.m()),
      secondOrder_(model) {
  model.resize(H_, model.hessianValues());
  model.resize(next_, H_.size());
  model.resize(work_, static_cast<std::size_t>(model.n() + model.m()));
}

void KktSystem::analyze(const NlpPoint& start) {
  if (model_.hessianValues() == 0 || sketchPossible(model_)) {  // a dense one, which may not be needed at all
    std::fill(H_.begin(), H_.end(), 1.0);
  } else {
    // For the analysis of a sparse system, a Hessian without zeros by chance: no two multipliers are alike.
    Vector multipliers(start.lambda.size());
    for (std::size_t i = 0; i < multipliers.size(); ++i) {
      multipliers[i] = 1 + std::fmod(0.618 * static_cast<double>(i), 1.0);
    }
    if (!model_.hessian(start, 1, multipliers, H_)) {
      for (double& value : H_) value = std::isfinite(value) ? value : 1;
    }
  }
  model_.abortPoint();
  solver_ = makeKktSolver(settings_, model_, H_, start.jacobian, la_);
}

bool KktSystem::assemble(const NlpPoint& point) {
  attempts_ = 0;
  leastShift_ = 0;
  assumed_ = !kept_ && solver_->canAssumeInertia() && assumeInertia(point);
  return kept_ || assumed_ || load(point, true);
}

/// Tells whether an iterative solver takes the system for one of a minimum.
bool KktSystem::assumeInertia(const NlpPoint& point) {
  model_.linearize(point);
  if (solver_->matrixFree()) return solver_->assumeInertia({}, point.jacobian);
  return lagrangianHessian(point, point.lambda, true, H_) && solver_->assumeInertia(H_, point.jacobian);
}

bool KktSystem::factor(const NlpPoint& point) {
  constexpr int mostAttempts = 12;  // the shift has then grown by 1e10 at least
  while (attempts_++ < mostAttempts) {
    if (assumed_) {
      factor_ = {.shift = {}, .good = true};
    } else if (!std::exchange(kept_, false)) {
      if (settings_.shift == ShiftRule::paper) {
        const double shift =
            PaperRules::Tuning::curvature + std::sqrt(squaredFrobenius(model_.hessianPattern(), H_, 0));
        factor_ = inertiaCorrection_.factorPublished(*solver_, shift, sizeJ_);
      } else {
        factor_ = inertiaCorrection_.factor(*solver_, sizeH_, sizeJ_, leastShift_);
      }
    }
    // A shift that a lagged Hessian needs and the last step did not may be due to the lag alone.
    const bool newShift = factor_.shift.primal > 0 && !hessianReuse_.shifted();
    if (!lagged_ || (factor_.good && !newShift)) return factor_.good;
    if (!load(point, false)) return false;
  }
  return false;
}

bool KktSystem::sharpen(const NlpPoint& point, bool mayShift) {
  if (assumed_ || lagged_) {
    assumed_ = false;
    return load(point, false);
  }
  constexpr double growth = 10;
  constexpr double least = 1e-4;  // share of max |H_ij|
  leastShift_ = std::max(growth * factor_.shift.primal, least * (sizeH_ > 0 ? sizeH_ : 1));
  return mayShift;
}

void KktSystem::noteStep(double before, double now) {
  hessianReuse_.note(lagged_, factor_.shift.primal > 0, now / before, settings_.tolerance / now);
}

/// Evaluates the Hessian of f + weights^T c: with that of f from an earlier point where that will do and it `mayLag`.
bool KktSystem::lagrangianHessian(const NlpPoint& point, std::span<const double> weights, bool mayLag,
                                  std::span<double> values) {
  const double accuracy = mayLag ? hessianReuse_.accuracy() : 0;
  lagged_ = accuracy > 0 && model_.laggedHessian(point, accuracy, weights, values);
  return lagged_ || model_.hessian(point, 1, weights, values);
}

bool KktSystem::load(const NlpPoint& point, bool mayLag) {
  if (!lagrangianHessian(point, point.lambda, mayLag, H_)) return false;
  if (settings_.accuracy == KktAccuracy::paper) {
    leastJJ_ = nonconvex::leastEigenvalueJJ(*solver_, point.jacobian, model_.m(), work_);
  }
  loadHessian(point, H_);
  return true;
}

void KktSystem::loadHessian(const NlpPoint& point, std::span<const double> H) {
  sizeH_ = model_.sizeH();
  sizeJ_ = largestRow(model_.jacobianPattern(), point.jacobian);
  solver_->load(H, point.jacobian);
}

bool KktSystem::factorLoaded() {
  factor_ = inertiaCorrection_.factor(*solver_, sizeH_, sizeJ_);
  return factor_.good;
}

bool KktSystem::factorWithoutHessian(std::span<const double> J) {
  KktShift used;
  solver_->loadWithoutHessian(J);
  const double sizeJ = largestRow(model_.jacobianPattern(), J);
  return inertiaCorrection_.factorAt(*solver_, 1, sizeJ, used).undefined == 0;
}

void KktSystem::forget() {
  kept_ = assumed_ = false;
  factor_ = {};
}

std::optional<std::span<const double>> KktSystem::objectiveHessian(const NlpPoint& point) {
  const Vector none(point.lambda.size());
  if (!lagrangianHessian(point, none, true, next_)) return std::nullopt;
  return next_;
}

std::optional<ReducedInertia> KktSystem::reducedInertia(const NlpPoint& point,
                                                        std::span<const double> factoredJacobian) {
  const int n = model_.n(), m = model_.m();
  const bool unshifted = factor_.good && !assumed_ && !shifted();
  // J had full rank a step ago: there is no other feasible point near.
  if (unshifted && n == m) return ReducedInertia{0, 0, 0};
  ReducedInertia inertia;
  if (positiveByLowerBound(point, inertia)) return inertia;
  if (!model_.hessian(point, 1, point.lambda, next_)) return std::nullopt;
  const bool same = unshifted && model_.device() == nullptr && next_ == H_ &&
                    std::equal(point.jacobian.begin(), point.jacobian.end(), factoredJacobian.begin());
  std::swap(H_, next_);
  if (same) return ReducedInertia{n - m, 0, 0};  // a quadratic program: the factors at hand tell
  loadHessian(point, H_);
  return secondOrder_.inertia(*solver_, inertiaCorrection_, sizeH_, sizeJ_);
}

/// Returns true if a lower bound of the Hessian is positive definite on the null space of J, as then the Hessian is.
bool KktSystem::positiveByLowerBound(const NlpPoint& point, ReducedInertia& inertia) {
  if (!reuseHessian_ || !model_.hessianLowerBound(point, next_)) return false;
  loadHessian(point, next_);
  inertia = secondOrder_.inertia(*solver_, inertiaCorrection_, sizeH_, sizeJ_);
  return inertia.negative == 0 && inertia.zero == 0;
}

}  // namespace nonconvex
