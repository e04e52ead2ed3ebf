// Products of matrices with listed rows of another, without the copy of those rows that BLAS would need.
#pragma once

#include <cstddef>
#include <cstdint>

#include "linalg/views.hpp"

namespace nonconvex::loops {

/// q := sum_k x_k t_k^T over the `count` listed k: x_k and t_k are columns k of `x` (d x n) and `t` (m x n), q is
/// d x m.
void sumOfOuterProducts(int count, const std::int32_t* list, const Mat<const double>& x, const Mat<const double>& t,
                        const Mat<double>& q);
/// Computes the same in single precision.
void sumOfOuterProducts(int count, const std::int32_t* list, const Mat<const float>& x, const Mat<const float>& t,
                        const Mat<double>& q);
/// y_l := W x_k for the `count` listed k = list[l]: x_k is column k of `x` (d x n), y_l column l of `y` (m x count), W
/// is m x d; m is a multiple of `outputsAtOnce`.
void productsOfListed(int count, const std::int32_t* list, const Mat<const double>& x, const Mat<const double>& w,
                      const Mat<double>& y);
inline constexpr int outputsAtOnce = 4;  ///< rows of W whose sums stay in registers
/// y_k := W x_k for all columns x_k of `x` (d x n), W `eightOutputs` x d and y `eightOutputs` x n, both without gaps:
/// for x that is read from memory, once.
void productsOfAll(const Mat<const double>& x, const double* w, double* y);
inline constexpr int eightOutputs = 8;  ///< rows of W whose sums fill one or two registers

}  // namespace nonconvex::loops
