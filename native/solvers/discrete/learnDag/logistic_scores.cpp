#include "solvers/discrete/learnDag/logistic_scores.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "data/checked_rows.hpp"

namespace nonconvex {

struct LogisticFit::Tuning {
  static constexpr double largest = 30;         ///< safeguard: weights, of columns that tell the classes apart
  static constexpr double gap = 1e-12;          ///< rounding: of mean losses
  static constexpr std::size_t tableBits = 12;  ///< safeguard: parents for which cells lie in a table
};

struct LogisticScores::Tuning {
  static constexpr std::size_t tried = 3;  ///< safeguard: columns that are tried before none is added
  static constexpr double noise = 1e-9;    ///< rounding: gains up to this are none
};

void BinaryRows::read(const Cpu& la, const MatrixInput& x) {
  words_ = (at(x.columns) + 63) / 64;
  std::map<std::vector<std::uint64_t>, double> found;
  std::vector<std::uint64_t> row(words_);
  for (int i = 0; i < x.rows; ++i) {
    constexpr int piece = 1024;  // rounding: rows between two looks at the clock
    if (i % piece == 0) la.checkpoint();
    std::fill(row.begin(), row.end(), 0);
    for (int j = 0; j < x.columns; ++j) {
      const double value = x(i, j);
      requireFinite("x", i, j, value);
      require(value == 0 || value == 1, entryName("x", i, j), value, "expected 0 or 1, for the score logistic");
      if (value == 1) row[at(j) / 64] |= std::uint64_t{1} << (at(j) % 64);
    }
    found[row] += 1;
  }
  for (const auto& [bits, weight] : found) {
    bits_.insert(bits_.end(), bits.begin(), bits.end());
    weight_.push_back(weight);
  }
}

LogisticFit::LogisticFit(const BinaryRows& rows, int columns, int total)
    : rows_(rows), total_(total), newton_(columns + 1) {}

/// Rows that the parents do not tell apart.
void LogisticFit::makeCells(int j, std::span<const int> parents) {
  cells_.clear();
  const std::size_t p = parents.size();
  const bool inTable = p <= Tuning::tableBits;
  if (inTable) cells_.resize(std::size_t{1} << p);
  for (std::size_t row = 0; row < rows_.count(); ++row) {
    std::size_t place = 0;
    for (std::size_t k = 0; inTable && k < p; ++k) place |= std::size_t{rows_.bit(row, parents[k])} << k;
    if (!inTable) {
      place = cells_.size();
      cells_.emplace_back();
    }
    Cell& cell = cells_[place];
    cell.weight += rows_.weight(row);
    if (rows_.bit(row, j)) cell.positives += rows_.weight(row);
    cell.row = row;
  }
  std::erase_if(cells_, [](const Cell& cell) { return cell.weight == 0; });
}

double LogisticFit::evaluate(std::span<const double> z, std::span<double> gradient, std::span<double> hessian) {
  const std::size_t d = z.size();
  std::fill(gradient.begin(), gradient.end(), 0);
  std::fill(hessian.begin(), hessian.end(), 0);
  double loss = 0;
  for (const Cell& cell : cells_) {
    active_.clear();
    for (std::size_t k = 0; k + 1 < d; ++k) {
      if (rows_.bit(cell.row, parents_[k])) active_.push_back(static_cast<int>(k));
    }
    active_.push_back(static_cast<int>(d - 1));
    double odds = 0;
    for (const int k : active_) odds += z[at(k)];
    const double negatives = cell.weight - cell.positives, tail = std::log1p(std::exp(-std::abs(odds)));
    loss += cell.positives * (std::max(-odds, 0.0) + tail) + negatives * (std::max(odds, 0.0) + tail);
    const double risk = 1 / (1 + std::exp(-odds)), other = 1 / (1 + std::exp(odds));
    const double slope = (negatives * risk - cell.positives * other) / total_;
    const double curvature = cell.weight * risk * other / total_;
    for (std::size_t a = 0; a < active_.size(); ++a) {
      gradient[at(active_[a])] += slope;
      for (std::size_t b = a; b < active_.size(); ++b) hessian[at(active_[a]) * d + at(active_[b])] += curvature;
    }
  }
  return loss / total_;
}

LogisticFit::Result LogisticFit::run(int j, std::span<const int> parents) {
  parents_.assign(parents.begin(), parents.end());
  makeCells(j, parents);
  const int d = static_cast<int>(parents.size()) + 1;
  newton_.resize(d);
  box_.lower.assign(at(d), -Tuning::largest);
  box_.upper.assign(at(d), Tuning::largest);
  // The intercept has room to make up for all weights.
  box_.lower.back() *= d;
  box_.upper.back() *= d;
  std::span<double> z = newton_.z();
  std::fill(z.begin(), z.end(), 0);
  newton_.t() = 1;
  const ScaledBoxNewton::Result found = newton_.minimize(*this, box_, {.gap = Tuning::gap});
  return {total_ * found.value, total_ * std::min(found.value, found.bound)};
}

/// Score tests: the squared slope along a column by its curvature, both beside the intercept.
void LogisticFit::scores(int j, std::span<const int> candidates, std::vector<double>& gains) {
  std::vector<double> slope(candidates.size(), 0), curvature(candidates.size(), 0);
  const std::span<const double> z = newton_.z();
  double all = 0;
  for (std::size_t row = 0; row < rows_.count(); ++row) {
    double odds = z.back();
    for (std::size_t k = 0; k < parents_.size(); ++k) odds += rows_.bit(row, parents_[k]) ? z[k] : 0;
    const double risk = 1 / (1 + std::exp(-odds)), w = rows_.weight(row) * risk * (1 - risk);
    const double g = rows_.weight(row) * (risk - (rows_.bit(row, j) ? 1 : 0));
    all += w;
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      if (!rows_.bit(row, candidates[c])) continue;
      slope[c] += g;
      curvature[c] += w;
    }
  }
  gains.resize(candidates.size());
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const double own = curvature[c] * (1 - curvature[c] / std::max(all, machineEpsilon));
    gains[c] = square(slope[c]) / std::max(own, machineEpsilon);
  }
}

LogisticScores::LogisticScores(const BinaryRows& rows, const DagColumns& columns, const DagConditions& conditions,
                               double penalty)
    : LocalScores(conditions, penalty), rows_(rows), columns_(columns), fit_(rows, columns.count(), columns.rows()) {}

double LogisticScores::loss(int j, std::span<const int> parents) { return fit_.run(j, parents).loss; }

DagFit LogisticScores::fit(int j, std::span<const int> parents) {
  fit_.run(j, parents);
  const std::span<const double> z = fit_.z();
  return {.weights = {z.begin(), z.end() - 1}, .intercept = z.back()};
}

/// Fits the columns with the largest score tests, and adds the first one that gains.
bool LogisticScores::addBest(int j, std::span<const int> candidates, std::vector<int>& parents, double& loss) {
  if (parents.size() >= at(conditions_.maxParents())) return false;
  std::vector<int> open;
  for (const int k : candidates) {
    if (!conditions_.allowed(k, j) || std::find(parents.begin(), parents.end(), k) != parents.end()) continue;
    open.push_back(k);
  }
  loss = fit_.run(j, parents).loss;
  fit_.scores(j, open, gains_);
  std::vector<int> bestFirst(open.size());
  for (std::size_t k = 0; k < open.size(); ++k) bestFirst[k] = static_cast<int>(k);
  std::stable_sort(bestFirst.begin(), bestFirst.end(), [&](int a, int b) { return gains_[at(a)] > gains_[at(b)]; });
  double least = loss - penalty_ - Tuning::noise;
  int best = -1;
  for (std::size_t k = 0; k < std::min(Tuning::tried, open.size()); ++k) {
    parents.push_back(open[at(bestFirst[k])]);
    const double with = fit_.run(j, parents).loss;
    parents.pop_back();
    if (with >= least) continue;
    least = with;
    best = open[at(bestFirst[k])];
  }
  if (best < 0) return false;
  parents.push_back(best);
  loss = least;
  return true;
}

bool LogisticScores::dropWorst(int j, std::size_t required, std::vector<int>& parents, double& loss) {
  if (parents.size() < required + 2) return false;
  double least = loss + penalty_ - Tuning::noise;
  std::size_t worst = parents.size();
  for (std::size_t k = required; k < parents.size(); ++k) {
    std::vector<int> kept = parents;
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(k));
    const double without = fit_.run(j, kept).loss;
    if (without >= least) continue;
    least = without;
    worst = k;
  }
  if (worst == parents.size()) return false;
  parents.erase(parents.begin() + static_cast<std::ptrdiff_t>(worst));
  loss = least;
  return true;
}

double LogisticScores::grow(int j, std::span<const int> candidates, std::vector<int>& parents) {
  const std::vector<int>& required = conditions_.requiredOf(j);
  for (const int i : required) {
    if (std::find(candidates.begin(), candidates.end(), i) == candidates.end()) return infinity;
  }
  parents = required;
  double loss = 0;
  while (addBest(j, candidates, parents, loss)) {
    while (dropWorst(j, required.size(), parents, loss)) {
    }
  }
  return loss + penalty_ * static_cast<double>(parents.size());
}

double LogisticScores::leastLoss(int j) {
  std::vector<int> all = conditions_.requiredOf(j);
  all.insert(all.end(), conditions_.optionalOf(j).begin(), conditions_.optionalOf(j).end());
  return std::max(0.0, fit_.run(j, all).bound);
}

/// Fits end within a gap of each mean loss; sums of rows round, too.
double LogisticScores::rounding(double) const {
  constexpr double ofRow = 1e-11;  // rounding: of the loss of a row, the gap of a fit included
  return ofRow * columns_.rows() * columns_.count();
}

LogisticTables::LogisticTables(const Cpu& la, LogisticScores& scores) : la_(la), scores_(scores) {
  for (int j = 0; j < scores.columns().count(); ++j) alone_.push_back(scores.loss(j, {}));
}

double LogisticTables::rounding(double losses) const {
  return scores_.rounding(losses) + off_ * scores_.columns().count();
}

void LogisticTables::fill(int j, std::uint32_t required, std::uint32_t optional, std::uint32_t first,
                          std::span<double> out) const {
  LogisticFit fit(scores_.rows(), scores_.columns().count(), scores_.columns().rows());
  std::uint32_t subset = 0, rest = optional;
  for (std::uint32_t bits = first; bits != 0; bits >>= 1, rest &= rest - 1) {
    if ((bits & 1) != 0) subset |= rest & (0 - rest);
  }
  std::vector<int> parents;
  double off = 0;
  for (double& score : out) {
    parents.clear();
    for (std::uint32_t bits = subset | required; bits != 0; bits &= bits - 1) {
      parents.push_back(std::countr_zero(bits));
    }
    subset = (subset - optional) & optional;
    score = infinity;
    if (parents.size() > at(scores_.conditions_.maxParents())) continue;
    la_.checkpoint();
    const LogisticFit::Result found = fit.run(j, parents);
    off = std::max(off, found.loss - found.bound);
    score = found.loss - alone_[at(j)] + scores_.penalty() * static_cast<double>(parents.size());
  }
  for (double known = off_; off > known && !off_.compare_exchange_weak(known, off);) {
  }
}

}  // namespace nonconvex
