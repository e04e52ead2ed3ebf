// How a two-layer network is read from JavaScript, and its outputs are written.
#include <span>
#include <utility>

#include "binding/inputs.hpp"
#include "binding/registry.hpp"
#include "core/inputs.hpp"
#include "solvers/relu/network_outputs.hpp"

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

Mat<const double> transposeOf(const MatrixInput& matrix) {
  return {matrix.f64, matrix.columns, matrix.rows, matrix.columns};
}

ReluNetwork readNetwork(const Reader& in) {
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

/// reluPredict(network, { x }) -> Float64Array, the outputs of row 0, 1, ... of x
Napi::Value reluPredict(const Napi::CallbackInfo& info) {
  Inputs inputs;
  const ReluNetwork net = readNetwork(Reader(objectArgument(info, 0, "network"), inputs));
  Inputs last{.inPlace = true};  // after x nothing is read that might run JavaScript
  const MatrixInput x = Reader(objectArgument(info, 1, "arguments"), last).matrix("x");
  require(x.columns == net.hidden.cols, "columns of x", x.columns,
          "expected as many as the network was trained on: " + show(net.hidden.cols));
  const int c = net.output.rows;
  Napi::Float64Array data =
      Napi::Float64Array::New(info.Env(), static_cast<std::size_t>(x.rows) * static_cast<std::size_t>(c));
  networkOutputs(net, x, data.Data());
  written(data);
  return data;
}

const RegisterFunction registered("reluPredict", reluPredict);

}  // namespace
}  // namespace nonconvex
