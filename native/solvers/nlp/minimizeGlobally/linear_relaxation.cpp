#include "solvers/nlp/minimizeGlobally/linear_relaxation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/index.hpp"
#include "expressions/intervals/perspective.hpp"

namespace nonconvex {

using namespace outward;

namespace {

double valueOf(const StraightLine& line, double x) { return line.slope * x + line.intercept; }

/// A point of the box near `x`, finite.
double inside(Interval box, double x) {
  x = std::clamp(std::isfinite(x) ? x : 0.0, box.low, box.high);
  return x;
}

}  // namespace

LinearRelaxation::LinearRelaxation(const LiftedProgram& program, std::span<const Interval> root)
    : program_(program), lp_(program.count()), box_(root.begin(), root.end()) {
  cost_.assign(at(program.count()), 0);
  unit_ = low_ = high_ = cost_;
  for (const LinearForm::Term& term : program.objective.terms) cost_[at(term.column)] = term.coefficient;
  const auto addFree = [&](std::span<const int> index) {
    return lp_.addRow(index, std::vector<double>(index.size(), 0.0), -infinity, infinity);
  };
  addFree(program.indexOf(program.objectiveRow));
  for (const LiftedRow& row : program.rows) addFree(program.indexOf(row));
  for (const LiftedAtom& atom : program.atoms) {
    Slots slots = {lp_.rows(), 3, 3};
    if (atom.kind == LiftedAtom::Kind::function) {
      if (bendOver(atom.function, root[at(atom.x)]) == Bend::convex) slots.above = 1;
      if (bendOver(atom.function, root[at(atom.x)]) == Bend::concave) slots.below = 1;
      for (int k = 0; k < slots.below + slots.above; ++k) addFree(std::array<int, 2>{atom.x, atom.w});
    } else {
      const int count = atom.kind == LiftedAtom::Kind::product ? 4 : 3;
      for (int k = 0; k < count; ++k) addFree(std::array<int, 3>{atom.x, atom.y, atom.w});
    }
    slots_.push_back(slots);
  }
  base_ = lp_.rows();
}

/// Sets a row of columns whose coefficients have errors: its sides are widened by these, times the largest values.
void LinearRelaxation::setRow(int row, std::span<const int> index, std::span<const double> value,
                              std::span<const double> error, double lower, double upper) {
  work_.assign(value.begin(), value.end());
  Interval rest = {0, 0};
  bool usable = true;
  for (std::size_t k = 0; k < index.size(); ++k) {
    const Interval z = box_[at(index[k])];
    const bool dropped = std::abs(value[k]) < Tuning::small;
    if (dropped) work_[k] = 0;
    if (dropped && value[k] != 0) rest = add(rest, multiply(value[k], z));
    if (!error.empty() && error[k] > 0) rest = add(rest, multiply(Interval{-error[k], error[k]}, z));
    usable = usable && std::abs(value[k]) <= Tuning::steep;
  }
  const double low = std::isinf(lower) || std::isinf(rest.high) ? -infinity : sumBelow(lower, -rest.high);
  const double high = std::isinf(upper) || std::isinf(rest.low) ? infinity : sumAbove(upper, -rest.low);
  const auto tooFar = [](double side) { return !std::isinf(side) && !(std::abs(side) <= Tuning::far); };
  if (!usable || tooFar(low) || tooFar(high)) std::fill(work_.begin(), work_.end(), 0.0);
  lp_.changeRow(row, work_, usable && !tooFar(low) && !tooFar(high) ? low : -infinity,
                usable && !tooFar(low) && !tooFar(high) ? high : infinity);
}

void LinearRelaxation::setPlane(int row, const LiftedAtom& atom, double ofX, double ofY, double lower, double upper) {
  const std::array<int, 3> index = {atom.x, atom.y, atom.w};
  const bool finite = std::isfinite(ofX) && std::isfinite(ofY) && !std::isnan(lower) && !std::isnan(upper);
  const std::array<double, 3> value = {finite ? ofX : 0, finite ? ofY : 0, 1};
  setRow(row, index, value, {}, finite ? lower : -infinity, finite ? upper : infinity);
}

void LinearRelaxation::setLine(int row, const LiftedAtom& atom, StraightLine line, bool isBelow) {
  const std::array<int, 2> index = {atom.x, atom.w};
  const bool finite = std::isfinite(line.intercept) && std::isfinite(line.slope);
  const std::array<double, 2> value = {finite ? -line.slope : 0, 1};
  setRow(row, index, value, {}, finite && isBelow ? line.intercept : -infinity,
         finite && !isBelow ? line.intercept : infinity);
}

/// w >= xl y + yl x - xl yl, and its three sisters.
void LinearRelaxation::setProduct(const LiftedAtom& atom, int row) {
  const Interval x = box_[at(atom.x)], y = box_[at(atom.y)];
  const auto set = [&](double a, double b, bool isBelow) {
    const bool finite = std::isfinite(a) && std::isfinite(b);
    const Interval side = finite ? negate(multiply(point(a), point(b))) : everything;
    setPlane(row++, atom, finite ? -b : 0, finite ? -a : 0, isBelow ? side.low : -infinity,
             isBelow ? infinity : side.high);
  };
  set(x.low, y.low, true);
  set(x.high, y.high, true);
  set(x.low, y.high, false);
  set(x.high, y.low, false);
}

/// w >= alpha x - beta y with beta >= exp(alpha - 1), which touches where x / y is the ratio.
void LinearRelaxation::setPerspective(const LiftedAtom& atom, int row, double ratio) {
  constexpr double most = 1e6;  // safeguard: ratios beyond it are those of no row
  const Plane plane = perspectiveBelow(1 + std::log(std::clamp(ratio, 1 / most, most)));
  setPlane(row, atom, -plane.slopeX, -plane.slopeY, plane.intercept, infinity);
}

void LinearRelaxation::setAtom(const LiftedAtom& atom, const Slots& slots, std::span<const double> near) {
  const Interval x = box_[at(atom.x)];
  const double middle = near.empty() ? inside(x, x.low / 2 + x.high / 2) : inside(x, near[at(atom.x)]);
  if (atom.kind == LiftedAtom::Kind::product) return setProduct(atom, slots.first);
  if (atom.kind == LiftedAtom::Kind::perspective) {
    const Interval y = box_[at(atom.y)];
    const double there = near.empty() ? inside(y, y.low / 2 + y.high / 2) : inside(y, near[at(atom.y)]);
    setPerspective(atom, slots.first, there > 0 ? middle / there : 1);
    setPerspective(atom, slots.first + 1, y.high > 0 ? x.low / y.high : 1);
    setPerspective(atom, slots.first + 2, y.low > 0 ? x.high / y.low : 1);
    return;
  }
  const std::array<double, 3> places = {middle, x.low, x.high};
  for (int k = 0; k < slots.below; ++k) {
    setLine(slots.first + k, atom, bestBelow(atom.function, x, places[at(k)]), true);
  }
  for (int k = 0; k < slots.above; ++k) {
    setLine(slots.first + slots.below + k, atom, bestAbove(atom.function, x, places[at(k)]), false);
  }
}

void LinearRelaxation::setBox(std::span<const Interval> box, std::span<const double> near, double cutoff) {
  box_.assign(box.begin(), box.end());
  lp_.truncateRows(base_);
  for (std::size_t j = 0; j < box.size(); ++j) {
    low_[j] = box[j].low;
    high_[j] = box[j].high;
  }
  lp_.setBounds(low_, high_);
  int next = 0;
  const auto setLinear = [&](const LiftedRow& row, double lower, double upper) {
    setRow(next++, program_.indexOf(row), program_.valueOf(row), program_.errorOf(row), lower, upper);
  };
  setLinear(program_.objectiveRow, -infinity, sumAbove(cutoff, -program_.objective.constant.low));
  for (const LiftedRow& row : program_.rows) setLinear(row, row.lower, row.upper);
  for (std::size_t k = 0; k < program_.atoms.size(); ++k) setAtom(program_.atoms[k], slots_[k], near);
  Interval rest = {0, 0};
  for (const LinearForm::Term& term : program_.objective.terms) {
    if (term.error > 0) rest = add(rest, multiply(Interval{-term.error, term.error}, box_[at(term.column)]));
  }
  objectiveError_ = add(rest, program_.objective.constant).low;
}

DualSimplex::Basis LinearRelaxation::basis() const {
  DualSimplex::Basis made = lp_.basis();
  if (made.rows.size() > at(base_)) made.rows.resize(at(base_));
  return made;
}

double LinearRelaxation::boundOf(LpStatus status, std::span<const double> cost) {
  hasPoint_ = status == LpStatus::optimal || status == LpStatus::cutoff || status == LpStatus::iterationLimit;
  const LpRows rows = lp_.linearRows();
  if (status == LpStatus::infeasible && provesInfeasible(rows, lp_.ray(), low_, high_)) return infinity;
  const double bound = safeBound(rows, lp_.multipliers(), cost, low_, high_);
  return std::isnan(bound) ? -infinity : bound;
}

double LinearRelaxation::minimise(const std::function<bool()>& stop, double limit) {
  lp_.setCost(cost_);
  const double without = std::isinf(limit) ? limit : limit - objectiveError_;
  const double bound = boundOf(lp_.solve(&stop, without, Tuning::pivots), cost_);
  bound_ = std::isinf(bound) ? bound : sumBelow(bound, objectiveError_);
  return bound_;
}

double LinearRelaxation::minimiseColumn(int column, double sign, const std::function<bool()>& stop) {
  unit_[at(column)] = sign;
  bound_ = -infinity;
  lp_.setCost(unit_);
  const double bound = boundOf(lp_.solve(&stop, infinity, Tuning::pivots), unit_);
  unit_[at(column)] = 0;
  return bound;
}

int LinearRelaxation::addTouching(std::span<const Interval> box) {
  const std::vector<double> z(lp_.x().begin(), lp_.x().end());
  int added = 0;
  for (const LiftedAtom& atom : program_.atoms) {
    if (atom.kind == LiftedAtom::Kind::product) continue;
    const double x = inside(box[at(atom.x)], z[at(atom.x)]), w = z[at(atom.w)];
    if (atom.kind == LiftedAtom::Kind::perspective) {
      const double y = z[at(atom.y)];
      if (!(x > 0 && y > 0) || !(w < x * std::log(x / y) - Tuning::violated * (1 + std::abs(w)))) continue;
      const std::array<int, 3> index = {atom.x, atom.y, atom.w};
      setPerspective(atom, lp_.addRow(index, std::array<double, 3>{0, 0, 0}, -infinity, infinity), x / y);
      ++added;
      continue;
    }
    const double g = value(atom.function, x);
    if (!(std::abs(g - w) > Tuning::violated * (1 + std::abs(g)))) continue;
    const bool isBelow = w < g;
    const StraightLine line =
        isBelow ? bestBelow(atom.function, box[at(atom.x)], x) : bestAbove(atom.function, box[at(atom.x)], x);
    const bool cuts = isBelow ? valueOf(line, x) > w + 0.1 * (g - w) : valueOf(line, x) < w + 0.1 * (g - w);
    if (!cuts || !std::isfinite(line.intercept)) continue;
    const std::array<int, 2> index = {atom.x, atom.w};
    setLine(lp_.addRow(index, std::array<double, 2>{0, 0}, -infinity, infinity), atom, line, isBelow);
    ++added;
  }
  return added;
}

/// objective >= bound + r_j (z_j - end) for the end at which r_j z_j is least.
void LinearRelaxation::tightenByReducedCosts(std::vector<Interval>& box, double cutoff) const {
  if (std::isinf(cutoff) || std::isinf(bound_)) return;
  const LpRows rows = lp_.linearRows();
  const std::span<const double> y = lp_.multipliers();
  std::vector<Interval> reduced;
  for (const double c : cost_) reduced.push_back(point(c));
  for (int i = 0; i < rows.count(); ++i) {
    const double side = y[at(i)] > 0 ? rows.lower[at(i)] : rows.upper[at(i)];
    if (y[at(i)] == 0 || std::isinf(side)) continue;
    for (int k = rows.begin[at(i)]; k < rows.begin[at(i) + 1]; ++k) {
      Interval& r = reduced[at(rows.index[at(k)])];
      r = subtract(r, multiply(point(y[at(i)]), point(rows.value[at(k)])));
    }
  }
  const double room = sumAbove(cutoff, -bound_);
  for (std::size_t j = 0; j < box.size(); ++j) {
    const Interval r = reduced[j];
    if (r.low > Tuning::leastReducedCost && low_[j] > -infinity) {
      box[j].high = std::min(box[j].high, sumAbove(low_[j], above(room / r.low)));
    } else if (r.high < -Tuning::leastReducedCost && high_[j] < infinity) {
      box[j].low = std::max(box[j].low, sumBelow(high_[j], below(room / r.high)));
    }
    if (program_.integer[j]) box[j] = {std::ceil(box[j].low), std::floor(box[j].high)};
  }
}

double LinearRelaxation::weightOf(int atom) const {
  const Slots& slots = slots_[at(atom)];
  const auto kind = program_.atoms[at(atom)].kind;
  const int count = kind == LiftedAtom::Kind::function  ? slots.below + slots.above
                    : kind == LiftedAtom::Kind::product ? 4
                                                        : 3;
  double sum = 0;
  for (int k = 0; k < count; ++k) sum += std::abs(lp_.multipliers()[at(slots.first + k)]);
  return sum;
}

}  // namespace nonconvex
