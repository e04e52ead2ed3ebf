#include "solvers/nlp/conflict_vertex.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace nonconvex {
namespace {

struct VertexTuning {
  // rounding: entries, beside the largest, that count as 0.
  double zero = 1e-11;
  // safeguard: operations of the elimination, some tenths of a second.
  double operations = 5e8;
};
constexpr VertexTuning vertexTuning;

using Dense = std::vector<double>;

double largestEntry(const Dense& v) {
  double largest = 0;
  for (const double value : v) largest = std::max(largest, std::abs(value));
  return largest;
}
double product(const Dense& a, const Dense& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
/// to += factor from, beginning at an entry
void addMultiple(Dense& to, double factor, const Dense& from, std::size_t begin = 0) {
  if (factor == 0) return;
  for (std::size_t i = begin; i < to.size(); ++i) to[i] += factor * from[i];
}

/// Vectors e with e^T rows = 0, a basis of them, by elimination with partial pivoting.
std::vector<Dense> nullSpaceOf(const std::vector<Dense>& rows) {
  const std::size_t count = rows.size(), columns = rows.empty() ? 0 : rows[0].size();
  std::vector<Dense> work = rows;
  for (std::size_t i = 0; i < count; ++i) {
    work[i].resize(columns + count, 0.0);
    work[i][columns + i] = 1;
  }
  double size = 0;
  for (const Dense& row : rows) size = std::max(size, largestEntry(row));
  std::size_t rank = 0;
  for (std::size_t j = 0; j < columns && rank < count; ++j) {
    std::size_t pivot = rank;
    for (std::size_t i = rank; i < count; ++i) {
      if (std::abs(work[i][j]) > std::abs(work[pivot][j])) pivot = i;
    }
    if (!(std::abs(work[pivot][j]) > vertexTuning.zero * size)) continue;
    std::swap(work[rank], work[pivot]);
    for (std::size_t i = rank + 1; i < count; ++i) {
      addMultiple(work[i], -work[i][j] / work[rank][j], work[rank], j);
    }
    ++rank;
  }
  std::vector<Dense> basis;
  for (std::size_t i = rank; i < count; ++i) {
    basis.emplace_back(work[i].begin() + static_cast<std::ptrdiff_t>(columns), work[i].end());
  }
  return basis;
}

/// Moves multipliers of rows and of bounds along what leaves the conflict as it is, until nothing can be left out.
class VertexSearch {
 public:
  VertexSearch(const ConflictRows& rows, const Dense& y) : rows_(rows), basis_(nullSpaceOf(rows.free)), z_(y) {
    for (Dense& vector : basis_) appendBounds(vector);
    appendBounds(z_);
    gain_ = rows.excess;
    gain_.insert(gain_.end(), rows.bounds.begin(), rows.bounds.end());
  }

  bool run() {
    removeZeros();
    while (basis_.size() > 1) {
      Dense move = basis_.back();
      addMultiple(move, -product(gain_, move) / product(gain_, z_), z_);
      if (!(largestEntry(move) > vertexTuning.zero * largestEntry(basis_.back()))) {
        std::swap(basis_.front(), basis_.back());  // it is a multiple of z, as no other is
        continue;
      }
      if (!moveToZero(move)) return false;
      removeZeros();
    }
    return true;
  }

  const Dense& multipliers() const { return z_; }

 private:
  void appendBounds(Dense& vector) const {
    Dense d(rows_.bounds.size(), 0.0);
    for (std::size_t i = 0; i < rows_.bounded.size(); ++i) addMultiple(d, vector[i], rows_.bounded[i]);
    vector.insert(vector.end(), d.begin(), d.end());
  }

  /// Moves as far as the first multiplier that becomes 0, one way or the other.
  bool moveToZero(const Dense& move) {
    const double least = vertexTuning.zero * largestEntry(move);
    double length = 0;
    std::size_t first = z_.size();
    for (std::size_t i = 0; i < z_.size(); ++i) {
      if (z_[i] == 0 || std::abs(move[i]) <= least) continue;
      const double there = -z_[i] / move[i];
      if (first == z_.size() || std::abs(there) < std::abs(length)) length = there, first = i;
    }
    if (first == z_.size()) return false;
    addMultiple(z_, length, move);
    z_[first] = 0;
    return true;
  }

  /// Takes multipliers that are about 0 away, with the vectors that would change them.
  void removeZeros() {
    const double least = vertexTuning.zero * largestEntry(z_);
    for (std::size_t i = 0; i < z_.size(); ++i) {
      if (std::abs(z_[i]) > least) continue;
      z_[i] = 0;
      const auto pivot = std::ranges::max_element(basis_, {}, [&](const Dense& vector) { return std::abs(vector[i]); });
      if (pivot == basis_.end() || std::abs((*pivot)[i]) <= vertexTuning.zero * largestEntry(*pivot)) continue;
      std::swap(*pivot, basis_.back());
      const Dense gone = std::move(basis_.back());
      basis_.pop_back();
      for (Dense& vector : basis_) {
        addMultiple(vector, -vector[i] / gone[i], gone);
        vector[i] = 0;
      }
    }
  }

  const ConflictRows& rows_;
  std::vector<Dense> basis_;
  Dense z_, gain_;
};

}  // namespace

std::optional<std::vector<double>> vertexOf(const ConflictRows& rows, const std::vector<double>& y) {
  const double count = static_cast<double>(y.size()),
               columns = static_cast<double>(rows.free.empty() ? 0 : rows.free[0].size());
  const double bounds = static_cast<double>(rows.bounds.size());
  if (count * count * (columns + count + bounds) > vertexTuning.operations) return std::nullopt;
  VertexSearch search(rows, y);
  if (!search.run()) return std::nullopt;
  // The multipliers of what is left are unique but for a factor: once more without the rounding of all moves.
  const Dense& z = search.multipliers();
  std::vector<Dense> left;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (z[i] == 0) continue;
    places.push_back(i);
    left.push_back(rows.free[i]);
  }
  for (std::size_t j = 0; j < rows.bounds.size(); ++j) {
    if (z[y.size() + j] != 0) continue;
    for (std::size_t k = 0; k < places.size(); ++k) left[k].push_back(rows.bounded[places[k]][j]);
  }
  const std::vector<Dense> basis = nullSpaceOf(left);
  if (basis.size() != 1) return std::nullopt;
  std::vector<double> made(y.size(), 0.0);
  const double factor = z[places[0]] / basis[0][0];
  for (std::size_t k = 0; k < places.size(); ++k) made[places[k]] = factor * basis[0][k];
  return made;
}

}  // namespace nonconvex
