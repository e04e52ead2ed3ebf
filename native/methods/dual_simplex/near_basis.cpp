#include <algorithm>
#include <cmath>

#include "methods/dual_simplex/simplex_state.hpp"

namespace nonconvex {

namespace {

/// How the items of a program stand at a point with multipliers.
class NearBasis {
 public:
  NearBasis(const ScaledLp& lp, std::span<const double> point, std::span<const double> prices)
      : lp_(lp), value_(point.begin(), point.end()), price_(prices) {
    for (int i = 0; i < lp.rows(); ++i) value_.push_back(lp.product(i, value_.data()));
  }

  /// A multiplier whose side is there holds an item, also where a bound has moved away from the point.
  bool isHeld(int item) const {
    const double price = price_[at(item)];
    return std::abs(price) > SimplexState::Tuning::near &&
           std::isfinite(price > 0 ? lp_.lower[at(item)] : lp_.upper[at(item)]);
  }
  bool isInside(int item) const {
    return !isHeld(item) && !isNear(item, lp_.lower[at(item)]) && !isNear(item, lp_.upper[at(item)]);
  }
  std::uint8_t side(int item) const {
    const double low = lp_.lower[at(item)], high = lp_.upper[at(item)];
    if (isHeld(item)) return price_[at(item)] > 0 ? BasisSide::atLower : BasisSide::atUpper;
    if (std::isinf(low) && std::isinf(high)) return BasisSide::freeAtZero;
    return value_[at(item)] - low <= high - value_[at(item)] ? BasisSide::atLower : BasisSide::atUpper;
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  bool isNear(int item, double side) const {
    const double apart = std::abs(value_[at(item)] - side);
    return std::isfinite(side) && apart <= SimplexState::Tuning::near * (1 + std::abs(side));
  }

  const ScaledLp& lp_;
  std::vector<double> value_;
  std::span<const double> price_;
};

}  // namespace

void SimplexState::factorNear(std::span<const double> point, std::span<const double> prices) {
  ++factorisations;
  const NearBasis near(lp, point, prices);
  std::vector<std::uint8_t> basic(at(lp.items()));
  const auto ofColumns = [&](auto&& isBasic) {
    for (int j = 0; j < lp.columns(); ++j) basic[at(j)] = isBasic(j) ? 1 : 0;
  };
  const auto ofRows = [&](auto&& isBasic) {
    for (int item = lp.columns(); item < lp.items(); ++item) basic[at(item)] = isBasic(item) ? 1 : 0;
  };
  // What is held and what is inside belongs to any basis of the point; then what is at a side without a multiplier.
  ofColumns([&](int j) { return near.isInside(j); });
  ofRows([&](int item) { return !near.isHeld(item); });
  inverse.setWatch(nullptr);
  inverse.factor(lp, basic);
  ofRows([&](int item) { return near.isHeld(item) || near.isInside(item); });
  inverse.extend(lp, basic);
  ofColumns([&](int j) { return !near.isHeld(j); });
  ofRows([&](int item) { return !near.isHeld(item); });
  inverse.extend(lp, basic);
  for (int item = 0; item < lp.items(); ++item)
    side[at(item)] = inverse.isBasic(item) ? std::uint8_t{BasisSide::basic} : near.side(item);
  std::fill(weight.begin(), weight.end(), 1.0);
  factored = true;
}

}  // namespace nonconvex
