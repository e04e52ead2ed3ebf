#include "methods/dual_simplex/simplex_state.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "methods/dual_simplex/simplex_kernels.hpp"

namespace nonconvex {

namespace {

/// The side that an item with these bounds begins at.
std::uint8_t usualSide(double low, double high) {
  if (low == -infinity && high == infinity) return BasisSide::freeAtZero;
  return std::abs(low) <= std::abs(high) ? BasisSide::atLower : BasisSide::atUpper;
}

}  // namespace

SimplexState::SimplexState(int columns)
    : lp(columns),
      inverse(columns),
      side(at(columns), BasisSide::atLower),
      value(at(columns)),
      weight(at(columns), 1.0),
      reduced(at(inverse.stride())),
      alpha(at(inverse.stride())),
      slots(at(inverse.stride())),
      change(at(columns)) {}

void SimplexState::addItem() {
  inverse.setItems(lp.items());
  side.push_back(BasisSide::basic);
  weight.push_back(1);
  for (std::vector<double>* of : {&value, &change}) of->push_back(0);
}

void SimplexState::truncate(int rows) {
  for (int item = lp.columns() + rows; item < lp.items(); ++item)
    if (side[at(item)] != BasisSide::basic) factored = false;
  lp.truncateRows(rows);
  inverse.setItems(lp.items());
  side.resize(at(lp.items()));
  for (std::vector<double>* of : {&value, &weight, &change}) of->resize(at(lp.items()));
}

void SimplexState::factor() {
  ++factorisations;
  const bool first = !std::exchange(factored, false);  // it stays false where `stop` throws
  for (int item = lp.columns(); item < lp.items(); ++item)
    if (usualSide(lp.lower[at(item)], lp.upper[at(item)]) == BasisSide::freeAtZero) side[at(item)] = BasisSide::basic;
  std::vector<std::uint8_t>& wanted = side;
  std::vector<std::uint8_t> basic(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) basic[i] = wanted[i] == BasisSide::basic ? 1 : 0;
  inverse.setWatch(stop);
  inverse.factor(lp, basic);
  inverse.setWatch(nullptr);
  bool same = true;
  for (int item = 0; item < lp.items(); ++item) {
    if (inverse.isBasic(item) == (side[at(item)] == BasisSide::basic)) continue;
    same = false;
    side[at(item)] =
        inverse.isBasic(item) ? std::uint8_t(BasisSide::basic) : usualSide(lp.lower[at(item)], lp.upper[at(item)]);
  }
  if (!same || first) std::fill(weight.begin(), weight.end(), 1.0);
  factored = true;
}

void SimplexState::placeValues() {
  for (int p = 0; p < lp.columns(); ++p) {
    const int item = inverse.itemOf(p);
    const double low = lp.lower[at(item)], high = lp.upper[at(item)];
    std::uint8_t& where = side[at(item)];
    const bool stays =
        (where == BasisSide::atLower && low > -infinity) || (where == BasisSide::atUpper && high < infinity);
    if (!stays) where = usualSide(low, high);
    slots[at(p)] = where == BasisSide::atLower ? low : where == BasisSide::atUpper ? high : 0;
  }
  inverse.point(slots.data(), value.data());
  rowChanges(value);
  double most = 0;
  for (int j = 0; j < lp.columns(); ++j) most = std::max(most, std::abs(value[at(j)]));
  leastTolerance = Tuning::primal + Tuning::noise * most;
  for (int p = 0; p < lp.columns(); ++p) value[at(inverse.itemOf(p))] = slots[at(p)];
}

void SimplexState::rowChanges(std::vector<double>& of) {
  loops::simplex::multiplySparse(lp.rows(), lp.begin.data(), lp.index.data(), lp.value.data(), of.data(),
                                 of.data() + lp.columns());
}

double SimplexState::refineValues() {
  placeValues();
  double most = 0;
  for (int p = 0; p < lp.columns(); ++p) {
    const int item = inverse.itemOf(p);
    const double error = lp.isRow(item) ? value[at(item)] - lp.product(item - lp.columns(), value.data()) : 0;
    slots[at(p)] = error;
    most = std::max(most, std::abs(error) / (1 + std::abs(value[at(item)])));
  }
  if (most == 0) return 0;
  inverse.point(slots.data(), change.data());
  for (const int j : inverse.basicColumns()) value[at(j)] += change[at(j)];
  for (int i = 0; i < lp.rows(); ++i)
    if (inverse.isBasic(lp.columns() + i)) value[at(lp.columns() + i)] = lp.product(i, value.data());
  return most;
}

void SimplexState::priceSlots() {
  inverse.gradient(lp.cost.data(), reduced.data());
  shifted = false;
}

bool SimplexState::isDualFeasible() const {
  for (int p = 0; p < lp.columns(); ++p)
    if (dualError(p) > dualTolerance) return false;
  return true;
}

bool SimplexState::flipToCosts() {
  bool moved = false;
  for (int p = 0; p < lp.columns(); ++p) {
    const int item = inverse.itemOf(p);
    if (dualError(p) <= dualTolerance) continue;
    const bool toLower = reduced[at(p)] > 0;
    if (std::isinf(toLower ? lp.lower[at(item)] : lp.upper[at(item)])) continue;
    side[at(item)] = toLower ? BasisSide::atLower : BasisSide::atUpper;
    moved = true;
  }
  return moved;
}

bool SimplexState::isPrimalFeasible() const {
  for (int item = 0; item < lp.items(); ++item)
    if (violation(item) != 0) return false;
  return true;
}

void SimplexState::directionOf(int slot) {
  inverse.direction(slot, change.data());
  rowChanges(change);
  for (int p = 0; p < lp.columns(); ++p) change[at(inverse.itemOf(p))] = p == slot ? 1 : 0;
}

void SimplexState::exchange(int slot, int item, bool lower) {
  const int old = inverse.itemOf(slot);
  inverse.exchange(slot, item, alpha.data());
  side[at(old)] = BasisSide::basic;
  side[at(item)] = lower ? BasisSide::atLower : BasisSide::atUpper;
  value[at(item)] = lower ? lp.lower[at(item)] : lp.upper[at(item)];
  ++pivots;
}

bool SimplexState::mayStop() {
  if (pivots >= pivotLimit) return true;
  if (stop == nullptr) return false;
  if (++unasked < Tuning::between && unasked * inverse.work() < Tuning::operations) return false;
  unasked = 0;
  return (*stop)();
}

}  // namespace nonconvex
