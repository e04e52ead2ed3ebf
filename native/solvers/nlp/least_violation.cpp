#include "solvers/nlp/least_violation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {
namespace {

struct PhaseOneTuning {
  double tolerance = 1e-9;              // safeguard: violations and gap of the linear program
  int iterations = 200;                 // safeguard: programs that have a solution take 70 at most
  double met = 1e-8;                    // safeguard: violation, beside the terms of the row, of a row that is met
  double far = 1e6;                     // safeguard: size, beside that of a point, of entries without a bound
  double ofSums = 64 * machineEpsilon;  // rounding: errors of a sum, beside the sizes of its terms
};
constexpr PhaseOneTuning phaseOne;

template <class F>
void forRow(const AffineRows& rows, std::size_t i, F&& f) {
  const SparsePattern& pattern = rows.matrix.pattern;
  for (int k = pattern.offsets[i]; k < pattern.offsets[i + 1]; ++k) {
    f(at(pattern.indices[at(k)]), rows.matrix.values[at(k)]);
  }
}

bool hasSide(const RowSides& sides, std::size_t i) {
  return std::isfinite(sides.low[i]) || std::isfinite(sides.high[i]);
}

double largestOf(const AffineRows& rows, std::size_t i) {
  double largest = 0;
  forRow(rows, i, [&](std::size_t, double value) { largest = std::max(largest, std::abs(value)); });
  return largest > 0 ? largest : 1;
}

/// min sum of slacks beside the sizes of rows, subject to low <= A x + p - q <= high, p and q >= 0, over the columns
/// and rows that matter.
class PhaseOne {
 public:
  PhaseOne(const AffineRows& rows, const RowSides& sides) : rows_(rows), sides_(sides), place_(sides.lower.size(), -1) {
    placeColumns();
    for (std::size_t i = 0; i < sides.low.size(); ++i) {
      if (hasSide(sides, i)) addRow(i);
    }
    program_.g.pattern.lines = static_cast<int>(used_.size());
    program_.g.pattern.width = program_.variables();
    SparsePattern& q = program_.q.pattern;
    q.lines = q.width = program_.variables();
    q.offsets.assign(program_.c.size() + 1, 0);
  }

  const ConvexQuadratic& program() const { return program_; }
  /// The point of all variables and multipliers of all rows: 0 where they do not matter, within the bounds. A method
  /// that has met no point whose errors are finite has an empty one.
  LeastViolation spread(const QuadraticPoint& point) const {
    LeastViolation found;
    found.x.assign(place_.size(), 0.0);
    found.y.assign(sides_.low.size(), 0.0);
    const bool known = !point.x.empty();
    for (std::size_t j = 0; j < place_.size(); ++j) {
      const double x = place_[j] < 0 || !known ? 0 : point.x[at(place_[j])];
      found.x[j] = std::min(std::max(x, sides_.lower[j]), sides_.upper[j]);
    }
    for (std::size_t k = 0; known && k < used_.size(); ++k) {
      const std::size_t i = used_[k];
      const double y = point.y[k];
      if (std::isfinite(y > 0 ? sides_.high[i] : sides_.low[i])) found.y[i] = y;
    }
    return found;
  }

 private:
  void placeColumns() {
    for (std::size_t i = 0; i < sides_.low.size(); ++i) {
      if (hasSide(sides_, i)) forRow(rows_, i, [&](std::size_t j, double) { place_[j] = 0; });
    }
    for (std::size_t j = 0; j < place_.size(); ++j) {
      if (place_[j] < 0) continue;
      place_[j] = program_.variables();
      addVariable(0, sides_.lower[j], sides_.upper[j]);
    }
  }
  void addVariable(double cost, double lower, double upper) {
    program_.c.push_back(cost);
    program_.lower.push_back(lower);
    program_.upper.push_back(upper);
  }
  void addRow(std::size_t i) {
    PatternedMatrix& g = program_.g;
    const auto add = [&](int column, double value) {
      g.pattern.indices.push_back(column);
      g.values.push_back(value);
    };
    forRow(rows_, i, [&](std::size_t j, double value) { add(place_[j], value); });
    const double cost = 1 / largestOf(rows_, i);
    for (const auto& [side, sign] : {std::pair(sides_.low[i], 1.0), std::pair(sides_.high[i], -1.0)}) {
      if (!std::isfinite(side)) continue;
      add(program_.variables(), sign);
      addVariable(cost, 0, infinity);
    }
    g.pattern.offsets.push_back(static_cast<int>(g.values.size()));
    program_.atLeast.push_back(sides_.low[i] - rows_.constants[i]);
    program_.atMost.push_back(sides_.high[i] - rows_.constants[i]);
    used_.push_back(i);
  }

  const AffineRows& rows_;
  const RowSides& sides_;
  std::vector<int> place_;  // the column of each variable; -1: it is in no row
  std::vector<std::size_t> used_;
  ConvexQuadratic program_;
};

bool meets(const AffineRows& rows, const RowSides& sides, std::span<const double> x) {
  for (std::size_t i = 0; i < sides.low.size(); ++i) {
    double value = rows.constants[i], size = std::max(1.0, std::abs(value));
    forRow(rows, i, [&](std::size_t j, double a) {
      value += a * x[j];
      size = std::max(size, std::abs(a * x[j]));
    });
    if (value > sides.high[i] + phaseOne.met * size || value < sides.low[i] - phaseOne.met * size) return false;
  }
  return true;
}

}  // namespace

RowMultipliers::RowMultipliers(const AffineRows& rows, std::vector<double> given)
    : y(std::move(given)), d(at(rows.matrix.pattern.width)), sizes(d.size()) {
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (y[i] == 0) continue;
    forRow(rows, i, [&](std::size_t j, double value) {
      d[j] += y[i] * value;
      sizes[j] += std::abs(y[i] * value);
    });
  }
}

LeastViolation leastViolation(const Cpu& la, const AffineRows& rows, const RowSides& sides) {
  const PhaseOne linear(rows, sides);
  if (linear.program().rows() == 0) {
    LeastViolation found = linear.spread({});
    found.feasible = true;
    return found;
  }
  ProximalInteriorPoint method(la, linear.program(), phaseOne.tolerance);
  auto status = method.start();
  for (int k = 0; !status && k < phaseOne.iterations; ++k) {
    la.checkpoint();
    status = method.step();
  }
  LeastViolation found = linear.spread(method.point());
  found.feasible = meets(rows, sides, found.x);
  return found;
}

bool showInfeasible(const AffineRows& rows, const RowSides& sides, const RowMultipliers& multipliers,
                    std::span<const double> around) {
  const auto& [y, d, sizes] = multipliers;
  double margin = 0, size = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (y[i] == 0) continue;
    const double side = y[i] > 0 ? sides.high[i] : sides.low[i];
    if (!std::isfinite(side)) return false;
    margin += y[i] * (rows.constants[i] - side);
    size += std::abs(y[i]) * (rows.sizes[i] + std::abs(side));
  }
  for (std::size_t j = 0; j < d.size(); ++j) {
    if (sizes[j] == 0) continue;
    const double bound = d[j] > 0 ? sides.lower[j] : sides.upper[j];
    const double reach = std::isfinite(bound) ? std::abs(bound) : phaseOne.far * std::max(1.0, std::abs(around[j]));
    margin += std::isfinite(bound) ? d[j] * bound : -std::abs(d[j]) * reach;
    size += sizes[j] * (std::isfinite(bound) ? reach : std::abs(around[j]));
  }
  return margin > phaseOne.ofSums * size;
}

}  // namespace nonconvex
