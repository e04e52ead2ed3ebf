// A dense Hessian of a Lagrangian, and a Jacobian, where the linear algebra computes.
#pragma once

#include <cmath>
#include <memory>
#include <vector>

#include "core/status.hpp"
#include "linalg/device_copy.hpp"
#include "linalg/linalg.hpp"
#include "problems/glm/device_glm.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

namespace kernels {

/// to(index_k, line_k) += value_k
template <class Space>
struct AddEntries {
  Vec<const double, Space> values;
  Vec<const int, Space> indices, lines;
  Mat<double, Space> to;
  NONCONVEX_HD void operator()(int k) const { to(indices[k], lines[k]) += values[k]; }
};

/// to_i := the largest size in row i of a symmetric matrix; NaN if there is a number that is not finite.
template <class Space>
struct LargestOfRow {
  Mat<const double, Space> a;
  Vec<double, Space> to;
  NONCONVEX_HD void operator()(int i) const {
    double most = 0, zero = 0;
    for (int j = 0; j < a.cols; ++j) {
      const double size = std::abs(a(i, j));
      zero += size * 0;
      most = size > most ? size : most;
    }
    to[i] = most + zero;
  }
};

}  // namespace kernels

/// Values of a sparse matrix, added to a dense one: the entry of line l with index i at (i, l).
template <LinAlg La>
class Scatter {
 public:
  using Space = typename La::Space;

  Scatter(const La& la, const SparsePattern& pattern)
      : la_(la),
        size_(static_cast<int>(pattern.nonzeros())),
        indices_(la.template matrix<int>(size_, 1)),
        lines_(la.template matrix<int>(size_, 1)),
        values_(la.template matrix<double>(size_, 1)) {
    std::vector<int> lines;
    for (int l = 0; l < pattern.lines; ++l) lines.insert(lines.end(), pattern.line(l).size(), l);
    la.upload(asColumn(std::span(pattern.indices)), indices_.view());
    la.upload(asColumn(std::span(lines)), lines_.view());
  }

  void add(std::span<const double> values, Mat<double, Space> to) {
    la_.upload(asColumn(values), values_.view());
    la_.forEach(size_, kernels::AddEntries<Space>{values_.flat(), indices_.flat(), lines_.flat(), to});
  }

 private:
  const La& la_;
  int size_;
  typename La::template Matrix<int> indices_, lines_;
  typename La::template Matrix<double> values_;
};

/// H of the Lagrangian, part by part: a regression's where its data are, and the entries of an nlp.
template <LinAlg La>
class DeviceHessian {
 public:
  using Space = typename La::Space;

  /// `entries` is asked for the Hessian of its constraints, and where there is no `regression`, for that of its
  /// objective; either may be null. All must outlive this.
  DeviceHessian(const La& la, int n, DeviceGlm<La>* regression, Nlp* entries)
      : la_(la),
        regression_(regression),
        entries_(entries),
        H_(la.template matrix<double>(n, n)),
        vectors_(la.template matrix<double>(n, 2)),
        largest_(static_cast<std::size_t>(n)) {
    if (entries_ == nullptr || entries_->hessianPattern().nonzeros() == 0) return;
    values_.resize(entries_->hessianPattern().nonzeros());
    scatter_ = std::make_unique<Scatter<La>>(la_, entries_->hessianPattern());
  }

  /// Both triangles.
  Mat<const double, Space> H() const { return H_.view(); }

  DeviceGlm<La>* regression() const { return regression_; }

  /// H := sigma Hess f + sum_i weights_i Hess c_i where the problem is. Returns max |H_ij|; NaN if an entry is not
  /// finite.
  double evaluate(double sigma, std::span<const double> weights) {
    if (regression_ != nullptr && sigma != 0) {
      regression_->hessianOnDevice(sigma, H_.view());
    } else {
      clear();
    }
    addEntries(sigma, weights, H_.view());
    la_.mirrorLower(H_.view());
    return largest();
  }

  /// Adds the entries in which the regression has no part to the lower triangle of `to`.
  void addEntries(double sigma, std::span<const double> weights, Mat<double, Space> to) {
    if (!scatter_) return;
    entries_->hessian(regression_ != nullptr ? 0 : sigma, weights, values_);
    scatter_->add(values_, to);
  }

  void clear() { la_.fill(H_.view(), 0); }

  void multiply(std::span<const double> v, std::span<double> out) {
    const Mat<double, Space> from = vectors_.columns(0, 1), to = vectors_.columns(1, 1);
    la_.upload(asColumn(v), from);
    la_.multiplySymmetric(H_, from, to);
    la_.download(to, asColumn(out));
  }

 private:
  /// max |H_ij|; NaN if an entry is not finite.
  double largest() {
    const int n = H_.rows();
    la_.forEach(n, kernels::LargestOfRow<Space>{H_, vectors_.flat().part(0, n)});
    la_.download(vectors_.columns(0, 1), asColumn(std::span(largest_)));
    double most = 0;
    for (const double size : largest_) most = size <= most ? most : size;  // NaN stays, once it is there
    return most;
  }

  const La& la_;
  DeviceGlm<La>* regression_;
  Nlp* entries_;
  typename La::template Matrix<double> H_, vectors_;
  std::vector<double> largest_, values_;
  std::unique_ptr<Scatter<La>> scatter_;
};

/// J^T, dense.
template <LinAlg La>
class DeviceJacobian {
 public:
  using Space = typename La::Space;

  DeviceJacobian(const La& la, const SparsePattern& jacobian)
      : la_(la), Jt_(la.template matrix<double>(jacobian.width, jacobian.lines)), scatter_(la, jacobian) {}

  void set(std::span<const double> J) {
    la_.fill(Jt_.view(), 0);
    scatter_.add(J, Jt_.view());
  }
  Mat<const double, Space> transposed() const { return Jt_.view(); }

 private:
  const La& la_;
  typename La::template Matrix<double> Jt_;
  Scatter<La> scatter_;
};

}  // namespace nonconvex
