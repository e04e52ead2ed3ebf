#include "expressions/linear_rows.hpp"

#include <algorithm>
#include <cstddef>

#include "core/index.hpp"
#include "core/multiversion.hpp"

namespace nonconvex {

namespace {

NONCONVEX_CLONES double sum(const double* x, int size) {
  double parts[8] = {};
  int k = 0;
  for (; k + 8 <= size; k += 8) {
    for (int j = 0; j < 8; ++j) parts[j] += x[k + j];
  }
  double total = 0;
  for (; k < size; ++k) total += x[k];
  for (const double part : parts) total += part;
  return total;
}

NONCONVEX_CLONES void addTo(double* x, int size, double value) {
  for (int k = 0; k < size; ++k) x[k] += value;
}

}  // namespace

void LinearRows::complete() {
  constexpr int few = 16;
  for (int i = 0; i < rows(); ++i) {
    const int begin = offsets[at(i)];
    const int size = offsets[at(i) + 1] - begin;
    if (size < few || indices[at(begin + size - 1)] - indices[at(begin)] != size - 1) continue;
    const auto first = coefficients.begin() + begin;
    if (!std::all_of(first, first + size, [&](double c) { return c == *first; })) continue;
    plain.resize(at(rows()), 0);
    plain[at(i)] = 1;
  }
}

void LinearRows::multiply(const double* v, bool withConstants, double* out) const {
  for (int i = 0; i < rows(); ++i) {
    const int begin = offsets[at(i)];
    const int end = offsets[at(i) + 1];
    double total = withConstants ? constants[at(i)] : 0;
    if (!plain.empty() && plain[at(i)]) {
      total += coefficients[at(begin)] * sum(v + indices[at(begin)], end - begin);
    } else {
      for (int k = begin; k < end; ++k) total += coefficients[at(k)] * v[indices[at(k)]];
    }
    out[i] = total;
  }
}

void LinearRows::multiplyTransposed(const double* w, double* v) const {
  for (int i = 0; i < rows(); ++i) {
    const double weight = w[i];
    if (weight == 0) continue;
    const int begin = offsets[at(i)];
    const int end = offsets[at(i) + 1];
    if (!plain.empty() && plain[at(i)]) {
      addTo(v + indices[at(begin)], end - begin, weight * coefficients[at(begin)]);
    } else {
      for (int k = begin; k < end; ++k) v[indices[at(k)]] += weight * coefficients[at(k)];
    }
  }
}

}  // namespace nonconvex
