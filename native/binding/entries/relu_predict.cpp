// The outputs of a two-layer network:
//
//   relu:   f(x) = sum_j (z . u_j + b_j)_+ a_j             z = (x - inputShift) / inputScale
//   gated:  f(x) = sum_j 1[(z, 1) . g_j >= 0] (z . u_j + b_j) a_j
#include <algorithm>
#include <span>
#include <utility>

#include "binding/inputs.hpp"
#include "binding/registry.hpp"
#include "core/inputs.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {
namespace {

/// A network as JavaScript has it.
struct NetworkInputs {
  MatrixInput hiddenWeights, outputWeights, gates;
  std::span<const double> biases, inputShift, inputScale;
  std::span<const std::int32_t> pattern;

  static constexpr auto fields() {
    using Self = NetworkInputs;
    return FieldTuple{
        IN(hiddenWeights, matrix("d", "m").inDoubles().orEmpty(), "Weights of the neurons, a column each."),
        IN(outputWeights, matrix("m", "c").inDoubles().orEmpty(), "Weights of the outputs, a row for each neuron."),
        IN(biases, vector("m"), "Biases of the neurons."),
        IN(inputScale, vector("d"), "Numbers that inputs are divided by."),
        IN_OPTIONAL(inputShift, vector("d"), "Numbers that inputs are less before. Default: 0."),
        IN_OPTIONAL(gates, matrix(nullptr, "P").inDoubles().orEmpty(), "Gates of the patterns, a column each."),
        IN_OPTIONAL(pattern, indices("m"), "Number of the pattern of each neuron.")};
  }
};

struct Network {
  // A row-major matrix is its column-major transpose, which is how all of these are used.
  Mat<const double> hidden;  // m x d: u_j
  Mat<const double> output;  // c x m: a_j
  Mat<const double> gates;   // P x (d + bias); no rows for 'relu'
  std::span<const double> biases;
  std::span<const double> shift;  // empty: zeros
  std::span<const double> scale;
  std::span<const std::int32_t> pattern;
};

Mat<const double> transposeOf(const MatrixInput& matrix) {
  return {matrix.f64, matrix.columns, matrix.rows, matrix.columns};
}

Network readNetwork(const Reader& in) {
  NetworkInputs inputs;
  readMembers(inRows<NetworkInputs>, in, &inputs);
  const int d = inputs.hiddenWeights.rows;
  if (in.has("gates")) {
    const int rows = inputs.gates.rows;
    require(rows == d || rows == d + 1, "rows of gates", rows, "expected " + show(d) + " or " + show(d + 1));
    require(std::cmp_equal(inputs.pattern.size(), inputs.hiddenWeights.columns), "pattern.length",
            inputs.pattern.size(), "expected " + show(inputs.hiddenWeights.columns));
    for (const std::int32_t p : inputs.pattern) {
      require(p >= 0 && p < inputs.gates.columns, "pattern", p, "expected 0 to " + show(inputs.gates.columns - 1));
    }
  }
  return {.hidden = transposeOf(inputs.hiddenWeights),
          .output = transposeOf(inputs.outputWeights),
          .gates = transposeOf(inputs.gates),
          .biases = inputs.biases,
          .shift = inputs.inputShift,
          .scale = inputs.inputScale,
          .pattern = inputs.pattern};
}

/// Most rows of x that are worked on at a time.
constexpr int blockRows = 256;

class Forward {
 public:
  Forward(const Network& network, int rows)
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
  const Network& net_;
  Cpu la_;
  HostMatrix<double> x_, hidden_, gates_;
};

/// reluPredict(network, { x }) -> Float64Array, the outputs of row 0, 1, ... of x
Napi::Value reluPredict(const Napi::CallbackInfo& info) {
  Inputs inputs;
  const Network net = readNetwork(Reader(objectArgument(info, 0, "network"), inputs));
  Inputs last{.inPlace = true};  // after x nothing is read that might run JavaScript
  const MatrixInput x = Reader(objectArgument(info, 1, "arguments"), last).matrix("x");
  require(x.columns == net.hidden.cols, "columns of x", x.columns,
          "expected as many as the network was trained on: " + show(net.hidden.cols));
  const int c = net.output.rows;
  Napi::Float64Array data =
      Napi::Float64Array::New(info.Env(), static_cast<std::size_t>(x.rows) * static_cast<std::size_t>(c));
  if (net.hidden.rows == 0) return data;  // no neurons: zeros
  Forward forward(net, std::min(blockRows, x.rows));
  double* const outputs = data.Data();
  for (int begin = 0; begin < x.rows; begin += blockRows) {
    double* const to = outputs + static_cast<std::size_t>(begin) * static_cast<std::size_t>(c);
    forward(x, begin, {to, c, std::min(blockRows, x.rows - begin), c});
  }
  written(data);
  return data;
}

const RegisterFunction registered("reluPredict", reluPredict);

}  // namespace
}  // namespace nonconvex
