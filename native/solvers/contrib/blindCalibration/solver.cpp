#include "solvers/contrib/blindCalibration/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "linalg/vectors.hpp"
#include "methods/line_search/armijo.hpp"
#include "methods/one_dimensional/bisection.hpp"
#include "methods/stiefel/frames.hpp"

namespace nonconvex {
namespace {

const BlindCalibrationProblem& withRoomToCalibrate(const BlindCalibrationProblem& problem) {
  const double reports = problem.A.rows, n = problem.A.columns, k = problem.signalBasis.cols();
  const double m = problem.sensors, h = problem.gainBasis.cols();
  requireMemory(sizeof(double) * (reports * (n + k + 5) + m * (h + 4) + 4 * n),
                "snapshots of " + show(problem.A.rows) + " reports and " + show(problem.A.columns) + " columns need");
  return problem;
}

}  // namespace

struct BlindDescent::Tuning {
  /// rounding: part of a unit vector of the range of a subspace that is left once the range is taken away.
  static constexpr double outsideRange = 1e-10;
  /// rounding: steps after which A xi is computed anew rather than moved along.
  static constexpr int stepsBetweenProducts = 32;
  static constexpr int gainBisections = 100;  ///< safeguard: bisections for a shift of gains, which end by rounding
};

BlindDescent::BlindDescent(const Cpu& la, const BlindCalibrationProblem& problem,
                           const BlindCalibrationSettings& settings)
    : la_(la),
      problem_(withRoomToCalibrate(problem)),
      settings_(settings),
      signal_(problem.startSignal),
      gains_(problem.startGains) {
  require(problem.A.rows % problem.sensors == 0, "sensors", problem.sensors,
          "expected a divisor of the number of rows of A, " + show(problem.A.rows));
  const int unknowns = problem.signalBasis.cols() > 0 ? problem.signalBasis.cols() : problem.A.columns;
  if (!problem.startSignal.empty()) requireLength("startSignal", problem.startSignal.size(), unknowns);
  require(problem.gainBasis.cols() == 0 || std::isinf(settings.gainRange), "gainRange", settings.gainRange,
          "expected nothing where the gains have a basis");
  requireFinite("warmStart.signal", signal_);
  requireFinite("warmStart.gains", gains_);
  signal_.resize(at(unknowns));
  gains_.resize(at(problem.sensors), 1);
}

void BlindDescent::start() {
  requireFinite("y", problem_.y);
  requireFiniteSquares("y", problem_.y);
  readSensing();
  for (std::vector<double>* v : {&seen_, &trialSeen_, &residuals_, &moved_, &weighted_}) v->resize(at(reports()));
  signalGradient_.resize(signal_.size());
  gainGradient_.resize(gains_.size());
  trialSignal_.resize(signal_.size());
  trialGains_.resize(gains_.size());
  prepareGains();
  if (problem_.startSignal.empty()) {
    la_.gemv(Transpose::no, 1.0 / reports(), at_, viewOf(problem_.y), 0.0, viewOf(signal_));
  }
  const double energy = norm2Squared(problem_.y) / reports();
  energy_ = energy > 0 ? energy : 1;
  started_ = true;
  see();
  objective_ = misfit(seen_, gains_);
  updateGradients();
}

/// Copies A^T, times that of the signal's basis where there is one.
void BlindDescent::readSensing() {
  at_ = transposedRows(la_, "A", problem_.A);
  if (problem_.signalBasis.cols() == 0) return;
  requireFinite("signalBasis", problem_.signalBasis.flat());
  HostMatrix<double> reduced(unknowns(), reports());
  la_.gemm(Transpose::yes, Transpose::no, 1.0, problem_.signalBasis, at_, 0.0, reduced);
  at_ = std::move(reduced);
}

/// Brings the basis of the gains into orthonormal columns beside the ones, and the first gains onto their set.
void BlindDescent::prepareGains() {
  if (problem_.gainBasis.cols() > 0) {
    requireFinite("gainBasis", problem_.gainBasis.flat());
    const int h = problem_.gainBasis.cols();
    // The ones come first, so that a column of what is left vanishes where they are in the range.
    basis_ = HostMatrix<double>(sensors(), h + 1);
    for (int i = 0; i < sensors(); ++i) basis_(i, 0) = 1;
    la_.copy(Mat<const double>(problem_.gainBasis.view()), basis_.columns(1, h));
    const int rank = frames::orthonormalize(basis_.view(), Tuning::outsideRange);
    HostMatrix<double> alone = problem_.gainBasis.copy();
    require(rank == frames::orthonormalize(alone.view(), Tuning::outsideRange), "gainBasis", "a matrix",
            "expected one whose range has the vector of ones");
    inner_.resize(at(h + 1));
  }
  for (double& gain : gains_) gain -= 1;
  keepOnSubspace(gains_);
  for (double& gain : gains_) gain += 1;
  projectGains(gains_);
}

/// seen := A xi
void BlindDescent::see() { la_.gemv(Transpose::yes, 1.0, at_, viewOf(signal_), 0.0, viewOf(seen_)); }

/// f, and residuals.
double BlindDescent::misfit(const std::vector<double>& seen, const std::vector<double>& gains) {
  double sum = 0;
  for (int i = 0, sensor = 0; i < reports(); ++i, sensor = sensor + 1 == sensors() ? 0 : sensor + 1) {
    residuals_[at(i)] = gains[at(sensor)] * seen[at(i)] - problem_.y[at(i)];
    sum += square(residuals_[at(i)]);
  }
  return sum / 2 / reports();
}

/// Takes from a direction of gains its mean, or all but its part in their subspace beside the ones.
void BlindDescent::keepOnSubspace(std::vector<double>& direction) {
  double mean = 0;
  for (const double value : direction) mean += value / sensors();
  for (double& value : direction) value -= mean;
  if (basis_.cols() == 0) return;
  la_.gemv(Transpose::yes, 1.0, basis_, viewOf(direction), 0.0, viewOf(inner_));
  inner_[0] = 0;
  la_.gemv(Transpose::no, 1.0, basis_, viewOf(inner_), 0.0, viewOf(direction));
}

/// The point next to gains in {|gamma - 1| <= gainRange, mean(gamma) = 1}: a shift, and then a clip, with the shift at
/// which the mean is 1.
void BlindDescent::projectGains(std::vector<double>& gains) const {
  const double least = 1 - settings_.gainRange, most = 1 + settings_.gainRange;
  const auto [smallest, greatest] = std::minmax_element(gains.begin(), gains.end());
  double mean = 0;
  for (const double gain : gains) mean += gain / sensors();
  if (*smallest - mean + 1 >= least && *greatest - mean + 1 <= most) {
    for (double& gain : gains) gain += 1 - mean;
    return;
  }
  const auto tooLittle = [&](double shift) {
    double sum = 0;
    for (const double gain : gains) sum += std::clamp(gain - shift, least, most) - 1;
    return sum > 0;
  };
  const double shift = bisect({*smallest - most, *greatest - least}, Tuning::gainBisections, tooLittle).middle();
  for (double& gain : gains) gain = std::clamp(gain - shift, least, most);
}

/// Gradients at the present point, whose residuals are at hand, the step of each and the residual.
void BlindDescent::updateGradients() {
  std::fill(gainGradient_.begin(), gainGradient_.end(), 0.0);
  for (int i = 0, sensor = 0; i < reports(); ++i, sensor = sensor + 1 == sensors() ? 0 : sensor + 1) {
    weighted_[at(i)] = gains_[at(sensor)] * residuals_[at(i)];
    gainGradient_[at(sensor)] += seen_[at(i)] * residuals_[at(i)] / reports();
  }
  la_.gemv(Transpose::no, 1.0 / reports(), at_, viewOf(weighted_), 0.0, viewOf(signalGradient_));
  keepOnSubspace(gainGradient_);
  la_.gemv(Transpose::yes, 1.0, at_, viewOf(signalGradient_), 0.0, viewOf(moved_));
  double ofSignal = 0, ofGains = 0;
  for (int i = 0, sensor = 0; i < reports(); ++i, sensor = sensor + 1 == sensors() ? 0 : sensor + 1) {
    ofSignal += square(gains_[at(sensor)] * moved_[at(i)]) / reports();
    ofGains += square(gainGradient_[at(sensor)] * seen_[at(i)]) / reports();
  }
  const double signalSquares = norm2Squared(signalGradient_), gainSquares = norm2Squared(gainGradient_);
  signalStep_ = ofSignal > 0 ? signalSquares / ofSignal : 0;
  gainStep_ = ofGains > 0 ? gainSquares / ofGains : 0;
  double blocked = std::sqrt(gainSquares);
  if (std::isfinite(settings_.gainRange) && gainStep_ > 0) {
    addScaled(gains_, -gainStep_, gainGradient_, trialGains_);
    projectGains(trialGains_);
    double squares = 0;
    for (std::size_t k = 0; k < gains_.size(); ++k) squares += square(gains_[k] - trialGains_[k]);
    blocked = std::sqrt(squares) / gainStep_;
  }
  const double size = std::sqrt(std::max(norm2Squared(signal_), 0.0));
  residual_ = std::max(std::sqrt(signalSquares) * size, blocked * std::sqrt(1.0 * sensors())) / energy_;
}

std::optional<Status> BlindDescent::step() {
  const auto along = [&](double share) {
    addScaled(signal_, -share * signalStep_, signalGradient_, trialSignal_);
    addScaled(seen_, -share * signalStep_, moved_, trialSeen_);
    addScaled(gains_, -share * gainStep_, gainGradient_, trialGains_);
    projectGains(trialGains_);
    return misfit(trialSeen_, trialGains_);
  };
  // The steps are those of exact searches: it is enough that the misfit does not rise.
  const auto found = armijo(along, {.value = objective_, .rounding = 8 * machineEpsilon * objective_});
  if (!found) return Status::stalled;
  objective_ = found->value;
  signal_.swap(trialSignal_);
  seen_.swap(trialSeen_);
  gains_.swap(trialGains_);
  if (++steps_ % Tuning::stepsBetweenProducts == 0) {
    see();
    objective_ = misfit(seen_, gains_);
  }
  updateGradients();
  return std::nullopt;
}

Progress BlindDescent::progress() const {
  Progress now;
  if (!started_) return now;
  now.objective = objective_;
  now.residual = residual_;
  return now;
}

BlindCalibrationSolution BlindDescent::solution() const {
  BlindCalibrationSolution made{signal_, gains_, signal_};
  if (problem_.signalBasis.cols() == 0) return made;
  made.signal.resize(at(problem_.A.columns));
  la_.gemv(Transpose::no, 1.0, problem_.signalBasis, viewOf(signal_), 0.0, viewOf(made.signal));
  return made;
}

}  // namespace nonconvex
