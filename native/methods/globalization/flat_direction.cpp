#include "methods/globalization/flat_direction.hpp"

#include <algorithm>
#include <cmath>

#include "methods/globalization/least_squares.hpp"

namespace nonconvex {
namespace {

Vector absolute(std::span<const double> v) {
  Vector sizes(v.size());
  std::transform(v.begin(), v.end(), sizes.begin(), [](double value) { return std::abs(value); });
  return sizes;
}

/// The Hessian of f and the Jacobian of c at a point, as one matrix of n + m rows, of which those count that nearly
/// vanish along d, the Hessian as a whole.
class FlatRows {
 public:
  FlatRows(ScaledNlp& model, const NlpPoint& point, std::span<const double> d)
      : model_(model),
        n_(d.size()),
        hessian_(hessianAt(model, point)),
        jacobian_(point.jacobian),
        moves_(absolute(d)),
        weights_(n_ + point.c.size()),
        weighted_(weights_.size()) {
    weigh(d);
  }

  std::size_t size() const { return weights_.size(); }

  void multiply(std::span<const double> v, std::span<double> out) const {
    multiplyBy(hessian_, jacobian_, v, out);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] *= weights_[i];
  }

  /// A^T y, but for the entries of d that are 0, which stay so.
  void multiplyTransposed(std::span<const double> y, std::span<double> out) {
    for (std::size_t i = 0; i < y.size(); ++i) weighted_[i] = weights_[i] * y[i];
    std::fill(out.begin(), out.end(), 0.0);
    if (!hessian_.empty()) model_.hessianProduct(hessian_, std::span(weighted_).first(n_), out);
    model_.addJacobianTransposedProduct(jacobian_, std::span(weighted_).subspan(n_), out);
    for (std::size_t j = 0; j < n_; ++j) {
      if (moves_[j] == 0) out[j] = 0;
    }
  }

 private:
  /// Values of the Hessian of f; empty where it is not known by values.
  static Vector hessianAt(ScaledNlp& model, const NlpPoint& point) {
    Vector values(model.approximateHessian() ? 0 : model.hessianValues());
    const Vector none(point.c.size());
    if (!values.empty() && !model.hessian(point, 1, none, values)) values.clear();
    return values;
  }

  void multiplyBy(std::span<const double> H, std::span<const double> J, std::span<const double> v,
                  std::span<double> out) const {
    if (H.empty()) {
      std::fill_n(out.begin(), n_, 0.0);
    } else {
      model_.hessianProduct(H, v, out.first(n_));
    }
    model_.jacobianProduct(J, v, out.subspan(n_));
  }

  void weigh(std::span<const double> d) {
    constexpr double nearly = 1e-6;  // share of the sum of the sizes of a row's terms
    Vector along(size()), sizes(size());
    multiplyBy(hessian_, jacobian_, d, along);
    multiplyBy(absolute(hessian_), absolute(jacobian_), moves_, sizes);
    const double curvature = normInf(std::span(along).first(n_)), most = normInf(std::span(sizes).first(n_));
    for (std::size_t i = 0; i < size(); ++i) {
      const bool flat = i < n_ ? curvature <= nearly * most : std::abs(along[i]) <= nearly * sizes[i];
      const double size = i < n_ ? most : sizes[i];
      weights_[i] = flat && size > 0 ? 1 / size : 0;
    }
  }

  const ScaledNlp& model_;
  const std::size_t n_;
  const Vector hessian_;
  const Vector& jacobian_;
  const Vector moves_;
  Vector weights_;   // weights of rows; 0: the row does not count
  Vector weighted_;  // y
};

}  // namespace

void flatten(ScaledNlp& model, const NlpPoint& point, std::span<double> d) {
  FlatRows rows(model, point, d);
  LeastSquaresWork work(d.size(), rows.size());
  Vector left(rows.size()), change(d.size());
  rows.multiply(d, left);
  for (double& value : left) value = -value;
  leastSquares([&](std::span<const double> v, std::span<double> out) { rows.multiply(v, out); },
               [&](std::span<const double> y, std::span<double> out) { rows.multiplyTransposed(y, out); }, left, change,
               work);
  if (!finite(change)) return;
  axpy(1, change, d);
  const double largest = normInf(d);
  for (double& entry : d) entry /= largest;
}

}  // namespace nonconvex
