#include "problems/quadratic_nlp.hpp"

#include <algorithm>
#include <utility>

#include "core/index.hpp"
#include "linalg/sparse/positive_definite.hpp"

namespace nonconvex {
namespace {

/// out += M v, M symmetric, given by the columns of its lower triangle.
void addSymmetricProduct(const SparsePattern& lower, const double* values, const double* v, double* out) {
  for (int j = 0; j < lower.lines; ++j) {
    double sum = 0;
    for (int k = lower.offsets[at(j)]; k < lower.offsets[at(j) + 1]; ++k) {
      const int i = lower.indices[at(k)];
      sum += values[k] * v[i];
      if (i != j) out[i] += values[k] * v[j];
    }
    out[j] += sum;
  }
}

}  // namespace

QuadraticNlp::QuadraticNlp(std::shared_ptr<const QuadraticData> data)
    : data_(std::move(data)), x_(at(data_->lower.lines)), Qx_(x_.size()) {}

void QuadraticNlp::moveTo(std::span<const double> x) {
  std::copy(x.begin(), x.end(), x_.begin());
  known_ = false;
}

const std::vector<double>& QuadraticNlp::product() {
  if (known_) return Qx_;
  std::fill(Qx_.begin(), Qx_.end(), 0.0);
  addSymmetricProduct(data_->lower, data_->lowerValues.data(), x_.data(), Qx_.data());
  known_ = true;
  return Qx_;
}

double QuadraticNlp::objective() {
  const std::vector<double>& Qx = product();
  double quadratic = 0, linear = 0;
  for (std::size_t j = 0; j < x_.size(); ++j) {
    quadratic += Qx[j] * x_[j];
    linear += data_->linear[j] * x_[j];
  }
  return 0.5 * quadratic + linear + data_->constant;
}

void QuadraticNlp::gradient(std::span<double> g) {
  const std::vector<double>& Qx = product();
  for (std::size_t j = 0; j < x_.size(); ++j) g[j] = Qx[j] + data_->linear[j];
}

void QuadraticNlp::constraintValues(std::span<double> c) {
  jacobianProduct(x_, c);
  for (std::size_t i = 0; i < c.size(); ++i) c[i] -= data_->right[i];
}

void QuadraticNlp::jacobian(std::span<double> values) {
  std::copy(data_->rowValues.begin(), data_->rowValues.end(), values.begin());
}

void QuadraticNlp::hessian(double sigma, std::span<const double>, std::span<double> values) {
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = sigma * data_->lowerValues[k];
}

void QuadraticNlp::jacobianProduct(std::span<const double> v, std::span<double> out) {
  const SparsePattern& rows = data_->rows;
  for (int i = 0; i < rows.lines; ++i) {
    double sum = 0;
    for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
      sum += data_->rowValues[at(k)] * v[at(rows.indices[at(k)])];
    }
    out[at(i)] = sum;
  }
}

void QuadraticNlp::jacobianTransposedProduct(std::span<const double> v, std::span<double> out) {
  const SparsePattern& rows = data_->rows;
  std::fill(out.begin(), out.end(), 0.0);
  for (int i = 0; i < rows.lines; ++i) {
    for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
      out[at(rows.indices[at(k)])] += data_->rowValues[at(k)] * v[at(i)];
    }
  }
}

void QuadraticNlp::hessianProduct(double sigma, std::span<const double>, std::span<const double> v,
                                  std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  addSymmetricProduct(data_->lower, data_->lowerValues.data(), v.data(), out.data());
  for (double& value : out) value *= sigma;
}

std::optional<KnownCurvature::Convexity> QuadraticNlp::convexity(const Cpu& la, std::span<const double>,
                                                                 std::span<const double>, double sigma,
                                                                 std::span<const double>) {
  if (sigma == 0) return Convexity{.concavity = std::vector<double>(data_->linear.size()), .quadratic = true};
  if (!concavity_) concavity_.emplace(concavityOf(la, data_->lower, data_->lowerValues));
  if (!*concavity_) return std::nullopt;
  return Convexity{.concavity = **concavity_, .quadratic = true};
}

QuadraticData poissonControl(int side, std::span<const double> target, double weight, std::span<const double> source) {
  const int points = side * side;
  const double h = 2.0 / (side + 1), scale = 1 / (h * h);
  QuadraticData data;
  data.lower = {.lines = 2 * points, .width = 2 * points, .offsets = {0}, .indices = {}};
  for (int k = 0; k < 2 * points; ++k) {
    data.lower.indices.push_back(k);
    data.lower.offsets.push_back(k + 1);
    data.lowerValues.push_back(k < points ? 1 : weight);
  }
  data.linear.resize(2 * at(points));
  for (std::size_t k = 0; k < at(points); ++k) {
    data.linear[k] = -target[k];
    data.constant += 0.5 * target[k] * target[k];
  }
  data.right.assign(source.begin(), source.end());
  data.right.resize(at(points));
  data.rows = {.lines = points, .width = 2 * points, .offsets = {0}, .indices = {}};
  data.rows.indices.reserve(6 * at(points));
  data.rowValues.reserve(6 * at(points));
  const auto put = [&](bool inside, int column, double value) {
    if (!inside) return;
    data.rows.indices.push_back(column);
    data.rowValues.push_back(value);
  };
  for (int k = 0; k < points; ++k) {
    const int i = k / side, j = k % side;
    put(i > 0, k - side, scale);
    put(j > 0, k - 1, scale);
    put(true, k, -4 * scale);
    put(j + 1 < side, k + 1, scale);
    put(i + 1 < side, k + side, scale);
    put(true, points + k, 1);
    data.rows.offsets.push_back(static_cast<int>(data.rows.indices.size()));
  }
  return data;
}

}  // namespace nonconvex
