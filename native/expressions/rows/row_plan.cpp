#include "expressions/rows/row_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {
namespace {

bool isElementwise(Op op) { return isUnary(op) || isBinary(op); }

class RowPlanner {
 public:
  RowPlanner(const Graph& graph, int variables, std::span<const int> outputs);
  RowPlan make();

 private:
  struct Value {
    RowPlace place;
    bool known = false;
    bool active = false;
    int column = -1;  // it is one of the table, which has no place yet
  };

  /// Returns true if a node has `size` numbers that are the same for all rows.
  bool isWeights(int node, int size) const {
    const Op op = graph_.node(node).op;
    return (op == Op::variables || op == Op::constant) && graph_.size(node) == size;
  }
  void countUses(std::span<const int> outputs);
  void use(int node, int kernelSize);
  void chooseRoots();
  void add(int node);
  Value stage(RowStage::Kind kind, std::size_t index, int size, bool active);
  const Value& placed(int node);
  Value inBlock(int node);
  Value kernelOf(int size, int formulaNode, Formulas formulas, std::vector<int> inputNodes);
  int formulaOf(int node, int size, Formulas& formulas, std::vector<int>& inputs);
  int formulaOfEntries(int node, Formulas& formulas, std::vector<int>& inputs);
  Value sumOf(const Value& terms, int group);
  Value product(RowProduct made, int x);
  Value matvec(const Graph::Node& node);
  Value dot(const Graph::Node& node);
  Value lookup(const Graph::Node& node);
  Value copy(std::vector<RowCopy::Entry> entries);
  Value slice(const Graph::Node& node);
  void useColumn(int column, int size, int indexLimit);
  int constantsOf(std::span<const double> numbers);
  RowCopy::Entry entryOf(const Value& value, int k) const {
    return {value.place.inTheta, value.active, value.place.offset + k};
  }
  void findSeparate();
  void chooseBlock();

  const Graph& graph_;
  RowPlan plan_;
  std::vector<char> used_;
  std::vector<int> uses_;
  std::vector<int> consumerSize_;  // size of the kernel that uses the value; -1: something else does
  std::vector<char> root_;
  std::vector<Value> values_;
  std::vector<int> outputs_;
};

RowPlanner::RowPlanner(const Graph& graph, int variables, std::span<const int> outputs)
    : graph_(graph),
      used_(graph.nodes().size()),
      uses_(graph.nodes().size()),
      consumerSize_(graph.nodes().size(), -1),
      root_(graph.nodes().size(), 1),
      values_(graph.nodes().size()),
      outputs_(outputs.begin(), outputs.end()) {
  plan_.variables = variables;
  plan_.shared = graph.variableCount();
}

void RowPlanner::use(int node, int kernelSize) {
  used_[at(node)] = 1;
  ++uses_[at(node)];
  consumerSize_[at(node)] = kernelSize;
}

void RowPlanner::countUses(std::span<const int> outputs) {
  for (const int node : outputs) use(node, -1);
  for (std::size_t k = used_.size(); k-- > 0;) {
    if (!used_[k]) continue;
    const Graph::Node& node = graph_.node(static_cast<int>(k));
    if (node.op == Op::concatenate) {
      for (const std::int32_t input : graph_.integers(node)) use(input, -1);
      continue;
    }
    if (node.a < 0) continue;
    int size = -1;
    if (isElementwise(node.op)) size = node.size;
    if (node.op == Op::dot || node.op == Op::norm2Squared) size = graph_.size(node.a);
    if (node.op == Op::dot) size = std::max(size, graph_.size(node.b));
    if (node.op == Op::dot && (isWeights(node.a, node.extra) || isWeights(node.b, node.extra))) size = -1;
    use(node.a, size);
    const bool two = isBinary(node.op) || node.op == Op::dot || node.op == Op::lookup || node.op == Op::rowMatvec;
    if (two) use(node.b, size);
  }
}

/// Which operations on entries are the result of a kernel: those that something else than one operation on as many
/// entries takes, and some of those that would make a formula too long.
void RowPlanner::chooseRoots() {
  constexpr int longest = 48;
  std::vector<int> length(used_.size(), 0);
  for (std::size_t k = 0; k < used_.size(); ++k) {
    const Graph::Node& node = graph_.node(static_cast<int>(k));
    if (!used_[k] || !isElementwise(node.op)) continue;
    length[k] = 1;
    const int second = isBinary(node.op) && node.b != node.a ? node.b : -1;
    for (const int child : {node.a, second}) {
      if (child >= 0 && root_[at(child)] == 0) length[k] += length[at(child)];
    }
    root_[k] = uses_[k] != 1 || consumerSize_[k] != node.size || length[k] > longest ? 1 : 0;
  }
}

RowPlan RowPlanner::make() {
  for (const int node : outputs_) {
    if (node < 0 || at(node) >= used_.size()) {
      throw Error(ErrorKind::range, "output: no node " + std::to_string(node));
    }
  }
  countUses(outputs_);
  chooseRoots();
  for (std::size_t k = 0; k < used_.size(); ++k) {
    if (used_[k]) add(static_cast<int>(k));
  }
  for (const int node : outputs_) {
    const Value value = inBlock(node);
    plan_.outputs.push_back({value.place, value.active});
  }
  findSeparate();
  chooseBlock();
  return std::move(plan_);
}

/// Gives a node a value, if it has one of its own.
// Longer than most: a table of the operations.
void RowPlanner::add(int k) {
  const Graph::Node& node = graph_.node(k);
  Value& value = values_[at(k)];
  if (isElementwise(node.op)) {
    plan_.smooth &= node.op != Op::abs && node.op != Op::min && node.op != Op::max;
    if (!root_[at(k)]) return;
    Formulas formulas;
    std::vector<int> inputs;
    const int formula = formulaOfEntries(k, formulas, inputs);
    value = kernelOf(node.size, formula, std::move(formulas), std::move(inputs));
    return;
  }
  switch (node.op) {
    case Op::constant:
      value = {.place = {true, constantsOf(graph_.numbers(node)), node.size}, .known = true};
      return;
    case Op::variables:
      value = {.place = {true, node.b, node.size}, .known = true, .active = true};
      return;
    case Op::rowColumn:
      value = {.place = {false, 0, node.size}, .column = node.b};
      return;
    case Op::sum:
      value = sumOf(inBlock(node.a), node.b);
      return;
    case Op::logsumexp: {
      const Value in = inBlock(node.a);
      plan_.groups.push_back({in.place, node.b});
      value = stage(RowStage::Kind::logSumExp, plan_.groups.size() - 1, node.size, in.active);
      return;
    }
    case Op::norm2Squared: {
      Formulas formulas;
      std::vector<int> inputs;
      const int size = graph_.size(node.a);
      const int square = formulas.unary(Op::square, formulaOf(node.a, size, formulas, inputs));
      value = sumOf(kernelOf(size, square, std::move(formulas), std::move(inputs)), node.b);
      return;
    }
    case Op::dot:
      value = dot(node);
      return;
    case Op::matvec:
      value = matvec(node);
      return;
    case Op::rowMatvec: {
      const auto shape = graph_.integers(node);
      const Value W = placed(node.a);
      if (!W.place.inTheta) {
        throw Error(ErrorKind::range, "rowMatvec: the matrix differs from row to row: expected the same for all rows");
      }
      value = product({.weights = W.place.offset,
                       .rows = shape[0],
                       .columns = shape[1],
                       .transposed = shape[2] != 0,
                       .count = shape[3],
                       .weightsActive = W.active,
                       .input = {}},
                      node.b);
      return;
    }
    case Op::lookup:
      value = lookup(node);
      return;
    case Op::slice:
      value = slice(node);
      return;
    case Op::gather: {
      const Value from = placed(node.a);
      std::vector<RowCopy::Entry> entries;
      for (const std::int32_t i : graph_.integers(node)) entries.push_back(entryOf(from, i));
      value = copy(std::move(entries));
      return;
    }
    case Op::concatenate: {
      std::vector<RowCopy::Entry> entries;
      for (const std::int32_t part : graph_.integers(node)) {
        const Value from = placed(part);
        for (int j = 0; j < from.place.size; ++j) entries.push_back(entryOf(from, j));
      }
      value = copy(std::move(entries));
      return;
    }
    default:
      throw Error(ErrorKind::range, nameOf(node.op) + ": expected no such node in the formula of a row");
  }
}

RowPlanner::Value RowPlanner::stage(RowStage::Kind kind, std::size_t index, int size, bool active) {
  const int output = plan_.entries;
  if (size > std::numeric_limits<int>::max() - output) {
    throw Error(ErrorKind::solver, "the formula of a row has more than 2147483647 numbers", "TOO_LARGE");
  }
  plan_.entries += size;
  plan_.stages.push_back({kind, static_cast<int>(index), output, size, active});
  return {.place = {false, output, size}, .known = true, .active = active};
}

/// The value of a node, a column of the table read entry by entry.
const RowPlanner::Value& RowPlanner::placed(int node) {
  Value& value = values_[at(node)];
  if (value.column < 0 || value.known) return value;
  for (const RowPlan::Loaded& loaded : plan_.loaded) {
    if (loaded.column == value.column) value.place.offset = loaded.output, value.known = true;
  }
  if (value.known) return value;
  value.known = true;
  value.place.offset = plan_.entries;
  plan_.entries += value.place.size;
  plan_.loaded.push_back({value.column, value.place.offset, value.place.size});
  useColumn(value.column, value.place.size, 0);
  return value;
}

/// The value of a node in a block; a value that is the same for all rows is copied.
RowPlanner::Value RowPlanner::inBlock(int node) {
  const Value& value = placed(node);
  if (!value.place.inTheta) return value;
  std::vector<RowCopy::Entry> entries;
  for (int k = 0; k < value.place.size; ++k) entries.push_back(entryOf(value, k));
  return copy(std::move(entries));
}

int RowPlanner::constantsOf(std::span<const double> numbers) {
  const int first = plan_.theta();
  plan_.constants.insert(plan_.constants.end(), numbers.begin(), numbers.end());
  return first;
}

void RowPlanner::useColumn(int column, int size, int indexLimit) {
  for (RowPlan::UsedColumn& used : plan_.columns) {
    if (used.column != column) continue;
    require(used.size == size, "rowColumn: size", size, "expected " + show(used.size) + ", as elsewhere");
    if ((used.indexLimit > 0) != (indexLimit > 0)) continue;
    used.indexLimit = std::min(used.indexLimit, indexLimit);
    return;
  }
  plan_.columns.push_back({column, size, indexLimit});
}

/// The formula of a node as a term of a kernel for `size` entries: the node's own formula if it is no root.
int RowPlanner::formulaOf(int node, int size, Formulas& formulas, std::vector<int>& inputs) {
  if (isElementwise(graph_.node(node).op) && !root_[at(node)] && graph_.size(node) == size) {
    return formulaOfEntries(node, formulas, inputs);
  }
  const Graph::Node& given = graph_.node(node);
  if (given.op == Op::constant && given.size == 1) return formulas.constant(graph_.numbers(given)[0]);
  const auto found = std::find(inputs.begin(), inputs.end(), node);
  if (found != inputs.end()) return formulas.input(static_cast<int>(found - inputs.begin()));
  inputs.push_back(node);
  return formulas.input(static_cast<int>(inputs.size()) - 1);
}

int RowPlanner::formulaOfEntries(int k, Formulas& formulas, std::vector<int>& inputs) {
  const Graph::Node& node = graph_.node(k);
  const int a = formulaOf(node.a, node.size, formulas, inputs);
  if (isUnary(node.op)) return formulas.unary(node.op, a);
  return formulas.binary(node.op, a, formulaOf(node.b, node.size, formulas, inputs));
}

// Longer than most: the three programs of a kernel, one after the other.
RowPlanner::Value RowPlanner::kernelOf(int size, int result, Formulas formulas, std::vector<int> inputNodes) {
  RowKernel kernel;
  std::vector<char> active;
  for (const int node : inputNodes) {
    const Value& value = placed(node);
    kernel.inputs.push_back({value.place, value.active});
    active.push_back(value.active ? 1 : 0);
  }
  const int count = static_cast<int>(inputNodes.size());
  kernel.value = RowCode(formulas, std::span(&result, 1), count);
  const std::vector<int> gradient = formulas.gradient(result, active);
  std::vector<int> slopes;
  for (int k = 0; k < count; ++k) {
    const int slope = gradient[at(k)];
    if (!active[at(k)]) continue;
    if (formulas.isConstant(slope)) {
      kernel.inputs[at(k)].slope = formulas.node(slope).value;
      continue;
    }
    kernel.inputs[at(k)].slope = std::numeric_limits<double>::quiet_NaN();
    kernel.slopeOf.push_back(k);
    slopes.push_back(slope);
  }
  kernel.slopes = RowCode(formulas, slopes, count, result);
  int along = formulas.constant(0);
  for (int k = 0; k < count; ++k) {
    if (!active[at(k)]) continue;
    const int term = formulas.binary(Op::multiply, gradient[at(k)], formulas.input(count + k));
    along = formulas.binary(Op::add, along, term);
  }
  const std::vector<int> turns = formulas.gradient(along, active);
  std::vector<int> kept;
  for (int k = 0; k < count; ++k) {
    if (!active[at(k)] || formulas.isConstant(turns[at(k)], 0)) continue;
    kernel.turnOf.push_back(k);
    kept.push_back(turns[at(k)]);
  }
  kernel.turns = RowCode(formulas, kept, 2 * count, result);
  plan_.kernels.push_back(std::move(kernel));
  const bool any = std::any_of(active.begin(), active.end(), [](char is) { return is != 0; });
  return stage(RowStage::Kind::kernel, plan_.kernels.size() - 1, size, any);
}

RowPlanner::Value RowPlanner::sumOf(const Value& terms, int group) {
  plan_.groups.push_back({terms.place, group});
  return stage(RowStage::Kind::sum, plan_.groups.size() - 1, terms.place.size / group, terms.active);
}

/// A product with the vectors of a node, which may be a column as it is stored.
RowPlanner::Value RowPlanner::product(RowProduct made, int x) {
  const Value& from = values_[at(x)];
  if (from.column >= 0 && made.count == 1) {
    made.column = from.column;
    made.input = {false, 0, from.place.size};
    useColumn(from.column, from.place.size, 0);
  } else {
    const Value vectors = inBlock(x);
    made.input = vectors.place;
    made.inputActive = vectors.active;
  }
  const int size = made.out() * made.count;
  const bool active = made.weightsActive || made.inputActive;
  plan_.products.push_back(made);
  return stage(RowStage::Kind::product, plan_.products.size() - 1, size, active);
}

RowPlanner::Value RowPlanner::matvec(const Graph::Node& node) {
  const auto& matrix = graph_.matrixOf(node);
  const bool transposed = node.extra % 2 != 0;
  const int count = node.extra / 2;
  if (matrix->dense()) {
    return product({.weights = constantsOf(matrix->values),
                    .rows = matrix->rows,
                    .columns = matrix->columns,
                    .transposed = transposed,
                    .count = count,
                    .input = {}},
                   node.a);
  }
  const Value in = inBlock(node.a);
  plan_.sparseProducts.push_back({matrix, transposed, count, in.place});
  return stage(RowStage::Kind::sparseProduct, plan_.sparseProducts.size() - 1, node.size, in.active);
}

RowPlanner::Value RowPlanner::dot(const Graph::Node& node) {
  // One vector that is the same for all rows: a product with a matrix of one row.
  for (const auto& [weights, x] : {std::pair(node.a, node.b), std::pair(node.b, node.a)}) {
    const Value& w = values_[at(weights)];
    const bool fits = w.known && w.place.inTheta && w.place.size == node.extra && graph_.size(x) == node.extra;
    const bool open = fits && (values_[at(x)].column >= 0 || (values_[at(x)].known && !values_[at(x)].place.inTheta));
    if (!open) continue;
    return product(
        {.weights = w.place.offset, .rows = 1, .columns = node.extra, .weightsActive = w.active, .input = {}}, x);
  }
  Formulas formulas;
  std::vector<int> inputs;
  const int size = std::max(graph_.size(node.a), graph_.size(node.b));
  const int a = formulaOf(node.a, size, formulas, inputs);
  const int b = formulaOf(node.b, size, formulas, inputs);
  const int terms = formulas.binary(Op::multiply, a, b);
  return sumOf(kernelOf(size, terms, std::move(formulas), std::move(inputs)), node.extra);
}

RowPlanner::Value RowPlanner::lookup(const Graph::Node& node) {
  const Value from = placed(node.a);
  const Graph::Node& indices = graph_.node(node.b);
  useColumn(indices.b, indices.size, from.place.size / node.extra);
  plan_.lookups.push_back({from.place, from.active, indices.b, indices.size, node.extra});
  return stage(RowStage::Kind::lookup, plan_.lookups.size() - 1, node.size, from.active);
}

RowPlanner::Value RowPlanner::copy(std::vector<RowCopy::Entry> entries) {
  const bool active = std::any_of(entries.begin(), entries.end(), [](const auto& e) { return e.active; });
  const int size = static_cast<int>(entries.size());
  plan_.copies.push_back({std::move(entries)});
  return stage(RowStage::Kind::copy, plan_.copies.size() - 1, size, active);
}

RowPlanner::Value RowPlanner::slice(const Graph::Node& node) {
  const auto integers = graph_.integers(node);
  const int first = integers[0], step = integers[1];
  Value from = placed(node.a);
  if (step == 1 || node.size == 1) {
    from.column = -1;
    from.place.offset += first;
    from.place.size = node.size;
    return from;
  }
  std::vector<RowCopy::Entry> entries;
  for (int k = 0; k < node.size; ++k) entries.push_back(entryOf(from, first + k * step));
  return copy(std::move(entries));
}

void RowPlanner::findSeparate() {
  std::vector<std::pair<int, int>> spans;
  const auto note = [&](int offset, int size) { spans.emplace_back(offset, offset + size); };
  for (const RowKernel& kernel : plan_.kernels) {
    for (const RowKernel::Input& input : kernel.inputs) {
      if (input.active && input.place.inTheta) note(input.place.offset, input.place.size);
    }
  }
  for (const RowProduct& product : plan_.products) {
    if (product.weightsActive) note(product.weights, product.rows * product.columns);
    plan_.separate &= !product.weightsActive || product.count == 1;
  }
  for (const RowLookup& lookup : plan_.lookups) {
    if (lookup.fromActive && lookup.from.inTheta) note(lookup.from.offset, lookup.from.size);
    plan_.separate &= lookup.indices == 1;
  }
  for (const RowCopy& copy : plan_.copies) {
    for (const RowCopy::Entry& entry : copy.entries) {
      if (entry.active && entry.inTheta) note(entry.offset, 1);
    }
  }
  std::sort(spans.begin(), spans.end());
  for (std::size_t k = 1; k < spans.size(); ++k) plan_.separate &= spans[k].first >= spans[k - 1].second;
}

void RowPlanner::chooseBlock() {
  constexpr int numbers = 1 << 17, least = 32, most = 256;
  const int fitting = numbers / std::max(1, plan_.entries);
  plan_.block = most;
  while (plan_.block > least && plan_.block > fitting) plan_.block /= 2;
}

}  // namespace

RowPlan rowPlanOf(const Graph& graph, int variables, std::span<const int> outputs) {
  return RowPlanner(graph, variables, outputs).make();
}

}  // namespace nonconvex
