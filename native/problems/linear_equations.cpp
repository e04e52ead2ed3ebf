#include "problems/linear_equations.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

/// The rows of A orthogonalised one after the other, by Gram and Schmidt, each twice.
class OrthogonalRows {
 public:
  explicit OrthogonalRows(int columns) : row_(static_cast<std::size_t>(columns)) {}

  /// Memory for the next row, zeros.
  Vector& row() {
    std::fill(row_.begin(), row_.end(), 0.0);
    return row_;
  }

  /// Takes the row in `row()` with its right side b; false if it contradicts those before it, which make it `implied`.
  bool add(double b, double& implied) {
    double largest = 0;
    for (const double value : row_) largest = std::max(largest, std::abs(value));
    if (largest == 0) largest = 1;
    for (double& value : row_) value /= largest;
    double right = b / largest;
    const double size = std::sqrt(norm2Squared(row_));
    double terms = std::abs(right);  // what has been added up, for its rounding
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t k = 0; k < basis_.size(); ++k) {
        const double along = dot(basis_[k], row_);
        for (std::size_t j = 0; j < row_.size(); ++j) row_[j] -= along * basis_[k][j];
        right -= along * rights_[k];
        terms += std::abs(along * rights_[k]);
      }
    }
    const double left = std::sqrt(norm2Squared(row_));
    if (left > 1e-10 * size) {
      for (double& value : row_) value /= left;
      basis_.push_back(row_);
      rights_.push_back(right / left);
      return true;
    }
    implied = b - largest * right;
    return std::abs(right) <= 1e-8 * std::max(terms, size);
  }

  /// Least ||x||^2 where all rows hold.
  double leastNorm() const { return norm2Squared(rights_); }

 private:
  Vector row_;
  std::vector<Vector> basis_;
  Vector rights_;
};

}  // namespace

std::optional<double> leastNorm(const ConstantMatrix& A, std::span<const double> b) {
  constexpr double affordable = 3e7;  // multiplications, some ten milliseconds
  if (double{1} * A.rows * A.rows * A.columns > affordable) return std::nullopt;
  OrthogonalRows rows(A.columns);
  for (int i = 0; i < A.rows; ++i) {
    A.forRow(i, [&row = rows.row()](int j, double value) { row[static_cast<std::size_t>(j)] = value; });
    const double right = b[static_cast<std::size_t>(i)];
    double implied = 0;
    if (rows.add(right, implied)) continue;
    throw Error(ErrorKind::range, "b[" + show(i) + "] = " + show(right) + ": row " + show(i) +
                                      " of A depends on those before it, which make it " + show(implied));
  }
  return rows.leastNorm();
}

void LinearEquations::check() const {
  checked_.get(
      [this] {
        const std::optional<double> least = leastNorm(A_, b_);
        if (squaredNorm_ && least) {
          require(*least <= *squaredNorm_ * (1 + 1e-10), "squaredNorm", *squaredNorm_,
                  "expected at least " + show(*least) + ", the least of all x with A x = b");
        }
        return std::make_shared<const bool>(true);
      },
      [] { return false; });
}

}  // namespace nonconvex
