#include "expressions/lifted/lifted_derivatives.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {

using namespace outward;

namespace {

bool isZero(Interval a) { return a.low == 0 && a.high == 0; }
bool isQuotient(const LiftedAtom& atom, int column) { return atom.w != column; }

}  // namespace

LiftedDerivatives::LiftedDerivatives(const LiftedProgram& program)
    : program_(program), values_(at(program.count())), gradients_(at(program.count())) {}

Interval LiftedDerivatives::defined(int column) const {
  const LiftedDefinition& definition = program_.definitions[at(column - program_.variables)];
  if (definition.row >= 0) {
    const LiftedRow& row = program_.rows[at(definition.row)];
    return subtract(valueOf({row.first, row.count - 1}), {row.lower, row.upper});
  }
  if (definition.atom < 0) return everything;
  const LiftedAtom& atom = program_.atoms[at(definition.atom)];
  if (isQuotient(atom, column)) return divide(value(atom.w), value(atom.y));
  if (atom.kind != LiftedAtom::Kind::function) return multiply(value(atom.x), value(atom.y));
  const Interval x = value(atom.x), from = domain(atom.function);
  return x.within(from.low, from.high) ? image(atom.function, x) : nothing;
}

bool LiftedDerivatives::evaluate(std::span<const Interval> box) {
  std::copy_n(box.begin(), program_.variables, values_.begin());
  for (int column = program_.variables; column < program_.count(); ++column) {
    values_[at(column)] = defined(column);
    if (value(column).isEmpty()) return false;
  }
  return true;
}

Interval LiftedDerivatives::valueOf(const LiftedRow& row) const {
  Interval sum = {0, 0};
  for (int k = 0; k < row.count; ++k) {
    sum = add(sum, multiply(program_.coefficient(row, k), value(program_.indexOf(row)[at(k)])));
  }
  return sum;
}

LiftedDerivatives::Gradient LiftedDerivatives::sumOf(std::span<const Scaled> parts) const {
  Gradient sum;
  for (const Scaled& part : parts) {
    for (const auto& [variable, slope] : *part.gradient) sum.emplace_back(variable, multiply(part.factor, slope));
  }
  std::stable_sort(sum.begin(), sum.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::size_t last = 0;
  for (std::size_t k = 1; k < sum.size(); ++k) {
    if (sum[k].first == sum[last].first) {
      sum[last].second = add(sum[last].second, sum[k].second);
    } else {
      sum[++last] = sum[k];
    }
  }
  if (!sum.empty()) sum.resize(last + 1);
  return sum;
}

LiftedDerivatives::Gradient LiftedDerivatives::gradientOf(const LiftedRow& row) const {
  std::vector<Scaled> parts;
  for (int k = 0; k < row.count; ++k) {
    parts.push_back({program_.coefficient(row, k), &gradient(program_.indexOf(row)[at(k)])});
  }
  return sumOf(parts);
}

void LiftedDerivatives::differentiate() {
  for (int j = 0; j < program_.variables; ++j) gradients_[at(j)] = {{j, {1, 1}}};
  for (std::size_t k = 0; k < program_.definitions.size(); ++k) {
    const LiftedDefinition& definition = program_.definitions[k];
    Gradient& made = gradients_[at(resultOf(k))];
    made.clear();
    if (definition.row >= 0) {
      const LiftedRow& row = program_.rows[at(definition.row)];
      made = gradientOf({row.first, row.count - 1});
    } else if (definition.atom >= 0) {
      const LiftedAtom& atom = program_.atoms[at(definition.atom)];
      if (isQuotient(atom, resultOf(k))) {
        const Interval inverse = reciprocal(value(atom.y));
        made = sumOf(std::array{Scaled{inverse, &gradient(atom.w)},
                                Scaled{negate(multiply(value(atom.x), inverse)), &gradient(atom.y)}});
      } else if (atom.kind == LiftedAtom::Kind::function) {
        made = sumOf(std::array{Scaled{derivativeImage(atom.function, value(atom.x)), &gradient(atom.x)}});
      } else {
        made = sumOf(std::array{Scaled{value(atom.y), &gradient(atom.x)}, Scaled{value(atom.x), &gradient(atom.y)}});
      }
    }
  }
}

void LiftedDerivatives::backward(std::vector<Interval>& weights) const {
  const auto increase = [&](int column, Interval by) { weights[at(column)] = add(weights[at(column)], by); };
  for (std::size_t k = program_.definitions.size(); k-- > 0;) {
    const LiftedDefinition& definition = program_.definitions[k];
    const Interval weight = weights[at(resultOf(k))];
    if (isZero(weight)) continue;
    if (definition.row >= 0) {
      const LiftedRow& row = program_.rows[at(definition.row)];
      for (int e = 0; e + 1 < row.count; ++e) {
        increase(program_.indexOf(row)[at(e)], multiply(weight, program_.coefficient(row, e)));
      }
    } else if (definition.atom >= 0) {
      const LiftedAtom& atom = program_.atoms[at(definition.atom)];
      if (isQuotient(atom, resultOf(k))) {
        const Interval part = multiply(weight, reciprocal(value(atom.y)));
        increase(atom.w, part);
        increase(atom.y, negate(multiply(part, value(atom.x))));
      } else if (atom.kind == LiftedAtom::Kind::function) {
        increase(atom.x, multiply(weight, derivativeImage(atom.function, value(atom.x))));
      } else {
        increase(atom.x, multiply(weight, value(atom.y)));
        increase(atom.y, multiply(weight, value(atom.x)));
      }
    }
  }
}

/// H += factor (a b^T + b a^T) / 2.
void LiftedDerivatives::addProduct(std::span<Interval> H, Interval factor, const Gradient& a, const Gradient& b) const {
  if (isZero(factor)) return;
  const auto n = at(program_.variables);
  const auto increase = [&](int i, int j, Interval by) {
    Interval& entry = H[at(std::min(i, j)) * n + at(std::max(i, j))];
    entry = add(entry, multiply(factor, by));
  };
  if (&a == &b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      increase(a[i].first, a[i].first, square(a[i].second));
      for (std::size_t j = i + 1; j < a.size(); ++j)
        increase(a[i].first, a[j].first, multiply(a[i].second, a[j].second));
    }
    return;
  }
  for (const auto& [i, ofA] : a) {
    for (const auto& [j, ofB] : b) {
      const Interval both = multiply(ofA, ofB);
      increase(i, j, i == j ? both : multiply(0.5, both));
    }
  }
}

void LiftedDerivatives::addHessian(std::span<const Interval> weights, std::span<Interval> H) const {
  for (std::size_t k = 0; k < program_.definitions.size(); ++k) {
    const LiftedDefinition& definition = program_.definitions[k];
    const Interval weight = weights[at(resultOf(k))];
    if (definition.atom < 0 || isZero(weight)) continue;
    const LiftedAtom& atom = program_.atoms[at(definition.atom)];
    if (isQuotient(atom, resultOf(k))) {
      const Interval inverse = reciprocal(value(atom.y));
      const Interval twice = multiply(2, multiply(weight, square(inverse)));
      addProduct(H, negate(twice), gradient(atom.w), gradient(atom.y));
      addProduct(H, multiply(twice, value(atom.x)), gradient(atom.y), gradient(atom.y));
    } else if (atom.kind == LiftedAtom::Kind::function) {
      const Interval bend = secondDerivativeImage(atom.function, value(atom.x));
      addProduct(H, multiply(weight, bend), gradient(atom.x), gradient(atom.x));
    } else {
      addProduct(H, multiply(2, weight), gradient(atom.x), gradient(atom.y));
    }
  }
}

}  // namespace nonconvex
