#include "methods/kkt/row_access.hpp"

#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

KktRows::KktRows(const SparsePattern& hessian, const SparsePattern& jacobian, std::vector<int> order)
    : n_(hessian.lines),
      size_(hessian.lines + jacobian.lines),
      order_(std::move(order)),
      scale_(at(size_)),
      squaredNorms_(at(size_)),
      secondHalves_(at(size_)) {
  constexpr double denseShare = 0.3;
  std::vector<int> lineOf(at(size_));
  for (int line = 0; line < size_; ++line) lineOf[at(row(line))] = line;
  const auto upper = 2.0 * static_cast<double>(hessian.nonzeros() + jacobian.nonzeros());
  if (upper > denseShare * static_cast<double>(at(size_) * at(size_))) {
    layOutDense(hessian, jacobian, lineOf);
  } else {
    layOutSparse(hessian, jacobian, lineOf);
  }
}

void KktRows::layOutDense(const SparsePattern& hessian, const SparsePattern& jacobian, const std::vector<int>& lineOf) {
  values_ = HostBuffer<double>(at(size_) * at(size_));
  placeEntries(hessian, jacobian, [&](int i, int j) { return at(lineOf[at(i)]) * at(size_) + at(j); });
}

/// Lines with their columns in increasing order.
void KktRows::layOutSparse(const SparsePattern& hessian, const SparsePattern& jacobian,
                           const std::vector<int>& lineOf) {
  std::vector<std::vector<int>> lines(at(size_));
  const auto add = [&](int i, int j) {
    lines[at(lineOf[at(i)])].push_back(j);
    if (i != j) lines[at(lineOf[at(j)])].push_back(i);
  };
  for (int k = 0; k < size_; ++k) add(k, k);
  for (int j = 0; j < n_; ++j) {
    for (const int i : hessian.line(j)) {
      if (i != j) add(i, j);
    }
  }
  for (int i = 0; i < jacobian.lines; ++i) {
    for (const int j : jacobian.line(i)) add(n_ + i, j);
  }
  offsets_.assign(1, 0);
  for (auto& line : lines) {
    std::sort(line.begin(), line.end());
    indices_.insert(indices_.end(), line.begin(), line.end());
    offsets_.push_back(static_cast<int>(indices_.size()));
  }
  values_ = HostBuffer<double>(indices_.size());
  placeEntries(hessian, jacobian, [&](int i, int j) {
    const int line = lineOf[at(i)];
    const auto begin = indices_.begin() + offsets_[at(line)];
    const auto end = indices_.begin() + offsets_[at(line) + 1];
    return static_cast<std::size_t>(std::lower_bound(begin, end, j) - indices_.begin());
  });
}

template <class Place>
void KktRows::placeEntries(const SparsePattern& hessian, const SparsePattern& jacobian, Place&& place) {
  const auto both = [&](std::vector<std::size_t>& to, int i, int j) {
    to.push_back(place(i, j));
    to.push_back(place(j, i));
  };
  for (int j = 0; j < n_; ++j) {
    for (const int i : hessian.line(j)) both(hessianTo_, i, j);
  }
  for (int i = 0; i < jacobian.lines; ++i) {
    for (const int j : jacobian.line(i)) both(jacobianTo_, n_ + i, j);
  }
  for (int k = 0; k < size_; ++k) diagonalTo_.push_back(place(k, k));
}

void KktRows::assemble(std::span<const double> H, std::span<const double> J, const KktShift& shift) {
  const auto put = [&](std::span<const double> from, const std::vector<std::size_t>& to) {
    for (std::size_t k = 0; k < from.size(); ++k) values_[to[2 * k]] = values_[to[2 * k + 1]] = from[k];
  };
  std::fill(values_.data(), values_.data() + values_.size(), 0.0);
  put(H, hessianTo_);
  put(J, jacobianTo_);
  for (int k = 0; k < size_; ++k) values_[diagonalTo_[at(k)]] += k < n_ ? shift.primal : -shift.keptDual;
  equilibrate();
}

/// Finds scales with which all rows have about length 1. Row by row that would take long where H and J differ much in
/// size: so in each round all variables are scaled by a and all constraints by b first, such that the squares of the
/// entries sum up to those of rows of length 1.
void KktRows::equilibrate() {
  constexpr int mostRounds = 50;
  constexpr double close = 0.1;  // largest distance of a row's length to 1
  const int m = size_ - n_;
  Vector &first = squaredNorms_, &second = secondHalves_;  // squares in the columns of variables, of constraints
  std::fill(scale_.begin(), scale_.end(), 1.0);
  bool equal = false;
  for (int round = 0; round < mostRounds && !equal; ++round) {
    double ofH = 0, ofJ = 0;
    for (int line = 0; line < size_; ++line) {
      const std::size_t i = at(row(line));
      double halves[2] = {};
      forLine(line, [&](int j, double value) { halves[j < n_ ? 0 : 1] += square(value * scale_[at(j)]); });
      first[i] = square(scale_[i]) * halves[0];
      second[i] = square(scale_[i]) * halves[1];
      if (row(line) >= n_) continue;
      ofH += first[i];
      ofJ += second[i];
    }
    const bool balanced = m < n_ && ofH > 0 && std::isfinite(ofH) && ofJ > 0 && std::isfinite(ofJ);
    const double a = balanced ? std::pow((n_ - m) / ofH, 0.25) : 1;
    const double b = balanced ? std::sqrt(m / ofJ) / a : 1;
    equal = true;
    for (int i = 0; i < size_; ++i) {
      const double own = i < n_ ? a : b;
      const double length = own * std::sqrt(square(a) * first[at(i)] + square(b) * second[at(i)]);
      const bool scalable = length > 0 && std::isfinite(length);
      scale_[at(i)] *= scalable ? own / std::sqrt(length) : own;
      equal = equal && (!scalable || std::abs(length - 1) <= close);
    }
  }
  applyScale();
}

/// Multiplies the entries by the scales of their rows and columns.
void KktRows::applyScale() {
  for (int line = 0; line < size_; ++line) {
    const double s = scale_[at(row(line))];
    double sum = 0;
    std::size_t k = beginOf(line);
    forLine(line, [&](int j, double value) {
      values_[k] = value * s * scale_[at(j)];
      sum += values_[k] * values_[k];
      ++k;
    });
    squaredNorms_[at(line)] = sum;
  }
}

double KktRows::dot(int line, std::span<const double> y) const {
  const std::size_t begin = beginOf(line);
  if (dense()) return nonconvex::dot({values_.data() + begin, at(size_)}, y);
  double sum = 0;
  for (std::size_t k = begin; k < beginOf(line + 1); ++k) sum += values_[k] * y[at(indices_[k])];
  return sum;
}

void KktRows::axpy(int line, double a, std::span<double> y) const {
  const std::size_t begin = beginOf(line);
  if (dense()) {
    nonconvex::axpy(a, {values_.data() + begin, at(size_)}, y);
    return;
  }
  for (std::size_t k = begin; k < beginOf(line + 1); ++k) y[at(indices_[k])] += a * values_[k];
}

}  // namespace nonconvex
