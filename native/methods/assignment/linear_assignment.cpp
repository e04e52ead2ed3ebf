#include "methods/assignment/linear_assignment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/index.hpp"
#include "core/interval.hpp"
#include "core/numbers.hpp"
#include "linalg/exact_sum.hpp"
#include "methods/assignment/assignment_kernels.hpp"

namespace nonconvex {

LinearAssignment::LinearAssignment(const Cpu& la, int rows, int columns)
    : la_(la),
      n_(rows),
      m_(columns),
      columnOf_(at(rows), -1),
      rowOf_(at(columns), -1),
      v_(at(columns)),
      taken_(at(columns)),
      distance_(at(columns)),
      from_(at(columns)) {
  waiting_.reserve(at(rows));
  again_.reserve(at(rows));
  closed_.reserve(at(rows));
}

double LinearAssignment::bytes(int rows, int columns) { return 56.0 * columns + 48.0 * rows; }

const double* LinearAssignment::row(int i) const { return costs_ + at(i) * at(m_); }

void LinearAssignment::clear(const double* costs) {
  costs_ = costs;
  std::fill(columnOf_.begin(), columnOf_.end(), -1);
  std::fill(rowOf_.begin(), rowOf_.end(), -1);
  std::fill(v_.begin(), v_.end(), 0);
  std::fill(taken_.begin(), taken_.end(), 0);
  tooMany_.clear();
  theirColumns_.clear();
}

void LinearAssignment::start(const double* costs) {
  clear(costs);
  // Columns that may stay without a row have the multiplier 0.
  if (n_ == m_) reduceColumns();
  reduce();
}

void LinearAssignment::start(const double* costs, std::span<const double> v, std::span<const int> columnOf) {
  clear(costs);
  std::copy(v.begin(), v.end(), v_.begin());
  for (int i = 0; i < n_; ++i) {
    if (columnOf[at(i)] >= 0) assign(i, columnOf[at(i)]);
  }
  if (n_ < m_) {
    for (double& each : v_) each = std::min(each, 0.0);
  }
  while (keepTight()) {
  }
  reduce();
}

/// Takes columns from rows for which they are not the best ones. Where columns may stay without a row, those without
/// one get the multiplier 0; true if that may have made others the best ones.
bool LinearAssignment::keepTight() {
  for (int i = 0; i < n_; ++i) {
    const int j = columnOf_[at(i)];
    if (j < 0) continue;
    loops::assignment::TwoLeast found;
    loops::assignment::twoLeast(m_, row(i), v_.data(), found);
    la_.checkpoint();
    const double cost = row(i)[j];
    if (cost - v_[at(j)] <= found.least + Tuning::tight * (std::abs(cost) + std::abs(v_[at(j)])) && cost < infinity)
      continue;
    columnOf_[at(i)] = rowOf_[at(j)] = -1;
    taken_[at(j)] = 0;
  }
  bool changed = false;
  for (int j = 0; n_ < m_ && j < m_; ++j) {
    if (rowOf_[at(j)] >= 0 || v_[at(j)] == 0) continue;
    v_[at(j)] = 0;
    changed = true;
  }
  return changed;
}

void LinearAssignment::reduce() {
  waiting_.clear();
  for (int i = n_ - 1; i >= 0; --i) {
    if (columnOf_[at(i)] < 0) waiting_.push_back(i);
  }
  for (int sweep = 0; sweep < Tuning::sweeps && !waiting_.empty(); ++sweep) reduceRows();
}

/// v_j = min_i c_ij, and the row of that if it has no column.
void LinearAssignment::reduceColumns() {
  std::fill(distance_.begin(), distance_.end(), infinity);
  loops::assignment::Relaxed least;
  for (int i = 0; i < n_; ++i) {
    loops::assignment::relax(m_, row(i), v_.data(), 0, i, taken_.data(), distance_.data(), from_.data(), least);
    la_.checkpoint();
  }
  for (int j = m_ - 1; j >= 0; --j) {
    if (distance_[at(j)] == infinity) continue;
    v_[at(j)] = distance_[at(j)];
    const int i = static_cast<int>(from_[at(j)]);
    if (columnOf_[at(i)] < 0) assign(i, j);
  }
}

void LinearAssignment::assign(int i, int j) {
  columnOf_[at(i)] = j;
  rowOf_[at(j)] = i;
  taken_[at(j)] = infinity;
}

/// Goes through the rows that wait. One that takes a column from another row raises its price by what its second choice
/// costs more, so that the other row looks for a column at once.
void LinearAssignment::reduceRows() {
  again_.clear();
  double left = 1.0 * Tuning::mostReductions * n_;
  while (!waiting_.empty() && left > 0) {
    int i = waiting_.back();
    waiting_.pop_back();
    for (; i >= 0 && left > 0; --left) {
      i = reduceRow(i);
      la_.checkpoint();
    }
    if (i >= 0) again_.push_back(i);
  }
  waiting_.insert(waiting_.end(), again_.rbegin(), again_.rend());
}

/// The row that has to go on at once, or -1.
int LinearAssignment::reduceRow(int i) {
  loops::assignment::TwoLeast found;
  loops::assignment::twoLeast(m_, row(i), v_.data(), found);
  int j = static_cast<int>(found.place);
  if (found.least == infinity || (found.second == infinity && rowOf_[at(j)] >= 0)) {
    again_.push_back(i);
    return -1;
  }
  const double before = v_[at(j)];
  if (found.second < infinity) v_[at(j)] -= found.second - found.least;
  const bool raised = v_[at(j)] < before;
  if (!raised && rowOf_[at(j)] >= 0) j = equalColumn(i, found.least, j);
  const int other = rowOf_[at(j)];
  assign(i, j);
  if (other < 0) return -1;
  columnOf_[at(other)] = -1;
  if (raised) return other;
  again_.push_back(other);
  return -1;
}

/// A column as good as the given one that has no row, if there is one, or another one that is as good.
int LinearAssignment::equalColumn(int i, double least, int other) const {
  const double* cost = row(i);
  int found = other;
  for (int j = other + 1; j < m_; ++j) {
    if (cost[j] - v_[at(j)] != least) continue;
    if (rowOf_[at(j)] < 0) return j;
    if (found == other) found = j;
  }
  return found;
}

bool LinearAssignment::step() {
  if (waiting_.empty() || !feasible()) return false;
  const int first = waiting_.back();
  double length = 0;
  int column = -1;
  try {
    column = grow(first, length);
  } catch (...) {
    reopen();
    throw;
  }
  if (column >= 0) {
    augment(first, column, length);
    waiting_.pop_back();
    return !waiting_.empty();
  }
  tooMany_.push_back(first);
  for (const Closed& closed : closed_) {
    theirColumns_.push_back(closed.column);
    tooMany_.push_back(rowOf_[at(closed.column)]);
  }
  reopen();
  return false;
}

/// The nearest column without a row, by Dijkstra's method on reduced costs; -1: no path leads to one. Columns in
/// `closed_` are no nearer than `length`.
int LinearAssignment::grow(int first, double& length) {
  std::fill(distance_.begin(), distance_.end(), infinity);
  closed_.clear();
  int i = first;
  double shift = 0;
  length = -infinity;
  for (;;) {
    loops::assignment::Relaxed found;
    loops::assignment::relax(m_, row(i), v_.data(), shift, i, taken_.data(), distance_.data(), from_.data(), found);
    la_.checkpoint();
    if (found.least == infinity) return -1;
    // Rounding may put a column before those that are closed.
    length = std::max(length, found.least);
    if (found.leastFree <= length) {
      for (int j = 0;; ++j) {
        if (distance_[at(j)] <= length && rowOf_[at(j)] < 0) return j;
      }
    }
    const int j = static_cast<int>(found.place);
    closed_.push_back({j, length, v_[at(j)]});
    i = rowOf_[at(j)];
    shift = (row(i)[j] - v_[at(j)]) - length;
    v_[at(j)] = -infinity;
    distance_[at(j)] = infinity;
  }
}

void LinearAssignment::reopen() {
  for (const Closed& closed : closed_) v_[at(closed.column)] = closed.v;
  closed_.clear();
}

/// Lowers multipliers so that the path has reduced costs of 0, and gives its rows their columns.
void LinearAssignment::augment(int first, int column, double length) {
  for (const Closed& closed : closed_) v_[at(closed.column)] = closed.v - (length - closed.distance);
  closed_.clear();
  for (int i = -1; i != first;) {
    i = static_cast<int>(from_[at(column)]);
    const int next = columnOf_[at(i)];
    assign(i, column);
    column = next;
  }
}

AssignmentMultipliers LinearAssignment::multipliers() const {
  AssignmentMultipliers made;
  made.v = v_;
  made.u.resize(at(n_));
  ExactSum sum;
  double size = 0;
  bool exact = true;
  const auto add = [&](double value) {
    sum.add(value);
    size += std::abs(value);
    exact = exact && sum.low == 0;
  };
  for (int i = 0; i < n_; ++i) {
    loops::assignment::RoundedLeast found;
    loops::assignment::roundedLeast(m_, row(i), v_.data(), found);
    made.u[at(i)] = found.raised ? outward::below(found.least) : found.least;
    add(made.u[at(i)]);
    la_.checkpoint();
  }
  for (const double v : v_) add(v);
  // The sum in twice the precision has errors of its own.
  const double error = size * square(machineEpsilon * (n_ + m_));
  made.bound = exact ? sum.high : outward::below(outward::below(sum.value()) - error);
  return made;
}

}  // namespace nonconvex
