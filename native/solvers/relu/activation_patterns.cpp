#include "solvers/relu/activation_patterns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace nonconvex {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

double distance(const Vector& a, const Vector& b, double sense) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += (a[i] - sense * b[i]) * (a[i] - sense * b[i]);
  return std::sqrt(squares);
}

/// Adds to an orthonormal basis the part of x outside its span, if it is longer than `tolerance`. Returns its length,
/// or 0 where nothing was added.
double extendBasis(std::vector<Vector>& basis, Vector x, double tolerance) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const Vector& q : basis) {
      const double s = dot(q, x);
      for (std::size_t i = 0; i < x.size(); ++i) x[i] -= s * q[i];
    }
  }
  const double length = std::sqrt(dot(x, x));
  if (length <= tolerance) return 0;
  for (double& value : x) value /= length;
  basis.push_back(std::move(x));
  return length;
}

/// Coordinates of vectors in the span of an orthonormal basis.
Vector coordinatesIn(const std::vector<Vector>& basis, const Vector& x) {
  Vector coordinates;
  for (const Vector& q : basis) coordinates.push_back(dot(q, x));
  return coordinates;
}

/// Directions, one inside every cell of the central arrangement of the rows (unit length, spanning R^r).
///
/// Every cell's closure has an extreme ray, where rows of rank r - 1 vanish. So: for each such ray v the cells around
/// it are v + epsilon w, where w runs over the cells of the vanishing rows' own arrangement in the space orthogonal to
/// v.
class Arrangement {
 public:
  struct Tuning {
    /// rounding: The distance of unit rows from each other, or from each other's opposite, that makes them one line.
    static constexpr double sameLine = 1e-9;
    /// rounding: The part of a row outside the span of others, below which it depends on them.
    static constexpr double dependent = 1e-9;
    /// rounding: The error of a product of unit vectors, with some to spare.
    static constexpr double product = 64 * std::numeric_limits<double>::epsilon();
  };

  static std::vector<Vector> cells(const std::vector<Vector>& rows, int r) {
    if (r == 1) return {{1.0}, {-1.0}};
    Arrangement arrangement(rows, r);
    const int n = static_cast<int>(rows.size());
    std::vector<int> chosen(static_cast<std::size_t>(r - 1));
    std::iota(chosen.begin(), chosen.end(), 0);
    while (n >= r - 1) {
      arrangement.addAround(chosen);
      int i = r - 2;  // next combination
      while (i >= 0 && chosen[static_cast<std::size_t>(i)] == n - (r - 1) + i) --i;
      if (i < 0) break;
      ++chosen[static_cast<std::size_t>(i)];
      for (int j = i + 1; j < r - 1; ++j) {
        chosen[static_cast<std::size_t>(j)] = chosen[static_cast<std::size_t>(j - 1)] + 1;
      }
    }
    return std::move(arrangement.found_);
  }

 private:
  Arrangement(const std::vector<Vector>& rows, int r) : rows_(rows), r_(static_cast<std::size_t>(r)) {}

  /// Adds the cells around the ray where r - 1 rows vanish. Rows that are dependent have none: another choice has
  /// theirs.
  void addAround(const std::vector<int>& chosen) {
    std::vector<Vector> basis;
    double volume = 1;  // volume of the chosen rows: rounding turns the ray by about 1 / volume times as much
    for (const int k : chosen) volume *= extendBasis(basis, rows_[static_cast<std::size_t>(k)], Tuning::dependent);
    if (volume == 0) return;
    const Vector ray = orthogonalTo(basis);
    if (ray.empty()) return;
    std::vector<bool> vanishes(rows_.size());
    std::vector<Vector> local;  // the vanishing rows, in coordinates of `basis`
    double nearest = INFINITY;
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      const double s = std::abs(dot(rows_[k], ray));
      vanishes[k] = s <= Tuning::product / volume;
      if (vanishes[k]) {
        local.push_back(coordinatesIn(basis, rows_[k]));
      } else {
        nearest = std::min(nearest, s);
      }
    }
    if (!rays_.insert(vanishes).second) return;  // both senses of this line are done
    for (const Vector& w : cells(local, static_cast<int>(r_) - 1)) {
      Vector sideways(r_);
      for (std::size_t j = 0; j < basis.size(); ++j) {
        for (std::size_t i = 0; i < r_; ++i) sideways[i] += w[j] * basis[j][i];
      }
      const double length = std::sqrt(dot(sideways, sideways));
      const double epsilon = std::isfinite(nearest) ? 0.5 * nearest / length : 1.0;
      for (const double sense : {1.0, -1.0}) addCell(sense, ray, epsilon, sideways);
    }
  }

  /// A unit vector orthogonal to r - 1 others; empty where rounding leaves none.
  Vector orthogonalTo(const std::vector<Vector>& basis) const {
    for (std::size_t i = 0; i < r_; ++i) {
      Vector unit(r_);
      unit[i] = 1;
      std::vector<Vector> extended = basis;
      if (extendBasis(extended, unit, 0.5 / std::sqrt(r_)) > 0) return extended.back();
    }
    return {};
  }

  /// Adds sense ray + epsilon sideways, a point just inside its cell, to the others of that cell: the sum of those near
  /// all its extreme rays is far inside, where rows that were taken for the line of another have the sign of that one.
  void addCell(double sense, const Vector& ray, double epsilon, const Vector& sideways) {
    Vector direction(r_);
    for (std::size_t i = 0; i < r_; ++i) direction[i] = sense * ray[i] + epsilon * sideways[i];
    std::vector<bool> signs;
    for (const Vector& row : rows_) signs.push_back(dot(row, direction) >= 0);
    const auto [place, fresh] = seen_.try_emplace(std::move(signs), found_.size());
    if (fresh) found_.emplace_back(r_);
    Vector& inside = found_[place->second];
    const double length = std::sqrt(dot(direction, direction));
    for (std::size_t i = 0; i < r_; ++i) inside[i] += direction[i] / length;
  }

  const std::vector<Vector>& rows_;
  std::size_t r_;
  std::vector<Vector> found_;
  std::map<std::vector<bool>, std::size_t> seen_;  // places in found_ of the cells, by the signs of the rows in them
  std::set<std::vector<bool>> rays_;               // which rows vanish on the lines that are done
};

/// The lines through the origin in the directions of the columns of X^T, as vectors of length 1, each line once: a
/// repeated or scaled row of X cuts nothing new.
std::vector<Vector> distinctLines(Mat<const double> xt) {
  std::vector<Vector> rows;
  for (int k = 0; k < xt.cols; ++k) {
    Vector row(xt.column(k), xt.column(k) + xt.rows);
    double largest = 0;
    for (const double value : row) largest = std::max(largest, std::abs(value));
    if (largest == 0) continue;
    for (double& value : row) value /= largest;  // keeps the square from overflow and underflow
    const double length = std::sqrt(dot(row, row));
    for (double& value : row) value /= length;
    const bool fresh = std::all_of(rows.begin(), rows.end(), [&](const Vector& other) {
      return std::min(distance(row, other, 1), distance(row, other, -1)) > Arrangement::Tuning::sameLine;
    });
    if (fresh) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

namespace {

HostMatrix<double> productsOf(const Cpu& la, Mat<const double> xt, Mat<const double> gates) {
  HostMatrix<double> products(xt.cols, gates.cols, Uninitialized{});
  la.gemmWithAborts(Transpose::yes, Transpose::no, 1.0, xt, gates, 0.0, products);
  return products;
}

/// The directions that are kept, and their patterns.
Patterns kept(const Cpu& la, const std::vector<int>& which, Mat<const double> gates, Mat<const double> products) {
  const int count = static_cast<int>(which.size());
  Patterns result{HostMatrix<double>(gates.rows, count), HostMatrix<double>(products.rows, count)};
  for (int j = 0; j < count; ++j) {
    la.abortPoint();
    const int i = which[static_cast<std::size_t>(j)];
    std::copy(gates.column(i), gates.column(i) + gates.rows, result.gates.column(j));
    for (int k = 0; k < products.rows; ++k) result.patterns(k, j) = products(k, i) >= 0 ? 1 : 0;
  }
  return result;
}

}  // namespace

Patterns patternsOf(const Cpu& la, Mat<const double> xt, Mat<const double> gates) {
  const int n = xt.cols;
  const HostMatrix<double> products = productsOf(la, xt, gates);
  std::set<std::vector<bool>> seen;
  std::vector<int> which;
  for (int i = 0; i < gates.cols; ++i) {
    la.abortPoint();
    std::vector<bool> pattern(static_cast<std::size_t>(n));
    bool any = false;
    for (int k = 0; k < n; ++k) {
      pattern[static_cast<std::size_t>(k)] = products(k, i) >= 0;
      any = any || products(k, i) >= 0;
    }
    if (any && seen.insert(std::move(pattern)).second) which.push_back(i);
  }
  return kept(la, which, gates, products);
}

Patterns patternsOf(const Cpu& la, Mat<const double> xt, Mat<const double> gates, Ranks& ranks) {
  const int n = xt.cols;
  const HostMatrix<double> products = productsOf(la, xt, gates);
  std::vector<double> counts(static_cast<std::size_t>(ranks.size()));
  counts[static_cast<std::size_t>(ranks.rank())] = n;
  ranks.sum(counts);
  double before = 0;  // rows of the ranks before this one
  for (int rank = 0; rank < ranks.rank(); ++rank) before += counts[static_cast<std::size_t>(rank)];
  HostMatrix<double> draws(n, 2);
  for (int j = 0; j < 2; ++j) {
    const Random random(1, static_cast<std::uint32_t>(j + 1));
    for (int k = 0; k < n; ++k)
      draws(k, j) = random.uniform(static_cast<std::uint64_t>(before) + static_cast<std::uint64_t>(k));
  }
  HostMatrix<double> sums(3, gates.cols);  // active rows of each direction, and the sums of their random numbers
  la.tasks(
      gates.cols,
      [&](int i) {
        for (int k = 0; k < n; ++k) {
          if (!(products(k, i) >= 0)) continue;
          sums(0, i) += 1;
          sums(1, i) += draws(k, 0);
          sums(2, i) += draws(k, 1);
        }
      },
      3.0 * n * gates.cols);
  ranks.sum({sums.data(), sums.size()});
  std::set<std::pair<double, double>> seen;
  std::vector<int> which;
  for (int i = 0; i < gates.cols; ++i) {
    if (sums(0, i) > 0 && seen.insert({sums(1, i), sums(2, i)}).second) which.push_back(i);
  }
  return kept(la, which, gates, products);
}

HostMatrix<double> normalDirections(int d, int count, std::uint64_t seed) {
  HostMatrix<double> gates(d, count);
  const Random random(seed);
  for (std::size_t i = 0; i < gates.size(); ++i) gates.data()[i] = random.normal(i);
  return gates;
}

double patternCount(int n, int rank) {
  double count = 0;
  double binomial = 1;  // C(n - 1, k)
  for (int k = 0; k < std::min(rank, n); ++k) {
    count += binomial;
    binomial *= static_cast<double>(n - 1 - k) / (k + 1);
  }
  return 2 * count;
}

HostMatrix<double> allDirections(Mat<const double> xt, int most) {
  const std::vector<Vector> rows = distinctLines(xt);
  std::vector<Vector> basis;
  for (const Vector& row : rows) extendBasis(basis, row, 1e-9);
  const int rank = static_cast<int>(basis.size());
  const double count = patternCount(static_cast<int>(rows.size()), rank);
  if (count > most) {
    throw Error(ErrorKind::range, "patterns = { exact: true }: " + show(static_cast<int>(rows.size())) +
                                      " distinct rows of rank " + show(rank) + " can have " + show(count) +
                                      " activation patterns, more than " + show(most) +
                                      "; use { sample } or { gates }");
  }
  std::vector<Vector> local;
  for (const Vector& row : rows) local.push_back(coordinatesIn(basis, row));
  const std::vector<Vector> cells = rank > 0 ? Arrangement::cells(local, rank) : std::vector<Vector>{};
  HostMatrix<double> gates(xt.rows, static_cast<int>(cells.size()));
  for (std::size_t j = 0; j < cells.size(); ++j) {
    for (std::size_t q = 0; q < basis.size(); ++q) {
      double* gate = gates.column(static_cast<int>(j));
      for (std::size_t i = 0; i < basis[q].size(); ++i) gate[i] += cells[j][q] * basis[q][i];
    }
  }
  return gates;
}

}  // namespace nonconvex
