// Products with the rows where patterns are active, all outputs together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// F V and F^T theta of ReluMap for problems of several outputs whose X stays in a core's cache: products with active
/// rows alone, for all outputs of a pattern together.
class ReluActiveRows {
 public:
  /// `xt`, d x n, must outlive this; `masks`, n x P.
  ReluActiveRows(const Cpu& la, Mat<const double> xt, Mat<const double> masks, int outputs);

  /// f := F V, where the columns not listed are zero. `abortable` of this and the next: what they leave half done is
  /// not looked at again where the solve was aborted.
  void forward(Vec<const int> list, Mat<const double> v, Mat<double> f, bool abortable);
  /// q := the first sign's half of F^T theta, in single precision if `rounded`.
  void adjoint(Mat<const double> theta, Mat<double> q, bool rounded, bool abortable);

 private:
  void listRows(Mat<const double> masks);
  template <class T>
  void adjointOf(Mat<const T> xt, Mat<const double> theta, HostMatrix<T>& byRow, Mat<double> q, bool abortable) const;
  void gatherWeights(Vec<const int> list, Mat<const double> v);
  void addPattern(int pattern, int first, int last, Mat<double> f);
  const std::int32_t* begin(int pattern) const { return rows_.data() + first_[static_cast<std::size_t>(pattern)]; }
  const std::int32_t* end(int pattern) const { return rows_.data() + first_[static_cast<std::size_t>(pattern) + 1]; }

  const Cpu& la_;
  Mat<const double> xt_;
  int patterns_, c_;
  std::vector<std::int32_t> rows_;                     // rows where each pattern is active
  std::vector<std::ptrdiff_t> first_;                  // P + 1
  HostMatrix<double> thetaByRow_, outputsByRow_;       // c x n, and with c rounded up
  HostMatrix<double> netWeights_;                      // c rounded up x d P: v_i - w_i of each pattern
  std::vector<int> places_;                            // the row at each output and pattern, or -1
  std::vector<int> used_;                              // number of rows at each pattern
  HostMatrix<float> xtInSingle_, thetaByRowInSingle_;  // copies in single precision, made on first use
};

}  // namespace nonconvex
