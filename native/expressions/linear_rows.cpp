#include "expressions/linear_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "core/index.hpp"
#include "core/multiversion.hpp"

namespace nonconvex {

namespace {

NONCONVEX_CLONES double sumInParts(const double* x, int size) {
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

/// parts[j] += x[k] for all k with k mod `sumParts` = j; x has whole groups of `sumParts` numbers.
NONCONVEX_CLONES void addToParts(const double* x, int groups, double* __restrict parts) {
  double sums[sumParts];
  for (int j = 0; j < sumParts; ++j) sums[j] = parts[j];
  for (int g = 0; g < groups; ++g) {
    for (int j = 0; j < sumParts; ++j) sums[j] += x[g * sumParts + j];
  }
  for (int j = 0; j < sumParts; ++j) parts[j] = sums[j];
}

/// The sum of the parts, which become 0.
double takeSum(double* parts) {
  for (int half = sumParts / 2; half > 0; half /= 2) {
    for (int j = 0; j < half; ++j) parts[j] += parts[j + half];
  }
  const double sum = parts[0];
  std::fill_n(parts, sumParts, 0.0);
  return sum;
}

NONCONVEX_CLONES void addTo(double* x, int size, double value) {
  for (int k = 0; k < size; ++k) x[k] += value;
}

}  // namespace

void LinearRows::complete() {
  for (int i = 0; i < rows(); ++i) findStretches(i);
  if (stretches.empty()) stretchOffsets.clear();
}

void LinearRows::findStretches(int row) {
  constexpr int leastLength = 16;  // average length of the stretches that pay
  if (row == 0) stretchOffsets.assign(1, 0);
  const std::size_t before = stretches.size();
  const int first = offsets[at(row)], last = offsets[at(row) + 1];
  const auto most = before + at((last - first) / leastLength);
  for (int k = first; k < last && stretches.size() <= most;) {
    int end = k + 1;
    while (end < last && indices[at(end)] == indices[at(end) - 1] + 1 && coefficients[at(end)] == coefficients[at(k)])
      ++end;
    stretches.push_back({k, end});
    k = end;
  }
  if (stretches.size() > most) stretches.resize(before);
  stretchOffsets.push_back(static_cast<int>(stretches.size()));
}

bool LinearRows::large() const { return offsets[1] > largeSum && stretchCount(0) > 0; }

int LinearRows::stretchCount(int row) const {
  return stretchOffsets.empty() ? 0 : stretchOffsets[at(row) + 1] - stretchOffsets[at(row)];
}

void LinearRows::multiply(const double* v, bool withConstants, double* out) const {
  for (int i = 0; i < rows(); ++i) {
    const int begin = offsets[at(i)];
    const int end = offsets[at(i) + 1];
    double total = withConstants ? constants[at(i)] : 0;
    if (stretchCount(i) == 1) {  // a multiple of the sum of a part of v
      total += coefficients[at(begin)] * sumInParts(v + indices[at(begin)], end - begin);
    } else {
      for (int k = begin; k < end; ++k) total += coefficients[at(k)] * v[indices[at(k)]];
    }
    out[i] = total;
  }
}

void RunningSum::addUpTo(int end) {
  const int* const indices = rows_.indices.data();
  const double* const coefficients = rows_.coefficients.data();
  const int count = rows_.stretchCount(0);
  double total = total_;
  int k = term_;
  if (count == 0) {
    for (; k < rows_.offsets[1] && indices[k] < end; ++k) total += coefficients[k] * v_[indices[k]];
  } else if (count > 1 || rows_.large()) {
    for (; stretch_ < at(count); ++stretch_) {
      const LinearRows::Stretch& part = rows_.stretches[stretch_];
      if (k == part.end) continue;
      const double coefficient = coefficients[k];
      const double* from = v_ + (indices[k] - origin_);
      const int last = std::min(part.end, k + std::max(0, end - indices[k]));
      if (part.end - part.begin > largeSum) {
        addLarge(part, k, last);
        k = std::max(k, last);
        if (k == part.end) total += coefficient * takeSum(parts_);
      } else {
        for (; k < last; ++k) total += coefficient * *from++;
      }
      if (k < part.end) break;
    }
  }
  term_ = k;
  total_ = total;
}

/// Adds terms [k, last) of a stretch to the parts, each to that of its place in the stretch.
void RunningSum::addLarge(const LinearRows::Stretch& part, int k, int last) {
  const double* from = v_ + (rows_.indices[at(k)] - origin_);
  const auto addOne = [&] { parts_[(k++ - part.begin) % sumParts] += *from++; };
  while (k < last && (k - part.begin) % sumParts != 0) addOne();
  const int groups = (last - k) / sumParts;
  addToParts(from, groups, parts_);
  k += groups * sumParts;
  from += groups * sumParts;
  while (k < last) addOne();
}

double RunningSum::finish() {
  if (rows_.stretchCount(0) == 1 && !rows_.large()) {
    rows_.multiply(v_, true, &total_);
  } else {
    addUpTo(std::numeric_limits<int>::max());
  }
  return total_;
}

void LinearRows::multiplyTransposed(const double* w, double* v) const {
  for (int i = 0; i < rows(); ++i) {
    const double weight = w[i];
    if (weight == 0) continue;
    const int begin = offsets[at(i)];
    const int end = offsets[at(i) + 1];
    if (stretchCount(i) > 0) {
      for (int s = stretchOffsets[at(i)]; s < stretchOffsets[at(i) + 1]; ++s) {
        const Stretch& part = stretches[at(s)];
        addTo(v + indices[at(part.begin)], part.end - part.begin, weight * coefficients[at(part.begin)]);
      }
    } else {
      for (int k = begin; k < end; ++k) v[indices[at(k)]] += weight * coefficients[at(k)];
    }
  }
}

void LinearRows::writeTransposed(double w, int begin, int end, double* v) const {
  int done = begin;
  const auto clearUpTo = [&](int next) {
    if (next > done) std::fill(v + done, v + next, 0.0);
  };
  if (w != 0 && stretchCount(0) > 0) {
    for (const Stretch& part : stretches) {
      const int index = indices[at(part.begin)], length = part.end - part.begin;
      const int first = std::max(index, begin), last = std::min(index + length, end);
      if (first >= last) continue;
      clearUpTo(first);
      std::fill(v + first, v + last, w * coefficients[at(part.begin)]);
      done = last;
    }
    clearUpTo(end);
    return;
  }
  clearUpTo(end);
  for (int k = 0; w != 0 && k < offsets[1]; ++k) {
    if (indices[at(k)] >= begin && indices[at(k)] < end) v[indices[at(k)]] += w * coefficients[at(k)];
  }
}

}  // namespace nonconvex
