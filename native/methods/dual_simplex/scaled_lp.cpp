#include "methods/dual_simplex/scaled_lp.hpp"

#include <algorithm>

namespace nonconvex {

namespace {

/// The power of two that brings a number > 0 into [1, 2); 1 for 0.
double scaleTo1(double most) { return most > 0 && std::isfinite(most) ? std::ldexp(1.0, -std::ilogb(most)) : 1.0; }

}  // namespace

ScaledLp::ScaledLp(int columnCount)
    : lower(at(columnCount), -infinity),
      upper(at(columnCount), infinity),
      begin(1, 0),
      columnScale(at(columnCount), 1.0),
      cost(at(columnCount), 0.0),
      givenCost(at(columnCount), 0.0) {}

void ScaledLp::setColumnScales(std::span<const double> scales) {
  for (int j = 0; j < columns(); ++j) {
    const double change = columnScale[at(j)] / scales[at(j)];
    lower[at(j)] *= change;
    upper[at(j)] *= change;
    columnScale[at(j)] = scales[at(j)];
  }
  setCost(std::vector<double>(givenCost));
}

int ScaledLp::addRow(std::span<const int> indices, std::span<const double> values, double rowLower, double rowUpper) {
  index.insert(index.end(), indices.begin(), indices.end());
  asGiven.insert(asGiven.end(), values.begin(), values.end());
  value.resize(asGiven.size());
  begin.push_back(static_cast<int>(index.size()));
  rowScale.push_back(1);
  givenLower.push_back(rowLower);
  givenUpper.push_back(rowUpper);
  lower.push_back(0);
  upper.push_back(0);
  scaleRow(rows() - 1);
  return rows() - 1;
}

void ScaledLp::truncateRows(int count) {
  begin.resize(at(count) + 1);
  const std::size_t entries = at(begin.back());
  index.resize(entries);
  value.resize(entries);
  asGiven.resize(entries);
  rowScale.resize(at(count));
  givenLower.resize(at(count));
  givenUpper.resize(at(count));
  lower.resize(at(columns() + count));
  upper.resize(at(columns() + count));
}

void ScaledLp::changeRow(int row, std::span<const double> values, double rowLower, double rowUpper) {
  std::copy(values.begin(), values.end(), asGiven.begin() + begin[at(row)]);
  givenLower[at(row)] = rowLower;
  givenUpper[at(row)] = rowUpper;
  scaleRow(row);
}

void ScaledLp::scaleRow(int row) {
  double most = 0;
  for (std::size_t k = at(begin[at(row)]); k < at(begin[at(row + 1)]); ++k) {
    value[k] = asGiven[k] * columnScale[at(index[k])];
    most = std::max(most, std::abs(value[k]));
  }
  const double scale = scaleTo1(most);
  for (std::size_t k = at(begin[at(row)]); k < at(begin[at(row + 1)]); ++k) value[k] *= scale;
  rowScale[at(row)] = scale;
  lower[at(columns() + row)] = givenLower[at(row)] * scale;
  upper[at(columns() + row)] = givenUpper[at(row)] * scale;
}

void ScaledLp::setCost(std::span<const double> c) {
  double most = 0;
  for (int j = 0; j < columns(); ++j) {
    givenCost[at(j)] = c[at(j)];
    cost[at(j)] = c[at(j)] * columnScale[at(j)];
    most = std::max(most, std::abs(cost[at(j)]));
  }
  costScale = scaleTo1(most);
  for (double& entry : cost) entry *= costScale;
}

void ScaledLp::setBound(int column, double columnLower, double columnUpper) {
  lower[at(column)] = columnLower / columnScale[at(column)];
  upper[at(column)] = columnUpper / columnScale[at(column)];
}

}  // namespace nonconvex
