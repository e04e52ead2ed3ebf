#include "methods/low_rank_sdp/quadratic_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/index.hpp"
#include "core/interval.hpp"

namespace nonconvex {
namespace {

/// Keys of multipliers: the row, its side, the variable of the distance and the sign of the distance, in this order.
constexpr int bitsOfFactor = 24;  // definition: bits for the variable and the sign
std::uint64_t keyOf(int row, bool lowerSide, int factor, bool minus) {
  const auto side = 2 * static_cast<std::uint64_t>(row) + (lowerSide ? 1 : 0);
  return (side << bitsOfFactor) + 2 * static_cast<std::uint64_t>(factor + 1) + (minus ? 1 : 0);
}

Interval range(const QuadraticRow::Term& term, std::span<const double> lower, std::span<const double> upper) {
  using namespace outward;
  const Interval x = {lower[at(term.i)], upper[at(term.i)]};
  if (term.j < 0) return multiply(term.value, x);
  if (term.j == term.i) return multiply(term.value, square(x));
  return multiply(term.value, multiply(x, {lower[at(term.j)], upper[at(term.j)]}));
}

/// propagateRows for one row; `changed` where a width falls much.
bool propagateRow(const QuadraticRow& row, std::span<double> lower, std::span<double> upper, bool& changed) {
  using namespace outward;
  constexpr double much = 0.9;  // share of a width
  const std::size_t terms = row.terms.size();
  std::vector<Interval> before(terms + 1, point(0));
  for (std::size_t k = 0; k < terms; ++k) before[k + 1] = add(before[k], range(row.terms[k], lower, upper));
  if (before[terms].low > row.upper || before[terms].high < row.lower) return false;
  Interval after = point(0);
  for (std::size_t k = terms; k-- > 0;) {
    const QuadraticRow::Term& term = row.terms[k];
    const Interval rest = add(before[k], after);
    after = add(after, range(term, lower, upper));
    if (term.j >= 0 || term.value == 0) continue;
    double& low = lower[at(term.i)];
    double& high = upper[at(term.i)];
    const Interval kept = intersection({low, high}, divide(subtract({row.lower, row.upper}, rest), point(term.value)));
    if (kept.isEmpty()) return false;
    changed = changed || kept.high - kept.low < much * (high - low);
    low = kept.low;
    high = kept.high;
  }
  return true;
}

}  // namespace

struct QuadraticRowMultipliers::Tuning {
  static constexpr double leastNorm = 1e-8;   ///< rounding: norm of a form beside its terms; the form is left out below
  static constexpr double mostEntries = 3e5;  ///< safeguard: entries of all products; where there were more: none
};

bool propagateRows(const BoxQuadratic& problem, std::span<double> lower, std::span<double> upper) {
  constexpr int passes = 10;
  bool changed = true;
  for (int pass = 0; pass < passes && changed; ++pass) {
    changed = false;
    for (const QuadraticRow& row : problem.rows) {
      if (!propagateRow(row, lower, upper, changed)) return false;
    }
  }
  return true;
}

void QuadraticRowMultipliers::set(const BoxQuadratic& problem, const UnitQuadratic& unit, std::span<const Kept> kept) {
  entries_.clear();
  forms_.clear();
  if (problem.rows.empty()) return;
  place_.assign(at(problem.size()), -1);
  for (int i = 0; i < unit.size(); ++i) place_[at(unit.free()[at(i)])] = i;
  double entries = 0;
  for (const QuadraticRow& row : problem.rows) {
    if (row.isLinear()) entries += 4.0 * static_cast<double>(row.terms.size()) * unit.size();
  }
  for (std::size_t k = 0; k < problem.rows.size(); ++k)
    addRow(problem.rows[k], static_cast<int>(k), unit, entries <= Tuning::mostEntries);
  restore(unit, kept);
}

void QuadraticRowMultipliers::addRow(const QuadraticRow& row, int number, const UnitQuadratic& unit, bool products) {
  const bool equation = row.lower == row.upper;
  for (const bool lowerSide : {false, true}) {
    const double side = lowerSide ? row.lower : row.upper;
    if (!std::isfinite(side) || (lowerSide && equation)) continue;
    Form form;
    form.key = keyOf(number, lowerSide, -1, false);
    form.equation = equation;
    const std::size_t before = forms_.size();
    addSide(row, side, lowerSide ? -1 : 1, unit, form);
    if (products && row.isLinear() && forms_.size() > before) addProducts(unit, before);
  }
}

/// Adds the form sign (side - row).
void QuadraticRowMultipliers::addSide(const QuadraticRow& row, double side, double sign, const UnitQuadratic& unit,
                                      Form form) {
  dense_.assign(at(unit.size()), 0.0);
  form.begin = entries_.size();
  form.repeats = 1 + static_cast<int>(row.terms.size());
  form.constant = sign * side;
  form.absolute = std::abs(side);
  const auto linear = [&](int place, double value) {
    form.absolute += std::abs(value);
    (place < 0 ? form.constant : dense_[at(place)]) -= sign * value;
  };
  for (const QuadraticRow::Term& term : row.terms) {
    const int i = place_[at(term.i)], j = term.j < 0 ? -1 : place_[at(term.j)];
    const double mi = unit.centreOf(term.i), ri = unit.radiusOf(term.i);
    const double mj = term.j < 0 ? 1 : unit.centreOf(term.j), rj = term.j < 0 ? 0 : unit.radiusOf(term.j);
    linear(-1, term.value * mi * mj);
    if (i >= 0) linear(i, term.value * ri * mj);
    if (j >= 0) linear(j, term.value * mi * rj);
    if (i < 0 || j < 0) continue;
    entries_.push_back({i, j, -sign * (term.value * ri * rj)});
    form.absolute += std::abs(entries_.back().value);
  }
  for (int i = 0; i < unit.size(); ++i) {
    if (dense_[at(i)] != 0) entries_.push_back({i, -1, dense_[at(i)]});
  }
  form.error = sumError(3 * static_cast<int>(row.terms.size()), form.absolute);
  finish(form);
}

void QuadraticRowMultipliers::finish(Form form) {
  form.end = entries_.size();
  double squares = 0;
  for (std::size_t k = form.begin; k < form.end; ++k) squares += entries_[k].value * entries_[k].value;
  const double least = Tuning::leastNorm * form.absolute;
  if (!(squares > std::max(least * least, RoundingTuning::underflow)) || !std::isfinite(form.absolute)) {
    entries_.resize(form.begin);
    return;
  }
  constexpr double ofProduct = 3;  // squares of a product of two distances
  form.weight = ofProduct / squares;
  forms_.push_back(form);
}

/// Adds the products of a linear form with all distances, or with all z_j where it is an equation.
void QuadraticRowMultipliers::addProducts(const UnitQuadratic& unit, std::size_t linear) {
  for (int j = 0; j < unit.size(); ++j) {
    for (const double sign : {1.0, -1.0}) {
      const Form from = forms_[linear];
      if (from.equation && sign < 0) continue;
      const int variable = unit.free()[at(j)];
      Form form;
      form.key = from.key + keyOf(0, false, variable, sign < 0);
      form.begin = entries_.size();
      form.equation = from.equation;
      form.factor = variable;
      form.constant = from.equation ? 0 : from.constant;
      form.error = 2 * from.error;
      form.absolute = 2 * from.absolute;
      for (std::size_t k = from.begin; k < from.end; ++k) {
        const Entry each = entries_[k];
        if (!from.equation) entries_.push_back(each);
        entries_.push_back({each.i, j, sign * each.value});
      }
      entries_.push_back({j, -1, sign * from.constant});
      finish(form);
    }
  }
}

void QuadraticRowMultipliers::restore(const UnitQuadratic& unit, std::span<const Kept> kept) {
  std::size_t k = 0;
  for (Form& form : forms_) {
    while (k < kept.size() && kept[k].key < form.key) ++k;
    if (k == kept.size()) return;
    if (kept[k].key != form.key) continue;
    form.y = form.average = kept[k].value * (form.factor < 0 ? 1 : unit.radiusOf(form.factor));
  }
}

std::vector<QuadraticRowMultipliers::Kept> QuadraticRowMultipliers::keep(const UnitQuadratic& unit) const {
  std::vector<Kept> kept;
  for (const Form& form : forms_) {
    if (form.average == 0) continue;
    kept.push_back({form.key, form.average / (form.factor < 0 ? 1 : unit.radiusOf(form.factor))});
  }
  return kept;
}

void QuadraticRowMultipliers::raise(const BallFactors& factors, double step, double share) {
  for (Form& form : forms_) {
    double value = form.constant;
    for (std::size_t k = form.begin; k < form.end; ++k) {
      const Entry& each = entries_[k];
      value += each.value * (each.j < 0 ? factors.z(each.i) : factors.product(each.i, each.j));
    }
    const double next = form.y - step * form.weight * value;
    form.y = form.equation ? next : std::max(0.0, next);
    form.average += share * (form.y - form.average);
  }
}

void QuadraticRowMultipliers::combine(const UnitQuadratic& unit, bool averages, UnitQuadratic& combined) const {
  combined = unit;
  double absolute = 2 * unit.absolute(), error = 0;
  int terms = 0;
  for (const Form& form : forms_) {
    const double y = averages ? form.average : form.y;
    if (y == 0) continue;
    terms += form.repeats;
    absolute += 2 * std::abs(y) * form.absolute;
    error += std::abs(y) * form.error;
    combined.subtract(y * form.constant);
    for (std::size_t k = form.begin; k < form.end; ++k) {
      const Entry& each = entries_[k];
      combined.subtract(each.i, each.j, y * each.value);
    }
  }
  if (terms > 0) combined.addError(error * (1 + sumError(terms, 1)) + sumError(2 * terms, absolute));
}

}  // namespace nonconvex
