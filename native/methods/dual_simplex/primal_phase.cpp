#include <algorithm>
#include <cmath>

#include "methods/dual_simplex/simplex_state.hpp"

namespace nonconvex {

namespace {

/// The primal simplex method from a basis on that is within the bounds.
class PrimalPhase {
 public:
  explicit PrimalPhase(SimplexState& state) : s_(state), n_(state.lp.columns()), weight_(at(n_), 1.0) {}

  /// Lets free columns whose reduced cost is 0 move until an item meets a bound.
  void reachVertex() {
    for (int slot = 0; slot < n_; ++slot) {
      const int entering = s_.inverse.itemOf(slot);
      if (s_.side[at(entering)] != BasisSide::freeAtZero || s_.dualError(slot) > s_.dualTolerance) continue;
      s_.directionOf(slot);
      for (const bool up : {true, false}) {
        up_ = up;
        const int leaving = test(entering);
        if (leaving < 0) continue;
        pivot(slot, entering, leaving);
        break;
      }
    }
  }

  PhaseEnd run() {
    for (;;) {
      const int slot = choose();
      if (slot < 0) return PhaseEnd::done;
      if (s_.mayStop()) return PhaseEnd::limit;
      if (s_.inverse.exchanges() >= SimplexState::Tuning::exchanges && !renew()) return PhaseEnd::inaccurate;
      if (s_.isFresh() && slot >= 0 && s_.dualError(slot) <= s_.dualTolerance) continue;
      const int entering = s_.inverse.itemOf(slot);
      up_ = s_.side[at(entering)] == BasisSide::atLower ||
            (s_.side[at(entering)] == BasisSide::freeAtZero && s_.reduced[at(slot)] < 0);
      s_.directionOf(slot);
      const int leaving = test(entering);
      if (leaving < 0 && step_ == infinity) {
        if (!s_.isFresh()) {
          if (!renew()) return PhaseEnd::inaccurate;
          continue;
        }
        if (!up_)
          for (double& change : s_.change) change = -change;
        return PhaseEnd::unbounded;
      }
      pivot(slot, entering, leaving);
    }
  }

 private:
  struct Tuning {
    static constexpr int still = 50;        ///< safeguard: steps of length 0 in turn after which Bland's rule is taken
    static constexpr double least = 1e-9;   ///< rounding: least change of an item that may leave
    static constexpr double small = 1e-12;  ///< rounding: a step that counts as none
  };

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  bool renew() {
    s_.factor();
    s_.priceSlots();
    s_.placeValues();
    std::fill(weight_.begin(), weight_.end(), 1.0);
    return s_.isPrimalFeasible();
  }

  /// The slot of the most wrong reduced cost beside its weight (Devex); the first item, after many steps of length 0.
  int choose() const {
    int best = -1;
    double most = 0;
    for (int p = 0; p < n_; ++p) {
      const double error = s_.dualError(p);
      if (error <= s_.dualTolerance) continue;
      if (still_ > Tuning::still) {
        if (best < 0 || s_.inverse.itemOf(p) < s_.inverse.itemOf(best)) best = p;
      } else if (error * error > most * weight_[at(p)]) {
        most = error * error / weight_[at(p)];
        best = p;
      }
    }
    return best;
  }

  /// How far the item may go until its bound, for a change of this sign.
  double room(int item, double rate) const {
    return std::max(0.0,
                    rate < 0 ? s_.value[at(item)] - s_.lp.lower[at(item)] : s_.lp.upper[at(item)] - s_.value[at(item)]);
  }

  /// The item that meets its bound first, with a large change among those that do so nearly; -1 if the entering item
  /// meets its other bound, or nothing does. `step_` is how far the entering item goes.
  int test(int entering) {
    const double sign = up_ ? 1 : -1;
    double farthest = infinity;
    for (int item = 0; item < s_.lp.items(); ++item) {
      const double rate = sign * s_.change[at(item)];
      if (std::abs(rate) <= Tuning::least || item == entering) continue;
      const double slack = still_ > Tuning::still ? 0 : SimplexState::Tuning::primal;
      farthest = std::min(farthest, (room(item, rate) + slack) / std::abs(rate));
    }
    int best = -1;
    double most = 0;
    step_ = s_.lp.upper[at(entering)] - s_.lp.lower[at(entering)];
    if (step_ <= farthest) return -1;
    for (int item = 0; item < s_.lp.items(); ++item) {
      const double rate = sign * s_.change[at(item)];
      if (std::abs(rate) <= Tuning::least || item == entering || room(item, rate) / std::abs(rate) > farthest) continue;
      if (still_ > Tuning::still && best >= 0) continue;
      if (std::abs(rate) <= most) continue;
      most = std::abs(rate);
      best = item;
    }
    if (best >= 0) step_ = room(best, sign * s_.change[at(best)]) / most;
    return best;
  }

  void pivot(int slot, int entering, int leaving) {
    const double move = up_ ? step_ : -step_;
    for (int item = 0; item < s_.lp.items(); ++item) s_.value[at(item)] += move * s_.change[at(item)];
    still_ = step_ <= Tuning::small ? still_ + 1 : 0;
    if (leaving < 0) {
      s_.side[at(entering)] = up_ ? BasisSide::atUpper : BasisSide::atLower;
      s_.value[at(entering)] = up_ ? s_.lp.upper[at(entering)] : s_.lp.lower[at(entering)];
      ++s_.pivots;
      return;
    }
    const bool lower = (s_.change[at(leaving)] < 0) == up_;
    s_.normal(leaving);
    const double a = s_.alpha[at(slot)];
    const double step = s_.reduced[at(slot)] / a;
    const double own = weight_[at(slot)];
    for (int p = 0; p < n_; ++p) {
      const double f = s_.alpha[at(p)] / a;
      if (f == 0) continue;
      s_.reduced[at(p)] -= step * s_.alpha[at(p)];
      weight_[at(p)] = std::max(weight_[at(p)], f * f * own);
    }
    s_.reduced[at(slot)] = step;
    weight_[at(slot)] = std::max(1.0, own / (a * a));
    s_.exchange(slot, leaving, lower);
    std::fill(s_.weight.begin(), s_.weight.end(), 1.0);
  }

  SimplexState& s_;
  int n_;
  std::vector<double> weight_;  ///< weight of a slot
  bool up_ = true;
  double step_ = 0;
  int still_ = 0;
};

}  // namespace

PhaseEnd primalPhase(SimplexState& state) { return PrimalPhase(state).run(); }

void reachVertex(SimplexState& state) { PrimalPhase(state).reachVertex(); }

}  // namespace nonconvex
