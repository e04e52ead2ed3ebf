// A graph brought into the order in which it is evaluated.
//
// All numbers stand in one array of values, [x | parameters | constants | what the stages compute]. A stage is
//   a kernel: one scalar formula for many rows, each input of which is a position in the array a row;
//   a linear map with constant coefficients, sparse or dense; or
//   maxima of groups, which shift exponents and have no derivative.
// The objective and the constraints are linear in the values. Nonlinear terms are split at sums as far as possible, and
// equal scalar formulas become rows of one kernel: what a model spells out term by term is a loop again.
#pragma once

#include <memory>
#include <vector>

#include "expressions/block_program.hpp"
#include "expressions/graph.hpp"
#include "expressions/linear_rows.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

struct KernelStage {
  int rows = 0;
  Formulas formulas;
  int formula = 0;               ///< the node of `formulas` that is the result
  std::vector<IndexMap> inputs;  ///< places in the array of values
  std::vector<char> active;      ///< whether each input depends on x
};

struct DenseStage {
  std::shared_ptr<const ConstantMatrix> matrix;
  bool transposed = false;
  int count = 1;   ///< vectors, one after the other
  IndexMap input;  ///< entries of all vectors

  int inputSize() const { return count * (transposed ? matrix->rows : matrix->columns); }
  int rowSize() const { return transposed ? matrix->rows : matrix->columns; }
  /// Coefficient j of the row that makes output r, which multiplies number `first(r) + j` of the input.
  double coefficient(int r, int j) const {
    const int lines = transposed ? matrix->columns : matrix->rows;
    return transposed ? matrix->entry(j, r % lines) : matrix->entry(r % lines, j);
  }
  int first(int r) const { return r / (transposed ? matrix->columns : matrix->rows) * rowSize(); }
};

struct MaximumStage {
  IndexMap input;
  int group = 1;
};

struct Stage {
  enum class Kind { kernel, linear, dense, maximum };
  Kind kind = Kind::kernel;
  int index = 0;   ///< place in the list of its kind
  int output = 0;  ///< position of its first value
  int size = 0;
  bool active = false;  ///< depends on x
};

struct Plan {
  int variables = 0;
  int constraints = 0;
  std::vector<double> values;  ///< x is 0, parameters and constants are set
  std::vector<Stage> stages;
  std::vector<KernelStage> kernels;
  std::vector<LinearRows> linear;
  std::vector<DenseStage> dense;
  std::vector<MaximumStage> maxima;
  LinearRows objective;  ///< one row
  LinearRows constraintRows;

  /// Returns true if the constraints take nothing of kernels that depend on x.
  bool linearConstraints() const;
};

/// Throws Interrupted where the solve that `la` belongs to is aborted meanwhile.
Plan planOf(const Graph& graph, const Cpu& la = Cpu());

}  // namespace nonconvex
