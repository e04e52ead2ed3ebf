// The linear map of the convex program of two-layer ReLU networks, from weights to predictions.
#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "linalg/device_copy.hpp"
#include "linalg/linalg.hpp"
#include "linalg/vector_kernels.hpp"
#include "solvers/relu/activation_patterns.hpp"
#include "solvers/relu/active_rows.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/kernels.hpp"

namespace nonconvex {

/// X, y and what the gates make of X, where La computes, in double precision.
template <LinAlg La>
struct ReluRows {
  using Space = typename La::Space;
  using Number = typename La::Number;

  /// Leaves in `data` the gates whose patterns are distinct and not all zero.
  ReluRows(const La& la, ReluData& data) : xt(la, data.xt), y(la, data.y) {
    if (data.directions) {
      const DeviceCopy<La, double> gates(la, data.gates);
      features = la.template matrix<double>(data.n, data.gates.cols(), Uninitialized{});
      la.gemm(Transpose::yes, Transpose::no, 1.0, xt.view(), gates.view(), 0.0, features.view());
      la.forEach(features.rows(), features.cols(), kernels::PositivePart<double, Space>{features});
    } else if (data.masks.cols() > 0) {
      masks = la.template matrix<Number>(data.n, data.masks.cols(), Uninitialized{});
      la.copy(DeviceCopy<La, double>(la, data.masks).view(), masks.view());
    } else {
      PatternsOn<La> patterns = patternsIn(la, data);
      data.gates = std::move(patterns.gates);
      masks = std::move(patterns.patterns);
    }
  }

  PatternsOn<La> patternsIn(const La& la, const ReluData& data) const {
    if constexpr (std::is_same_v<La, Cpu>) {
      if (data.ranks) return patternsOf(la, xt, data.gates, *data.ranks);
    }
    return patternsOf(la, xt, data.gates);
  }

  DeviceCopy<La, double> xt;                      ///< d x n
  DeviceCopy<La, double> y;                       ///< n x c
  typename La::template Matrix<Number> masks;     ///< n x P: 1 where a pattern is active
  typename La::template Matrix<double> features;  ///< n x P: (X U)_+ of `method: 'sampled'`
};

/// The linear map V -> F V = sum_i D_i X (v_i - w_i) of the convex program, and what goes with it, on numbers T.
///
/// Column (s c + k) P + i of a weight matrix V belongs to sign s, output k and pattern i. Gated ReLU has one sign. With
/// `method: 'sampled'` F V = (X U)_+ V, weights are 1 x P c, and the features stand where D_i X stood.
///
/// The map on the CPU: columns known to be zero are left out of products, and masks are applied piece by piece in the
/// cache.
template <LinAlg La, class T = typename La::Number>
class ReluMap {
 public:
  using Space = typename La::Space;
  using Number = typename La::Number;
  using In = Mat<const T, Space>;
  using Out = Mat<T, Space>;
  static constexpr bool onHost = std::is_same_v<Space, Host>;

  ReluMap(const La& la, const ReluData& data, const ReluRows<La>& rows, const ReluSettings& settings);

  /// Lets an abort end products: where what they leave half done is not looked at again.
  void letAbort(bool let) { abortable_ = let; }
  /// Lets `adjoint` compute in single precision where active rows are listed.
  void letRound(bool let) { rounded_ = let && listsRows(); }
  bool rounded() const { return rounded_; }
  int rows() const { return n_; }
  int dimension() const { return features_ ? 1 : d_; }
  int signs() const { return signs_; }
  int patterns() const { return patterns_; }
  int columns() const { return signs_ * c_ * patterns_; }
  bool features() const { return features_; }
  double sign(int column) const { return column < c_ * patterns_ ? 1 : -1; }
  In xt() const { return xt_; }
  /// n x P: 1 where a pattern is active.
  Mat<const Number, Space> masks() const { return masks_; }
  /// n x P: the features of the sampled method.
  In activations() const { return activations_; }

  /// Both triangles of F F^T for one output, an n x n matrix: signs (X X^T) o (D D^T). `xt` is X^T or, for another
  /// inner product <x, M^{-1} x'> of rows, L^{-1} X^T with L L^T = M. `work` is n x n.
  void gram(In xt, Out k0, Out work) const;
  /// f := F V. V may end after the columns of the first sign.
  void forward(In v, Out f) const;
  /// q := the first sign's half of F^T theta, summed over ranks; the other half is -q.
  void adjoint(In theta, Out q) const {
    adjointOfOwnRows(theta, q);
    if constexpr (onHost && std::is_same_v<T, double>) {
      if (ranks_) ranks_->sum({q.data, static_cast<std::size_t>(q.rows) * static_cast<std::size_t>(q.cols)});
    }
  }
  /// The part of `adjoint` that is of this rank's rows.
  void adjointOfOwnRows(In theta, Out q) const;

  /// xv := X v_j for the listed columns j of V, side by side. On the CPU alone, as the next.
  void products(Vec<const int> list, In v, Out xv) const requires onHost;
  /// f := F V, given products X p_j of the listed columns, where v_j = scale_j p_j and the columns not listed are zero.
  void forward(Vec<const int> list, Vec<const double> scale, In xp, Out f) const requires onHost;
  /// Returns true if the rows where each pattern is active are listed: then the next needs no products.
  bool listsRows() const { return activeRows_ != nullptr; }
  /// f := F V, where the columns not listed are zero.
  void forward(Vec<const int> list, In v, Out f) const requires onHost;

 private:
  struct Tuning {
    /// measured: Rows that are masked at once, into the cache.
    static constexpr int piece = 256;
    /// measured: Columns of n numbers that a device holds at once.
    static constexpr int together = 2048;
    /// measured: Parts into which many rows are cut, for as many threads.
    static constexpr int mostParts = 8;
    /// measured: Rows of such a part at least.
    static constexpr int rowsOfPart = 512;
  };

  /// The columns that a task of `adjoint` has.
  int columnsOfChunk() const { return inCache() ? 12 : 48; }
  bool inCache() const { return staysInCache(d_, n_); }
  void adjointOnHost(In theta, Out q) const requires onHost;
  void abortPoint() const requires onHost {
    if (abortable_) la_.abortPoint();
  }
  Mat<const T, Space> byPattern(In v) const { return {v.data, patterns_, v.cols / patterns_, patterns_}; }

  const La& la_;
  std::shared_ptr<Ranks> ranks_;
  int n_, d_, c_;
  int signs_;
  int patterns_;
  bool features_;
  bool abortable_ = false;
  bool rounded_ = false;
  Converted<La, double, T> convertX_, convertFeatures_;
  In xt_, activations_;
  Mat<const Number, Space> masks_;
  int parts_ = 1;  // parts of the rows, on the CPU
  // On the CPU piece x P c, rows of D_i theta_k, for each part; on a device n x columns, also of X V.
  typename La::template Matrix<T> masked_;
  // On the CPU with several outputs, where X stays in a core's cache.
  std::unique_ptr<ReluActiveRows> activeRows_;
  mutable HostMatrix<T> partial_;              // d x P c for each part, where there are several
  mutable HostMatrix<T> gathered_, products_;  // d x columns, n x columns
  mutable std::vector<int> all_;
  mutable std::vector<double> ones_;
};

template <LinAlg La, class T>
ReluMap<La, T>::ReluMap(const La& la, const ReluData& data, const ReluRows<La>& rows, const ReluSettings& settings)
    : la_(la),
      ranks_(data.ranks),
      n_(data.n),
      d_(data.d),
      c_(data.c),
      signs_(settings.method == ReluMethod::admm && settings.activation == ReluActivation::relu ? 2 : 1),
      patterns_(data.gates.cols()),
      features_(data.directions),
      masks_(rows.masks) {
  if (features_) {
    convertFeatures_ = {la, n_, patterns_};
    activations_ = convertFeatures_(la, rows.features);
    return;
  }
  convertX_ = {la, d_, n_};
  xt_ = convertX_(la, rows.xt);
  if constexpr (onHost) {
    const bool cut = patterns_ * c_ <= columnsOfChunk() && n_ >= Tuning::rowsOfPart * Tuning::mostParts;
    parts_ = cut ? Tuning::mostParts : 1;
    masked_ = HostMatrix<T>(Tuning::piece, patterns_ * c_ * parts_);
    if (cut) partial_ = HostMatrix<T>(d_, patterns_ * c_ * parts_);
    gathered_ = HostMatrix<T>(d_, columns());
    if (c_ > 1 && inCache()) activeRows_ = std::make_unique<ReluActiveRows>(la, xt_, masks_, c_);
  } else {
    masked_ = la.template matrix<T>(n_, std::min(Tuning::together, columns()), Uninitialized{});
  }
}

template <LinAlg La, class T>
void ReluMap<La, T>::gram(In xt, Out k0, Out work) const {
  if (features_) {
    la_.syrk(Transpose::no, 1.0, activations_, 0.0, k0);
  } else {
    la_.syrk(Transpose::yes, 1.0, xt, 0.0, k0);
    la_.syrk(Transpose::no, 1.0, masks_, 0.0, work);
    la_.forEach(n_, n_, kernels::TimesCounts<T, Space>{signs_, work, k0});
  }
  la_.mirrorLower(k0);
}

template <LinAlg La, class T>
void ReluMap<La, T>::forward(In v, Out f) const {
  if constexpr (onHost) {
    if (all_.empty()) {
      if (!listsRows()) products_ = HostMatrix<T>(n_, columns());
      all_.resize(static_cast<std::size_t>(columns()));
      std::iota(all_.begin(), all_.end(), 0);
      ones_.assign(all_.size(), 1.0);
    }
    const Vec<const int> all{all_.data(), v.cols};
    if (listsRows()) return forward(all, v, f);
    products(all, v, products_);
    forward(all, {ones_.data(), v.cols}, products_, f);
  } else if (features_) {
    la_.gemm(Transpose::no, Transpose::no, 1.0, activations_, byPattern(v), 0.0, f);
  } else {
    la_.fill(f, T(0));
    const int signs = v.cols / (patterns_ * c_);
    for (int first = 0; first < v.cols; first += Tuning::together) {
      const int count = std::min(Tuning::together, v.cols - first);
      const Out xv = masked_.columns(0, count);
      la_.gemm(Transpose::yes, Transpose::no, 1.0, xt_, v.columns(first, count), 0.0, xv);
      la_.forEach(n_, c_, kernels::AddPredictions<T, Number, Space>{masks_, xv, first, signs, f});
    }
  }
}

template <LinAlg La, class T>
void ReluMap<La, T>::adjointOfOwnRows(In theta, Out q) const {
  const int columns = patterns_ * c_;
  if (features_) {
    la_.gemm(Transpose::yes, Transpose::no, 1.0, activations_, theta, 0.0, Out{q.data, patterns_, c_, patterns_});
  } else if constexpr (onHost) {
    if (!listsRows()) return adjointOnHost(theta, q);
    activeRows_->adjoint(theta, q, rounded_, abortable_);
  } else {
    for (int first = 0; first < columns; first += Tuning::together) {
      const int count = std::min(Tuning::together, columns - first);
      const Out masked = masked_.columns(0, count);
      la_.forEach(n_, count, kernels::Masked<T, Number, Space>{masks_, theta, first, masked});
      la_.gemm(Transpose::no, Transpose::no, 1.0, xt_, In(masked), 0.0, q.columns(first, count));
    }
  }
}

/// A few columns at a time, masked piece by piece into the cache. Where that makes one chunk of many rows these are cut
/// too, and what the parts give is added in order.
template <LinAlg La, class T>
void ReluMap<La, T>::adjointOnHost(In theta, Out q) const requires onHost {
  const int columns = patterns_ * c_;
  const int some = columnsOfChunk();
  const int parts = parts_;
  const int length = (n_ + parts - 1) / parts;
  la_.tasks((columns + some - 1) / some * parts,
            [&](int task) {
              const int first = task / parts * some;
              const int count = std::min(some, columns - first);
              const int part = task % parts;
              const Out to = parts == 1 ? q.columns(first, count) : partial_.view().columns(part * columns, count);
              const Out masked = masked_.view().columns(part * columns + first, count);
              const int end = std::min(n_, (part + 1) * length);
              for (int begin = part * length; begin < end; begin += Tuning::piece) {
                abortPoint();
                const int rows = std::min(Tuning::piece, end - begin);
                for (int j = first; j < first + count; ++j) {
                  const double* pattern = masks_.column(j % patterns_);
                  loops::mask(rows, pattern + begin, theta.column(j / patterns_) + begin, masked.column(j - first));
                }
                blas::gemm('N', 'N', d_, count, rows, 1.0, xt_.column(begin), xt_.stride, masked.data, Tuning::piece,
                           begin == part * length ? 0.0 : 1.0, to.data, to.stride);
              }
            },
            2.0 * n_ * d_ * columns);
  if (parts == 1) return;
  la_.forEach(d_, columns, [&](int i, int j) {
    T sum = 0;
    for (int part = 0; part < parts; ++part) sum += partial_(i, part * columns + j);
    q(i, j) = sum;
  });
}

template <LinAlg La, class T>
void ReluMap<La, T>::products(Vec<const int> list, In v, Out xv) const requires onHost {
  if (features_) {
    for (int place = 0; place < list.size; ++place) {  // "X v_j" is the feature times its weight
      const double weight = v(0, list[place]);
      const double* from = activations_.column(list[place] % patterns_);
      double* to = xv.column(place);
      for (int k = 0; k < n_; ++k) to[k] = weight * from[k];
    }
    return;
  }
  for (int place = 0; place < list.size; ++place) {
    std::copy(v.column(list[place]), v.column(list[place]) + d_, gathered_.column(place));
  }
  const Mat<const T> weights = gathered_.columns(0, list.size);
  if (abortable_) {
    la_.gemmWithAborts(Transpose::yes, Transpose::no, 1.0, xt_, weights, 0.0, xv.columns(0, list.size));
  } else {
    la_.gemm(Transpose::yes, Transpose::no, 1.0, xt_, weights, 0.0, xv.columns(0, list.size));
  }
}

template <LinAlg La, class T>
void ReluMap<La, T>::forward(Vec<const int> list, Vec<const double> scale, In xp, Out f) const requires onHost {
  constexpr int grain = 256;
  la_.tasks((n_ + grain - 1) / grain,
            [&](int chunk) {
              abortPoint();
              const int begin = chunk * grain;
              const int end = std::min(n_, begin + grain);
              for (int k = 0; k < c_; ++k) std::fill(f.column(k) + begin, f.column(k) + end, 0.0);
              for (int place = 0; place < list.size; ++place) {
                if (scale[place] == 0) continue;
                const int j = list[place];
                const double weight = sign(j) * scale[place];
                const double* product = xp.column(place);
                double* to = f.column(j / patterns_ % c_);
                if (features_) {
                  for (int i = begin; i < end; ++i) to[i] += weight * product[i];
                } else {
                  const double* pattern = masks_.column(j % patterns_);
                  loops::maskedAxpy(end - begin, weight, pattern + begin, product + begin, to + begin);
                }
              }
            },
            2.0 * n_ * list.size);
}

template <LinAlg La, class T>
void ReluMap<La, T>::forward(Vec<const int> list, In v, Out f) const requires onHost {
  activeRows_->forward(list, v, f, abortable_);
}

// Compiled once, in solver.cpp.
extern template struct ReluRows<Cpu>;
extern template class ReluMap<Cpu>;

}  // namespace nonconvex
