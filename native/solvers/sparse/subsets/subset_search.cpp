#include "solvers/sparse/subsets/subset_search.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "methods/quadratic/bounded_quadratic.hpp"

namespace nonconvex {

struct SubsetSearch::Tuning {
  static constexpr double leastDecrease =
      1e-10;                                     ///< rounding: fall of the objective beside the squares of the response
  static constexpr int mostSweeps = 1000;        ///< safeguard: sweeps of one descent
  static constexpr int mostRounds = 100;         ///< safeguard: rounds of descent, splicing and swaps
  static constexpr std::size_t mostSpliced = 8;  ///< measured: columns exchanged at once
  static constexpr double leastFreePivot =
      1e-9;  ///< rounding: share of a diagonal entry left where a column depends on others
};

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
  Subset made;
  made.columns.assign(columns.begin(), columns.end());
  if (objective.bySize()) made.columns = independent(objective, columns);
  const int k = static_cast<int>(made.columns.size());
  made.values.resize(at(k));
  if (k > gram_.rows() && objective.ridge == 0) return made;
  HostMatrix<double> a(k, k), c(k, 1);
  for (int f = 0; f < k; ++f) c(f, 0) = gram_.correlation(made.columns[at(f)]);
  fillWithGram(objective, made.columns, a);
  if (k > 0) {
    if (!steady_.cholesky(a)) return made;
    steady_.choleskySolve(a, c);
  }
  for (int f = 0; f < k; ++f) made.values[at(f)] = c(f, 0);
  // Columns that depend on others share what one coefficient may not take.
  const bool outside = std::any_of(made.values.begin(), made.values.end(),
                                   [&](double value) { return std::abs(value) > objective.largest; });
  for (std::size_t l = 0; outside && l < columns.size(); ++l) {
    if (std::find(made.columns.begin(), made.columns.end(), columns[l]) != made.columns.end()) continue;
    made.columns.push_back(columns[l]);
    made.values.push_back(0);
  }
  clip(objective, made);
  made.objective = objectiveOf(objective, made);
  return made;
}

/// The lower triangle of G and the ridge on some columns.
void SubsetSearch::fillWithGram(const SubsetObjective& objective, std::span<const int> columns, Mat<double> a) {
  const int k = static_cast<int>(columns.size());
  for (int f = 0; f < k; ++f) {
    const double* column = gram_.column(columns[at(f)]);
    for (int g = f; g < k; ++g) a(g, f) = column[columns[at(g)]];
    a(f, f) += objective.ridge;
  }
}

/// Leaves out columns that depend on those before them.
std::vector<int> SubsetSearch::independent(const SubsetObjective& objective, std::span<const int> columns) {
  std::vector<int> kept;
  std::vector<std::vector<double>> rows;  // of the Cholesky factor
  for (const int j : columns) {
    const double* column = gram_.column(j);
    std::vector<double> row;
    const double whole = gram_.diagonal(j) + objective.ridge;
    double left = whole;
    for (std::size_t f = 0; f < kept.size(); ++f) {
      double entry = column[kept[f]];
      for (std::size_t g = 0; g < f; ++g) entry -= row[g] * rows[f][g];
      row.push_back(entry / rows[f][f]);
      left -= square(row.back());
    }
    if (left <= Tuning::leastFreePivot * whole) continue;
    row.push_back(std::sqrt(left));
    rows.push_back(std::move(row));
    kept.push_back(j);
  }
  return kept;
}

/// Goes to the minimiser within the bounds, where a coefficient is outside of them.
void SubsetSearch::clip(const SubsetObjective& objective, Subset& subset) {
  const auto beyond = [&](double value) { return std::abs(value) > objective.largest; };
  if (std::none_of(subset.values.begin(), subset.values.end(), beyond)) return;
  const int m = static_cast<int>(subset.columns.size());
  HostMatrix<double> a(m, m);
  fillWithGram(objective, subset.columns, a);
  std::vector<double> c, lower(at(m), -objective.largest), upper(at(m), objective.largest);
  double steepest = 0, longest = 0;
  for (int f = 0; f < m; ++f) {
    for (int g = f; g < m; ++g) a(f, g) = a(g, f);
    c.push_back(gram_.correlation(subset.columns[at(f)]));
    steepest = std::max(steepest, std::abs(c.back()));
    longest = std::max(longest, a(f, f));
  }
  constexpr double ridge = 1e-14;     // rounding: share of the longest column, since columns may depend on each other
  constexpr double accuracy = 1e-13;  // rounding: share of the largest correlation
  BoundedQuadratic within(m);
  within.solve(
      {.G = a, .r = c, .lower = lower, .upper = upper, .ridge = ridge * longest, .accuracy = accuracy * steepest},
      subset.values);
}

/// Coordinate descent with the exact step along each coordinate, then the minimiser on what it chose.
Subset SubsetSearch::descend(const SubsetObjective& objective, const Subset& from) {
  begin(from);
  for (int sweep = 0; sweep < Tuning::mostSweeps; ++sweep) {
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
  const std::size_t most = std::min({Tuning::mostSpliced, inside.size(), outside.size()});
  const auto worth = [&](int j) { return gain(objective, j, q_[at(j)]) - objective.cost(j); };
  std::partial_sort(outside.begin(), outside.begin() + static_cast<std::ptrdiff_t>(most), outside.end(),
                    [&](int i, int j) { return worth(i) > worth(j); });
  for (std::size_t count = 1; count <= most; ++count) {
    std::vector<int> columns(outside.begin(), outside.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t k = count; k < inside.size(); ++k) columns.push_back(subset.columns[inside[k]]);
    Subset trial = refit(objective, columns);
    if (trial.objective < subset.objective - Tuning::leastDecrease * gram_.squares()) {
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
    if (trial.objective < subset.objective - Tuning::leastDecrease * gram_.squares()) {
      subset = std::move(trial);
      return true;
    }
  }
  return false;
}

/// Makes the inverse of G on a subset, and c - G b of all columns; false where there is no inverse.
bool SubsetSearch::invert(const SubsetObjective& objective, const Subset& subset) {
  const int k = static_cast<int>(subset.columns.size());
  begin(subset);
  HostMatrix<double> factor(k, k);
  inverse_ = HostMatrix<double>(k, k);
  shares_.resize(at(k));
  own_.clear();
  for (const int j : subset.columns) own_.push_back(gram_.column(j));
  fillWithGram(objective, subset.columns, factor);
  if (k == 0) return true;
  if (!steady_.cholesky(factor)) return false;
  steady_.choleskyInverse(factor, inverse_);
  return true;
}

/// Whether a column is one of a subset.
bool SubsetSearch::isIn(const Subset& subset, int j) const {
  return std::find(subset.columns.begin(), subset.columns.end(), j) != subset.columns.end();
}

/// The shares of the columns of a subset in column j; returns what is left of its squares.
double SubsetSearch::leftOf(const SubsetObjective& objective, int j) {
  double left = gram_.diagonal(j) + objective.ridge;
  for (std::size_t f = 0; f < own_.size(); ++f) {
    const double* inverse = inverse_.column(static_cast<int>(f));
    double share = 0;
    for (std::size_t g = 0; g < own_.size(); ++g) share += inverse[g] * own_[g][j];
    shares_[f] = share;
    left -= share * own_[f][j];
  }
  return left;
}

/// Takes the column in that lowers the objective most; whether there is one.
bool SubsetSearch::add(const SubsetObjective& objective, Subset& subset) {
  if (!invert(objective, subset)) return false;
  double most = Tuning::leastDecrease * gram_.squares();
  int best = -1;
  for (const int j : order_) {
    if (isIn(subset, j)) continue;
    const double left = leftOf(objective, j), worth = square(q_[at(j)]) / (2 * left);
    if (left <= Tuning::leastFreePivot * (gram_.diagonal(j) + objective.ridge) || worth <= most) continue;
    most = worth;
    best = j;
  }
  if (best < 0) return false;
  std::vector<int> columns = subset.columns;
  columns.push_back(best);
  Subset trial = refit(objective, columns);
  if (!(trial.objective < subset.objective)) return false;
  subset = std::move(trial);
  return true;
}

/// Leaves the column out without which the objective is the least, or one that depends on others.
void SubsetSearch::drop(const SubsetObjective& objective, Subset& subset) {
  std::size_t least = subset.columns.size() - 1;
  if (invert(objective, subset)) {
    double loss = infinity;
    for (std::size_t f = 0; f < subset.columns.size(); ++f) {
      const int k = static_cast<int>(f);
      const double each = square(subset.values[f]) / inverse_(k, k);
      if (each >= loss) continue;
      loss = each;
      least = f;
    }
  }
  std::vector<int> columns = subset.columns;
  columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(least));
  subset = refit(objective, columns);
}

/// Exchanges one column for another so that the objective is lowered most; whether any exchange lowers it. With A the
/// matrix on the subset and w = A^{-1} G_j: without column i the correlation of j is larger by w_i b_i / (A^{-1})_ii,
/// and what is left of its squares by w_i^2 / (A^{-1})_ii.
bool SubsetSearch::exchange(const SubsetObjective& objective, Subset& subset) {
  if (!invert(objective, subset)) return false;
  double most = Tuning::leastDecrease * gram_.squares();
  std::size_t out = 0;
  int in = -1;
  for (const int j : order_) {
    if (isIn(subset, j)) continue;
    const double left = leftOf(objective, j);
    for (std::size_t f = 0; f < own_.size(); ++f) {
      const int k = static_cast<int>(f);
      const double of = inverse_(k, k), value = subset.values[f];
      const double squares = left + square(shares_[f]) / of;
      if (squares <= Tuning::leastFreePivot * (gram_.diagonal(j) + objective.ridge)) continue;
      const double worth = (square(q_[at(j)] + shares_[f] * value / of) / squares - square(value) / of) / 2;
      if (worth <= most) continue;
      most = worth;
      out = f;
      in = j;
    }
  }
  if (in < 0) return false;
  std::vector<int> columns = subset.columns;
  columns[out] = in;
  Subset trial = refit(objective, columns);
  if (!(trial.objective < subset.objective - Tuning::leastDecrease * gram_.squares())) return false;
  subset = std::move(trial);
  return true;
}

Subset SubsetSearch::improveAtSize(const SubsetObjective& objective, const Subset& from) {
  Subset best = refit(objective, from.columns);
  while (static_cast<int>(best.columns.size()) > objective.size) drop(objective, best);
  const auto fill = [&] {
    while (static_cast<int>(best.columns.size()) < objective.size && !la_.ending() && add(objective, best)) {
    }
  };
  fill();
  for (int round = 0; round < Tuning::mostRounds && !la_.ending(); ++round) {
    if (!exchange(objective, best) && !swap(objective, best) && !splice(objective, best)) break;
    fill();
    ++sweeps_;
  }
  return best;
}

Subset SubsetSearch::improve(const SubsetObjective& objective, const Subset& from) {
  if (objective.bySize()) return improveAtSize(objective, from);
  Subset best = descend(objective, from);
  for (int round = 0; round < Tuning::mostRounds; ++round) {
    if (la_.ending() || (!splice(objective, best) && !swap(objective, best))) break;
    Subset next = descend(objective, best);
    if (next.objective < best.objective) best = std::move(next);
  }
  return best;
}

}  // namespace nonconvex
