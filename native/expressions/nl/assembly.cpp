#include "expressions/nl/assembly.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {

namespace {

/// Linear parts as one sparse matrix. The terms of a row, which come in any order, are sorted.
SparseMatrix matrixOf(std::span<std::vector<NlLinearTerm>> rows, int variables) {
  SparseMatrix matrix;
  matrix.rows = static_cast<int>(rows.size());
  matrix.columns = variables;
  matrix.offsets = {0};
  for (std::vector<NlLinearTerm>& row : rows) {
    std::stable_sort(row.begin(), row.end(), [](const auto& x, const auto& y) { return x.variable < y.variable; });
    for (const NlLinearTerm& term : row) {
      if (term.coefficient == 0) continue;
      const bool again = matrix.indices.size() > at(matrix.offsets.back()) && matrix.indices.back() == term.variable;
      if (again) {
        matrix.values.back() += term.coefficient;
      } else {
        matrix.indices.push_back(term.variable);
        matrix.values.push_back(term.coefficient);
      }
    }
    matrix.offsets.push_back(static_cast<int>(matrix.indices.size()));
  }
  return matrix;
}

/// The node plus the linear parts of its entries.
int withLinear(Graph& graph, int node, std::span<std::vector<NlLinearTerm>> rows) {
  const int n = graph.variableCount();
  SparseMatrix matrix = matrixOf(rows, n);
  if (matrix.indices.empty()) return node;
  return graph.binary(Op::add, node, graph.matvec(graph.variables(0, n), graph.matrix(std::move(matrix))));
}

/// Copies a graph without the variables that are fixed.
class FixedVariables {
 public:
  FixedVariables(const Graph& from, const NlModel& model)
      : from_(from), model_(model), to_(static_cast<int>(model.start.size())) {}

  Graph leaveOut() {
    for (const Graph::Node& node : from_.nodes()) translated_.push_back(translate(node));
    if (from_.objective() >= 0) to_.minimize(translated_[at(from_.objective())]);
    for (const int node : from_.constraints()) to_.equalZero(translated_[at(node)]);
    return std::move(to_);
  }

 private:
  int variable(int k) {
    const int place = model_.modelVariable[at(k)];
    return place < 0 ? to_.constant(model_.fixedValues[at(k)]) : to_.variables(place, 1);
  }
  int input(int node) const { return translated_[at(node)]; }
  int translate(const Graph::Node& node) {
    if (isUnary(node.op)) return to_.unary(node.op, input(node.a));
    if (isBinary(node.op)) return to_.binary(node.op, input(node.a), input(node.b));
    if (node.op == Op::constant) return to_.constant(from_.numbers(node));
    if (node.op == Op::sum) return to_.sum(input(node.a), node.b);
    if (node.op == Op::variables && node.size == 1) return variable(node.b);
    if (node.op == Op::variables || node.op == Op::concatenate) return join(node);
    to_.matrix(*from_.matrixOf(node));  // matvec: the reader makes no other nodes
    return to_.matvec(input(node.a), matrices_++);
  }
  int join(const Graph::Node& node) {
    pieces_.clear();
    if (node.op == Op::variables) {
      for (int k = 0; k < node.size; ++k) pieces_.push_back(variable(node.b + k));
    } else {
      for (const std::int32_t piece : from_.integers(node)) pieces_.push_back(input(piece));
    }
    return to_.concatenate(pieces_);
  }

  const Graph& from_;
  const NlModel& model_;
  Graph to_;
  std::vector<int> translated_;  // the node of to_ for each node of from_
  std::vector<int> pieces_;
  int matrices_ = 0;
};

/// The objective, negative where it is to be maximised.
void takeObjective(NlContents& file, NlModel& model, int objective) {
  if (objective == 0 || file.objectives == 0) return;
  Graph& graph = file.graph;
  const auto k = static_cast<std::size_t>(objective) - 1;
  int f = withLinear(graph, file.objectiveNodes[k], std::span(file.objectiveRows).subspan(k, 1));
  model.maximise = file.maximise[k] != 0;
  if (model.maximise) f = graph.unary(Op::negate, f);
  graph.minimize(f);
}

/// The rows, with their sides.
void takeConstraints(NlContents& file, NlModel& model) {
  if (file.constraints == 0) return;
  Graph& graph = file.graph;
  std::vector<double> rightHandSides;
  for (const NlSides& sides : file.sides) {
    const bool equal = sides.equal();
    rightHandSides.push_back(equal ? sides.lower : 0);
    model.constraintLower.push_back(equal ? 0 : sides.lower);
    model.constraintUpper.push_back(equal ? 0 : sides.upper);
  }
  int c = withLinear(graph, graph.concatenate(file.bodies), file.rows);
  if (std::any_of(file.sides.begin(), file.sides.end(), [](const NlSides& sides) { return sides.equal(); })) {
    c = graph.binary(Op::subtract, c, graph.constant(rightHandSides));
  }
  graph.equalZero(c);
}

/// The variables that are not fixed, with their bounds.
void takeVariables(NlContents& file, NlModel& model) {
  // Reduced costs: the derivatives of the file's objective by the bounds, which are zL and -zU where it minimises.
  const double sign = model.maximise ? -1 : 1;
  const auto take = [](const std::vector<double>& duals, std::size_t i, double factor, std::vector<double>& to) {
    if (!duals.empty()) to.push_back(std::max(0.0, factor * duals[i]));
  };
  for (std::size_t i = 0; i < file.bounds.size(); ++i) {
    const NlSides& bounds = file.bounds[i];
    const bool integer = file.integer[i] != 0;
    const bool fixed = bounds.equal() && !(integer && bounds.lower != std::floor(bounds.lower));
    const int place = static_cast<int>(model.start.size());
    model.modelVariable.push_back(fixed ? -1 : place);
    model.fixedValues.push_back(fixed ? bounds.lower : 0);
    if (fixed) continue;
    if (integer) model.integers.push_back(place);
    model.start.push_back(file.start[i]);
    model.variableLower.push_back(bounds.lower);
    model.variableUpper.push_back(bounds.upper);
    take(file.lowerDuals, i, sign, model.lowerMultipliers);
    take(file.upperDuals, i, -sign, model.upperMultipliers);
  }
}

}  // namespace

NlModel assembleNl(NlContents file, int objective) {
  require(objective >= 0 && objective <= std::max(file.objectives, 1), "objective", objective,
          "must be 0 to " + std::to_string(file.objectives));
  NlModel model;
  takeObjective(file, model, objective);
  takeConstraints(file, model);
  takeVariables(file, model);
  for (const double dual : file.duals) model.multipliers.push_back(model.maximise ? dual : -dual);
  model.notes = std::move(file.notes);
  const bool noneFixed = model.start.size() == file.bounds.size();
  model.graph = noneFixed ? std::move(file.graph) : FixedVariables(file.graph, model).leaveOut();
  if (!noneFixed) model.whole = std::move(file.graph);
  return model;
}

}  // namespace nonconvex
