#include "problems/differences.hpp"

#include <utility>

#include "core/numbers.hpp"

namespace nonconvex {

std::vector<std::vector<int>> columnGroups(const SparsePattern& columns) {
  // Rows, to find the columns that meet one.
  std::vector<std::vector<int>> rows(at(columns.width));
  for (int j = 0; j < columns.lines; ++j) {
    for (const int i : columns.line(j)) rows[at(i)].push_back(j);
  }
  std::vector<std::vector<int>> groups;
  std::vector<int> groupOf(at(columns.lines), -1);
  std::vector<int> takenBy;  // the last column that cannot be in a group
  for (int j = 0; j < columns.lines; ++j) {
    for (const int i : columns.line(j)) {
      for (const int other : rows[at(i)]) {
        if (groupOf[at(other)] >= 0) takenBy[at(groupOf[at(other)])] = j;
      }
    }
    const auto free = std::find_if(takenBy.begin(), takenBy.end(), [&](int taken) { return taken != j; });
    const auto group = static_cast<std::size_t>(free - takenBy.begin());
    if (free == takenBy.end()) {
      takenBy.push_back(-1);
      groups.emplace_back();
    }
    groupOf[at(j)] = static_cast<int>(group);
    groups[group].push_back(j);
  }
  return groups;
}

Differences::Differences(SparsePattern columns, DifferenceRule rule, const Box& box)
    : columns_(std::move(columns)),
      rule_(rule),
      box_(box),
      groups_(columnGroups(columns_)),
      moved_(at(columns_.lines)),
      first_(at(columns_.width)),
      second_(at(columns_.width)),
      moves_(at(columns_.lines)) {}

void Differences::choose(std::size_t j, double xj, Side side) {
  const double lower = box_.lower.empty() ? -infinity : std::min(box_.lower[j], xj);
  const double upper = box_.upper.empty() ? infinity : std::max(box_.upper[j], xj);
  const double h = rule_.step * std::max(1.0, std::abs(xj));
  const double up = upper - xj, down = xj - lower;
  // A point that rounds beyond a bound is put on it, and the move is the one after rounding.
  const auto rounded = [&](double move) { return std::clamp(xj + move, lower, upper) - xj; };
  const double least = std::min({up, down, h});
  if (rule_.secondOrder && side == Side::any && least >= h / 2) {
    moves_[j] = {rounded(-least), rounded(least)};
    return;
  }
  const bool goesUp = side == Side::up || (side == Side::any && up >= std::min(down, h));
  const double sign = goesUp ? 1 : -1, room = goesUp ? up : down;
  if (rule_.secondOrder) {
    const double step = std::min(h, room / 2);
    moves_[j] = {rounded(sign * step), rounded(sign * 2 * step)};
  } else {
    moves_[j] = {0, rounded(sign * std::min(h, room))};
  }
}

bool Differences::turn(const std::vector<int>& group, std::span<const double> x) {
  bool turned = false;
  for (const int column : group) {
    const std::size_t j = at(column);
    bool firstFails = false, secondFails = false;
    for (const int i : columns_.line(column)) {
      secondFails = secondFails || !std::isfinite(second_[at(i)]);
      firstFails = firstFails || (rule_.secondOrder && !std::isfinite(first_[at(i)]));
    }
    if (!firstFails && !secondFails) continue;
    const bool above = moves_[j].central() ? secondFails : moves_[j].second > 0;
    choose(j, x[j], above ? Side::down : Side::up);
    turned = true;
  }
  return turned;
}

void Differences::write(std::size_t j, std::span<const double> base, std::span<double> out) const {
  const auto [p, q] = moves_[j];
  for (int k = columns_.offsets[j]; k < columns_.offsets[j + 1]; ++k) {
    const std::size_t i = at(columns_.indices[at(k)]);
    double& derivative = out[at(k)];
    if (q == 0) {
      derivative = 0;
    } else if (!rule_.secondOrder || p == 0) {
      derivative = (second_[i] - base[i]) / q;
    } else if (moves_[j].central()) {
      derivative = (second_[i] - first_[i]) / (q - p);
    } else {  // the slope at 0 of the parabola through three points
      derivative = ((first_[i] - base[i]) * (q / p) - (second_[i] - base[i]) * (p / q)) / (q - p);
    }
  }
}

}  // namespace nonconvex
