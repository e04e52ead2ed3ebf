#include "methods/propagation/level_sets.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"

namespace nonconvex {

using namespace outward;

namespace {

bool isBounded(Interval box) { return std::isfinite(box.low) && std::isfinite(box.high); }

/// The exponent of a power of a column, whole and above 0; 0 for another function.
int exponentOf(const Univariate& g, int most) {
  if (g.entropy) return 0;
  if (g.op == Op::square) return 2;
  const bool whole = g.op == Op::pow && g.exponent == std::floor(g.exponent) && g.exponent > 0 && g.exponent <= most;
  return whole ? static_cast<int>(g.exponent) : 0;
}

Interval power(Interval base, int exponent) {
  Interval made = {1, 1};
  for (int half = exponent / 2; half > 0; --half) made = multiply(made, square(base));
  return exponent % 2 == 1 ? multiply(made, base) : made;
}

/// sum_p L_p s^p for 0 <= s <= reach: a lower bound on one side of a column.
struct OneSided {
  struct Tuning {
    static constexpr int pieces = 1000;   ///< safeguard: parts in which the sum is bounded
    static constexpr double far = 1e100;  ///< safeguard: bounds beyond it are none
  };

  std::vector<std::pair<int, double>> coefficients;  ///< exponents, rising, and L
  double reach = infinity;

  double powerOf(double s, int exponent, bool above) const {
    const Interval value = power({s, s}, exponent);
    return above ? value.high : value.low;
  }
  double start(double end, int piece) const { return piece == Tuning::pieces ? end : end * piece / Tuning::pieces; }

  /// A lower bound over s in a piece of [0, end].
  double below(double end, int piece) const {
    double sum = 0;
    for (const auto& [exponent, L] : coefficients) {
      const double s =
          L > 0 ? powerOf(start(end, piece), exponent, false) : powerOf(start(end, piece + 1), exponent, true);
      sum = sumBelow(sum, productBelow(L, s));
    }
    return sum;
  }

  /// A number >= 1 from which on the sum is at least half of its highest power, and that half above `value`; infinity
  /// if none is found.
  double exceeds(double value) const {
    const auto& [degree, highest] = coefficients.back();
    for (double s = 1; s < Tuning::far && highest > 0; s *= 2) {
      double others = 0;
      for (const auto& [exponent, L] : coefficients) {
        if (L < 0) others = sumAbove(others, productAbove(-L, powerOf(s, exponent, true)));
      }
      const double half = productBelow(highest, powerOf(s, degree, false)) / 2;
      if (half > others && half > value) return s;
    }
    return infinity;
  }

  /// A lower bound, at most 0; -infinity if there is none.
  double least() const {
    const double end = std::isinf(reach) ? exceeds(0) : reach;
    if (std::isinf(end)) return -infinity;
    double made = 0;
    for (int k = 0; k < Tuning::pieces; ++k) made = std::min(made, below(end, k));
    return made;
  }

  /// The largest s at which the sum may be `most` or less; infinity where it is not known or `reach` is finite.
  double limit(double most) const {
    const double end = std::isinf(reach) ? exceeds(most) : infinity;
    if (std::isinf(end)) return infinity;
    int last = Tuning::pieces;
    while (last > 0 && below(end, last - 1) > most) --last;
    return start(end, last);
  }
};

/// sum_p coefficient_p t^p - taken |t|^D on the side t = s or t = -s.
OneSided sideOf(const std::map<int, Interval>& coefficients, double taken, int way, double reach) {
  OneSided made;
  made.reach = reach;
  for (const auto& [exponent, coefficient] : coefficients) {
    const Interval turned = way < 0 && exponent % 2 == 1 ? negate(coefficient) : coefficient;
    const bool top = exponent == coefficients.rbegin()->first;
    made.coefficients.emplace_back(exponent, top ? sumBelow(turned.low, -taken) : turned.low);
  }
  return made;
}

/// The part of a sum that one column has.
struct Part {
  int column;
  OneSided left = {}, right = {};
  double least = 0;
};

}  // namespace

LevelSets::LevelSets(const LiftedProgram& program) : program_(program), monomials_(at(program.count())) {
  for (int column = 0; column < program.count(); ++column) {
    std::vector<Power>& made = monomials_[at(column)];
    made.push_back({column, 1});
    if (column < program.variables) continue;
    const int number = program.definitions[at(column - program.variables)].atom;
    if (number < 0 || program.atoms[at(number)].w != column) continue;
    const LiftedAtom& atom = program.atoms[at(number)];
    std::map<int, int> powers;
    const auto addPowers = [&](int factor, int exponent) {
      for (const Power& each : monomials_[at(factor)]) powers[each.column] += exponent * each.exponent;
    };
    if (atom.kind == LiftedAtom::Kind::product) {
      addPowers(atom.x, 1);
      addPowers(atom.y, 1);
    } else if (atom.kind == LiftedAtom::Kind::function) {
      const int exponent = exponentOf(atom.function, Tuning::mostDegree);
      if (exponent > 0) addPowers(atom.x, exponent);
    }
    const bool small =
        std::all_of(powers.begin(), powers.end(), [](const auto& each) { return each.second <= Tuning::mostDegree; });
    if (powers.empty() || !small) continue;
    made.clear();
    for (const auto& [base, exponent] : powers) made.push_back({base, exponent});
  }
}

/// Adds factor z; returns false if no lower bound is known. Squares of sums of one column are multiplied out, and those
/// of several if `expands`.
bool LevelSets::addTerm(Sum& sum, std::span<const Interval> box, Interval factor, int column, bool expands) const {
  const std::vector<Power>& powers = monomials_[at(column)];
  const double least = multiply(factor, box[at(column)]).low;
  const bool isSquare = powers.size() == 1 && powers[0].exponent == 2 && powers[0].column >= program_.variables;
  const int number = isSquare ? program_.definitions[at(powers[0].column - program_.variables)].row : -1;
  if (number < 0 || (!expands && program_.rows[at(number)].count > 2)) {
    return addPowers(sum, box, factor, powers, least);
  }
  // (sum_i c_i z_i - side)^2
  const LiftedRow& row = program_.rows[at(number)];
  const Interval side = {row.lower, row.upper};
  bool known = addPowers(sum, box, multiply(factor, square(side)), {}, -infinity);
  for (int i = 0; known && i + 1 < row.count; ++i) {
    const Interval c = multiply(factor, program_.coefficient(row, i));
    const std::vector<Power>& z = monomials_[at(program_.indexOf(row)[at(i)])];
    known = addPowers(sum, box, negate(multiply(2, multiply(c, side))), z, -infinity);
    for (int j = i; known && j + 1 < row.count; ++j) {
      const Interval product = multiply(i == j ? 1 : 2, multiply(c, program_.coefficient(row, j)));
      known = addPowers(sum, box, product, productOf(z, monomials_[at(program_.indexOf(row)[at(j)])]), -infinity);
    }
  }
  return known;
}

/// Adds factor times a product of powers, which is known to be at least `least`.
bool LevelSets::addPowers(Sum& sum, std::span<const Interval> box, Interval factor, std::span<const Power> powers,
                          double least) const {
  Interval size = factor, whole = factor;
  std::vector<Power> open;
  for (const Power& each : powers) {
    const Interval base = power(box[at(each.column)], each.exponent);
    whole = multiply(whole, base);
    if (isBounded(box[at(each.column)])) {
      size = multiply(size, base);
    } else {
      open.push_back(each);
    }
  }
  least = std::max(least, whole.low);
  if (open.size() == 1) {
    const auto [place, isNew] = sum.growths[open[0].column].coefficients.try_emplace(open[0].exponent, size);
    if (!isNew) place->second = add(place->second, size);
  } else if (open.empty() || least > -infinity) {
    sum.rest = sumBelow(sum.rest, least);
  } else {
    sum.mixed.push_back({std::max(std::abs(size.low), std::abs(size.high)), std::move(open)});
  }
  return isBounded(size) && sum.rest > -infinity;
}

std::vector<LevelSets::Power> LevelSets::productOf(std::span<const Power> a, std::span<const Power> b) {
  std::vector<Power> made(a.begin(), a.end());
  for (const Power& each : b) {
    const auto place =
        std::find_if(made.begin(), made.end(), [&](const Power& known) { return known.column == each.column; });
    if (place == made.end()) {
      made.push_back(each);
    } else {
      place->exponent += each.exponent;
    }
  }
  return made;
}

/// Takes from the highest powers of its columns what a mixed term is at most.
bool LevelSets::take(Sum& sum, const Mixed& term) const {
  std::int64_t denominator = 1, numerator = 0;  // the sum of l
  for (const Power& each : term.powers) {
    const std::int64_t degree = sum.growths.at(each.column).degree();
    numerator = numerator * degree + each.exponent * denominator;
    denominator *= degree;
    const std::int64_t common = std::gcd(numerator, denominator);
    numerator /= common;
    denominator /= common;
    if (denominator > (std::int64_t{1} << 40)) return false;
  }
  if (numerator > denominator) return false;
  const bool whole = numerator == denominator;
  const double left = whole ? 0 : 1 - static_cast<double>(numerator) / static_cast<double>(denominator);
  if (!whole && left < Tuning::leastLeft) return false;
  std::vector<double> logarithms;
  double weighted = 0, size = 1;
  for (const Power& each : term.powers) {
    const Growth& growth = sum.growths.at(each.column);
    const double l = static_cast<double>(each.exponent) / growth.degree();
    const Interval top = growth.coefficients.rbegin()->second;
    const double highest = std::min(std::abs(top.low), std::abs(top.high));
    logarithms.push_back(std::log(Tuning::share * highest / (growth.users * l * std::max(term.size, 1e-300))));
    weighted += l * logarithms.back();
    size += std::abs(l * logarithms.back());
  }
  const double more = Tuning::widening * size, balance = whole ? -weighted : 0;
  for (std::size_t k = 0; k < term.powers.size(); ++k) {
    Growth& growth = sum.growths.at(term.powers[k].column);
    const double l = static_cast<double>(term.powers[k].exponent) / growth.degree();
    const double s = std::exp(logarithms[k] + balance + more);
    growth.taken = sumAbove(growth.taken, productAbove(term.size, productAbove(above(l), above(s))));
  }
  if (!whole) {
    const double s = std::exp(-weighted / left + more / left);
    sum.rest = sumBelow(sum.rest, -productAbove(term.size, productAbove(above(left), above(s))));
  }
  return std::isfinite(sum.rest);
}

/// Bounds all mixed terms by powers of one column each; returns false where they may grow faster.
bool LevelSets::dominate(Sum& sum, std::span<const Interval> box) const {
  for (const Mixed& term : sum.mixed) {
    for (const Power& each : term.powers) {
      const auto place = sum.growths.find(each.column);
      if (place == sum.growths.end()) return false;
      place->second.users += 1;
    }
  }
  for (const auto& [column, growth] : sum.growths) {
    const Interval top = growth.coefficients.rbegin()->second, range = box[at(column)];
    const bool even = growth.degree() % 2 == 0;
    if (range.high == infinity && !(top.low > 0)) return false;
    if (range.low == -infinity && !(even ? top.low > 0 : top.high < 0)) return false;
  }
  return std::all_of(sum.mixed.begin(), sum.mixed.end(), [&](const Mixed& term) { return take(sum, term); });
}

bool LevelSets::along(std::vector<Interval>& box, const LiftedRow& row, double sign, double side, bool expands) const {
  Sum sum;
  for (int k = 0; k < row.count; ++k) {
    const Interval factor = multiply(sign, program_.coefficient(row, k));
    if (!addTerm(sum, box, factor, program_.indexOf(row)[at(k)], expands)) return false;
  }
  if (sum.growths.empty() || !dominate(sum, box)) return false;
  std::vector<Part> parts;
  double least = sum.rest;
  for (const auto& [column, growth] : sum.growths) {
    Part& made = parts.emplace_back(Part{.column = column});
    for (const int way : {1, -1}) {
      const double reach = std::max(0.0, way > 0 ? box[at(column)].high : -box[at(column)].low);
      OneSided one = sideOf(growth.coefficients, growth.taken, way, reach);
      made.least = std::min(made.least, one.least());
      (way > 0 ? made.right : made.left) = std::move(one);
    }
    least = sumBelow(least, made.least);
  }
  if (std::isinf(least)) return false;
  bool moved = false;
  for (const Part& each : parts) {
    const double most = sumAbove(side, -sumBelow(least, -each.least));  // the part of this column is at most this
    const Interval to = {-each.left.limit(most), each.right.limit(most)};
    Interval& range = box[at(each.column)];
    const Interval cut = intersection(range, to);
    if (cut.isEmpty() || (cut.low == range.low && cut.high == range.high)) continue;
    range = cut;
    moved = true;
  }
  return moved;
}

bool LevelSets::areOpen(const LiftedProgram& program, std::span<const Interval> box) {
  const std::span<const Interval> variables = box.first(at(program.variables));
  return !std::all_of(variables.begin(), variables.end(), isBounded);
}

bool LevelSets::run(std::vector<Interval>& box, double cutoff) const {
  if (!areOpen(program_, box)) return false;
  bool moved = false;
  const auto both = [&](const LiftedRow& row, double lower, double upper) {
    for (const bool expands : {false, true}) {
      if (std::isfinite(upper)) moved = along(box, row, 1, upper, expands) || moved;
      if (std::isfinite(lower)) moved = along(box, row, -1, -lower, expands) || moved;
    }
  };
  for (const LiftedRow& row : program_.rows) both(row, row.lower, row.upper);
  both(program_.objectiveRow, -infinity, sumAbove(cutoff, -program_.objective.constant.low));
  return moved;
}

}  // namespace nonconvex
