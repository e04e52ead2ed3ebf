// The linear map of the convex program of two-layer ReLU networks, from weights to predictions.
#pragma once

#include <algorithm>

#include "linalg/linalg.hpp"
#include "linalg/loops.hpp"
#include "solvers/relu_data.hpp"

namespace nonconvex {

/// The linear map V -> F V = sum_i D_i X (v_i - w_i) of the convex program, and what goes with it.
///
/// Column (s c + k) P + i of a weight matrix V belongs to sign s, output k and pattern i. Gated ReLU has one sign. With
/// `method: 'sampled'` F V = (X U)_+ V, weights are 1 x P c, and the features stand where D_i X stood.
template <LinAlg La>
class ReluMap {
 public:
  ReluMap(const La& la, const ReluData& data, const ReluSettings& settings);

  int dimension() const { return features_ ? 1 : data_.d; }
  int signs() const { return signs_; }
  int patterns() const { return patterns_; }
  int columns() const { return signs_ * data_.c * patterns_; }
  bool features() const { return features_; }
  double sign(int column) const { return column < data_.c * patterns_ ? 1 : -1; }

  /// Both triangles of F F^T for one output, an n x n matrix: signs (X X^T) o (D D^T). `xt` is X^T or, for another
  /// inner product <x, M^{-1} x'> of rows, L^{-1} X^T with L L^T = M. `work` is n x n.
  void gram(Mat<const double> xt, Mat<double> k0, Mat<double> work) const;
  /// xv := X v_j for the listed columns j of V, side by side.
  void products(Vec<const int> list, Mat<const double> v, Mat<double> xv) const;
  /// f := F V, given products X p_j of the listed columns, where v_j = scale_j p_j and the columns not listed are zero.
  void forward(Vec<const int> list, Vec<const double> scale, Mat<const double> xp, Mat<double> f) const;
  /// q := the first sign's half of F^T theta; the other half is -q.
  void adjoint(Mat<const double> theta, Mat<double> q) const;

 private:
  static constexpr int piece = 256;
  static constexpr std::size_t cached = 1 << 18;  // numbers that stay in a core's cache

  const La& la_;
  const ReluData& data_;
  int signs_;
  int patterns_;
  bool features_;
  HostMatrix<double> activations_;       // n x P: the features of the sampled method
  mutable HostMatrix<double> masked_;    // piece x P c: rows of D_i theta_k
  mutable HostMatrix<double> gathered_;  // d x columns
};

template <LinAlg La>
ReluMap<La>::ReluMap(const La& la, const ReluData& data, const ReluSettings& settings)
    : la_(la),
      data_(data),
      signs_(settings.method == ReluMethod::admm && settings.activation == ReluActivation::relu ? 2 : 1),
      patterns_(data.patterns.gates.cols()),
      features_(settings.method == ReluMethod::sampled) {
  if (features_) {
    activations_ = HostMatrix<double>(data.n, patterns_);
    la.gemm(Transpose::yes, Transpose::no, 1.0, data.xt, data.patterns.gates, 0.0, activations_);
    for (std::size_t i = 0; i < activations_.size(); ++i)
      activations_.data()[i] = std::max(0.0, activations_.data()[i]);
  } else {
    masked_ = HostMatrix<double>(piece, patterns_ * data.c);
    gathered_ = HostMatrix<double>(data.d, columns());
  }
}

template <LinAlg La>
void ReluMap<La>::gram(Mat<const double> xt, Mat<double> k0, Mat<double> work) const {
  const int n = data_.n;
  const auto transposed = [&](Mat<const double> m) {
    HostMatrix<double> t(m.cols, m.rows);
    for (int j = 0; j < m.cols; ++j) {
      for (int i = 0; i < m.rows; ++i) t(j, i) = m(i, j);
    }
    return t;
  };
  if (features_) {
    la_.syrk(1.0, transposed(activations_), 0.0, k0);
  } else {
    la_.syrk(1.0, xt, 0.0, k0);
    la_.syrk(1.0, transposed(data_.patterns.patterns), 0.0, work);
    la_.forEach(n, [&, signs = signs_](int j) {
      const double* o = work.column(j);
      double* k = k0.column(j);
      for (int i = j; i < n; ++i) k[i] *= signs * o[i];
    });
  }
  la_.mirrorLower(k0);
}

template <LinAlg La>
void ReluMap<La>::products(Vec<const int> list, Mat<const double> v, Mat<double> xv) const {
  if (features_) {
    for (int place = 0; place < list.size; ++place) {  // "X v_j" is the feature times its weight
      const double weight = v(0, list[place]);
      const double* from = activations_.column(list[place] % patterns_);
      double* to = xv.column(place);
      for (int k = 0; k < data_.n; ++k) to[k] = weight * from[k];
    }
    return;
  }
  for (int place = 0; place < list.size; ++place) {
    std::copy(v.column(list[place]), v.column(list[place]) + data_.d, gathered_.column(place));
  }
  la_.gemm(Transpose::yes, Transpose::no, 1.0, data_.xt, gathered_.view().columns(0, list.size), 0.0,
           xv.columns(0, list.size));
}

template <LinAlg La>
void ReluMap<La>::forward(Vec<const int> list, Vec<const double> scale, Mat<const double> xp, Mat<double> f) const {
  constexpr int grain = 256;
  const int n = data_.n;
  la_.tasks((n + grain - 1) / grain,
            [&](int chunk) {
              const int begin = chunk * grain;
              const int end = std::min(n, begin + grain);
              for (int k = 0; k < data_.c; ++k) std::fill(f.column(k) + begin, f.column(k) + end, 0.0);
              for (int place = 0; place < list.size; ++place) {
                if (scale[place] == 0) continue;
                const int j = list[place];
                const double weight = sign(j) * scale[place];
                const double* product = xp.column(place);
                double* to = f.column(j / patterns_ % data_.c);
                if (features_) {
                  for (int i = begin; i < end; ++i) to[i] += weight * product[i];
                } else {
                  const double* pattern = data_.patterns.patterns.column(j % patterns_);
                  loops::maskedAxpy(end - begin, weight, pattern + begin, product + begin, to + begin);
                }
              }
            },
            2.0 * n * list.size);
}

template <LinAlg La>
void ReluMap<La>::adjoint(Mat<const double> theta, Mat<double> q) const {
  if (features_) {
    la_.gemm(Transpose::yes, Transpose::no, 1.0, activations_, theta, 0.0,
             Mat<double>{q.data, patterns_, data_.c, patterns_});
    return;
  }
  // A few columns at a time, masked piece by piece into the cache.
  const int n = data_.n;
  const int columns = patterns_ * data_.c;
  const int together = data_.xt.size() > cached ? 48 : 12;
  la_.tasks((columns + together - 1) / together,
            [&](int chunk) {
              const int first = chunk * together;
              const int count = std::min(together, columns - first);
              for (int begin = 0; begin < n; begin += piece) {
                const int rows = std::min(piece, n - begin);
                for (int j = first; j < first + count; ++j) {
                  const double* pattern = data_.patterns.patterns.column(j % patterns_);
                  loops::mask(rows, pattern + begin, theta.column(j / patterns_) + begin, masked_.column(j));
                }
                blas::gemm('N', 'N', data_.d, count, rows, 1.0, data_.xt.column(begin), data_.d, masked_.column(first),
                           piece, begin == 0 ? 0.0 : 1.0, q.column(first), q.stride);
              }
            },
            2.0 * n * data_.d * columns);
}

}  // namespace nonconvex
