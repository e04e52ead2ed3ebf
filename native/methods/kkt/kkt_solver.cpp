#include "methods/kkt/kkt_solver.hpp"

#include <optional>
#include <utility>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "core/monitor.hpp"
#include "core/require_memory.hpp"
#include "linalg/ldl_dense.hpp"
#include "linalg/lu_dense.hpp"
#include "linalg/sparse/ldl_sparse.hpp"
#include "linalg/sparse/pattern_products.hpp"
#include "linalg/vectors.hpp"
#include "methods/kkt/refine.hpp"

namespace nonconvex {
namespace {

/// Factors K as L D L^T, dense or sparse; where m = n and nothing is shifted, J alone as L U if that is small or dense.
class FactoredKkt final : public KktSolver {
 public:
  FactoredKkt(const SparsePattern& hessian, const SparsePattern& jacobian, std::span<const double> sampleH,
              std::span<const double> sampleJ, const Cpu& la, const KktDiagonals& sample)
      : hessian_(hessian), stretches_(hessian), jacobian_(jacobian), la_(la), n_(hessian.lines), m_(jacobian.lines) {
    const Stopwatch watch;
    const auto look = [this] { la_.checkpoint(); };
    resizeInPieces(diagonal_, at(n_), look);
    for (Vector* const v : {&residual_, &correction_}) resizeInPieces(*v, at(n_ + m_), look);
    constexpr int large = 3000;
    const int order = n_ + m_;
    if (order <= large && worthDense(order, hessian.nonzeros() + jacobian.nonzeros() + at(n_))) {
      placeDense();
    } else {
      placeSparse();
      la_.checkpoint();
      load(sampleH, sampleJ);
      loadDiagonals(sample);
      touchInPieces(values_.data(), values_.size(), look);
      placeValues();
      la_.checkpoint();
      placeDiagonals({});
      la_.checkpoint();
      // An interior-point method, which has diagonals, factors dozens of times.
      const OrderSearch search = sample.primal.empty() ? OrderSearch::brief : OrderSearch::thorough;
      sparse_.emplace(lower_, std::span(values_.data(), values_.size()), la, search);
    }
    seconds_ += watch.seconds();
  }

  void load(std::span<const double> H, std::span<const double> J) override {
    H_ = H;
    J_ = J;
    placed_ = false;
  }

  void loadDiagonals(const KktDiagonals& diagonals) override { own_ = diagonals; }

  void setPivoting(double threshold, PivotEffort effort) override {
    threshold_ = threshold;
    effort_ = effort;
  }

  Inertia factor(const KktShift& shift) override {
    const Stopwatch watch;
    la_.checkpoint();
    shift_ = shift;
    ++factorizations_;
    square_ = lu_ && shift.primal == 0 && shift.dual == 0 && own_.primal.empty() && factorSquare();
    const Inertia inertia = square_ ? Inertia{.positive = n_, .negative = m_} : factorWhole(shift);
    seconds_ += watch.seconds();
    return inertia;
  }

  void solve(std::span<double> b) override { square_ ? solveSquare(b) : dense_ ? dense_->solve(b) : sparse_->solve(b); }

  double solve(std::span<const double> b, double target, std::span<double> z) override {
    const Stopwatch watch;
    solve(b, z);
    const auto correct = [&] {
      la_.checkpoint();
      solve(residual_, correction_);
      axpy(1, correction_, z);
    };
    residualKnown_ = true;
    const auto undo = [&] {
      axpy(-1, correction_, z);
      residualKnown_ = false;
    };
    const double norm = refine(
        target, [&] { return residualNorm(b, z); }, correct, undo);
    seconds_ += watch.seconds();
    return norm;
  }

  std::span<const double> residualOfSolve() const override {
    return residualKnown_ ? std::span<const double>(residual_) : std::span<const double>();
  }

  int factorizations() const override { return factorizations_; }
  double seconds() const override { return seconds_; }

 private:
  void solve(std::span<const double> b, std::span<double> z) {
    if (sparse_ && !square_) return sparse_->solve(b, z);
    std::copy(b.begin(), b.end(), z.begin());
    solve(z);
  }

  Inertia factorWhole(const KktShift& shift) {
    const bool asLoaded = sparse_ && H_.size() == values_.size() && shift.primal == 0 && own_.primal.empty();
    if (asLoaded && m_ == 0) return sparse_->factor(H_, threshold_, effort_);
    if (!std::exchange(placed_, true)) placeValues();
    placeDiagonals(shift);
    const int order = n_ + m_;
    return dense_ ? dense_->factor({values_.data(), order, order, order})
                  : sparse_->factor(std::span<const double>(values_.data(), values_.size()), threshold_, effort_);
  }

  void placeDiagonals(const KktShift& shift) {
    const bool asPlaced = shift.primal == 0 && own_.primal.empty();
    if (!asPlaced && std::exchange(plainDiagonal_, false)) {
      for (std::size_t j = 0; j < diagonal_.size(); ++j) diagonal_[j] = values_[diagonalTo_[j]];
    }
    if (!plainDiagonal_) {
      for (std::size_t j = 0; j < diagonal_.size(); ++j) values_[diagonalTo_[j]] = diagonal_[j] + shift.primal;
    }
    for (std::size_t i = at(n_); i < diagonalTo_.size(); ++i) values_[diagonalTo_[i]] = -shift.dual;
    for (std::size_t j = 0; j < own_.primal.size(); ++j) values_[diagonalTo_[j]] += own_.primal[j];
    for (std::size_t i = 0; i < own_.dual.size(); ++i) values_[diagonalTo_[at(n_) + i]] -= own_.dual[i];
  }

  void placeValues() {
    if (!std::exchange(cleared_, true)) std::fill(values_.begin(), values_.end(), 0.0);
    if (H_.empty()) {
      for (const std::size_t place : hessianTo_) values_[place] = 0;
    } else if (H_.size() == values_.size()) {
      std::copy(H_.begin(), H_.end(), values_.data());
    } else {
      for (std::size_t k = 0; k < H_.size(); ++k) values_[hessianTo_[k]] = H_[k];
    }
    for (const std::size_t place : emptyDiagonals_) values_[place] = 0;
    plainDiagonal_ = true;
    for (std::size_t k = 0; k < J_.size(); ++k) values_[jacobianTo_[k]] = J_[k];
  }

  void placeDense() {
    const std::size_t order = at(n_ + m_);
    constexpr double copies = 2;  // the matrix and its factor
    requireMemory(copies * sizeof(double) * static_cast<double>(order * order),
                  "a dense system of n = " + show(n_) + " variables and m = " + show(m_) + " constraints needs");
    values_ = HostBuffer<double>(order * order, Uninitialized{});
    const auto place = [&](int row, int column) { return at(column) * order + at(row); };
    placeEntries(place);
    dense_.emplace(n_ + m_, la_);
    if (n_ == m_) lu_.emplace(n_);
  }

  /// Factors J alone, for m = n. Where it has full rank, K has n positive and n negative eigenvalues.
  bool factorSquare() {
    const Mat<double> J = lu_->matrix();
    std::fill(J.data, J.column(n_), 0.0);
    for (int i = 0; i < n_; ++i) {
      for (int k = jacobian_.offsets[at(i)]; k < jacobian_.offsets[at(i) + 1]; ++k) {
        J(i, jacobian_.indices[at(k)]) = J_[at(k)];
      }
    }
    return lu_->factor();
  }

  /// Solves J x = b_2, J^T y = b_1 - H x.
  void solveSquare(std::span<double> b) {
    const auto upper = b.first(at(n_));
    const auto lower = b.subspan(at(n_));
    lu_->solve(lower);
    subtractHessianProduct(lower, upper);
    std::swap_ranges(upper.begin(), upper.end(), lower.begin());
    if (normInf(lower) != 0) lu_->solveTransposed(lower);
  }

  void subtractHessianProduct(std::span<const double> x, std::span<double> out) const {
    if (!H_.empty()) addSymmetricProduct<-1>(hessian_, stretches_, H_, x, out);
  }

  /// Lays out the lower triangle of K by columns: in column j <= n the entries of H, diagonal included, then those of
  /// J.
  void placeSparse() {
    std::vector<int> ends(at(n_ + m_) + 1, 0);
    la_.checkpoint();
    for (int j = 0; j < n_; ++j) {
      const auto line = hessian_.line(j);
      const bool hasDiagonal = !line.empty() && line.front() == j;
      ends[at(j) + 1] = static_cast<int>(line.size()) + (hasDiagonal ? 0 : 1);
    }
    la_.checkpoint();
    for (const int column : jacobian_.indices) ++ends[at(column) + 1];
    for (int i = 0; i < m_; ++i) ends[at(n_ + i) + 1] = 1;
    for (std::size_t k = 1; k < ends.size(); ++k) ends[k] += ends[k - 1];
    lower_.lines = lower_.width = n_ + m_;
    la_.checkpoint();
    lower_.offsets = ends;
    resizeInPieces(lower_.indices, at(ends.back()), [&] { la_.checkpoint(); });
    values_ = HostBuffer<double>(lower_.indices.size(), Uninitialized{});
    la_.checkpoint();
    std::vector<int> next(ends.begin(), ends.end() - 1);
    for (int j = 0; j < n_; ++j) {
      if (j % 65536 == 0) la_.checkpoint();
      const auto line = hessian_.line(j);
      if (line.empty() || line.front() != j) lower_.indices[at(next[at(j)]++)] = j;
      for (const int i : line) lower_.indices[at(next[at(j)]++)] = i;
    }
    for (int i = 0; i < m_; ++i) {
      if (i % 65536 == 0) la_.checkpoint();
      for (const int j : jacobian_.line(i)) lower_.indices[at(next[at(j)]++)] = n_ + i;
    }
    for (int i = 0; i < m_; ++i) lower_.indices[at(next[at(n_ + i)])] = n_ + i;
    placeEntries([&](int row, int column) {
      const auto line = lower_.line(column);
      const auto found = std::lower_bound(line.begin(), line.end(), row) - line.begin();
      return at(lower_.offsets[at(column)]) + static_cast<std::size_t>(found);
    });
  }

  template <class Place>
  void placeEntries(Place&& place) {
    hessianTo_.reserve(hessian_.nonzeros());
    jacobianTo_.reserve(jacobian_.nonzeros());
    diagonalTo_.reserve(at(n_ + m_));
    for (int j = 0; j < n_; ++j) {
      if (j % 64 == 0) la_.checkpoint();
      const auto line = hessian_.line(j);
      for (const int i : line) hessianTo_.push_back(place(i, j));
      if (line.empty() || line.front() != j) emptyDiagonals_.push_back(place(j, j));
    }
    for (int i = 0; i < m_; ++i) {
      if (i % 64 == 0) la_.checkpoint();
      for (const int j : jacobian_.line(i)) jacobianTo_.push_back(place(n_ + i, j));
    }
    for (int k = 0; k < n_ + m_; ++k) {
      if (k % 4096 == 0) la_.checkpoint();
      diagonalTo_.push_back(place(k, k));
    }
  }

  /// residual_ = b - K z, and its norm.
  double residualNorm(std::span<const double> b, std::span<const double> z) {
    double* r = residual_.data();
    const double* x = z.data();
    const double* y = z.data() + n_;
    std::copy_n(b.begin(), n_, r);
    for (int j = 0; shift_.primal != 0 && j < n_; ++j) r[j] -= shift_.primal * x[j];
    for (std::size_t j = 0; j < own_.primal.size(); ++j) r[j] -= own_.primal[j] * x[j];
    subtractHessianProduct(z.first(at(n_)), residual_);
    for (int i = 0; i < m_; ++i) {
      double sum = b[at(n_ + i)] + shift_.keptDual * y[i];
      for (int k = jacobian_.offsets[at(i)]; k < jacobian_.offsets[at(i) + 1]; ++k) {
        const int j = jacobian_.indices[at(k)];
        sum -= J_[at(k)] * x[j];
        r[j] -= J_[at(k)] * y[i];
      }
      r[n_ + i] = sum;
    }
    for (std::size_t i = 0; i < own_.dual.size(); ++i) r[at(n_) + i] += own_.dual[i] * y[i];
    return std::sqrt(norm2Squared(residual_));
  }

  const SparsePattern& hessian_;
  const ColumnStretches stretches_;  // stretches of the columns of H
  const SparsePattern& jacobian_;
  const Cpu& la_;
  int n_;
  int m_;
  std::span<const double> H_, J_;
  KktDiagonals own_;
  HostBuffer<double> values_;  // values of K: of a dense matrix, or of lower_
  bool cleared_ = false;       // the entries that K leaves empty are 0
  bool placed_ = false;        // H_ and J_ are in values_
  SparsePattern lower_;
  std::vector<std::size_t> hessianTo_, jacobianTo_, diagonalTo_;
  std::vector<std::size_t> emptyDiagonals_;  // places of the diagonal that H does not have
  bool plainDiagonal_ = false;               // values_ has the diagonal of H, and diagonal_ is not known
  Vector diagonal_;                          // diagonal of H
  Vector residual_, correction_;
  bool residualKnown_ = false;  // residual_ is that of the last solution
  std::optional<DenseLdl> dense_;
  std::optional<SparseLdl> sparse_;
  std::optional<DenseLu> lu_;
  bool square_ = false;  // J alone was factored
  double threshold_ = SparseLdl::safeThreshold;
  PivotEffort effort_ = PivotEffort::complete;
  KktShift shift_;
  int factorizations_ = 0;
  double seconds_ = 0;
};

}  // namespace

bool worthDense(int order, std::size_t nonzeros) {
  constexpr int small = 60;
  return order <= small || static_cast<double>(nonzeros) > 0.4 * (0.5 * order * (order + 1.0));
}

std::unique_ptr<KktSolver> factoredKkt(const SparsePattern& hessian, const SparsePattern& jacobian,
                                       std::span<const double> sampleH, std::span<const double> sampleJ, const Cpu& la,
                                       const KktDiagonals& sample) {
  return std::make_unique<FactoredKkt>(hessian, jacobian, sampleH, sampleJ, la, sample);
}

void KktSolver::loadDiagonals(const KktDiagonals& diagonals) {
  if (diagonals.primal.empty() && diagonals.dual.empty()) return;
  throw Error(ErrorKind::solver, "this inner solver does not take bounds or inequalities; use inner 'exact' or 'auto'",
              "UNSUPPORTED");
}

}  // namespace nonconvex
