#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "linalg/sparse/ldl_sparse.hpp"
#include "linalg/sparse/pattern_products.hpp"
#include "methods/least_squares/jacobian_system.hpp"

namespace nonconvex {
namespace {

/// The symmetric matrix [S + D, J^T; J, -E], whose blocks may have any values on fixed patterns. It is quasi-definite
/// where S + D is positive definite, and shows by its inertia if S + D + J^T E^-1 J is.
class AugmentedMatrix {
 public:
  AugmentedMatrix(const Cpu& la, const SparsePattern& J, const SparsePattern* S) : n_(J.width), m_(J.lines) {
    std::vector<std::vector<int>> ofColumn(at(n_));  // entries of J
    std::vector<int> rowOf;
    for (int i = 0; i < m_; ++i) {
      for (const int j : J.line(i)) {
        ofColumn[at(j)].push_back(static_cast<int>(rowOf.size()));
        rowOf.push_back(i);
      }
    }
    ofJacobian_.resize(J.nonzeros());
    pattern_.lines = pattern_.width = n_ + m_;
    const auto add = [&](int row) {
      pattern_.indices.push_back(row);
      return pattern_.indices.size() - 1;
    };
    for (int j = 0; j < n_; ++j) {
      diagonal_.push_back(add(j));
      for (const int i : S != nullptr ? S->line(j) : std::span<const int>()) {
        ofCurvature_.push_back(i == j ? diagonal_.back() : add(i));
      }
      for (const int k : ofColumn[at(j)]) ofJacobian_[at(k)] = add(n_ + rowOf[at(k)]);
      pattern_.offsets.push_back(static_cast<int>(pattern_.indices.size()));
    }
    for (int i = 0; i < m_; ++i) {
      diagonal_.push_back(add(n_ + i));
      pattern_.offsets.push_back(static_cast<int>(pattern_.indices.size()));
    }
    values_.assign(pattern_.nonzeros(), 0.0);
    // Diagonals that dominate: no variable needs a partner.
    std::vector<double> sample(values_.size(), 1.0);
    for (std::size_t k = 0; k < diagonal_.size(); ++k) {
      sample[diagonal_[k]] = (k < at(n_) ? 1.0 : -1.0) * static_cast<double>(pattern_.nonzeros());
    }
    ldl_ = std::make_unique<SparseLdl>(pattern_, sample, la, OrderSearch::thorough);
  }

  void clear() { std::fill(values_.begin(), values_.end(), 0.0); }
  double& diagonal(int k) { return values_[diagonal_[at(k)]]; }
  double& ofJacobian(std::size_t k) { return values_[ofJacobian_[k]]; }
  double& ofCurvature(std::size_t k) { return values_[ofCurvature_[k]]; }

  /// Returns true if as many eigenvalues are negative, and none is zero.
  bool factor(int negative) {
    const Inertia inertia = ldl_->factor(values_);
    return inertia.undefined == 0 && inertia.zero == 0 && inertia.negative == negative;
  }
  void solve(In right, Out solution) const {
    constexpr int refinements = 2;  // definition: most steps of refinement
    ldl_->solve(values_, right, solution, refinements);
  }

 private:
  int n_, m_;
  SparsePattern pattern_;
  std::vector<double> values_;
  std::vector<std::size_t> diagonal_, ofJacobian_, ofCurvature_;  ///< places of the blocks' entries in `values_`
  std::unique_ptr<SparseLdl> ldl_;
};

class SparseJacobian final : public JacobianSystem {
 public:
  SparseJacobian(const Cpu& la, const Residuals& function)
      : J_(*function.jacobianPattern()),
        S_(function.curvaturePattern()),
        matrix_(la, J_, S_),
        values_(J_.nonzeros()),
        curvature_(S_ != nullptr ? S_->nonzeros() : 0),
        E_(at(J_.lines), 1.0),
        work_(at(J_.lines)),
        right_(at(J_.width + J_.lines)),
        solution_(right_.size()),
        r_(at(J_.lines)),
        free_(at(J_.width)) {}

  bool read(Residuals& function) override { return function.jacobianValues(values_); }

  void weigh(In weights) override {
    std::size_t k = 0;
    for (int i = 0; i < J_.lines; ++i) {
      for (std::size_t l = J_.line(i).size(); l > 0; --l) values_[k++] *= weights[at(i)];
    }
  }

  bool isSparse() const override { return true; }

  void weighedSquare(In weights, Mat<double> out) const override {
    for (int j = 0; j < out.cols; ++j) std::fill_n(out.column(j), out.rows, 0.0);
    for (int i = 0; i < J_.lines; ++i) {
      const std::span<const int> line = J_.line(i);
      const double* row = values_.data() + J_.offsets[at(i)];
      for (std::size_t c = 0; c < line.size(); ++c) {
        for (std::size_t d = 0; d < line.size(); ++d) out(line[c], line[d]) += row[c] * row[d] * square(weights[at(i)]);
      }
    }
  }

  void transposedProduct(In v, Out out) const override {
    std::fill(out.begin(), out.end(), 0.0);
    addTransposedRows(J_, values_, v, out);
  }

  void addProduct(In v, Out out) const override {
    forEachEntry(J_, values_, [&](std::size_t i, std::size_t j, double value) { out[i] += value * v[j]; });
  }

  void measure(In x, Out norms, Out sizes) const override {
    std::fill(norms.begin(), norms.end(), 0.0);
    std::fill(sizes.begin(), sizes.end(), 0.0);
    forEachEntry(J_, values_, [&](std::size_t i, std::size_t j, double value) {
      norms[j] += square(value);
      sizes[i] += std::abs(value * x[j]);
    });
    for (double& norm : norms) norm = std::sqrt(norm);
  }

  bool readCurvature(Residuals& function, In weights, In bends) override {
    constexpr double smallest = 1e-10;  // rounding: B of a row, whose inverse is needed
    if (S_ == nullptr || !function.curvatureValues(weights, curvature_)) return false;
    for (std::size_t i = 0; i < bends.size(); ++i) {
      E_[i] = 1 / (std::abs(bends[i]) >= smallest ? bends[i] : std::copysign(smallest, bends[i]));
    }
    return true;
  }

  void addHessianProduct(In v, Out out) const override {
    std::fill(work_.begin(), work_.end(), 0.0);
    addProduct(v, work_);
    for (std::size_t i = 0; i < work_.size(); ++i) work_[i] /= E_[i];
    addTransposedRows(J_, values_, work_, out);
    forEachEntry(*S_, curvature_, [&](std::size_t j, std::size_t i, double value) {
      out[i] += value * v[j];
      if (i != j) out[j] += value * v[i];
    });
  }

  bool isPositive(std::span<const int> free, In units, double shift) override {
    take(free, units);
    return factorAt(shift, true);
  }

  void factor(std::span<const int> free, In units, Out r) override {
    take(free, units);
    std::copy(r.begin(), r.end(), r_.begin());
  }

  /// Finds the direction by inverse iteration.
  bool nullVector(Out v) override {
    constexpr int steps = 4;  // definition: a direction of a singular value below the root of `slight` is left
    if (factorAt(0, false) || !factorAt(slight, false)) return false;
    for (std::size_t c = 0; c < v.size(); ++c) v[c] = 1 + 0.5 * std::sin(static_cast<double>(c));
    for (int step = 0; step < steps; ++step) {
      solveFor(v, {});
      gather(v);
      const double length = std::sqrt(norm2Squared(v));
      for (double& entry : v) entry /= length;
    }
    return true;
  }

  double explained() override {
    singular_ = !factorAt(0, false);
    if (singular_ && !factorAt(slight, false)) return infinity;
    solveFor({}, r_);
    for (std::size_t i = 0; i < r_.size(); ++i) work_[i] = solution_[at(J_.width) + i] - r_[i];
    return std::sqrt(norm2Squared(work_));
  }

  double solve(double radius, Out q) override {
    singular_ = !factorAt(0, false);
    double norm = infinity, low = 0;
    if (!singular_) {
      solveFor({}, r_);
      gather(q);
      norm = std::sqrt(norm2Squared(q));
      if (norm <= (1 + enough) * radius) return 0;
      low = (norm - radius) / radius * square(norm) / behind(q);
    }
    const double gradient = scaledGradient();
    const double high = std::max(gradient / radius, low);
    return search(radius, low, high, low > 0 ? low : least * high, q, false, {});
  }

  double solveCurved(std::span<const int> free, In units, In g, double radius, Out q) override {
    take(free, units);
    if (factorAt(0, true)) {
      singular_ = false;
      solveFor(g, {});
      gather(q);
      if (std::sqrt(norm2Squared(q)) <= (1 + enough) * radius) return 0;
    }
    const double gradient = std::sqrt(norm2Squared(g));
    return search(radius, 0, 4 * gradient / radius, gradient / radius, q, true, g);
  }

  bool correct(In b, Out a) override {
    if (singular_) return false;
    solveFor(b, {});
    gather(a);
    return true;
  }

 private:
  static constexpr double enough = 0.1;    // definition: |q| may differ from the radius by this share (More 1978)
  static constexpr double least = 1e-3;    // definition: share of the upper bound that lambda begins at
  static constexpr double slight = 1e-12;  // definition: lambda where columns of length 1 depend on each other
  static constexpr int rounds = 12;        // definition: values of lambda for one step
  static constexpr int increases = 60;     // definition: values of lambda until a matrix is positive definite

  void take(std::span<const int> free, In units) {
    std::fill(free_.begin(), free_.end(), 0);
    for (const int j : free) free_[at(j)] = 1;
    order_.assign(free.begin(), free.end());
    units_.assign(units.begin(), units.end());
  }

  /// Factors the matrix of the free variables in their units, with H for J^T J if `curved`. Returns true if that plus
  /// lambda is positive definite.
  bool factorAt(double lambda, bool curved) {
    matrix_.clear();
    std::size_t k = 0;
    for (int i = 0; i < J_.lines; ++i) {
      for (const int j : J_.line(i)) {
        matrix_.ofJacobian(k) = free_[at(j)] ? values_[k] / units_[at(j)] : 0;
        ++k;
      }
    }
    if (curved) {
      forEachPlace(*S_, [&](std::size_t l, std::size_t j, std::size_t i) {
        if (free_[i] && free_[j]) matrix_.ofCurvature(l) = curvature_[l] / (units_[i] * units_[j]);
      });
    }
    for (int j = 0; j < J_.width; ++j) matrix_.diagonal(j) += free_[at(j)] ? lambda : 1;
    int negative = 0;
    for (int i = 0; i < J_.lines; ++i) {
      const double e = curved ? E_[at(i)] : 1;
      matrix_.diagonal(J_.width + i) = -e;
      negative += e > 0;
    }
    return matrix_.factor(negative);
  }

  template <class F>
  static void forEachPlace(const SparsePattern& pattern, F&& f) {
    std::size_t k = 0;
    for (int l = 0; l < pattern.lines; ++l) {
      for (const int i : pattern.line(l)) f(k++, at(l), at(i));
    }
  }

  /// Solves [., .; ., .] (q, y) = (-g, -r), with zeros for what is empty.
  void solveFor(In g, In r) {
    std::fill(right_.begin(), right_.end(), 0.0);
    for (std::size_t c = 0; c < g.size(); ++c) right_[at(order_[c])] = -g[c];
    for (std::size_t i = 0; i < r.size(); ++i) right_[at(J_.width) + i] = -r[i];
    matrix_.solve(right_, solution_);
  }
  void gather(Out q) const {
    for (std::size_t c = 0; c < q.size(); ++c) q[c] = solution_[at(order_[c])];
  }

  /// q^T M^-1 q, M the matrix of the last factors
  double behind(In q) {
    solveFor(q, {});
    double sum = 0;
    for (std::size_t c = 0; c < q.size(); ++c) sum -= q[c] * solution_[at(order_[c])];
    return sum;
  }

  double scaledGradient() {
    Vector& g = gradient_;
    g.resize(at(J_.width));
    transposedProduct(r_, g);
    double sum = 0;
    for (const int j : order_) sum += square(g[at(j)] / units_[at(j)]);
    return std::sqrt(sum);
  }

  /// Newton's method on 1 / |q(lambda)| between bounds of lambda, as in More 1978.
  double search(double radius, double low, double high, double lambda, Out q, bool curved, In g) {
    for (int round = 0, raised = 0;;) {
      lambda = std::max(std::clamp(lambda, low, high), 1e-300);
      if (!factorAt(lambda, curved)) {
        if (++raised > increases) return std::fill(q.begin(), q.end(), 0.0), lambda;
        low = lambda;
        high = std::max(high, 16 * lambda);
        lambda = std::max(4 * lambda, machineEpsilon);
        continue;
      }
      if (curved) {
        solveFor(g, {});
      } else {
        solveFor({}, r_);
      }
      gather(q);
      const double norm = std::sqrt(norm2Squared(q)), phi = norm - radius;
      singular_ = false;
      if (std::abs(phi) <= enough * radius || norm == 0 || ++round >= rounds) return lambda;
      if (phi < 0 && lambda <= low) return lambda;
      const double slope = behind(q) / norm;
      phi > 0 ? low = std::max(low, lambda) : high = std::min(high, lambda);
      lambda = std::max(low, lambda + (norm / radius) * (phi / slope));
    }
  }

  const SparsePattern& J_;
  const SparsePattern* S_;
  AugmentedMatrix matrix_;
  std::vector<double> values_, curvature_;  ///< J by rows, and second derivatives of the residuals
  Vector E_;                                ///< the inverse of B
  mutable Vector work_;
  Vector right_, solution_, r_, gradient_, units_;
  std::vector<char> free_;
  std::vector<int> order_;
  bool singular_ = false;  ///< the matrix of the last solve is
};

}  // namespace

std::unique_ptr<JacobianSystem> sparseJacobian(const Cpu& la, const Residuals& function) {
  return std::make_unique<SparseJacobian>(la, function);
}

}  // namespace nonconvex
