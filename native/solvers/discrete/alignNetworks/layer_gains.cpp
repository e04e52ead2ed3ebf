#include "solvers/discrete/alignNetworks/layer_gains.hpp"

#include <algorithm>

#include "core/index.hpp"

namespace nonconvex {

LayerGains::LayerGains(const Cpu& la, const LayeredNetwork& a, const LayeredNetwork& b) : la_(la), a_(a), b_(b) {
  for (int l = 0; l < a.hidden(); ++l) {
    const int units = a.units(l);
    assignments_.push_back(std::make_unique<LinearAssignment>(la, units, units));
    costs_.emplace_back(units, units);
    in_.emplace_back(a.layers[at(l)].rows(), units);
    out_.emplace_back(units, a.units(l + 1));
  }
}

void LayerGains::byWeights(int layer, const UnitOrders& orders, bool incomingOnly) {
  const std::size_t l = at(layer);
  HostMatrix<double>& in = in_[l];
  const HostMatrix<double>& from = b_.layers[l];
  const int inputs = from.rows() - 1;
  for (int j = 0; j < from.cols(); ++j) {
    for (int k = 0; k < inputs; ++k) in(k, j) = from(layer > 0 ? orders[l - 1][at(k)] : k, j);
    in(inputs, j) = from(inputs, j);
  }
  la_.gemmWithAborts(Transpose::yes, Transpose::no, -1, in, a_.layers[l], 0, costs_[l]);
  if (incomingOnly) return;
  HostMatrix<double>& out = out_[l];
  const HostMatrix<double>& next = b_.layers[l + 1];
  for (int o = 0; o < next.cols(); ++o) {
    const double* column = next.column(layer + 1 < a_.hidden() ? orders[l + 1][at(o)] : o);
    std::copy(column, column + out.rows(), out.column(o));
  }
  const HostMatrix<double>& ours = a_.layers[l + 1];
  const Mat<const double> weights{ours.data(), ours.rows() - 1, ours.cols(), ours.rows()};
  la_.gemmWithAborts(Transpose::no, Transpose::yes, -1, out, weights, 1, costs_[l]);
}

void LayerGains::addActivations(int layer, Mat<const double> za, Mat<const double> zb, double factor, bool first) {
  la_.gemmWithAborts(Transpose::no, Transpose::yes, -factor, zb, za, first ? 0 : 1, costs_[at(layer)]);
}

double LayerGains::gain(int layer, std::span<const int> order) const {
  const HostMatrix<double>& costs = costs_[at(layer)];
  double sum = 0;
  for (int i = 0; i < costs.cols(); ++i) sum -= costs(order[at(i)], i);
  return sum;
}

LayerOrder LayerGains::best(int layer, std::span<const int> present) {
  LinearAssignment& assignment = *assignments_[at(layer)];
  assignment.start(costs_[at(layer)].data());
  while (assignment.step()) {
  }
  const std::vector<int>& order = assignment.columnOf();
  return {order, gain(layer, order) - gain(layer, present)};
}

}  // namespace nonconvex
