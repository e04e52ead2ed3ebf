#include "methods/dual_simplex/safe_bound.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

#include "core/index.hpp"
#include "core/interval.hpp"

namespace nonconvex {

namespace {

/// The sum over a row's entries of what their columns may add, without one entry.
Interval rest(const LpRows& rows, int row, std::size_t without, const std::vector<Interval>& box) {
  Interval sum = outward::point(0);
  for (std::size_t k = at(rows.begin[at(row)]); k < at(rows.begin[at(row) + 1]); ++k)
    if (k != without) sum = outward::add(sum, outward::multiply(rows.value[k], box[at(rows.index[k])]));
  return sum;
}

/// Narrows infinite bounds by rows whose other entries have finite ones.
void implyBounds(const LpRows& rows, std::vector<Interval>& box) {
  constexpr int sweeps = 4;  // safeguard: sweeps for implied bounds, which may come from one another
  bool changed = true;
  for (int sweep = 0; changed && sweep < sweeps; ++sweep) {
    changed = false;
    for (int i = 0; i < rows.count(); ++i) {
      for (std::size_t k = at(rows.begin[at(i)]); k < at(rows.begin[at(i) + 1]); ++k) {
        Interval& own = box[at(rows.index[k])];
        if (rows.value[k] == 0 || (own.low > -infinity && own.high < infinity)) continue;
        const Interval side = outward::subtract({rows.lower[at(i)], rows.upper[at(i)]}, rest(rows, i, k, box));
        const Interval implied = outward::divide(side, outward::point(rows.value[k]));
        if (own.low == -infinity && implied.low > -infinity) own.low = implied.low, changed = true;
        if (own.high == infinity && implied.high < infinity) own.high = implied.high, changed = true;
      }
    }
  }
}

/// The multiplier that counts: 0 where its side is infinite.
double effective(const LpRows& rows, std::span<const double> y, int row) {
  const double side = y[at(row)] > 0 ? rows.lower[at(row)] : rows.upper[at(row)];
  return std::isfinite(y[at(row)]) && std::isfinite(side) ? y[at(row)] : 0;
}

/// c_j - (A^T y)_j, a point as long as no operation rounds.
Interval sharpReduced(const LpRows& rows, std::span<const double> y, double cost, int column) {
  constexpr double least = 1e-200;  // rounding: products below may have an error that underflows
  Interval r = outward::point(cost);
  for (int i = 0; i < rows.count(); ++i) {
    const double multiplier = effective(rows, y, i);
    for (std::size_t k = at(rows.begin[at(i)]); k < at(rows.begin[at(i) + 1]); ++k) {
      if (rows.index[k] != column || multiplier == 0) continue;
      const double product = multiplier * rows.value[k], sum = r.low - product;
      const double taken = r.low - sum;
      const bool exact = r.isPoint() && std::fma(multiplier, rows.value[k], -product) == 0 &&
                         (r.low - (sum + taken)) + (taken - product) == 0 && std::abs(product) > least;
      r = exact ? outward::point(sum) : outward::subtract(r, {outward::below(product), outward::above(product)});
    }
  }
  return r;
}

/// The least value of r z.
double leastProduct(Interval r, Interval z) { return outward::multiply(r, z).low; }

}  // namespace

double safeBound(const LpRows& rows, std::span<const double> y, std::span<const double> c,
                 std::span<const double> lower, std::span<const double> upper) {
  double sum = 0;
  std::vector<Interval> reduced(lower.size(), outward::point(0));
  for (std::size_t j = 0; j < c.size(); ++j) reduced[j] = outward::point(c[j]);
  for (int i = 0; i < rows.count(); ++i) {
    const double multiplier = effective(rows, y, i);
    if (multiplier == 0) continue;
    const double side = multiplier > 0 ? rows.lower[at(i)] : rows.upper[at(i)];
    sum = outward::sumBelow(sum, outward::productBelow(multiplier, side));
    for (std::size_t k = at(rows.begin[at(i)]); k < at(rows.begin[at(i) + 1]); ++k) {
      Interval& r = reduced[at(rows.index[k])];
      const double product = multiplier * rows.value[k];
      r = {outward::below(r.low - outward::above(product)), outward::above(r.high - outward::below(product))};
    }
  }
  std::vector<Interval> implied;
  for (std::size_t j = 0; j < lower.size(); ++j) {
    double least = leastProduct(reduced[j], {lower[j], upper[j]});
    if (least == -infinity) {
      if (implied.empty()) {
        for (std::size_t i = 0; i < lower.size(); ++i) implied.push_back({lower[i], upper[i]});
        implyBounds(rows, implied);
      }
      least = leastProduct(reduced[j], implied[j]);
      if (least == -infinity)
        least = leastProduct(sharpReduced(rows, y, c.empty() ? 0 : c[j], static_cast<int>(j)), implied[j]);
      if (least == -infinity) return least;
    }
    sum = outward::sumBelow(sum, least);
  }
  return std::isnan(sum) ? -infinity : sum;
}

bool provesInfeasible(const LpRows& rows, std::span<const double> y, std::span<const double> lower,
                      std::span<const double> upper) {
  return safeBound(rows, y, {}, lower, upper) > 0;
}

}  // namespace nonconvex
