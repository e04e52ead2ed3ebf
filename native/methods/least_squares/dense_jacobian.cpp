#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "methods/least_squares/jacobian_system.hpp"
#include "methods/least_squares/trust_step.hpp"

namespace nonconvex {
namespace {

class DenseJacobian final : public JacobianSystem {
 public:
  DenseJacobian(int m, int n)
      : m_(m), n_(n), J_(m, n), work_(m, n), S_(n, n), whole_(n, n), H_(n, n), trust_(m, n), product_(at(m)) {}

  bool read(Residuals& function) override { return function.jacobian(J_); }

  void weigh(In weights) override {
    for (int j = 0; j < n_; ++j) {
      const std::span<double> column = columnOf(j);
      for (int i = 0; i < m_; ++i) column[at(i)] *= weights[at(i)];
    }
  }

  bool isSparse() const override { return false; }

  void transposedProduct(In v, Out out) const override {
    for (int j = 0; j < n_; ++j) out[at(j)] = dot(columnOf(j), v);
  }

  void addProduct(In v, Out out) const override {
    for (int j = 0; j < n_; ++j) {
      if (v[at(j)] != 0) axpy(v[at(j)], columnOf(j), out);
    }
  }

  void measure(In x, Out norms, Out sizes) const override {
    std::fill(sizes.begin(), sizes.end(), 0);
    for (int j = 0; j < n_; ++j) {
      const std::span<const double> column = columnOf(j);
      norms[at(j)] = std::sqrt(norm2Squared(column));
      for (int i = 0; i < m_; ++i) sizes[at(i)] += std::abs(column[at(i)] * x[at(j)]);
    }
  }

  void weighedSquare(In weights, Mat<double> out) const override {
    for (int d = 0; d < n_; ++d) {
      for (int c = 0; c < n_; ++c) {
        double& sum = out(c, d) = 0;
        for (int i = 0; i < m_; ++i) sum += columnOf(c)[at(i)] * columnOf(d)[at(i)] * square(weights[at(i)]);
      }
    }
  }

  bool readCurvature(Residuals& function, In weights, In bends) override {
    if (!function.curvature(weights, S_)) return false;
    for (int j = 0; j < n_; ++j) {
      const std::span<const double> column = columnOf(j);
      for (std::size_t i = 0; i < bends.size(); ++i) product_[i] = bends[i] * column[i];
      for (int l = 0; l <= j; ++l) {
        whole_(l, j) = whole_(j, l) = S_(l, j) + dot(bends.empty() ? In(column) : In(product_), columnOf(l));
      }
    }
    return true;
  }

  void addHessianProduct(In v, Out out) const override {
    for (int j = 0; j < n_; ++j) out[at(j)] += dot(std::span<const double>(whole_.column(j), at(n_)), v);
  }

  bool isPositive(std::span<const int> free, In units, double shift) override {
    return trust_.isPositive(freeHessian(free, units), shift);
  }

  void factor(std::span<const int> free, In units, Out r) override {
    const Mat<double> A = work_.columns(0, static_cast<int>(free.size()));
    for (int c = 0; c < A.cols; ++c) {
      const int j = free[at(c)];
      const double factor = 1 / units[at(j)];
      const std::span<const double> from = columnOf(j);
      for (int i = 0; i < m_; ++i) A(i, c) = factor * from[at(i)];
    }
    trust_.factor(A, r);
  }

  bool nullVector(Out v) override {
    if (trust_.rank() == static_cast<int>(v.size())) return false;
    trust_.nullVector(v);
    return true;
  }

  double explained() override { return trust_.explained(); }
  double solve(double radius, Out q) override { return trust_.solve(radius, q); }
  double solveCurved(std::span<const int> free, In units, In g, double radius, Out q) override {
    return trust_.solveCurved(freeHessian(free, units), g, radius, q);
  }
  bool correct(In b, Out a) override { return trust_.correct(b, a); }

 private:
  std::span<double> columnOf(int j) { return {J_.data() + at(j) * at(m_), at(m_)}; }
  std::span<const double> columnOf(int j) const { return {J_.data() + at(j) * at(m_), at(m_)}; }

  /// H of the free variables in their units.
  Mat<double> freeHessian(std::span<const int> free, In units) {
    for (std::size_t c = 0; c < free.size(); ++c) {
      for (std::size_t i = 0; i < free.size(); ++i) {
        const int from = free[c], to = free[i];
        H_(static_cast<int>(i), static_cast<int>(c)) = whole_(to, from) / (units[at(from)] * units[at(to)]);
      }
    }
    const int k = static_cast<int>(free.size());
    return {H_.data(), k, k, n_};
  }

  int m_, n_;
  HostMatrix<double> J_, work_;
  HostMatrix<double> S_, whole_;  ///< second derivatives of the residuals, and the Hessian
  HostMatrix<double> H_;          ///< the Hessian of the free variables in their units
  TrustStep trust_;
  Vector product_;
};

}  // namespace

std::unique_ptr<JacobianSystem> denseJacobian(int rows, int columns) {
  return std::make_unique<DenseJacobian>(rows, columns);
}

std::unique_ptr<JacobianSystem> jacobianFor(const Cpu& la, const Residuals& function) {
  constexpr int fewVariables = 100;  // definition: dense factors take less time than an analysis of a pattern
  constexpr double dense = 0.1;      // definition: share of entries from which a Jacobian is dense
  const SparsePattern* pattern = function.jacobianPattern();
  const double all = static_cast<double>(function.residuals()) * function.variables();
  if (pattern != nullptr && function.variables() >= fewVariables &&
      static_cast<double>(pattern->nonzeros()) <= dense * all) {
    return sparseJacobian(la, function);
  }
  return denseJacobian(function.residuals(), function.variables());
}

}  // namespace nonconvex
