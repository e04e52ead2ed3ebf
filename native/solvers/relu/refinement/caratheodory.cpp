#include "solvers/relu/refinement/caratheodory.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "linalg/blas.hpp"
#include "methods/one_dimensional/order.hpp"

namespace nonconvex {
namespace {

/// Linearly independent columns B = Q R, that are added and taken out one by one.
class Basis {
 public:
  Basis(int n, int most) : n_(n), q_(n, most), r_(most, most), projection_(at(most)), rest_(at(n)) {}

  int size() const { return size_; }

  /// Adds the column and returns true; or, where it depends on the basis, puts its coefficients into `coefficients`.
  bool add(const double* column, std::vector<double>& coefficients) {
    std::copy(column, column + n_, rest_.data());
    std::fill(projection_.begin(), projection_.end(), 0.0);
    for (int pass = 0; pass < 2; ++pass) {
      for (int k = 0; k < size_; ++k) {
        const double along = blas::dot(n_, q_.column(k), rest_.data());
        projection_[at(k)] += along;
        blas::axpy(n_, -along, q_.column(k), rest_.data());
      }
    }
    const double norm = blas::nrm2(n_, rest_.data());
    if (size_ < q_.cols() && norm > Tuning::dependent * blas::nrm2(n_, column)) {
      for (int i = 0; i < n_; ++i) q_(i, size_) = rest_[at(i)] / norm;
      std::copy(projection_.begin(), projection_.begin() + size_, r_.column(size_));
      r_(size_, size_) = norm;
      ++size_;
      return true;
    }
    coefficients.assign(projection_.begin(), projection_.begin() + size_);
    for (int k = size_ - 1; k >= 0; --k) {
      coefficients[at(k)] /= r_(k, k);
      for (int i = 0; i < k; ++i) coefficients[at(i)] -= r_(i, k) * coefficients[at(k)];
    }
    return false;
  }

  /// Takes the column at a place out; those after it move up.
  void remove(int place) {
    for (int k = place; k + 1 < size_; ++k) std::copy(r_.column(k + 1), r_.column(k + 1) + k + 2, r_.column(k));
    --size_;
    for (int k = place; k < size_; ++k) {  // rotate rows k and k + 1 so that R is a triangle again
      const double length = std::hypot(r_(k, k), r_(k + 1, k));
      const double c = r_(k, k) / length;
      const double s = r_(k + 1, k) / length;
      for (int j = k; j < size_; ++j) rotate(c, s, r_(k, j), r_(k + 1, j));
      double* first = q_.column(k);
      double* second = q_.column(k + 1);
      for (int i = 0; i < n_; ++i) rotate(c, s, first[i], second[i]);
    }
  }

 private:
  struct Tuning {
    /// rounding: The length of a column after projection over that before, below which it depends on the others.
    static constexpr double dependent = 1e-9;
  };

  static void rotate(double c, double s, double& a, double& b) {
    const double rotated = c * a + s * b;
    b = c * b - s * a;
    a = rotated;
  }

  int n_;
  int size_ = 0;
  HostMatrix<double> q_, r_;  // the first `size_` columns
  std::vector<double> projection_, rest_;
};

/// The neurons of one output.
class Exchange {
 public:
  /// Column `at` of `activations` is s (X u)_+ of the neuron with weight `weights[at]`, u of unit length.
  Exchange(Mat<const double> activations, std::vector<double>& weights)
      : activations_(activations),
        weights_(weights),
        basis_(activations.rows, std::min(activations.rows, activations.cols)) {}

  /// Sets weights to zero until the activations of the others are independent.
  void run(const Cpu& la) {
    for (const int column : fallingOrder(weights_)) {
      la.checkpoint();
      while (weights_[at(column)] > 0 && !basis_.add(activations_.column(column), coefficients_)) exchange(column);
      if (weights_[at(column)] > 0) members_.push_back(column);
    }
  }

 private:
  /// The column is the sum of coefficients times columns of the basis. Weight is moved between it and them, in the
  /// sense in which the sum of all weights does not grow, until one has none; if that is one of the basis, it leaves.
  void exchange(int column) {
    const double sum = std::accumulate(coefficients_.begin(), coefficients_.end(), 0.0);
    const double sense = sum > 1 ? 1 : -1;  // sign of the change of the column's weight
    double length = sense < 0 ? weights_[at(column)] : infinity;
    int leaving = -1;
    for (int k = 0; k < basis_.size(); ++k) {
      const double change = -sense * coefficients_[at(k)];
      if (change < 0 && weights_[at(members_[at(k)])] < -change * length) {
        length = weights_[at(members_[at(k)])] / -change;
        leaving = k;
      }
    }
    weights_[at(column)] = leaving < 0 ? 0.0 : weights_[at(column)] + sense * length;
    for (int k = 0; k < basis_.size(); ++k) {
      double& weight = weights_[at(members_[at(k)])];
      weight = k == leaving ? 0.0 : std::max(0.0, weight - sense * length * coefficients_[at(k)]);
    }
    if (leaving < 0) return;
    basis_.remove(leaving);
    members_.erase(members_.begin() + leaving);
  }

  Mat<const double> activations_;
  std::vector<double>& weights_;
  Basis basis_;
  std::vector<int> members_;  // columns of the basis, in its order
  std::vector<double> coefficients_;
};

}  // namespace

ReluNeurons reduceByCaratheodory(const Cpu& la, const ReluData& data, const ReluNeurons& neurons) {
  ReluNeurons reduced = neurons.copy();
  std::vector<int> kept;
  for (int output = 0; output < data.c; ++output) {
    std::vector<int> own;
    for (int j = 0; j < neurons.count(); ++j) {
      if (neurons.outputs[at(j)] == output && neurons.size(j) > 0) own.push_back(j);
    }
    ReluNeurons some = neurons.only(own);
    HostMatrix<double> activations(data.n, some.count());
    std::vector<double> weights;
    for (int k = 0; k < some.count(); ++k) {
      weights.push_back(some.size(k));
      const double norm = blas::nrm2(data.d, some.directions.column(k));
      for (int i = 0; i < data.d; ++i) some.directions(i, k) /= norm;
    }
    la.gemm(Transpose::yes, Transpose::no, 1.0, data.xt, some.directions, 0.0, activations);
    for (int k = 0; k < some.count(); ++k) {
      const double sign = some.weights[at(k)] < 0 ? -1 : 1;
      for (int i = 0; i < data.n; ++i) activations(i, k) = activations(i, k) > 0 ? sign * activations(i, k) : 0.0;
    }
    const std::vector<double> before = weights;
    Exchange(activations, weights).run(la);
    for (int k = 0; k < some.count(); ++k) {
      if (weights[at(k)] == 0) continue;
      const int j = own[at(k)];
      kept.push_back(j);
      const double factor = std::sqrt(weights[at(k)] / before[at(k)]);
      for (int i = 0; i < data.d; ++i) reduced.directions(i, j) *= factor;
      reduced.weights[at(j)] *= factor;
    }
  }
  std::sort(kept.begin(), kept.end());
  return reduced.only(kept);
}

}  // namespace nonconvex
