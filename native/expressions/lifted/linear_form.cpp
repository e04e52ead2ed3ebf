#include "expressions/lifted/linear_form.hpp"

#include <algorithm>

#include "core/index.hpp"

namespace nonconvex {
namespace {

using Term = LinearForm::Term;

/// Returns true if `product` is a b without a rounding error.
bool isExactProduct(double a, double b, double product) {
  constexpr double least = 1e-280;  // below it the remainder of fma may round to 0
  if (a == 0 || b == 0) return true;
  return std::isfinite(product) && std::abs(product) > least && std::fma(a, b, -product) == 0;
}

/// The product of a term and a factor: the middle of the factor times the coefficient, the rest as an error.
Term scaled(const Term& term, Interval factor) {
  using namespace outward;
  const double middle = factor.isPoint() ? factor.low : factor.low / 2 + factor.high / 2;
  const double radius = factor.isPoint() ? 0 : above(std::max(above(factor.high - middle), above(middle - factor.low)));
  Term made = {term.column, middle * term.coefficient, 0};
  const bool exact = isExactProduct(middle, term.coefficient, made.coefficient);
  made.error = sumAbove(productAbove(std::abs(middle), term.error),
                        productAbove(radius, sumAbove(std::abs(term.coefficient), term.error)));
  if (!exact) made.error = above(made.error + machineEpsilon * std::abs(made.coefficient));
  return made;
}

/// Adds a term of the same column.
void add(Term& to, const Term& term) {
  using namespace outward;
  const double sum = to.coefficient + term.coefficient;
  const bool exact = isExactSum(to.coefficient, term.coefficient, sum);
  to.error = sumAbove(to.error, term.error);
  if (!exact) to.error = above(to.error + machineEpsilon * std::abs(sum));
  to.coefficient = sum;
}

Interval exactOrOutward(Interval a, Interval b) {
  const double low = a.low + b.low, high = a.high + b.high;
  return {isExactSum(a.low, b.low, low) ? low : outward::sumBelow(a.low, b.low),
          isExactSum(a.high, b.high, high) ? high : outward::sumAbove(a.high, b.high)};
}

Interval exactProduct(Interval a, Interval b) {
  if (a.isPoint() && b.isPoint()) {
    const double product = a.low * b.low;
    if (isExactProduct(a.low, b.low, product)) return {product, product};
  }
  return outward::multiply(a, b);
}

}  // namespace

LinearForm sumOf(std::span<const ScaledForm> parts, const std::function<void()>& look) {
  LinearForm sum;
  for (const ScaledForm& part : parts) {
    if (part.factor.low == 0 && part.factor.high == 0) continue;
    for (const Term& term : part.form->terms) sum.terms.push_back(scaled(term, part.factor));
    sum.constant = exactOrOutward(sum.constant, exactProduct(part.factor, part.form->constant));
  }
  constexpr int between = 1 << 16;  // safeguard: comparisons between two calls of `look`
  int comparisons = 0;
  std::stable_sort(sum.terms.begin(), sum.terms.end(), [&](const Term& a, const Term& b) {
    if (look && ++comparisons % between == 0) look();
    return a.column < b.column;
  });
  std::size_t last = 0;
  for (std::size_t k = 1; k < sum.terms.size(); ++k) {
    if (sum.terms[k].column == sum.terms[last].column) {
      add(sum.terms[last], sum.terms[k]);
    } else {
      sum.terms[++last] = sum.terms[k];
    }
  }
  if (!sum.terms.empty()) sum.terms.resize(last + 1);
  std::erase_if(sum.terms, [](const Term& term) { return term.coefficient == 0 && term.error == 0; });
  return sum;
}

Interval rangeOf(const LinearForm& form, std::span<const Interval> columns) {
  using namespace outward;
  Interval range = form.constant;
  for (const Term& term : form.terms) {
    range = add(range, multiply(around(term.coefficient, term.error), columns[at(term.column)]));
  }
  return range;
}

}  // namespace nonconvex
