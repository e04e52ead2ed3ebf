#include "solvers/sparse/subset_search.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

constexpr double leastDecrease = 1e-10;  // of the objective, relative to the squares of the response, that counts
constexpr double settled = 1e-9;         // a change of a coefficient, relative to the largest, that ends sweeps
constexpr int subsetSweeps = 1000;
constexpr int exchangeRounds = 100;     // of descent, splicing and swaps
constexpr std::size_t mostSpliced = 8;  // columns that are exchanged at once

}  // namespace

SubsetSearch::SubsetSearch(const Cpu& la, SubsetGram& gram)
    : la_(la), gram_(gram), b_(at(gram.size())), q_(at(gram.size())) {
  for (int j = 0; j < gram.size(); ++j) {
    if (gram.usable(j)) order_.push_back(j);
  }
  std::stable_sort(order_.begin(), order_.end(), [&](int i, int j) {
    return square(gram.correlation(i)) * gram.diagonal(j) > square(gram.correlation(j)) * gram.diagonal(i);
  });
}

void SubsetSearch::begin(const Subset& from) {
  std::fill(b_.begin(), b_.end(), 0.0);
  std::copy(gram_.correlations().begin(), gram_.correlations().end(), q_.begin());
  for (std::size_t k = 0; k < from.columns.size(); ++k) move(from.columns[k], from.values[k]);
}

void SubsetSearch::move(int j, double to) {
  const double by = to - b_[at(j)];
  if (by == 0) return;
  const double* column = gram_.column(j);
  for (std::size_t i = 0; i < q_.size(); ++i) q_[i] -= by * column[i];
  b_[at(j)] = to;
}

/// The best coefficient that is not 0, where c_j - sum of G b over the others is `without`.
double SubsetSearch::best(const SubsetObjective& objective, int j, double without) const {
  const double free = without / (gram_.diagonal(j) + objective.ridge);
  return std::clamp(free, -objective.largest, objective.largest);
}

/// What the objective is lower by, without the cost of the column, with that coefficient than with 0.
double SubsetSearch::gain(const SubsetObjective& objective, int j, double without) const {
  const double b = best(objective, j, without);
  return (without - (gram_.diagonal(j) + objective.ridge) / 2 * b) * b;
}

double SubsetSearch::objectiveOf(const SubsetObjective& objective, const Subset& subset) {
  double sum = gram_.squares() / 2;
  for (std::size_t k = 0; k < subset.columns.size(); ++k) {
    const int j = subset.columns[k];
    const double* column = gram_.column(j);
    double product = objective.ridge * subset.values[k];
    for (std::size_t l = 0; l < subset.columns.size(); ++l) product += column[subset.columns[l]] * subset.values[l];
    sum += (product / 2 - gram_.correlation(j)) * subset.values[k] + objective.cost(j);
  }
  return sum;
}

Subset SubsetSearch::refit(const SubsetObjective& objective, std::span<const int> columns) {
  const int k = static_cast<int>(columns.size());
  Subset made;
  made.columns.assign(columns.begin(), columns.end());
  made.values.resize(columns.size());
  if (k > gram_.rows() && objective.ridge == 0) return made;
  HostMatrix<double> a(k, k), c(k, 1);
  for (int f = 0; f < k; ++f) {
    const double* column = gram_.column(columns[at(f)]);
    for (int g = f; g < k; ++g) a(g, f) = column[columns[at(g)]];
    a(f, f) += objective.ridge;
    c(f, 0) = gram_.correlation(columns[at(f)]);
  }
  if (k > 0) {
    if (!steady_.cholesky(a)) return made;
    steady_.choleskySolve(a, c);
  }
  for (int f = 0; f < k; ++f) made.values[at(f)] = c(f, 0);
  clip(objective, made);
  made.objective = objectiveOf(objective, made);
  return made;
}

/// Goes down along coordinates within the bounds, where a coefficient is outside of them.
void SubsetSearch::clip(const SubsetObjective& objective, Subset& subset) {
  bool outside = false;
  for (double& value : subset.values) {
    outside = outside || std::abs(value) > objective.largest;
    value = std::clamp(value, -objective.largest, objective.largest);
  }
  for (int sweep = 0; outside && sweep < subsetSweeps; ++sweep) {
    double change = 0;
    for (std::size_t k = 0; k < subset.columns.size(); ++k) {
      const int j = subset.columns[k];
      const double* column = gram_.column(j);
      double without = gram_.correlation(j);
      for (std::size_t l = 0; l < subset.columns.size(); ++l) {
        if (l != k) without -= column[subset.columns[l]] * subset.values[l];
      }
      const double to = best(objective, j, without);
      change = std::max(change, std::abs(to - subset.values[k]));
      subset.values[k] = to;
    }
    outside = change > settled * objective.largest;
  }
}

/// Coordinate descent with the exact step along each coordinate, then the minimiser on what it chose.
Subset SubsetSearch::descend(const SubsetObjective& objective, const Subset& from) {
  begin(from);
  for (int sweep = 0; sweep < subsetSweeps; ++sweep) {
    double change = 0, largest = 0;
    bool other = false;
    for (const int j : order_) {
      const double now = b_[at(j)];
      const double without = q_[at(j)] + gram_.diagonal(j) * now;
      const double to = gain(objective, j, without) > objective.cost(j) ? best(objective, j, without) : 0.0;
      other = other || (to == 0) != (now == 0);
      change = std::max(change, std::abs(to - now));
      largest = std::max(largest, std::abs(to));
      move(j, to);
    }
    ++sweeps_;
    if ((!other && change <= 1e-3 * largest) || la_.ending()) break;
  }
  Subset chosen;
  for (int j = 0; j < gram_.size(); ++j) {
    if (b_[at(j)] == 0) continue;
    chosen.columns.push_back(j);
    chosen.values.push_back(b_[at(j)]);
  }
  chosen.objective = objectiveOf(objective, chosen);
  Subset exact = refit(objective, chosen.columns);
  return exact.objective < chosen.objective ? exact : chosen;
}

/// Exchanges 1, 2, ... columns for as many others; whether that lowers the objective.
bool SubsetSearch::splice(const SubsetObjective& objective, Subset& subset) {
  begin(subset);
  std::vector<std::size_t> inside(subset.columns.size());
  for (std::size_t k = 0; k < inside.size(); ++k) inside[k] = k;
  const auto loss = [&](std::size_t k) {
    const int j = subset.columns[k];
    return (gram_.diagonal(j) + objective.ridge) / 2 * square(subset.values[k]) - objective.cost(j);
  };
  std::sort(inside.begin(), inside.end(), [&](auto k, auto l) { return loss(k) < loss(l); });
  std::vector<int> outside;
  for (const int j : order_) {
    if (b_[at(j)] == 0) outside.push_back(j);
  }
  const std::size_t most = std::min({mostSpliced, inside.size(), outside.size()});
  const auto worth = [&](int j) { return gain(objective, j, q_[at(j)]) - objective.cost(j); };
  std::partial_sort(outside.begin(), outside.begin() + static_cast<std::ptrdiff_t>(most), outside.end(),
                    [&](int i, int j) { return worth(i) > worth(j); });
  for (std::size_t count = 1; count <= most; ++count) {
    std::vector<int> columns(outside.begin(), outside.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t k = count; k < inside.size(); ++k) columns.push_back(subset.columns[inside[k]]);
    Subset trial = refit(objective, columns);
    if (trial.objective < subset.objective - leastDecrease * gram_.squares()) {
      subset = std::move(trial);
      return true;
    }
  }
  return false;
}

/// Exchanges one column for the best other one, each in turn; whether one of these exchanges lowers the objective.
bool SubsetSearch::swap(const SubsetObjective& objective, Subset& subset) {
  begin(subset);
  for (std::size_t k = 0; k < subset.columns.size(); ++k) {
    const int i = subset.columns[k];
    const double* column = gram_.column(i);
    double most = -infinity;
    int with = -1;
    for (const int j : order_) {
      if (b_[at(j)] != 0) continue;
      const double worth = gain(objective, j, q_[at(j)] + column[j] * subset.values[k]) - objective.cost(j);
      if (worth <= most) continue;
      most = worth;
      with = j;
    }
    const double now = (gram_.diagonal(i) + objective.ridge) / 2 * square(subset.values[k]) - objective.cost(i);
    if (with < 0 || most <= now) continue;
    std::vector<int> columns = subset.columns;
    columns[k] = with;
    Subset trial = refit(objective, columns);
    if (trial.objective < subset.objective - leastDecrease * gram_.squares()) {
      subset = std::move(trial);
      return true;
    }
  }
  return false;
}

Subset SubsetSearch::improve(const SubsetObjective& objective, const Subset& from) {
  Subset best = descend(objective, from);
  for (int round = 0; round < exchangeRounds; ++round) {
    if (la_.ending() || (!splice(objective, best) && !swap(objective, best))) break;
    Subset next = descend(objective, best);
    if (next.objective < best.objective) best = std::move(next);
  }
  return best;
}

}  // namespace nonconvex
