#include "expressions/lifted/lifted_builder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {
namespace {

using Kind = LiftedAtom::Kind;

Interval coefficientOf(const LinearForm::Term& term) { return outward::around(term.coefficient, term.error); }

std::uint64_t bitsOf(double value) { return std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value); }

/// Returns true for powers, which are so by their operation or their exponent.
bool isPower(const Univariate& g) {
  return !g.entropy && (g.op == Op::pow || g.op == Op::square || g.op == Op::sqrt || g.op == Op::reciprocal);
}
double exponentOf(const Univariate& g) {
  return g.op == Op::pow ? g.exponent : g.op == Op::square ? 2 : g.op == Op::sqrt ? 0.5 : -1;
}
bool isLogarithm(const LiftedAtom* atom) {
  return atom != nullptr && atom->kind == Kind::function && !atom->function.entropy && atom->function.op == Op::log;
}

bool isInteger(double value) { return value == std::floor(value); }

double widthOf(Interval range) { return range.high - range.low; }

std::uint64_t keyOf(Kind kind) { return static_cast<std::uint64_t>(kind); }

}  // namespace

LiftedBuilder::LiftedBuilder(const LiftedBounds& bounds, const LiftingWatch& watch) : watch_(watch) {
  program_.variables = static_cast<int>(bounds.variables.size());
  program_.columns = bounds.variables;
  program_.integer.assign(program_.columns.size(), 0);
  for (const int j : bounds.integers) program_.integer[at(j)] = 1;
}

int LiftedBuilder::newColumn(Interval bounds, LiftedDefinition definition) {
  program_.columns.push_back(bounds);
  program_.integer.push_back(0);
  program_.definitions.push_back(definition);
  return program_.count() - 1;
}

const LiftedAtom* LiftedBuilder::definition(int column) const {
  if (column < program_.variables) return nullptr;
  const int atom = program_.definitions[at(column - program_.variables)].atom;
  return atom < 0 ? nullptr : &program_.atoms[at(atom)];
}

/// The column of a linear form, which an equation defines where it is none.
int LiftedBuilder::columnOf(const LinearForm& form) {
  if (form.isColumn()) return form.terms[0].column;
  std::vector<std::uint64_t> key = {bitsOf(form.constant.low), bitsOf(form.constant.high)};
  for (const LinearForm::Term& term : form.terms) {
    key.insert(key.end(), {static_cast<std::uint64_t>(term.column), bitsOf(term.coefficient), bitsOf(term.error)});
  }
  const auto [place, isNew] = columnOf_.try_emplace(std::move(key), -1);
  if (!isNew) return place->second;
  const int column = newColumn(rangeOf(form, program_.columns), {});
  place->second = column;
  if (form.isConstant()) return column;
  program_.definitions.back().row = static_cast<int>(program_.rows.size());
  program_.addRow(sum(form, -1, LinearForm::column(column)), 0, 0);
  return column;
}

LinearForm LiftedBuilder::sum(const LinearForm& a, double factor, const LinearForm& b) const {
  const std::array<ScaledForm, 2> parts = {ScaledForm{{1, 1}, &a}, ScaledForm{{factor, factor}, &b}};
  return sumOf(parts);
}

/// The column g(z_x).
int LiftedBuilder::function(const Univariate& g, int x) {
  const Key key = {keyOf(Kind::function), (g.entropy ? 1ULL << 32U : 0) | static_cast<std::uint64_t>(g.op),
                   bitsOf(g.exponent), at(x)};
  const auto [place, isNew] = results_.try_emplace(key, -1);
  if (!isNew) return place->second;
  Interval& from = program_.columns[at(x)];
  from = intersection(from, domain(g));
  const Interval range = from.isEmpty() ? outward::nothing : image(g, from);
  place->second = newColumn(range, {.atom = static_cast<int>(program_.atoms.size())});
  program_.atoms.push_back({.kind = Kind::function, .function = g, .x = x, .w = place->second});
  return place->second;
}

/// The column z_x z_y.
int LiftedBuilder::product(int x, int y) {
  if (x > y) std::swap(x, y);
  const Key key = {keyOf(Kind::product), 0, at(x), at(y)};
  const auto [place, isNew] = results_.try_emplace(key, -1);
  if (!isNew) return place->second;
  place->second = newColumn(outward::multiply(program_.columns[at(x)], program_.columns[at(y)]),
                            {.atom = static_cast<int>(program_.atoms.size())});
  program_.atoms.push_back({.kind = Kind::product, .x = x, .y = y, .w = place->second});
  return place->second;
}

/// The column z_x / z_y: the factor q of z_x = q z_y.
int LiftedBuilder::quotient(int x, int y) {
  const Key key = {keyOf(Kind::product), 1, at(x), at(y)};
  const auto [place, isNew] = results_.try_emplace(key, -1);
  if (!isNew) return place->second;
  place->second = newColumn(outward::divide(program_.columns[at(x)], program_.columns[at(y)]),
                            {.atom = static_cast<int>(program_.atoms.size())});
  program_.atoms.push_back({.kind = Kind::product, .x = place->second, .y = y, .w = x});
  return place->second;
}

/// Adds that w = z_x z_l is z_x log(z_x / z_y), where l is the logarithm of that quotient.
void LiftedBuilder::perspective(int x, int l, int w) {
  const LiftedAtom* const log = definition(l);
  if (!isLogarithm(log)) return;
  const LiftedAtom* const quotient = definition(log->x);
  const bool isOf = quotient != nullptr && quotient->kind == Kind::product && quotient->w == x && quotient->x == log->x;
  if (!isOf || perspectives_ >= Tuning::mostPerspectives || program_.columns[at(x)].low < 0 ||
      program_.columns[at(quotient->y)].low < 0)
    return;
  ++perspectives_;
  program_.atoms.push_back({.kind = Kind::perspective, .x = x, .y = quotient->y, .w = w});
}

/// A number that nothing is known of, for what has no value or any.
LinearForm LiftedBuilder::unknownNumber() { return LinearForm::column(newColumn({}, {})); }

LinearForm LiftedBuilder::functionOf(const Univariate& g, const LinearForm& a) {
  if (a.isConstant()) {
    const Interval within = intersection(a.constant, domain(g));
    if (within.isEmpty()) return unknownNumber();
    return LinearForm::of(image(g, within));
  }
  return LinearForm::column(function(g, columnOf(a)));
}

LinearForm LiftedBuilder::unary(Op op, const LinearForm& a) {
  switch (op) {
    case Op::negate:
      return multipleOf({-1, -1}, a);
    case Op::square:
    case Op::abs2:
      return square(a);
    case Op::log:
      return logarithm(a);
    case Op::sqrt:
      return power(a, 0.5);
    case Op::reciprocal:
      return power(a, -1);
    case Op::log10:
      return multipleOf(outward::reciprocal(image({.op = Op::log}, outward::point(10))), logarithm(a));
    default:
      return functionOf({.op = op}, a);
  }
}

LinearForm LiftedBuilder::square(const LinearForm& a) {
  if (a.isMultiple()) return power(a, 2);
  return functionOf({.op = Op::square}, a);
}

/// a^exponent. Factors and powers of a single column move out.
LinearForm LiftedBuilder::power(const LinearForm& a, double exponent) {
  if (exponent == 0) return LinearForm::of({1, 1});
  if (exponent == 1) return a;
  const Univariate g = exponent == 2     ? Univariate{.op = Op::square}
                       : exponent == 0.5 ? Univariate{.op = Op::sqrt}
                       : exponent == -1  ? Univariate{.op = Op::reciprocal}
                                         : Univariate::power(exponent);
  if (!a.isMultiple()) return functionOf(g, a);
  const LinearForm::Term& term = a.terms[0];
  const Interval factor = coefficientOf(term);
  if (!isInteger(exponent) && factor.low <= 0) return functionOf(g, a);
  const LiftedAtom* const inner = definition(term.column);
  const bool nested = inner != nullptr && inner->kind == Kind::function && isInteger(exponent) && exponent > 0 &&
                      isPower(inner->function) && isInteger(exponentOf(inner->function)) &&
                      exponentOf(inner->function) > 0;
  LinearForm base = nested ? power(LinearForm::column(inner->x), exponentOf(inner->function) * exponent)
                           : LinearForm::column(function(g, term.column));
  if (term.coefficient == 1 && term.error == 0) return base;
  if (factor.contains(0)) return functionOf(g, a);
  return multipleOf(image(g, factor), base);
}

/// log(factor z) = log z + log factor.
LinearForm LiftedBuilder::logarithm(const LinearForm& a) {
  const Univariate log = {.op = Op::log};
  if (!a.isMultiple() || a.isColumn() || !(coefficientOf(a.terms[0]).low > 0)) return functionOf(log, a);
  const LinearForm inner = functionOf(log, LinearForm::column(a.terms[0].column));
  return sum(inner, 1, LinearForm::of(image(log, coefficientOf(a.terms[0]))));
}

/// The product of two columns. Powers of the same column are one power, and x log x is a function.
LinearForm LiftedBuilder::productOf(int x, int y) {
  struct Base {
    int column;
    double exponent;
  };
  const auto baseOf = [&](int column) -> Base {
    const LiftedAtom* const atom = definition(column);
    const bool ofOther =
        atom != nullptr && atom->kind == Kind::function && isPower(atom->function) && exponentOf(atom->function) > 0;
    return ofOther ? Base{atom->x, exponentOf(atom->function)} : Base{column, 1};
  };
  if (x == y) return power(LinearForm::column(x), 2);
  const Base a = baseOf(x), b = baseOf(y);
  const auto same = [&](Base p, Base q) { return power(LinearForm::column(p.column), p.exponent + q.exponent); };
  if (a.column == b.column) return same(a, b);
  if (a.column == y) return same(a, {y, 1});
  if (b.column == x) return same({x, 1}, b);
  const auto isLogOf = [&](int l, int z) {
    const LiftedAtom* const atom = definition(l);
    return isLogarithm(atom) && atom->x == z;
  };
  if (isLogOf(y, x)) return LinearForm::column(function(Univariate::xLogX(), x));
  if (isLogOf(x, y)) return LinearForm::column(function(Univariate::xLogX(), y));
  const std::size_t before = program_.atoms.size();
  const int w = product(x, y);
  if (program_.atoms.size() > before) {
    perspective(x, y, w);
    perspective(y, x, w);
  }
  return LinearForm::column(w);
}

LinearForm LiftedBuilder::multiply(const LinearForm& a, const LinearForm& b) {
  if (a.isConstant()) return multipleOf(a.constant, b);
  if (b.isConstant()) return multipleOf(b.constant, a);
  if (a == b && !a.isMultiple()) return square(a);
  const auto length = [](const LinearForm& form) {
    return form.terms.size() + (form.constant.low == 0 && form.constant.high == 0 ? 0 : 1);
  };
  if (length(a) * length(b) > Tuning::distributed) return productOf(columnOf(a), columnOf(b));
  const LinearForm distributed = distribute(a, b);
  const auto isBounded = [&](const LinearForm& form) {
    return std::isfinite(widthOf(rangeOf(form, program_.columns)));
  };
  if (a.isMultiple() && b.isMultiple()) return distributed;
  if (!isBounded(a) || !isBounded(b)) {
    // A factor may get bounds from the product of both, which the products of their terms do not give.
    program_.addRow(sum(distributed, -1, productOf(columnOf(a), columnOf(b))), 0, 0);
  }
  return distributed;
}

/// The product of two sums as a sum of products.
LinearForm LiftedBuilder::distribute(const LinearForm& a, const LinearForm& b) {
  std::vector<LinearForm> forms;
  std::vector<Interval> factors;
  for (const LinearForm::Term& s : a.terms) {
    for (const LinearForm::Term& t : b.terms) {
      forms.push_back(productOf(s.column, t.column));
      factors.push_back(s.error == 0 && t.error == 0 && t.coefficient == 1   ? outward::point(s.coefficient)
                        : s.error == 0 && t.error == 0 && s.coefficient == 1 ? outward::point(t.coefficient)
                        : s.error == 0 && t.error == 0 &&
                                std::fma(s.coefficient, t.coefficient, -(s.coefficient * t.coefficient)) == 0
                            ? outward::point(s.coefficient * t.coefficient)
                            : outward::multiply(coefficientOf(s), coefficientOf(t)));
    }
  }
  LinearForm aPart = a, bPart = b;
  aPart.constant = bPart.constant = {0, 0};
  forms.push_back(std::move(bPart));
  factors.push_back(a.constant);
  forms.push_back(std::move(aPart));
  factors.push_back(b.constant);
  forms.push_back(multipleOf(a.constant, LinearForm::of(b.constant)));
  factors.push_back({1, 1});
  std::vector<ScaledForm> parts;
  for (std::size_t k = 0; k < forms.size(); ++k) parts.push_back({factors[k], &forms[k]});
  return sumOf(parts);
}

LinearForm LiftedBuilder::divide(const LinearForm& a, const LinearForm& b) {
  if (b.isConstant()) {
    if (b.constant.contains(0)) return unknownNumber();
    const double inverse = 1 / b.constant.low;
    const bool exact = b.constant.isPoint() && std::fma(inverse, b.constant.low, -1.0) == 0;
    return multipleOf(exact ? outward::point(inverse) : outward::reciprocal(b.constant), a);
  }
  if (a.isConstant()) return multiply(a, power(b, -1));
  // The column that a multiple is of, and the factor, which is 1 where it may be 0.
  const auto parts = [&](const LinearForm& form) -> std::pair<int, Interval> {
    if (!form.isMultiple() || coefficientOf(form.terms[0]).contains(0)) return {columnOf(form), {1, 1}};
    return {form.terms[0].column, coefficientOf(form.terms[0])};
  };
  const auto [x, s] = parts(a);
  const auto [y, t] = parts(b);
  const LinearForm ratio = x == y ? LinearForm::of({1, 1}) : LinearForm::column(quotient(x, y));
  if (t.low == 1 && t.high == 1) return multipleOf(s, ratio);
  return multipleOf(outward::divide(s, t), ratio);
}

/// a^b.
LinearForm LiftedBuilder::raise(const LinearForm& a, const LinearForm& b) {
  if (b.isConstant() && b.constant.isPoint()) return power(a, b.constant.low);
  const bool positive = a.isConstant() ? a.constant.low > 0 : rangeOf(a, program_.columns).low >= 0;
  if (!positive) {
    throw Error(ErrorKind::solver, "operation 'pow' has no relaxation where its base may be below 0", "UNSUPPORTED");
  }
  return unary(Op::exp, multiply(b, logarithm(a)));
}

/// max(a, b) = (a + b + |a - b|) / 2 for sign 1, the minimum for -1.
LinearForm LiftedBuilder::extreme(const LinearForm& a, const LinearForm& b, double sign) {
  const LinearForm distance = unary(Op::abs, sum(a, -1, b));
  return multipleOf({0.5, 0.5}, sum(sum(a, 1, b), sign, distance));
}

LinearForm LiftedBuilder::binary(Op op, const LinearForm& a, const LinearForm& b) {
  switch (op) {
    case Op::add:
      return sum(a, 1, b);
    case Op::subtract:
      return sum(a, -1, b);
    case Op::multiply:
      return multiply(a, b);
    case Op::divide:
      return divide(a, b);
    case Op::pow:
      return raise(a, b);
    case Op::min:
      return extreme(a, b, -1);
    case Op::max:
      return extreme(a, b, 1);
    default:
      throw Error(ErrorKind::solver, "operation '" + nameOf(op) + "' has no relaxation", "UNSUPPORTED");
  }
}

void LiftedBuilder::constrain(const LinearForm& form, Interval sides) {
  program_.constraints.push_back(static_cast<int>(program_.rows.size()));
  program_.constants.push_back(form.constant);
  program_.addRow(form, sides.low, sides.high);
}

/// Adds the products of equations with a column, where all products of its columns are columns already: the
/// reformulation-linearization technique of H. D. Sherali, W. P. Adams, SIAM J. Discrete Math. 3, 1990.
void LiftedBuilder::multiplyRows() {
  std::map<std::pair<int, int>, int> products;
  std::map<int, int> factors;  // columns in products
  for (const LiftedAtom& atom : program_.atoms) {
    const bool isSquare = atom.kind == Kind::function && !atom.function.entropy && atom.function.op == Op::square;
    if (atom.kind != Kind::product && !isSquare) continue;
    const int y = isSquare ? atom.x : atom.y;
    products.emplace(std::minmax(atom.x, y), atom.w);
    ++factors[atom.x];
    ++factors[y];
  }
  const std::size_t count = program_.rows.size();
  int made = 0;
  for (std::size_t i = 0; i < count; ++i) {
    look();
    const LiftedRow row = program_.rows[i];
    if (row.lower != row.upper || row.count < 2) continue;
    for (const auto& [factor, uses] : factors) {
      if (uses < row.count) continue;
      LinearForm product;
      for (int k = row.first; k < row.first + row.count; ++k) {
        const auto place = products.find(std::minmax(program_.index[at(k)], factor));
        if (place == products.end()) break;
        product.terms.push_back({place->second, program_.value[at(k)], program_.error[at(k)]});
      }
      if (product.terms.size() != at(row.count) || made++ >= Tuning::mostMultiplied) continue;
      const ScaledForm whole = {{1, 1}, &product};
      program_.addRow(sum(sumOf(std::span(&whole, 1)), -row.lower, LinearForm::column(factor)), 0, 0);
    }
  }
}

LiftedProgram LiftedBuilder::take(LinearForm objective) {
  multiplyRows();
  program_.setObjective(std::move(objective));
  return std::move(program_);
}

}  // namespace nonconvex
