#include <algorithm>
#include <cmath>
#include <utility>

#include "core/random.hpp"
#include "methods/dual_simplex/simplex_kernels.hpp"
#include "methods/dual_simplex/simplex_state.hpp"

namespace nonconvex {

namespace {

/// The dual simplex method from a basis on, whose wrong reduced costs are boxed away by flips, or else set to 0.
class DualPhase {
 public:
  explicit DualPhase(SimplexState& state) : s_(state), n_(state.lp.columns()) {
    candidates_.reserve(at(n_));
    begin();
  }

  PhaseEnd run() {
    for (;;) {
      const int leaving = choose();
      if (leaving < 0) return PhaseEnd::done;
      if (s_.mayStop()) return PhaseEnd::limit;
      if (exceedsLimit()) return PhaseEnd::cutoff;
      if (s_.inverse.exchanges() >= SimplexState::Tuning::exchanges) {
        renew();
        continue;
      }
      s_.normal(leaving);
      sign_ = s_.violation(leaving) < 0 ? 1 : -1;
      const int slot = test(leaving);
      const bool unsure = slot < 0 || std::abs(s_.alpha[at(slot)]) < SimplexState::Tuning::unsure * largest_;
      if (unsure && !s_.isFresh()) {
        renew();
        continue;
      }
      if (slot < 0) {
        s_.blocking = leaving;
        s_.raySign = sign_;
        return PhaseEnd::infeasible;
      }
      pivot(leaving, slot);
    }
  }

 private:
  struct Tuning {
    static constexpr int still = 30;  ///< safeguard: steps of length 0 in turn after which costs are perturbed
    static constexpr double perturbation = 1e-6;  ///< safeguard: size of perturbations beside 1 + the reduced cost
    static constexpr double harris = 3e-10;       ///< rounding: how wrong reduced costs may become for a larger pivot
    static constexpr double small = 1e-12;        ///< rounding: a step of reduced costs that counts as none
  };
  /// A slot whose reduced cost falls to 0 at `ratio`.
  struct Candidate {
    int slot;
    double size, ratio;
    double gain;  ///< decrease of the violation where it is passed
  };

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  void begin() {
    for (int p = 0; p < n_; ++p) {
      if (s_.dualError(p) == 0) continue;
      if (s_.dualError(p) > s_.dualTolerance || perturbed_) s_.shifted = true;
      s_.reduced[at(p)] = 0;
    }
    if (perturbed_) perturb();
  }

  void renew() {
    s_.factor();
    s_.priceSlots();
    s_.flipToCosts();
    s_.placeValues();
    begin();
  }

  void perturb() {
    perturbed_ = s_.shifted = true;
    const Random random(static_cast<std::uint64_t>(n_));
    for (int p = 0; p < n_; ++p) {
      const int item = s_.inverse.itemOf(p);
      double& d = s_.reduced[at(p)];
      const double by =
          Tuning::perturbation * (1 + std::abs(d)) * (0.5 + random.uniform(static_cast<std::uint64_t>(item)));
      if (s_.side[at(item)] == BasisSide::atLower) d += by;
      if (s_.side[at(item)] == BasisSide::atUpper) d -= by;
    }
  }

  /// The item of the largest violation beside its weight.
  int choose() {
    int best = -1;
    double most = 0;
    for (int item = 0; item < s_.lp.items(); ++item) {
      const double v = s_.violation(item);
      if (v == 0 || !s_.inverse.isBasic(item)) continue;
      const double weight = s_.weight[at(item)];
      if (v * v <= most * weight) continue;
      most = v * v / weight;
      best = item;
    }
    return best;
  }

  /// Returns true if the bound of the true costs exceeds the limit, which the present objective suggests.
  bool exceedsLimit() {
    if (s_.objectiveLimit == infinity) return false;
    double present = 0;
    for (int p = 0; p < n_; ++p) present += s_.reduced[at(p)] * s_.value[at(s_.inverse.itemOf(p))];
    if (!(present > s_.objectiveLimit)) return false;
    s_.inverse.gradient(s_.lp.cost.data(), s_.slots.data());
    double bound = 0;
    for (int p = 0; p < n_; ++p) {
      const double d = s_.slots[at(p)];
      const int item = s_.inverse.itemOf(p);
      if (d != 0) bound += d * (d > 0 ? s_.lp.lower[at(item)] : s_.lp.upper[at(item)]);
    }
    return bound > s_.objectiveLimit;
  }

  void collect() {
    candidates_.clear();
    largest_ = 0;
    for (int p = 0; p < n_; ++p) largest_ = std::max(largest_, std::abs(s_.alpha[at(p)]));
    const double least = SimplexState::Tuning::pivot * std::max(largest_, 1e-3);
    for (int p = 0; p < n_; ++p) {
      const double a = sign_ * s_.alpha[at(p)];
      if (std::abs(a) <= least) continue;
      const int item = s_.inverse.itemOf(p);
      const double range = s_.lp.upper[at(item)] - s_.lp.lower[at(item)];
      const std::uint8_t side = s_.side[at(item)];
      if (range == 0 || (side == BasisSide::atLower && a < 0) || (side == BasisSide::atUpper && a > 0)) continue;
      const double d = s_.reduced[at(p)];
      const double left = side == BasisSide::atLower   ? std::max(d, 0.0)
                          : side == BasisSide::atUpper ? std::max(-d, 0.0)
                                                       : std::abs(d);
      candidates_.push_back({p, std::abs(a), left / std::abs(a), range * std::abs(a)});
    }
  }

  /// The slot whose item becomes basic, -1 if no change of the others satisfies the leaving item; `passed_` candidates
  /// before it move to their other bound.
  int test(int leaving) {
    collect();
    double left = std::abs(s_.violation(leaving));
    const double tolerance = s_.tolerance(sign_ > 0 ? s_.lp.lower[at(leaving)] : s_.lp.upper[at(leaving)]);
    passed_ = 0;
    while (passed_ < candidates_.size()) {
      const auto first = candidates_.begin() + static_cast<std::ptrdiff_t>(passed_);
      double step = infinity;
      for (auto c = first; c != candidates_.end(); ++c) step = std::min(step, c->ratio + Tuning::harris / c->size);
      const auto end = std::partition(first, candidates_.end(), [&](const Candidate& c) { return c.ratio <= step; });
      double gain = 0;
      auto best = first;
      for (auto c = first; c != end; ++c) {
        gain += c->gain;
        if (c->size > best->size) best = c;
      }
      if (gain >= (end == candidates_.end() ? left - tolerance : left)) return best->slot;
      left -= gain;
      passed_ = static_cast<std::size_t>(end - candidates_.begin());
    }
    return -1;
  }

  /// Moves the candidates that were passed to their other bounds.
  void flip() {
    if (passed_ == 0) return;
    std::fill(s_.slots.begin(), s_.slots.end(), 0.0);
    for (std::size_t k = 0; k < passed_; ++k) {
      const int item = s_.inverse.itemOf(candidates_[k].slot);
      const bool up = s_.side[at(item)] == BasisSide::atLower;
      s_.side[at(item)] = up ? BasisSide::atUpper : BasisSide::atLower;
      const double to = up ? s_.lp.upper[at(item)] : s_.lp.lower[at(item)];
      s_.slots[at(candidates_[k].slot)] = to - s_.value[at(item)];
      s_.value[at(item)] = to;
    }
    s_.inverse.point(s_.slots.data(), s_.change.data());
    s_.rowChanges(s_.change);
    for (int item = 0; item < s_.lp.items(); ++item)
      if (s_.inverse.isBasic(item)) s_.value[at(item)] += s_.change[at(item)];
  }

  /// Updates the weights of the dual Devex rule. Exact steepest edges need one more product with the inverse and the
  /// rows a pivot, and save next to no pivots in the programs of a search, which begin near their solutions.
  void updateWeights(int leaving, double pivot) {
    const double own = s_.weight[at(leaving)] / (pivot * pivot);
    for (int item = 0; item < s_.lp.items(); ++item) {
      const double change = s_.change[at(item)];
      s_.weight[at(item)] = std::max(s_.weight[at(item)], change * change * own);
    }
  }

  void pivot(int leaving, int slot) {
    flip();
    const int entering = s_.inverse.itemOf(slot);
    const double a = s_.alpha[at(slot)];
    s_.directionOf(slot);
    const bool lower = sign_ > 0;
    const double bound = lower ? s_.lp.lower[at(leaving)] : s_.lp.upper[at(leaving)];
    const double move = (bound - s_.value[at(leaving)]) / a;
    for (int item = 0; item < s_.lp.items(); ++item) s_.value[at(item)] += move * s_.change[at(item)];
    updateWeights(leaving, a);
    double step = s_.reduced[at(slot)] / a;
    if (step * sign_ < 0) {
      step = 0;
      s_.shifted = true;
    }
    for (int p = 0; p < n_; ++p) s_.reduced[at(p)] -= step * s_.alpha[at(p)];
    s_.reduced[at(slot)] = step;
    s_.weight[at(entering)] = std::max(1.0, s_.weight[at(leaving)] / (a * a));
    s_.weight[at(leaving)] = 1;
    s_.exchange(slot, leaving, lower);
    still_ = std::abs(step) <= Tuning::small ? still_ + 1 : 0;
    if (still_ > Tuning::still && !perturbed_) perturb();
  }

  SimplexState& s_;
  int n_;
  double sign_ = 1;     ///< 1 if the leaving item is below its lower bound, -1 if it is above the upper one
  double largest_ = 0;  ///< largest entry of its row
  std::vector<Candidate> candidates_;
  std::size_t passed_ = 0;
  bool perturbed_ = false;
  int still_ = 0;
};

}  // namespace

PhaseEnd dualPhase(SimplexState& state) { return DualPhase(state).run(); }

}  // namespace nonconvex
