#include "methods/dual_simplex/dual_simplex.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/index.hpp"
#include "core/interval.hpp"
#include "methods/dual_simplex/simplex_state.hpp"

namespace nonconvex {

namespace {

struct Tuning {
  static constexpr int rounds = 5;                           ///< safeguard: turns of both phases
  static constexpr std::array tilts = {1e-12, 1e-10, 1e-8};  ///< rounding: changes of costs, the largest of which is 1
  static constexpr double noise = 64 * machineEpsilon;  ///< rounding: entries of a ray, the largest being 1, that are 0
  static constexpr double rayError = 1e-9;  ///< rounding: reduced costs of a ray that count as 0, beside their terms
};

LpStatus statusOf(PhaseEnd end) {
  switch (end) {
    case PhaseEnd::done:
      return LpStatus::optimal;
    case PhaseEnd::infeasible:
      return LpStatus::infeasible;
    case PhaseEnd::unbounded:
      return LpStatus::unbounded;
    case PhaseEnd::cutoff:
      return LpStatus::cutoff;
    case PhaseEnd::limit:
      return LpStatus::iterationLimit;
    default:
      return LpStatus::failed;
  }
}

/// Both phases, from the basis that there is; `done` if values and reduced costs are right afterwards.
PhaseEnd bothPhases(SimplexState& s) {
  if (s.refineValues() > SimplexState::Tuning::residual && !s.isFresh()) return PhaseEnd::inaccurate;
  s.priceSlots();
  if (!s.isPrimalFeasible()) {
    if (s.flipToCosts()) s.placeValues();
    const PhaseEnd end = dualPhase(s);
    if (end != PhaseEnd::done) return end;
    s.priceSlots();
  }
  if (!s.isDualFeasible()) {
    const PhaseEnd end = primalPhase(s);
    if (end != PhaseEnd::done) return end;
  }
  const double error = s.refineValues();
  if (error > SimplexState::Tuning::residual && !s.isFresh()) return PhaseEnd::inaccurate;
  s.priceSlots();
  return s.isPrimalFeasible() && s.isDualFeasible() ? PhaseEnd::done : PhaseEnd::inaccurate;
}

/// The bound of a ray with costs 0, where a reduced cost that rounding errors explain meets no infinite bound.
double rayGain(const ScaledLp& lp, const std::vector<double>& ray) {
  std::vector<double> reduced(at(lp.columns())), size(at(lp.columns()));
  double gain = 0;
  for (std::size_t i = 0; i < ray.size(); ++i) {
    if (ray[i] == 0) continue;
    gain += ray[i] * (ray[i] > 0 ? lp.givenLower[i] : lp.givenUpper[i]);
    for (std::size_t k = at(lp.begin[i]); k < at(lp.begin[i + 1]); ++k) {
      reduced[at(lp.index[k])] -= ray[i] * lp.asGiven[k];
      size[at(lp.index[k])] += std::abs(ray[i] * lp.asGiven[k]);
    }
  }
  for (std::size_t j = 0; j < reduced.size(); ++j) {
    const double bound = (reduced[j] > 0 ? lp.lower[j] : lp.upper[j]) * lp.columnScale[j];
    if (reduced[j] == 0 || (std::isinf(bound) && std::abs(reduced[j]) <= Tuning::rayError * size[j])) continue;
    gain += reduced[j] * bound;
  }
  return gain;
}

}  // namespace

DualSimplex::DualSimplex(int columns)
    : state_(std::make_unique<SimplexState>(columns)), x_(at(columns)), reducedCosts_(at(columns)) {}
DualSimplex::DualSimplex(const DualSimplex& other)
    : state_(std::make_unique<SimplexState>(*other.state_)),
      x_(other.x_),
      multipliers_(other.multipliers_),
      reducedCosts_(other.reducedCosts_),
      ray_(other.ray_),
      direction_(other.direction_),
      objective_(other.objective_) {}
DualSimplex& DualSimplex::operator=(const DualSimplex& other) {
  if (this != &other) *this = DualSimplex(other);
  return *this;
}
DualSimplex::DualSimplex(DualSimplex&&) noexcept = default;
DualSimplex& DualSimplex::operator=(DualSimplex&&) noexcept = default;
DualSimplex::~DualSimplex() = default;

int DualSimplex::columns() const { return state_->lp.columns(); }
int DualSimplex::rows() const { return state_->lp.rows(); }
std::int64_t DualSimplex::pivots() const { return state_->pivots; }
std::int64_t DualSimplex::factorisations() const { return state_->factorisations; }

void DualSimplex::setColumnScales(std::span<const double> scales) { state_->lp.setColumnScales(scales); }

int DualSimplex::addRow(std::span<const int> index, std::span<const double> value, double lower, double upper) {
  const int row = state_->lp.addRow(index, value, lower, upper);
  state_->addItem();
  return row;
}

void DualSimplex::truncateRows(int count) { state_->truncate(count); }

void DualSimplex::changeRow(int row, std::span<const double> value, double lower, double upper) {
  const int item = columns() + row;
  state_->lp.changeRow(row, value, lower, upper);
  state_->weight[at(item)] = 1;
  if (state_->side[at(item)] != BasisSide::basic) state_->factored = false;
}

void DualSimplex::setCost(std::span<const double> c) { state_->lp.setCost(c); }

void DualSimplex::setBounds(std::span<const double> lower, std::span<const double> upper) {
  for (int j = 0; j < columns(); ++j) state_->lp.setBound(j, lower[at(j)], upper[at(j)]);
}

void DualSimplex::setBound(int column, double lower, double upper) { state_->lp.setBound(column, lower, upper); }

LpRows DualSimplex::linearRows() const {
  const ScaledLp& lp = state_->lp;
  return {lp.begin, lp.index, lp.asGiven, lp.givenLower, lp.givenUpper};
}

DualSimplex::Basis DualSimplex::basis() const {
  const auto rowsBegin = state_->side.begin() + columns();
  return {{state_->side.begin(), rowsBegin}, {rowsBegin, state_->side.end()}};
}

void DualSimplex::setBasis(const Basis& given) {
  std::copy(given.columns.begin(), given.columns.end(), state_->side.begin());
  for (int i = 0; i < rows(); ++i)
    state_->side[at(columns() + i)] = at(i) < given.rows.size() ? given.rows[at(i)] : std::uint8_t{BasisSide::basic};
  state_->factored = false;
}

void DualSimplex::setNear(std::span<const double> x, std::span<const double> y, std::span<const double> r) {
  const ScaledLp& lp = state_->lp;
  std::vector<double> point, prices;
  for (std::size_t j = 0; j < x.size(); ++j) {
    point.push_back(x[j] / lp.columnScale[j]);
    prices.push_back(r[j] * lp.costScale * lp.columnScale[j]);
  }
  for (std::size_t i = 0; i < y.size(); ++i) prices.push_back(y[i] * lp.costScale / lp.rowScale[i]);
  state_->factorNear(point, prices);
}

bool DualSimplex::isDegenerate() const {
  const SimplexState& s = *state_;
  for (int item = 0; item < s.lp.items(); ++item) {
    const double low = s.lp.lower[at(item)], high = s.lp.upper[at(item)], value = s.value[at(item)];
    const int slot = s.inverse.slotOf(item);
    const double multiplier = slot < 0 ? 0 : s.reduced[at(slot)];
    const bool isAt =
        std::abs(value - low) < SimplexState::Tuning::near || std::abs(high - value) < SimplexState::Tuning::near;
    if (low < high && isAt && std::abs(multiplier) < SimplexState::Tuning::near) return true;
  }
  return false;
}

double DualSimplex::provenBound(std::span<const double> errors) const {
  const ScaledLp& lp = state_->lp;
  std::vector<double> lower, upper;
  for (std::size_t j = 0; j < x_.size(); ++j) {
    lower.push_back(lp.lower[j] * lp.columnScale[j]);
    upper.push_back(lp.upper[j] * lp.columnScale[j]);
  }
  LpRows rows = linearRows();
  std::vector<double> low(rows.lower.begin(), rows.lower.end()), high(rows.upper.begin(), rows.upper.end());
  for (std::size_t i = 0; i < errors.size(); ++i) {
    low[i] = outward::sumBelow(low[i], -errors[i]);
    high[i] = outward::sumAbove(high[i], errors[i]);
  }
  rows.lower = low;
  rows.upper = high;
  double bound = safeBound(rows, multipliers_, lp.givenCost, lower, upper);
  for (const double share : Tuning::tilts) {
    if (bound > -infinity) break;
    DualSimplex tilted = *this;
    SimplexState& s = *tilted.state_;
    for (std::size_t j = 0; j < x_.size(); ++j) {
      if (std::isinf(upper[j]) && std::isfinite(lower[j])) s.lp.cost[j] -= share;
      if (std::isinf(lower[j]) && std::isfinite(upper[j])) s.lp.cost[j] += share;
    }
    s.dualTolerance = share / 2;
    tilted.solve(nullptr, infinity, s.lp.items());
    bound = safeBound(rows, tilted.multipliers_, lp.givenCost, lower, upper);
  }
  return bound;
}

LpStatus DualSimplex::solve(const std::function<bool()>* stop, double objectiveLimit, int pivotLimit) {
  SimplexState& s = *state_;
  s.stop = stop;
  s.unasked = SimplexState::Tuning::between;
  s.pivotLimit = s.pivots + pivotLimit;
  s.objectiveLimit = objectiveLimit * s.lp.costScale;
  for (int item = 0; item < s.lp.items(); ++item) {
    if (s.lp.lower[at(item)] <= s.lp.upper[at(item)]) continue;
    ray_.clear();
    return takeResult(LpStatus::infeasible);
  }
  PhaseEnd end = PhaseEnd::inaccurate;
  for (int round = 0; round < Tuning::rounds && end == PhaseEnd::inaccurate; ++round) {
    if (!s.factored || (round > 0 && !s.isFresh())) s.factor();
    end = bothPhases(s);
    if (end == PhaseEnd::infeasible && !takeRay()) end = PhaseEnd::inaccurate;
  }
  return takeResult(statusOf(end));
}

LpStatus DualSimplex::solveForVertex(const std::function<bool()>* stop, int pivotLimit) {
  const LpStatus status = solve(stop, infinity, pivotLimit);
  const auto isFree = [](std::uint8_t side) { return side == BasisSide::freeAtZero; };
  if (status != LpStatus::optimal || std::none_of(state_->side.begin(), state_->side.end(), isFree)) return status;
  reachVertex(*state_);
  return solve(stop, infinity, pivotLimit);
}

/// Puts the ray in place; returns false if it proves nothing.
bool DualSimplex::takeRay() {
  const SimplexState& s = *state_;
  ray_.assign(at(rows()), 0.0);
  double most = 1;
  for (int p = 0; p < columns(); ++p) most = std::max(most, std::abs(s.alpha[at(p)]));
  const auto set = [&](int item, double y) {
    if (!s.lp.isRow(item) || std::isinf(y > 0 ? s.lp.lower[at(item)] : s.lp.upper[at(item)])) return;
    if (std::abs(y) <= Tuning::noise * most) return;
    ray_[at(item - columns())] = y * s.lp.rowScale[at(item - columns())];
  };
  set(s.blocking, s.raySign);
  for (int p = 0; p < columns(); ++p) set(s.inverse.itemOf(p), -s.raySign * s.alpha[at(p)]);
  return rayGain(s.lp, ray_) > 0;
}

void DualSimplex::takeMultipliers() {
  const SimplexState& s = *state_;
  multipliers_.assign(at(rows()), 0.0);
  reducedCosts_.assign(s.lp.givenCost.begin(), s.lp.givenCost.end());
  for (int p = 0; p < columns(); ++p) {
    const int item = s.inverse.itemOf(p);
    const double d = s.reduced[at(p)];
    if (!s.lp.isRow(item) || d == 0 || std::isinf(d > 0 ? s.lp.lower[at(item)] : s.lp.upper[at(item)])) continue;
    const std::size_t i = at(item - columns());
    const double y = d * s.lp.rowScale[i] / s.lp.costScale;
    multipliers_[i] = y;
    for (std::size_t k = at(s.lp.begin[i]); k < at(s.lp.begin[i + 1]); ++k)
      reducedCosts_[at(s.lp.index[k])] -= y * s.lp.asGiven[k];
  }
}

LpStatus DualSimplex::takeResult(LpStatus status) {
  SimplexState& s = *state_;
  if (s.shifted) s.priceSlots();
  if (s.factored) takeMultipliers();
  objective_ = 0;
  for (std::size_t j = 0; j < x_.size(); ++j) {
    x_[j] = s.value[j] * s.lp.columnScale[j];
    objective_ += s.lp.givenCost[j] * x_[j];
  }
  if (status == LpStatus::unbounded) {
    direction_.assign(s.change.begin(), s.change.begin() + columns());
    for (std::size_t j = 0; j < x_.size(); ++j) direction_[j] *= s.lp.columnScale[j];
  }
  return status;
}

}  // namespace nonconvex
