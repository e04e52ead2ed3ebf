// Activation patterns 1[X g >= 0] of a matrix X: for given directions g, for random ones, or all that exist.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "core/communicator.hpp"
#include "core/random.hpp"
#include "linalg/linalg.hpp"

namespace nonconvex {

template <LinAlg La>
struct PatternsOn {
  using Matrix = typename La::template Matrix<typename La::Number>;
  HostMatrix<double> gates;  ///< d x P: one direction g a column
  Matrix patterns;           ///< n x P: 1[<x_k, g_i> >= 0], columns distinct and none all zero
};
using Patterns = PatternsOn<Cpu>;

/// The distinct, not all-zero patterns of the given directions, in their order. `xt` is d x n: column k is x_k.
Patterns patternsOf(const Cpu& la, Mat<const double> xt, Mat<const double> gates);

/// Patterns of this rank's rows, of the directions whose patterns over the rows of all ranks are distinct and not all
/// zero. Two count as one where two sums of random numbers over their active rows coincide.
Patterns patternsOf(const Cpu& la, Mat<const double> xt, Mat<const double> gates, Ranks& ranks);

/// `count` directions in R^d, standard normal.
HostMatrix<double> normalDirections(int d, int count, std::uint64_t seed);

/// How many patterns n rows in general position of rank r have: 2 sum_{k < r} C(n - 1, k) (Cover 1965), at least.
double patternCount(int n, int rank);

/// A direction inside each cell of the arrangement of X's rows, so one of each pattern of nonempty interior. Throws a
/// RangeError that names the count when there can be more than `most`.
HostMatrix<double> allDirections(Mat<const double> xt, int most);

namespace kernels {

/// Column j of three groups: how many rows are active, and two sums of random numbers over them, which tell patterns
/// apart.
template <class Space>
struct PatternSums {
  Mat<const double, Space> products;
  NONCONVEX_HD double operator()(int k, int j) const {
    if (!(products(k, j % products.cols) >= 0)) return 0;
    const int group = j / products.cols;
    return group == 0 ? 1 : Random(1, static_cast<std::uint32_t>(group)).uniform(static_cast<std::uint64_t>(k));
  }
};

template <class T, class Space>
struct NotNegative {
  Mat<const double, Space> from;
  Mat<T, Space> to;
  NONCONVEX_HD void operator()(int k, int j) const { to(k, j) = from(k, j) >= 0 ? 1 : 0; }
};

}  // namespace kernels

/// Samples patterns on a device: only three numbers a direction come to the host. Two patterns count as one when both
/// their sums of 53 random bits a row coincide.
template <LinAlg La>
PatternsOn<La> patternsOf(const La& la, Mat<const double, typename La::Space> xt, Mat<const double> gates) {
  using Space = typename La::Space;
  const int n = xt.cols;
  const int count = gates.cols;
  const auto onDevice = la.template matrix<double>(gates.rows, count, Uninitialized{});
  la.upload(gates, onDevice.view());
  const auto products = la.template matrix<double>(n, count, Uninitialized{});
  la.gemm(Transpose::yes, Transpose::no, 1.0, xt, Mat<const double, Space>(onDevice), 0.0, products.view());
  const auto deviceSums = la.template matrix<double>(count, 3);
  la.columnSums(n, 3 * count, kernels::PatternSums<Space>{products}, deviceSums.flat());
  const HostMatrix<double> sums(count, 3);
  la.download(Mat<const double, Space>(deviceSums), sums.view());
  std::set<std::pair<double, double>> seen;
  std::vector<int> kept;
  for (int i = 0; i < count; ++i) {
    if (sums(i, 0) > 0 && seen.insert({sums(i, 1), sums(i, 2)}).second) kept.push_back(i);
  }
  const int patterns = static_cast<int>(kept.size());
  PatternsOn<La> result{HostMatrix<double>(xt.rows, patterns), la.template matrix<typename La::Number>(n, patterns)};
  for (int j = 0; j < patterns; ++j) {
    const double* gate = gates.column(kept[static_cast<std::size_t>(j)]);
    std::copy(gate, gate + xt.rows, result.gates.column(j));
  }
  for (int j = 0, run = 1; j < patterns; j += run, run = 1) {  // neighbours that are kept, together
    const int first = kept[static_cast<std::size_t>(j)];
    while (j + run < patterns && kept[static_cast<std::size_t>(j + run)] == first + run) ++run;
    la.forEach(n, run,
               kernels::NotNegative<typename La::Number, Space>{products.columns(first, run),
                                                                result.patterns.columns(j, run)});
  }
  return result;
}

}  // namespace nonconvex
