// A graph brought into the order in which it is evaluated.
//
// All numbers stand in one array of values, [x | parameters | constants | what the stages compute]. A stage is
//   a kernel: one scalar formula for many rows, each input of which is a position in the array a row;
//   a linear map with constant coefficients, sparse or dense; or
//   maxima of groups, which shift exponents and have no derivative.
// The objective and the constraints are linear in the values. Nonlinear terms are split at sums as far as possible, and
// equal scalar formulas become rows of one kernel: what a model spells out term by term is a loop again.
#pragma once

#include <span>
#include <vector>

#include "model/block_program.hpp"
#include "model/graph.hpp"

namespace nonconvex {

struct KernelStage {
  int rows = 0;
  Formulas formulas;
  int formula = 0;               ///< the node of `formulas` that is the result
  std::vector<IndexMap> inputs;  ///< of the array of values
  std::vector<char> active;      ///< of each input: whether it depends on x
};

/// Row i is constants[i] + sum_k coefficients[k] v[indices[k]], k in [offsets[i], offsets[i + 1]).
struct LinearRows {
  std::vector<int> offsets = {0};
  std::vector<int> indices;
  std::vector<double> coefficients;
  std::vector<double> constants;

  int rows() const { return static_cast<int>(offsets.size()) - 1; }
};

struct DenseStage {
  const ConstantMatrix* matrix = nullptr;
  bool transposed = false;
  int count = 1;   ///< of vectors, one after the other
  IndexMap input;  ///< of all of them
};

struct MaximumStage {
  IndexMap input;
  int group = 1;
};

struct Stage {
  enum class Kind { kernel, linear, dense, maximum };
  Kind kind = Kind::kernel;
  int index = 0;   ///< in the list of its kind
  int output = 0;  ///< position of its first value
  int size = 0;
  bool active = false;  ///< depends on x
};

struct Plan {
  int variables = 0;
  int constraints = 0;
  std::vector<ConstantMatrix> matrices;  ///< of dense stages
  std::vector<double> values;            ///< x is 0, parameters and constants are set
  std::vector<Stage> stages;
  std::vector<KernelStage> kernels;
  std::vector<LinearRows> linear;
  std::vector<DenseStage> dense;
  std::vector<MaximumStage> maxima;
  LinearRows objective;  ///< one row
  LinearRows constraintRows;
};

Plan planOf(const Graph& graph);

}  // namespace nonconvex
