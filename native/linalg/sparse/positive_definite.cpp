#include "linalg/sparse/positive_definite.hpp"

#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/blas.hpp"
#include "linalg/sparse/ldl_sparse.hpp"

namespace nonconvex {
namespace {

struct Tuning {
  // safeguard: a factorisation that takes longer is not worth a certificate: about a second.
  double mostOperations = 3e9;
  // measured: orders up to which a dense factorisation is faster than the analysis of a sparse one.
  int denseOrder = 150;
  // rounding: error of entries that a model has computed, relative to the diagonal.
  double ofEntries = 1e-13;
};
constexpr Tuning tuning;

/// The columns with entries beside the diagonal, which alone decide, as a matrix of their own.
struct Coupled {
  SparsePattern lower;
  std::vector<double> values;
  std::vector<int> columns;      ///< their numbers in the matrix that was given
  std::vector<double> diagonal;  ///< diagonal entries of these columns
};

/// Nothing where a diagonal entry shows a negative eigenvalue.
std::optional<Coupled> coupledPart(const SparsePattern& lower, std::span<const double> values) {
  std::vector<double> diagonal(at(lower.lines));
  std::vector<char> coupled(diagonal.size());
  for (int j = 0; j < lower.lines; ++j) {
    for (int k = lower.offsets[at(j)]; k < lower.offsets[at(j) + 1]; ++k) {
      const int i = lower.indices[at(k)];
      if (i == j) diagonal[at(j)] = values[at(k)];
      if (i != j && values[at(k)] != 0) coupled[at(i)] = coupled[at(j)] = 1;
    }
  }
  Coupled part;
  std::vector<int> place(diagonal.size(), -1);
  for (std::size_t j = 0; j < diagonal.size(); ++j) {
    if (!(coupled[j] ? diagonal[j] > 0 : diagonal[j] >= 0)) return std::nullopt;
    if (!coupled[j]) continue;
    place[j] = static_cast<int>(part.columns.size());
    part.columns.push_back(static_cast<int>(j));
    part.diagonal.push_back(diagonal[j]);
  }
  for (const int j : part.columns) {
    for (int k = lower.offsets[at(j)]; k < lower.offsets[at(j) + 1]; ++k) {
      const int i = lower.indices[at(k)];
      if (place[at(i)] < 0 || (i != j && values[at(k)] == 0)) continue;
      part.lower.indices.push_back(place[at(i)]);
      part.values.push_back(values[at(k)]);
    }
    part.lower.offsets.push_back(static_cast<int>(part.lower.indices.size()));
  }
  part.lower.lines = part.lower.width = static_cast<int>(part.columns.size());
  return part;
}

/// Tells whether A with its diagonal multiplied by `factor` has a factorisation with positive pivots.
class Factorisation {
 public:
  Factorisation(const Cpu& la, const Coupled& part) : part_(part) {
    if (part.lower.lines > tuning.denseOrder) sparse_.emplace(part.lower, part.values, la);
  }

  bool pays() const { return !sparse_ || sparse_->flops() <= tuning.mostOperations; }

  bool succeeds(double factor) {
    const int n = part_.lower.lines;
    if (!sparse_) dense_.assign(at(n) * at(n), 0.0);
    scaled_ = part_.values;
    for (int j = 0; j < n; ++j) {
      for (int k = part_.lower.offsets[at(j)]; k < part_.lower.offsets[at(j) + 1]; ++k) {
        const int i = part_.lower.indices[at(k)];
        if (i == j) scaled_[at(k)] *= factor;
        if (!sparse_) dense_[at(j) * at(n) + at(i)] = scaled_[at(k)];
      }
    }
    return sparse_ ? sparse_->factor(scaled_).positive == n : blas::potrfLower(n, dense_.data(), n) == 0;
  }

 private:
  const Coupled& part_;
  std::optional<SparseLdl> sparse_;
  std::vector<double> dense_, scaled_;
};

}  // namespace

std::optional<std::vector<double>> concavityOf(const Cpu& la, const SparsePattern& lower,
                                               std::span<const double> values) {
  const std::optional<Coupled> part = coupledPart(lower, values);
  if (!part) return std::nullopt;
  std::vector<double> found(at(lower.lines));
  if (part->columns.empty()) return found;
  const double n = part->lower.lines;
  // |A - L L^T|_ij <= (n + 3) epsilon sqrt(a_ii a_jj), of norm n times that beside the diagonal; twice that for signs.
  const double error = 2 * n * (n + 3) * machineEpsilon + tuning.ofEntries;
  Factorisation factorisation(la, *part);
  if (!factorisation.pays() || !(error < 0.1)) return std::nullopt;
  if (factorisation.succeeds(1 - error)) return found;
  if (!factorisation.succeeds(1 + error)) return std::nullopt;
  for (std::size_t k = 0; k < part->columns.size(); ++k) found[at(part->columns[k])] = 3 * error * part->diagonal[k];
  return found;
}

}  // namespace nonconvex
