#include "solvers/relu/refinement/residual_bound.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/blas.hpp"
#include "linalg/long_product.hpp"

namespace nonconvex {
namespace {

/// The loss of some outputs.
ReluRowLoss lossOfSome(const ReluData& data, int outputs) {
  ReluRowLoss loss = data.loss;
  loss.c = outputs;
  loss.stride = data.n;
  return loss;
}

/// The largest ||X^T D_j theta_k|| of neurons of some outputs.
double largestSlope(const Cpu& la, const ReluData& data, const ReluNeurons& neurons, Mat<const double> theta) {
  const int m = neurons.count();
  const HostMatrix<double> products(data.n, m, Uninitialized{});
  la.gemm(Transpose::yes, Transpose::no, 1.0, data.xt, neurons.directions, 0.0, products.view());
  la.tasks(m, [&](int j) {
    double* z = products.column(j);
    const double* of = theta.column(neurons.outputs[at(j)]);
    for (int i = 0; i < data.n; ++i) z[i] = z[i] >= 0 ? of[i] : 0.0;
  });
  const HostMatrix<double> slopes(data.d, m);
  LongProduct().multiply(la, 1.0, data.xt, products, 0.0, slopes.view());
  double largest = 0;
  for (int j = 0; j < m; ++j) largest = std::max(largest, blas::nrm2(data.d, slopes.column(j)));
  return largest;
}

}  // namespace

double lossOf(const ReluData& data, Mat<const double> f, int first) {
  const ReluRowLoss loss = lossOfSome(data, f.cols);
  const double* y = data.y.column(first);
  double sum = 0;
  for (int i = 0; i < data.n; ++i) sum += loss.value(f.data + i, y + i);
  return sum;
}

double residualBound(const Cpu& la, const ReluData& data, const ReluNeurons& network, Mat<const double> theta,
                     int first, int outputs, HostMatrix<double>& dual) {
  std::vector<int> list;
  for (int j = 0; j < network.count(); ++j) {
    if (network.outputs[at(j)] >= first && network.outputs[at(j)] < first + outputs) list.push_back(j);
  }
  const double largest = list.empty() ? 0 : largestSlope(la, data, network.only(list), theta);
  const int size = data.n * outputs;
  const double* y = data.y.column(first);
  la.copy(theta.columns(first, outputs), dual.view().columns(first, outputs));
  double* scaled = dual.column(first);
  const double linear = blas::dot(size, scaled, y);
  const double quadratic = blas::dot(size, scaled, scaled);
  // A hair inside: the bound must hold in floating point too.
  const double most = largest > 0 ? data.lambda / largest * (1 - 1e-12) : infinity;
  const double t = dualFactor(data.loss.kind, most, linear, quadratic);
  for (int i = 0; i < size; ++i) scaled[i] *= t;
  const ReluRowLoss loss = lossOfSome(data, outputs);
  double bound = 0;
  for (int i = 0; i < data.n; ++i) bound += loss.dualValue(scaled + i, y + i);
  for (int i = 0; i < data.n && data.roots.size() > 0; ++i) {
    for (int k = 0; k < outputs; ++k) dual(i, first + k) *= data.roots[at(i)];
  }
  return std::max(bound, 0.0);
}

}  // namespace nonconvex
