#include "solvers/relu/network_outputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "core/error.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {
namespace {

/// The outputs of the rows of a block.
class BlockOutputs {
 public:
  struct Tuning {
    static constexpr int rows = 256;  ///< safeguard: most rows of x that are worked on at a time
  };

  BlockOutputs(const ReluNetwork& network, int rows)
      : net_(network),
        x_(network.hidden.cols, rows),
        hidden_(network.hidden.rows, rows),
        gates_(network.gates.rows, rows) {}

  /// out (c x rows) := the outputs for rows [begin, begin + rows) of x.
  void operator()(const MatrixInput& x, int begin, Mat<double> out) {
    const int rows = out.cols;
    const Mat<double> xt = x_.view().columns(0, rows);
    const Mat<double> hidden = hidden_.view().columns(0, rows);
    const Mat<double> gates = gates_.view().columns(0, rows);
    for (int k = 0; k < rows; ++k) {
      for (int j = 0; j < x.columns; ++j) {
        const double value = x(begin + k, j);
        if (!std::isfinite(value)) {
          require(false, "x[" + show(begin + k) + "][" + show(j) + "]", value, "expected a finite number");
        }
        const auto column = static_cast<std::size_t>(j);
        xt(j, k) = (net_.shift.empty() ? value : value - net_.shift[column]) / net_.scale[column];
      }
    }
    la_.gemm(Transpose::no, Transpose::no, 1, net_.hidden, xt, 0, hidden);
    if (gates.rows > 0) la_.gemm(Transpose::no, Transpose::no, 1, net_.gates.columns(0, x.columns), xt, 0, gates);
    const double* gateBias = net_.gates.cols > x.columns ? net_.gates.column(x.columns) : nullptr;
    for (int k = 0; k < rows; ++k) {
      for (int j = 0; j < hidden.rows; ++j) {
        const auto neuron = static_cast<std::size_t>(j);
        double& h = hidden(j, k);
        h += net_.biases[neuron];
        if (gates.rows == 0) {
          h = std::max(h, 0.0);
        } else {
          const int p = net_.pattern[neuron];
          if (!(gates(p, k) + (gateBias != nullptr ? gateBias[p] : 0) >= 0)) h = 0;
        }
      }
    }
    la_.gemm(Transpose::no, Transpose::no, 1, net_.output, hidden, 0, out);
  }

 private:
  const ReluNetwork& net_;
  Cpu la_;
  HostMatrix<double> x_, hidden_, gates_;
};

}  // namespace

void networkOutputs(const ReluNetwork& network, const MatrixInput& x, double* outputs) {
  const int c = network.output.rows;
  if (network.hidden.rows == 0) {  // no neurons
    std::fill_n(outputs, static_cast<std::size_t>(x.rows) * static_cast<std::size_t>(c), 0.0);
    return;
  }
  constexpr int most = BlockOutputs::Tuning::rows;
  BlockOutputs block(network, std::min(most, x.rows));
  for (int begin = 0; begin < x.rows; begin += most) {
    double* const to = outputs + static_cast<std::size_t>(begin) * static_cast<std::size_t>(c);
    block(x, begin, {to, c, std::min(most, x.rows - begin), c});
  }
}

}  // namespace nonconvex
