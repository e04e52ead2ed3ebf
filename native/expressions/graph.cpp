#include "expressions/graph.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.hpp"

namespace nonconvex {

namespace {

[[noreturn]] void fail(Op op, const std::string& what) { throw Error(ErrorKind::range, nameOf(op) + ": " + what); }

int product(int a, int b, Op op) {
  const long long size = static_cast<long long>(a) * b;
  if (size > std::numeric_limits<int>::max()) fail(op, "a size of " + std::to_string(size) + " is too large");
  return static_cast<int>(size);
}

/// Takes a serialised form apart, record by record.
class Reader {
 public:
  explicit Reader(std::span<const std::int32_t> code) : code_(code) {}
  bool atEnd() const { return at_ == code_.size(); }
  std::int32_t next() {
    if (atEnd()) throw Error(ErrorKind::range, "code: ends within record " + std::to_string(record_));
    return code_[at_++];
  }
  std::span<const std::int32_t> next(std::int32_t count) {
    if (count < 0 || static_cast<std::size_t>(count) > code_.size() - at_) {
      throw Error(ErrorKind::range, "code: record " + std::to_string(record_) + " has a list of " +
                                        std::to_string(count) + " entries, " + std::to_string(code_.size() - at_) +
                                        " integers are left");
    }
    const auto list = code_.subspan(at_, static_cast<std::size_t>(count));
    at_ += list.size();
    return list;
  }
  void endRecord() { ++record_; }
  int record() const { return record_; }

 private:
  std::span<const std::int32_t> code_;
  std::size_t at_ = 0;
  int record_ = 0;
};

void readConstant(Graph& graph, int size, int offset, std::span<const double> numbers) {
  if (size < 1 || offset < 0 || static_cast<std::size_t>(offset) > numbers.size() ||
      static_cast<std::size_t>(size) > numbers.size() - static_cast<std::size_t>(offset)) {
    fail(Op::constant, "size " + std::to_string(size) + " at offset " + std::to_string(offset) + " of " +
                           std::to_string(numbers.size()) + " numbers");
  }
  graph.constant(numbers.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size)));
}

// Longer than most: a table of the operations, each with the integers of its record in their order.
void readRecord(Graph& graph, Reader& in, std::span<const double> numbers) {
  const Op op = static_cast<Op>(in.next());
  if (isUnary(op)) {
    graph.unary(op, in.next());
    return;
  }
  const int a = in.next();
  if (isBinary(op)) {
    graph.binary(op, a, in.next());
    return;
  }
  switch (op) {
    case Op::constant:
      readConstant(graph, a, in.next(), numbers);
      return;
    case Op::variables:
      graph.variables(in.next(), a);
      return;
    case Op::parameters:
      graph.parameters(in.next(), a);
      return;
    case Op::sum:
      graph.sum(a, in.next());
      return;
    case Op::dot: {
      const int b = in.next();
      graph.dot(a, b, in.next());
      return;
    }
    case Op::norm2Squared:
      graph.norm2Squared(a, in.next());
      return;
    case Op::logsumexp:
      graph.logsumexp(a, in.next());
      return;
    case Op::matvec: {
      const int matrix = in.next();
      const int transposed = in.next();
      graph.matvec(a, matrix, transposed != 0, in.next());
      return;
    }
    case Op::slice: {
      const int first = in.next();
      const int step = in.next();
      graph.slice(a, first, step, in.next());
      return;
    }
    case Op::gather: {
      const int size = in.next();
      graph.gather(a, in.next(size));
      return;
    }
    case Op::concatenate:
      graph.concatenate(in.next(a));
      return;
    case Op::rowColumn:
      graph.rowColumn(in.next(), a);
      return;
    case Op::lookup: {
      const int indices = in.next();
      graph.lookup(a, indices, in.next());
      return;
    }
    case Op::rowMatvec: {
      const int x = in.next();
      const auto shape = in.next(4);
      graph.rowMatvec(a, x, shape[0], shape[1], shape[2] != 0, shape[3]);
      return;
    }
    default:
      throw Error(ErrorKind::range, "unknown operation " + std::to_string(static_cast<int>(op)));
  }
}

void checkMatrix(const ConstantMatrix& m) {
  const std::string name = "matrix of " + show(m.rows) + " x " + show(m.columns);
  if (m.rows <= 0 || m.columns <= 0) throw Error(ErrorKind::range, name + ": expected at least one row and one column");
  if (m.dense()) {
    const std::size_t size = static_cast<std::size_t>(m.rows) * static_cast<std::size_t>(m.columns);
    return require(m.values.size() == size, name + ": values.length", m.values.size(), "expected " + show(size));
  }
  requireSparse(m.view(), name);
  if (m.by == Lines::rows && indicesIncrease(m.offsets, m.indices)) return;
  throw Error(ErrorKind::range, name + ": expected rows, with increasing indices");
}

}  // namespace

Graph::Graph(int variables, std::vector<double> parameters)
    : variables_(variables), parameters_(std::move(parameters)) {
  require(variables >= 0, "variables", variables, "must not be negative");
}

Graph Graph::parse(int variables, std::vector<double> parameters, std::span<const std::int32_t> code,
                   std::span<const double> numbers, std::vector<ConstantMatrix> matrices) {
  Graph graph(variables, std::move(parameters));
  for (ConstantMatrix& matrix : matrices) graph.matrix(std::move(matrix));
  Reader in(code);
  for (; !in.atEnd(); in.endRecord()) {
    try {
      readRecord(graph, in, numbers);
    } catch (const Error& error) {
      throw Error(error.kind(), "node " + std::to_string(in.record()) + ": " + error.what());
    }
  }
  return graph;
}

int Graph::append(Node node) {
  if (nodes_.size() >= static_cast<std::size_t>(std::numeric_limits<int>::max())) fail(node.op, "too many nodes");
  nodes_.push_back(node);
  return static_cast<int>(nodes_.size()) - 1;
}

void Graph::checkInput(int node, Op op) const {
  if (node < 0 || static_cast<std::size_t>(node) >= nodes_.size()) {
    fail(op, "input " + std::to_string(node) + " is not a node before it");
  }
}

void Graph::checkGroup(int size, int group, Op op) const {
  if (group < 1 || size % group != 0) {
    fail(op, "groups of " + std::to_string(group) + " do not divide a size of " + std::to_string(size));
  }
}

int Graph::constant(std::span<const double> values) {
  if (values.empty()) fail(Op::constant, "has no numbers");
  const int offset = static_cast<int>(numbers_.size());
  numbers_.insert(numbers_.end(), values.begin(), values.end());
  if (numbers_.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) fail(Op::constant, "too many");
  return append({.op = Op::constant, .size = static_cast<int>(values.size()), .b = offset});
}

int Graph::variables(int first, int size) {
  if (first < 0 || size < 1 || first > variables_ - size) {
    fail(Op::variables, "[" + std::to_string(first) + ", " + std::to_string(static_cast<long long>(first) + size) +
                            ") of " + std::to_string(variables_));
  }
  return append({.op = Op::variables, .size = size, .b = first});
}

int Graph::parameters(int first, int size) {
  const int count = static_cast<int>(parameters_.size());
  if (first < 0 || size < 1 || first > count - size) {
    fail(Op::parameters, "[" + std::to_string(first) + ", " + std::to_string(static_cast<long long>(first) + size) +
                             ") of " + std::to_string(count));
  }
  return append({.op = Op::parameters, .size = size, .b = first});
}

int Graph::unary(Op op, int a) {
  if (!isUnary(op)) fail(op, "takes other inputs");
  checkInput(a, op);
  return append({.op = op, .size = size(a), .a = a});
}

int Graph::binary(Op op, int a, int b) {
  if (!isBinary(op)) fail(op, "takes other inputs");
  checkInput(a, op);
  checkInput(b, op);
  if (size(a) != size(b) && size(a) != 1 && size(b) != 1) {
    fail(op, "sizes " + std::to_string(size(a)) + " and " + std::to_string(size(b)));
  }
  return append({.op = op, .size = size(a) == 1 ? size(b) : size(a), .a = a, .b = b});
}

int Graph::sum(int a, int group) {
  checkInput(a, Op::sum);
  checkGroup(size(a), group, Op::sum);
  return append({.op = Op::sum, .size = size(a) / group, .a = a, .b = group});
}

int Graph::dot(int a, int b, int group) {
  checkInput(a, Op::dot);
  checkInput(b, Op::dot);
  if (size(a) != size(b) && size(a) != 1 && size(b) != 1) {
    fail(Op::dot, "sizes " + std::to_string(size(a)) + " and " + std::to_string(size(b)));
  }
  const int longer = size(a) == 1 ? size(b) : size(a);
  checkGroup(longer, group, Op::dot);
  return append({.op = Op::dot, .size = longer / group, .a = a, .b = b, .extra = group});
}

int Graph::norm2Squared(int a, int group) {
  checkInput(a, Op::norm2Squared);
  checkGroup(size(a), group, Op::norm2Squared);
  return append({.op = Op::norm2Squared, .size = size(a) / group, .a = a, .b = group});
}

int Graph::logsumexp(int a, int group) {
  checkInput(a, Op::logsumexp);
  checkGroup(size(a), group, Op::logsumexp);
  return append({.op = Op::logsumexp, .size = size(a) / group, .a = a, .b = group});
}

int Graph::matrix(ConstantMatrix matrix) {
  checkMatrix(matrix);
  matrices_.push_back(std::make_shared<const ConstantMatrix>(std::move(matrix)));
  return static_cast<int>(matrices_.size()) - 1;
}

int Graph::matvec(int a, int matrix, bool transposed, int count) {
  checkInput(a, Op::matvec);
  if (matrix < 0 || static_cast<std::size_t>(matrix) >= matrices_.size()) {
    fail(Op::matvec, "matrix " + std::to_string(matrix) + " of " + std::to_string(matrices_.size()));
  }
  const ConstantMatrix& m = *matrices_[static_cast<std::size_t>(matrix)];
  const int in = transposed ? m.rows : m.columns;
  const int out = transposed ? m.columns : m.rows;
  if (count < 1 || count > std::numeric_limits<int>::max() / 2 || product(in, count, Op::matvec) != size(a)) {
    fail(Op::matvec, (transposed ? "transposed " : "") + std::to_string(m.rows) + " x " + std::to_string(m.columns) +
                         " matrix and " + std::to_string(count) + " vectors of total size " + std::to_string(size(a)));
  }
  return append({.op = Op::matvec,
                 .size = product(out, count, Op::matvec),
                 .a = a,
                 .b = matrix,
                 .extra = 2 * count + (transposed ? 1 : 0)});
}

int Graph::slice(int a, int first, int step, int size) {
  checkInput(a, Op::slice);
  const long long last = first + static_cast<long long>(step) * (static_cast<long long>(size) - 1);
  const int whole = this->size(a);
  if (size < 1 || first < 0 || first >= whole || last < 0 || last >= whole) {
    fail(Op::slice, "from " + std::to_string(first) + " by " + std::to_string(step) + ", " + std::to_string(size) +
                        " numbers, of a size of " + std::to_string(whole));
  }
  const int at = static_cast<int>(integers_.size());
  integers_.insert(integers_.end(), {first, step});
  return append({.op = Op::slice, .size = size, .a = a, .extra = at});
}

int Graph::gather(int a, std::span<const std::int32_t> indices) {
  checkInput(a, Op::gather);
  if (indices.empty()) fail(Op::gather, "has no indices");
  for (const std::int32_t index : indices) {
    if (index < 0 || index >= size(a)) {
      fail(Op::gather, "index " + std::to_string(index) + " of a size of " + std::to_string(size(a)));
    }
  }
  const int at = static_cast<int>(integers_.size());
  integers_.insert(integers_.end(), indices.begin(), indices.end());
  return append({.op = Op::gather, .size = static_cast<int>(indices.size()), .a = a, .extra = at});
}

int Graph::concatenate(std::span<const std::int32_t> nodes) {
  if (nodes.empty()) fail(Op::concatenate, "has no inputs");
  long long total = 0;
  for (const std::int32_t node : nodes) {
    checkInput(node, Op::concatenate);
    total += size(node);
  }
  if (total > std::numeric_limits<int>::max()) fail(Op::concatenate, "a size of " + std::to_string(total));
  const int at = static_cast<int>(integers_.size());
  integers_.insert(integers_.end(), nodes.begin(), nodes.end());
  return append({.op = Op::concatenate,
                 .size = static_cast<int>(total),
                 .a = nodes.front(),
                 .b = static_cast<int>(nodes.size()),
                 .extra = at});
}

int Graph::rowColumn(int column, int size) {
  if (column < 0 || size < 1) fail(Op::rowColumn, show(size) + " numbers of column " + show(column));
  return append({.op = Op::rowColumn, .size = size, .b = column});
}

int Graph::lookup(int a, int indices, int width) {
  checkInput(a, Op::lookup);
  checkInput(indices, Op::lookup);
  checkGroup(size(a), width, Op::lookup);
  if (node(indices).op != Op::rowColumn) fail(Op::lookup, "expected indices that are a column");
  return append(
      {.op = Op::lookup, .size = product(size(indices), width, Op::lookup), .a = a, .b = indices, .extra = width});
}

int Graph::rowMatvec(int W, int x, int rows, int columns, bool transposed, int count) {
  checkInput(W, Op::rowMatvec);
  checkInput(x, Op::rowMatvec);
  const std::string shape = show(rows) + " x " + show(columns);
  if (rows < 1 || columns < 1 || count < 1 || product(rows, columns, Op::rowMatvec) != size(W) ||
      product(transposed ? rows : columns, count, Op::rowMatvec) != size(x)) {
    fail(Op::rowMatvec, shape + (transposed ? " transposed" : "") + " of " + show(size(W)) + " numbers and " +
                            show(count) + " vectors of total size " + show(size(x)));
  }
  const int list = static_cast<int>(integers_.size());
  integers_.insert(integers_.end(), {rows, columns, transposed ? 1 : 0, count});
  return append({.op = Op::rowMatvec,
                 .size = product(transposed ? columns : rows, count, Op::rowMatvec),
                 .a = W,
                 .b = x,
                 .extra = list});
}

void Graph::minimize(int node) {
  if (node < 0 || static_cast<std::size_t>(node) >= nodes_.size() || size(node) != 1) {
    throw Error(ErrorKind::range, "objective: node " + std::to_string(node) + " is not a scalar");
  }
  objective_ = node;
}

void Graph::equalZero(int node) {
  if (node < 0 || static_cast<std::size_t>(node) >= nodes_.size()) {
    throw Error(ErrorKind::range, "constraint: no node " + std::to_string(node));
  }
  constraints_.push_back(node);
  if (constraintCount_ > std::numeric_limits<int>::max() - size(node)) {
    throw Error(ErrorKind::range, "too many constraints");
  }
  constraintCount_ += size(node);
}

Graph Graph::withoutFunctions() const {
  Graph copy = *this;
  copy.objective_ = -1;
  copy.constraints_.clear();
  copy.constraintCount_ = 0;
  return copy;
}

std::vector<char> Graph::usedNodes() const {
  std::vector<char> used(nodes_.size(), 0);
  const auto use = [&](int k) { used[static_cast<std::size_t>(k)] = 1; };
  if (objective_ >= 0) use(objective_);
  for (const int k : constraints_) use(k);
  for (std::size_t k = used.size(); k-- > 0;) {
    if (!used[k]) continue;
    const Node& node = nodes_[k];
    if (node.op == Op::concatenate) {
      for (const std::int32_t input : integers(node)) use(input);
      continue;
    }
    if (node.a >= 0) use(node.a);
    if (isBinary(node.op) || node.op == Op::dot) use(node.b);
  }
  return used;
}

bool Graph::same(int a, int b, int depth) const {
  if (a == b) return true;
  const Node &x = node(a), &y = node(b);
  if (depth == 0 || x.op != y.op || x.size != y.size) return false;
  if (x.op == Op::variables || x.op == Op::parameters) return x.b == y.b;
  if (x.op == Op::constant) return std::ranges::equal(numbers(x), numbers(y));
  if (operandsOf(x.op) == 0 || !same(x.a, y.a, depth - 1)) return false;
  return isUnary(x.op) || same(x.b, y.b, depth - 1);
}

std::span<const double> Graph::numbers(const Node& node) const {
  return std::span(numbers_).subspan(static_cast<std::size_t>(node.b), static_cast<std::size_t>(node.size));
}

std::span<const std::int32_t> Graph::integers(const Node& node) const {
  const int count = node.op == Op::slice         ? 2
                    : node.op == Op::rowMatvec   ? 4
                    : node.op == Op::concatenate ? node.b
                                                 : node.size;
  return std::span(integers_).subspan(static_cast<std::size_t>(node.extra), static_cast<std::size_t>(count));
}

}  // namespace nonconvex
