#include "solvers/fractional/coordinate_descent.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/numbers.hpp"
#include "functions/penalties.hpp"
#include "sketching/permutations.hpp"
#include "solvers/fractional/terms.hpp"

namespace nonconvex {
namespace {

/// f(0) + ... + f(n - 1), in descents that need not wait for each other.
template <class F>
double sumOver(std::size_t n, F&& f) {
  constexpr std::size_t descents = 4;
  double sum[descents] = {};
  std::size_t i = 0;
  for (; i + descents <= n; i += descents) {
    for (std::size_t k = 0; k < descents; ++k) sum[k] += f(i + k);
  }
  for (; i < n; ++i) sum[0] += f(i);
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/// Returns true if u = 0 is the minimiser of N - s g, and for s = N(0) / g(0) of N / g, without looking for it: most
/// coordinates of a sparse solution. Each piece of g is left by the better of two parabolas; what that gains must not
/// exceed what the piece lies below g at 0.
bool staysAtZero(const LineNumerator& N, const LineDenominator& g, double s) {
  if (N.x != 0 || !(N.a > 0) || g.symmetric || g.pieces > 3) return false;
  if (g.kind == LineDenominator::Kind::none) return std::abs(N.b) <= N.l1;
  if (g.kind != LineDenominator::Kind::affineMax) return false;
  const double tau = s * g.scale;
  double top = g.gamma[0];
  for (int k = 1; k < g.pieces; ++k) top = std::max(top, g.gamma[k]);
  for (int k = 0; k < g.pieces; ++k) {
    const double slope = std::abs(N.b - tau * g.phi[k]) - N.l1;
    if (slope > 0 && slope * slope > 2 * N.a * tau * (top - g.gamma[k])) return false;
  }
  return true;
}

}  // namespace

struct CoordinateDescent::Tuning {
  static constexpr int refreshInterval = 50;  ///< rounding: sweeps after which all sums are computed from x again
  static constexpr double far = 1e3;  ///< measured: factor by which x grows in one step towards an infimum at infinity
  static constexpr double nearlyZero = 1e-9;  ///< rounding: multiple of what it was below which a number is 0
  /// rounding: factor by which a sum may shrink until it is computed from x again.
  static constexpr double fewDigits = 1e-6;
  /// rounding: relative gain of a step to infinity below which the infimum is reached.
  static constexpr double limitReached = 1e-9;
};

CoordinateDescent::CoordinateDescent(const FractionalData& data, const FractionalSettings& settings,
                                     std::uint32_t stream)
    : data_(data),
      settings_(settings),
      random_(settings.seed, stream),
      denominator_(makeDenominator(data.denominator, data.n)),
      x_(static_cast<std::size_t>(data.n)),
      parabolas_(data.smooth.size()),
      before_(x_.size()),
      saved_(x_.size()),
      lastDefined_(x_.size()),
      extrapolation_(settings.acceleration ? data.n : 0),
      working_(data.fixed) {
  linearParts_ = !data.linear.empty() || data.constant < 0;
  for (const FractionalTermData& term : data.smooth) {
    smooth_.push_back(makeSmoothTerm(term));
    linearParts_ = linearParts_ || !term.c.empty();
  }
  choosePasses();
}

void CoordinateDescent::begin(const double* x) {
  if (x != x_.data()) std::copy(x, x + data_.n, x_.data());
  for (const auto& term : smooth_) term->restart(x_.data());
  denominator_->restart(x_.data());
  addUp();
  digits_.restart(numerator(), denominator());
  if (isDefined()) std::copy(x_.begin(), x_.end(), lastDefined_.begin());
}

bool CoordinateDescent::isDefined() const {
  return std::isfinite(objective()) && std::isfinite(denominator()) && (data_.difference || denominator() > 0);
}

bool CoordinateDescent::hasDigits() const {
  constexpr double least = 1e-13;
  return std::none_of(
             data_.smooth.begin(), data_.smooth.end(),
             [](const FractionalTermData& data) { return data.term.kind == FractionalTerm::Kind::quadratic; }) ||
         numerator() > least * sizeOfNumerator();
}

/// The sums that depend on x alone, from scratch.
void CoordinateDescent::addUp() {
  const double* x = x_.data();
  const double* diagonal = data_.diagonal.data();
  const double* linear = data_.linear.data();
  const double* l1 = data_.l1.data();
  diagonal_ = sumOver(data_.diagonal.size(), [=](std::size_t i) { return diagonal[i] * x[i] * x[i] / 2; });
  linear_ = sumOver(data_.linear.size(), [=](std::size_t i) { return linear[i] * x[i]; });
  l1_ = sumOver(data_.l1.size(), [=](std::size_t i) { return l1[i] * std::abs(x[i]); });
  norm1_ = sumOver(x_.size(), [=](std::size_t i) { return std::abs(x[i]); });
  squares_ = curvatureOfX();
  numerator_ = sumOfNumerator();
}

double CoordinateDescent::sumOfNumerator() {
  separable_ = diagonal_ + linear_ + l1_ + data_.l1Squared.ofNorm(norm1_) + data_.constant;
  double sum = separable_;
  for (const auto& term : smooth_) sum += term->value();
  return sum;
}

/// Sum over the coordinates of curvature times x_i^2.
double CoordinateDescent::curvatureOfX() const {
  const double* curvature = data_.curvatures.data();
  const double* x = x_.data();
  return sumOver(x_.size(), [=](std::size_t i) { return curvature[i] * x[i] * x[i]; });
}

LineNumerator CoordinateDescent::restrictNumerator(int i) {
  const auto k = static_cast<std::size_t>(i);
  const FractionalData::Coordinate& c = data_.coordinates[k];
  const double x = x_[k];
  LineNumerator along{.a = c.a,
                      .b = c.linear + c.penalty.l2 * x,
                      .c = 0,
                      .x = x,
                      .l1 = c.penalty.l1,
                      .l1Squared = data_.l1Squared,
                      .rest = std::max(0.0, norm1_ - std::abs(x)),
                      .lower = data_.lower[k],
                      .upper = data_.upper[k]};
  for (std::size_t s = 0; s < smooth_.size(); ++s) {
    parabolas_[s] = smooth_[s]->restrictTo(i, x);
    along.b += parabolas_[s].b;
  }
  along.c = numerator() - along.l1 * std::abs(x) - data_.l1Squared.ofNorm(norm1_);
  // With linear parts, what the penalties leave may be negative.
  if (!data_.difference && !linearParts_) along.c = std::max(0.0, along.c);
  return along;
}

LineMinimum CoordinateDescent::minimum(int i, const LineNumerator& along, Mode mode) {
  static constexpr LineDenominator none{};
  if (mode == Mode::numerator) return staysAtZero(along, none, 0) ? LineMinimum{} : minimizeDifference(along, none, 0);
  const LineDenominator& g = denominator_->restrictTo(i, along.x);
  const double s = data_.difference ? 1 : objective();
  if (staysAtZero(along, g, s)) return {};
  return data_.parametric ? minimizeDifference(along, g, s) : minimizeQuotient(along, g);
}

/// x_i := value. `Denominator` is the class of that term, or its base.
template <class Denominator, CoordinateDescent::Mode mode>
inline __attribute__((always_inline)) void CoordinateDescent::setCoordinate(int i, double value, int next) {
  const FractionalData::Coordinate& c = data_.coordinates[static_cast<std::size_t>(i)];
  double& x = x_[static_cast<std::size_t>(i)];
  const double t = value - x;
  const double longer = std::abs(value) - std::abs(x);
  for (std::size_t s = 0; s < smooth_.size(); ++s) smooth_[s]->move(i, t, parabolas_[s], next);
  if constexpr (mode == Mode::ratio) static_cast<Denominator&>(*denominator_).move(i, x, t, next);
  diagonal_ += c.penalty.l2 * t * (x + t / 2);
  linear_ += c.linear * t;
  l1_ += c.penalty.l1 * longer;
  norm1_ = std::max(0.0, norm1_ + longer);
  x = value;
  numerator_ = sumOfNumerator();
  working_.noteMoved(static_cast<std::size_t>(i));
  ++updates_;
}

/// After x_i, which was `before`, has moved, and numerator and denominator were n and g: whether the step may stay. It
/// goes back if the ratio, computed anew where digits may be lost, is now worse than `ratio`.
bool CoordinateDescent::stepHolds(int i, double before, double ratio, double n, double g) {
  // Sums that are kept by their changes have no digits left after a long way down, or after an overflow.
  digits_.note(n, g);
  if (shrunk(Tuning::fewDigits, Tuning::fewDigits) || !(denominator() < infinity)) begin(x_.data());
  const double rise = objective() - ratio * (1 + 1e-9);
  // 0 / 0 is for the end of the sweep; where the ratio does not change along x, it is no better than before.
  const bool undefined = std::isnan(objective()) && !data_.scaleInvariant;
  if ((denominator() > 0 && numerator() >= 0 && rise * g <= digits_.rounding()) || undefined) return true;
  // Where terms differ too much in size, a minimum along a coordinate may be nothing but rounding.
  x_[static_cast<std::size_t>(i)] = before;
  begin(x_.data());
  return false;
}

/// Moves coordinate i to `value`, unless that turns out to be worse than `ratio`, the present one; the square of its
/// step in the measure of the residual.
template <class Denominator, CoordinateDescent::Mode mode>
inline __attribute__((always_inline)) double CoordinateDescent::tryStep(int i, double value, double ratio, int next) {
  const FractionalData::Coordinate& c = data_.coordinates[static_cast<std::size_t>(i)];
  const double before = x_[static_cast<std::size_t>(i)];
  const double n = numerator();
  const double g = denominator();
  setCoordinate<Denominator, mode>(i, value, next);
  if (mode == Mode::ratio && !data_.difference && !stepHolds(i, before, ratio, n, g)) return 0;
  if (numerator() < digits_.floor()) lowerFloor();
  const double t = value - before;
  if (c.a > 0) {
    // A curvature that is small beside penalties says little of what a step brings.
    const double gain = mode == Mode::ratio && !data_.difference ? (ratio - objective()) * denominator() : 0;
    return std::max(c.a / 2 * t * t, gain - digits_.rounding()) / scaleOfSteps();
  }
  const double relative = t / std::max(std::abs(value), std::abs(before));
  return relative * relative / static_cast<double>(x_.size());
}

/// Moves coordinate i to its minimum, whatever the terms.
double CoordinateDescent::minimizeCoordinate(int i, int next, Mode mode) {
  const LineNumerator along = restrictNumerator(i);
  double t = minimum(i, along, mode).t;
  if (t == 0) return 0;
  if (!std::isfinite(t)) {
    if (std::isnan(t)) return t;
    if (data_.scaleInvariant) {
      becomeUnit(i, t > 0 ? 1 : -1);
      return 1;
    }
    if (data_.parametric) {
      unbounded_ = true;
      return 1;
    }
    // The ratio falls towards its limit: far out, from where the radial step may lead back.
    t = std::copysign(Tuning::far * (1 + norm1_), t);
    const LineDenominator& g = denominator_->restrictTo(i, along.x);
    const double now = along(0) / g(0);
    if (!(now - along(t) / g(t) > Tuning::limitReached * now)) return 0;
  }
  double value = std::clamp(along.x + t, along.lower, along.upper);
  if (mode == Mode::ratio && !data_.difference && std::abs(value) < Tuning::nearlyZero * std::abs(along.x) &&
      !(denominator_->restrictTo(i, along.x)(-along.x) > 0)) {
    value = along.x / Tuning::far;  // the infimum is only approached, and other directions may lead back
  }
  if (value == along.x) return 0;
  return mode == Mode::ratio ? tryStep<DenominatorTerm, Mode::ratio>(i, value, objective(), next)
                             : tryStep<DenominatorTerm, Mode::numerator>(i, value, 0, next);
}

/// Moves coordinate i to its minimum, for least squares with an l1 penalty less s times the sum of some of the largest
/// |x_i|, none or all of them. With w the minimiser without both, u = w - threshold or, where |x_i| counts in the sum,
/// w - threshold + tau, all of the sign of w and cut off at 0: the latter if that gains more than tau times what |x_i|
/// has to exceed to count. `ratio` is the present one.
///
/// Longer than most: it takes a few nanoseconds, and operations stand in the order in which their operands are there.
template <CoordinateDescent::Mode mode, class Smooth, class Denominator>
inline __attribute__((always_inline)) double CoordinateDescent::softThresholdStep(Smooth& f, Denominator& g,
                                                                                  double& ratio, int i, int next) {
  constexpr bool withoutG = mode == Mode::numerator || std::is_same_v<Denominator, NoDenominator>;
  const auto k = static_cast<std::size_t>(i);
  const FractionalData::Coordinate& c = data_.coordinates[k];
  const double x = x_[k];
  const double known = c.penalty.l2 * x + c.linear;
  const Parabola parabola = {c.curvature, f.slope(i)};
  // The work that does not wait for the slope comes first: from one slope to the next there is one chain of operations.
  const double w = (x - known * c.inverse) - parabola.b * c.inverse;
  const double size = std::abs(w);
  double u = penalties::L1::shrink(size, c.threshold);
  double tau = 0;
  double from = 0;
  if constexpr (!withoutG) {
    tau = mode == Mode::difference ? g.factor() : ratio * g.factor();
    from = g.countsFrom(i);
    const double more = penalties::L1::shrink(size, c.threshold - tau * c.inverse);
    // A branch, so that most steps need not wait for the ratio, which waits for the step before.
    if (more * more - u * u > 2 * tau * c.inverse * from) [[unlikely]]
      u = more;
  }
  u = std::copysign(u, w) + 0.0;  // + 0.0 turns -0 into 0
  const double t = u - x;
  if (t == 0) return 0;
  const double penalty = c.penalty.l1 * (std::abs(u) - std::abs(x));
  double gain = (c.a / 2 * t + (known + parabola.b)) * t + penalty;
  if constexpr (!withoutG) gain -= tau * (std::max(std::abs(u), from) - std::max(std::abs(x), from));
  const double before = numerator_;
  if (!(-gain > 1e-16 * std::abs(before))) return 0;

  f.move(i, t, parabola, next);
  separable_ += (c.penalty.l2 / 2 * t + known) * t + penalty;  // its parts follow at the end of the sweep
  numerator_ = separable_ + f.value();
  x_[k] = u;
  working_.noteMoved(k);
  ++updates_;
  if constexpr (mode != Mode::numerator) {
    const double gBefore = g.value();
    g.move(i, x, t, next);
    if constexpr (mode == Mode::ratio) {
      const double gNow = g.value();
      const double now = numerator_ / gNow;
      const bool plain =
          now <= ratio && numerator_ >= Tuning::fewDigits * before && gNow >= Tuning::fewDigits * gBefore;
      if (!(plain && gNow < infinity) && !stepHolds(i, x, ratio, before, gBefore)) return 0;
      ratio = plain ? now : objective();
    }
  }
  if (numerator_ < digits_.floor()) lowerFloor();
  return c.a / 2 * t * t / scaleOfSteps();
}

/// Moves coordinate i to its minimum, for a numerator without penalties over ||A x||_4^2.
double CoordinateDescent::quarticUpdate(int i, int next) {
  const auto k = static_cast<std::size_t>(i);
  const FractionalData::Coordinate& c = data_.coordinates[k];
  const double x = x_[k];
  double slope = c.linear + c.penalty.l2 * x;
  for (std::size_t s = 0; s < smooth_.size(); ++s) {
    parabolas_[s] = smooth_[s]->restrictTo(i, x);
    slope += parabolas_[s].b;
  }
  const LineDenominator& g = static_cast<NormFourOfProduct&>(*denominator_).restrictTo(i, x);
  double t = 0;
  if (!provenSqrtQuarticQuotientStep({c.a, slope, numerator_}, g.q, t)) return minimizeCoordinate(i, next, Mode::ratio);
  if (x + t == x) return 0;
  return tryStep<NormFourOfProduct, Mode::ratio>(i, x + t, objective(), next);
}

/// Size of the numerator before its parts cancel.
double CoordinateDescent::sizeOfNumerator() const {
  return numerator() + (data_.difference ? std::abs(denominator()) : 0) + squares_ / 2;
}

void CoordinateDescent::setFloor() { digits_.setRounding(sizeOfNumerator()); }

void CoordinateDescent::lowerFloor() {
  squares_ = curvatureOfX();
  setFloor();
}

double CoordinateDescent::scaleOfSteps() const {
  return numerator() + (data_.difference ? std::abs(denominator()) : 0) + digits_.floor();
}

template <class Update>
double CoordinateDescent::forAll(const Cpu& la, const std::vector<int>& order, Update&& update) {
  double squares = 0;
  for (std::size_t k = 0; k < order.size() && !unbounded_; ++k) {
    if (k % 64 == 0) {
      la.checkpoint();
      digits_.note(numerator(), denominator());
    }
    squares += update(order[k], k + 1 < order.size() ? order[k + 1] : -1);
  }
  return squares;
}

template <CoordinateDescent::Mode mode>
double CoordinateDescent::generalPass(const Cpu& la, const std::vector<int>& order) {
  return forAll(la, order, [this](int i, int next) { return minimizeCoordinate(i, next, mode); });
}

template <CoordinateDescent::Mode mode, class Smooth, class Denominator>
double CoordinateDescent::softPass(const Cpu& la, const std::vector<int>& order) {
  Smooth& f = static_cast<Smooth&>(*smooth_.front());
  Denominator& g = static_cast<Denominator&>(*denominator_);
  double ratio = objective();
  return forAll(la, order, [&](int i, int next) { return softThresholdStep<mode>(f, g, ratio, i, next); });
}

double CoordinateDescent::quarticPass(const Cpu& la, const std::vector<int>& order) {
  return forAll(la, order, [this](int i, int next) { return quarticUpdate(i, next); });
}

template <class Smooth>
void CoordinateDescent::chooseSoftPasses() {
  numeratorPass_ = &CoordinateDescent::softPass<Mode::numerator, Smooth, DenominatorTerm>;
  if (!data_.parametric) return;
  const auto choose = [&]<class Denominator>(const Denominator*) {
    ratioPass_ = data_.difference ? &CoordinateDescent::softPass<Mode::difference, Smooth, Denominator>
                                  : &CoordinateDescent::softPass<Mode::ratio, Smooth, Denominator>;
  };
  if (const auto* g = dynamic_cast<TopK*>(denominator_.get())) choose(g);
  if (const auto* g = dynamic_cast<NormOne*>(denominator_.get())) choose(g);
  if (dynamic_cast<NoDenominator*>(denominator_.get()) != nullptr) {
    ratioPass_ = &CoordinateDescent::softPass<Mode::difference, Smooth, NoDenominator>;
  }
}

void CoordinateDescent::choosePasses() {
  ratioPass_ = &CoordinateDescent::generalPass<Mode::ratio>;
  numeratorPass_ = &CoordinateDescent::generalPass<Mode::numerator>;
  if (data_.l1Squared.weight > 0 || data_.bounded) return;
  if (dynamic_cast<NormFourOfProduct*>(denominator_.get()) != nullptr && denominator_->degree() == 2 &&
      data_.denominator.term.shift == 0 && data_.l1.empty()) {
    ratioPass_ = &CoordinateDescent::quarticPass;
  }
  if (smooth_.size() != 1 || !data_.curved) return;
  if (dynamic_cast<LeastSquares*>(smooth_.front().get()) != nullptr) chooseSoftPasses<LeastSquares>();
  if (dynamic_cast<GramLeastSquares*>(smooth_.front().get()) != nullptr) chooseSoftPasses<GramLeastSquares>();
}

double CoordinateDescent::greedyPass(const Cpu& la) {
  double squares = 0;
  for (std::size_t k = 0; k < working_.all().size() && !unbounded_; ++k) {
    la.checkpoint();
    int best = -1;
    double gain = 0;
    for (const int i : working_.all()) {
      const LineNumerator along = restrictNumerator(i);
      const LineMinimum found = minimum(i, along, Mode::ratio);
      if (found.t == 0) continue;
      const double now =
          data_.parametric ? numerator() - (data_.difference ? 1 : objective()) * denominator() : objective();
      if (best < 0 || now - found.value > gain) {
        best = i;
        gain = now - found.value;
      }
    }
    if (best < 0) break;
    squares += minimizeCoordinate(best, -1, Mode::ratio);
  }
  return squares;
}

void CoordinateDescent::sweep(const Cpu& la) {
  setFloor();
  digits_.keepFirstFloor();
  working_.beginSweep();
  std::copy(x_.begin(), x_.end(), before_.begin());
  const double residual = std::sqrt(pass(la));
  ++sweeps_;
  if (unbounded_) return;
  addUp();
  if (data_.scaleInvariant) {
    normalize();
  } else if (settings_.radialStep) {
    radialStep();
  }
  if (settings_.acceleration) extrapolate();
  chooseNext(residual);
  // Extrapolation and long ways down cost digits of what is kept by its changes.
  if (converged() || shrunk(1e-4, 0.1) || digits_.stretched() || sweeps_ % Tuning::refreshInterval == 0)
    begin(x_.data());
  unbounded_ = converged() && towardsLimit_;
  if (!data_.difference && !isDefined()) {
    // Numerator and denominator have gone to 0 with x, where the ratio has only a limit, or beyond the largest number.
    begin(before_.data());
    if (!isDefined()) begin(lastDefined_.data());  // both were nothing but rounding
    unbounded_ = true;
  }
}

/// Once through the coordinates of this sweep; the sum of squares of the residual.
double CoordinateDescent::pass(const Cpu& la) {
  if (settings_.sweepOrder == FractionalOrder::greedy) return greedyPass(la);
  std::vector<int>& order = working_.coordinates();
  if (settings_.sweepOrder == FractionalOrder::shuffled) {
    shuffle(order, [&](std::size_t i) { return random_.below(draws_++, static_cast<std::uint32_t>(i + 1)); });
  }
  return (this->*ratioPass_)(la, order);
}

/// Chooses the coordinates of the next sweep after one that ended with this residual.
void CoordinateDescent::chooseNext(double residual) {
  if (!working_.full()) {
    working_.endActiveSweep(residual, std::max(settings_.tolerance / 2, residual_ / 10));
    return;
  }
  residual_ = residual;
  const bool mayShrink = working_.mayShrink() && settings_.activeSet && settings_.sweepOrder != FractionalOrder::greedy;
  if (mayShrink && !converged()) working_.shrinkTo(x_);
}

void CoordinateDescent::minimizeNumerator(const Cpu& la) {
  constexpr int most = 200;
  const double enough = std::max(settings_.tolerance, 1e-4);
  digits_.setFloor(1e-14 * numerator() + std::numeric_limits<double>::min());
  double last = infinity;
  for (int sweeps = 0; sweeps < most; ++sweeps) {
    working_.beginSweep();
    const double now = std::sqrt((this->*numeratorPass_)(la, working_.coordinates()));
    if (working_.full()) {
      if (now <= enough) break;
      last = now;
      working_.shrinkTo(x_);
    } else if (now <= std::max(enough, last / 10)) {
      working_.takeAll();
    }
  }
  working_.takeAll();
  updates_ = 0;
  digits_.forgetFloor();
  begin(x_.data());
}

void CoordinateDescent::extrapolate() {
  constexpr int longest = 64;
  extrapolation_.add(x_.data());
  if (--untilExtrapolation_ > 0 || !extrapolation_.full()) return;
  untilExtrapolation_ = extrapolationInterval_;
  double* trial = extrapolation_.combine();
  if (trial == nullptr) return;
  for (std::size_t i = 0; i < x_.size(); ++i) trial[i] = std::clamp(trial[i], data_.lower[i], data_.upper[i]);
  const double before = objective();
  std::swap_ranges(x_.begin(), x_.end(), trial);
  begin(x_.data());
  const bool better = objective() < before && (data_.difference || denominator() > 0);
  if (!better) {
    std::swap_ranges(x_.begin(), x_.end(), trial);
    begin(x_.data());
  }
  extrapolationInterval_ = better ? Extrapolation::points : std::min(longest, 2 * extrapolationInterval_);
  untilExtrapolation_ = extrapolationInterval_;
  extrapolation_.clear();
}

/// The numerator as a function of the multiplier u = 1 + t of x, of either sign.
LineNumerator CoordinateDescent::restrictNumeratorToRay() const {
  LineNumerator along{.a = 2 * diagonal_ + data_.l1Squared.slope(norm1_) * norm1_,
                      .b = 0,
                      .c = numerator() - l1_,
                      .x = 1,
                      .l1 = l1_,
                      .l1Squared = {0},
                      .rest = 0,
                      .lower = -infinity,
                      .upper = infinity};
  along.b = along.a + linear_;
  for (const auto& term : smooth_) {
    const Parabola p = term->restrictToRay(x_.data());
    along.a += p.a;
    along.b += p.b;
  }
  if (data_.bounded) {
    for (std::size_t i = 0; i < x_.size(); ++i) {
      if (x_[i] == 0) continue;
      const double up = (x_[i] > 0 ? data_.upper[i] : data_.lower[i]) / x_[i];
      const double down = (x_[i] > 0 ? data_.lower[i] : data_.upper[i]) / x_[i];
      along.upper = std::min(along.upper, std::max(1.0, up));
      along.lower = std::max(along.lower, std::min(1.0, down));
    }
  }
  return along;
}

void CoordinateDescent::radialStep() {
  const LineNumerator along = restrictNumeratorToRay();
  const LineDenominator& g = denominator_->restrictToRay(x_.data());
  towardsLimit_ = false;
  if (data_.difference) {
    const LineMinimum best = minimizeDifference(along, g, 1);
    unbounded_ = unbounded_ || std::isinf(best.t);
    if (std::isfinite(best.t)) tryMultiple(1 + best.t);
    return;
  }
  const LineMinimum best = minimizeQuotient(along, g);
  const double now = along(0) / g(0);
  double multiple = 1 + best.t;
  double value = best.value;
  // The infimum may lie at infinity, or where x and both functions tend to 0. Then x goes there step by step, since
  // other directions may lead back, as long as that gains anything.
  const double near = 1 / Tuning::far;
  if (std::isinf(best.t)) {
    multiple = std::copysign(Tuning::far, best.t);
  } else if (along.lower <= near - 1) {
    const double valueNear = along(near - 1) / g(near - 1);
    const bool vanishes = std::abs(multiple) < Tuning::nearlyZero && !(g(-1) > 0);
    if (valueNear < value || vanishes) {
      multiple = near;
      value = valueNear;
    }
  }
  towardsLimit_ = std::isinf(best.t) || multiple == near;
  if (towardsLimit_ && now - value <= Tuning::limitReached * std::abs(now)) return;
  tryMultiple(std::clamp(multiple, along.lower, along.upper));
}

/// x := multiple x, unless that turns out not to be better: far away the parabolas along the line are only rounding.
void CoordinateDescent::tryMultiple(double multiple) {
  if (multiple == 1 || std::isnan(multiple)) return;
  const double before = objective();
  std::copy(x_.begin(), x_.end(), saved_.begin());
  scale(multiple);
  if (digits_.stretched()) begin(x_.data());
  // Far out its parts may cancel so far that the numerator has few digits left, or none.
  setFloor();
  const bool known = std::abs(multiple) <= 1 || numerator() >= 1e3 * digits_.floor();
  if (known && objective() <= before && (data_.difference || denominator() > 0)) return;
  begin(saved_.data());
  setFloor();
}

void CoordinateDescent::scale(double factor) {
  digits_.noteScaled(factor);
  for (double& x : x_) x *= factor;
  x_ = data_.clamped(std::move(x_));
  for (const auto& term : smooth_) term->scale(factor, x_.data());
  denominator_->scale(factor, x_.data());
  diagonal_ *= factor * factor;
  linear_ *= factor;
  l1_ *= std::abs(factor);
  norm1_ *= std::abs(factor);
  squares_ *= factor * factor;
  numerator_ = sumOfNumerator();
  digits_.note(numerator(), denominator());
}

void CoordinateDescent::normalize() {
  double square = 0;
  for (const double x : x_) square += x * x;
  if (square > 0.25 && square < 4) return;
  scale(1 / std::sqrt(square));
  extrapolation_.clear();
}

void CoordinateDescent::becomeUnit(int i, double sign) {
  std::fill(x_.begin(), x_.end(), 0.0);
  x_[static_cast<std::size_t>(i)] = sign;
  working_.noteAllMoved();
  begin(x_.data());
  extrapolation_.clear();
  ++updates_;
}

}  // namespace nonconvex
