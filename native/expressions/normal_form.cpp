#include "expressions/normal_form.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/index.hpp"
#include "expressions/formula.hpp"

namespace nonconvex {

namespace {

NormalForm::Kind kindOf(Op op) {
  using Kind = NormalForm::Kind;
  if (op == NormalForm::repeat) return Kind::index;
  if (op == NormalForm::maximum) return Kind::maximum;
  switch (op) {
    case Op::constant:
    case Op::variables:
    case Op::parameters:
      return Kind::leaf;
    case Op::slice:
    case Op::gather:
    case Op::concatenate:
      return Kind::index;
    case Op::sum:
      return Kind::sum;
    case Op::matvec:
      return Kind::matvec;
    default:
      return Kind::elementwise;
  }
}

std::size_t hashOf(const NormalForm::Node& node) {
  std::uint64_t h = 0;
  const auto mix = [&](int word) { h = (std::rotl(h, 23) ^ static_cast<std::uint32_t>(word)) * 0x9e3779b97f4a7c15ULL; };
  for (const int word : {static_cast<int>(node.op), node.size, node.a, node.b, node.extra}) mix(word);
  return static_cast<std::size_t>(h ^ (h >> 32));
}

bool same(const NormalForm::Node& x, const NormalForm::Node& y) {
  return x.op == y.op && x.size == y.size && x.a == y.a && x.b == y.b && x.extra == y.extra;
}

}  // namespace

NormalForm::NormalForm(const Graph& graph) : graph_(graph) {
  const auto nodes = graph_.nodes();
  const std::vector<char> used = graph_.usedNodes();
  nodes_.reserve(nodes.size());
  translated_.assign(nodes.size(), -1);
  // Twice as many places as nodes that there may be.
  std::size_t most = 32;
  for (const Graph::Node& node : nodes) {
    most += node.op == Op::logsumexp ? 7 : node.op == Op::dot || node.op == Op::norm2Squared ? 2 : 1;
  }
  table_.assign(std::bit_ceil(2 * most), -1);
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (used[k]) translated_[k] = translate(nodes[k], static_cast<int>(k));
  }
  if (graph_.objective() >= 0) objective_ = translated_[at(graph_.objective())];
  for (const int node : graph_.constraints()) constraints_.push_back(translated_[at(node)]);
  translated_ = {};
  table_ = {};
  constantOf_ = {};
}

/// Nodes are looked for close to where their operands' neighbours are: graphs are made, and translated, from one end to
/// the other. Where that place is full they are anywhere.
int NormalForm::intern(const Node& node) {
  constexpr std::size_t line = 8;
  const std::size_t mask = table_.size() - 1;
  const std::size_t near = (2 * at(std::max({node.a, node.b, 0})) & mask) & ~(line - 1);
  std::size_t slot = near;
  while (slot < near + line && table_[slot] >= 0 && !same(nodes_[at(table_[slot])], node)) ++slot;
  if (slot == near + line) {
    slot = hashOf(node) & mask;
    while (table_[slot] >= 0 && !same(nodes_[at(table_[slot])], node)) slot = (slot + 1) & mask;
  }
  if (table_[slot] >= 0) return table_[slot];
  table_[slot] = static_cast<int>(nodes_.size());
  nodes_.push_back(node);
  kinds_.push_back(kindOf(node.op));
  return table_[slot];
}

int NormalForm::constant(double value) {
  const auto [at, isNew] = constantOf_.try_emplace(std::bit_cast<std::uint64_t>(value), -1);
  if (isNew) {
    at->second = intern({.size = 1, .b = static_cast<int>(scalars_.size())});
    scalars_.push_back(value);
  }
  return at->second;
}

double NormalForm::number(const Node& node, int entry) const {
  if (node.size == 1) return scalars_[at(node.b)];
  return graph_.numbers(graph_.node(node.source))[at(entry)];
}

int NormalForm::elementwise(Op op, int a, int b) {
  const auto code = static_cast<std::int32_t>(op);
  if (op == Op::abs2) op = Op::square;
  if (b < 0) {
    if (isScalarConstant(a)) return constant(applyScalar(code, number(node(a)), 0));
    return intern({.op = op, .size = size(a), .a = a});
  }
  if (isScalarConstant(b)) {
    const double value = number(node(b));
    if (isScalarConstant(a)) return constant(applyScalar(code, number(node(a)), value));
    if (op == Op::pow && value == 1) return a;
    if (op == Op::pow && value == 2) return elementwise(Op::square, a);
  }
  return intern({.op = op, .size = std::max(size(a), size(b)), .a = a, .b = b});
}

int NormalForm::sum(int a, int group) {
  return group == 1 ? a : intern({.op = Op::sum, .size = size(a) / group, .a = a, .b = group});
}

int NormalForm::translate(const Graph::Node& node, int source) {
  const auto input = [&](int id) { return translated_[at(id)]; };
  if (isUnary(node.op)) return elementwise(node.op, input(node.a));
  if (isBinary(node.op)) return elementwise(node.op, input(node.a), input(node.b));
  switch (node.op) {
    case Op::constant:
      if (node.size == 1) return constant(graph_.numbers(node)[0]);
      return intern({.size = node.size, .b = node.b, .extra = 1, .source = source});
    case Op::variables:
    case Op::parameters:
      return intern({.op = node.op, .size = node.size, .b = node.b});
    case Op::sum:
      return sum(input(node.a), node.b);
    case Op::dot: {
      const bool square = input(node.a) == input(node.b);
      return sum(
          square ? elementwise(Op::square, input(node.a)) : elementwise(Op::multiply, input(node.a), input(node.b)),
          node.extra);
    }
    case Op::norm2Squared:
      return sum(elementwise(Op::square, input(node.a)), node.b);
    case Op::logsumexp:
      return logsumexp(node, input(node.a));
    case Op::matvec:
      return intern(
          {.op = node.op, .size = node.size, .a = input(node.a), .b = node.b, .extra = node.extra, .source = source});
    case Op::slice:
    case Op::gather:
      return selection(node, input(node.a), source);
    default:
      return concatenation(node);
  }
}

/// max + log sum exp(a - max): the derivative by max is zero, so that it counts as a constant.
int NormalForm::logsumexp(const Graph::Node& node, int a) {
  const int largest = intern({.op = maximum, .size = node.size, .a = a, .b = node.b});
  const int repeated =
      node.size == 1 ? largest : intern({.op = repeat, .size = node.size * node.b, .a = largest, .b = node.b});
  const int shifted = elementwise(Op::exp, elementwise(Op::subtract, a, repeated));
  return elementwise(Op::add, elementwise(Op::log, sum(shifted, node.b)), largest);
}

/// A slice of, or a gather from, node a; one entry of a leaf is a leaf.
int NormalForm::selection(const Graph::Node& node, int a, int source) {
  const Node from = this->node(a);
  const auto list = graph_.integers(node);
  if (from.size == 1 && node.size == 1) return a;
  if (node.size == 1) {
    if (from.op == Op::constant) return constant(number(from, list[0]));
    if (kind(a) == Kind::leaf) return intern({.op = from.op, .size = 1, .b = from.b + list[0]});
  }
  if (node.op == Op::slice) {
    return intern({.op = node.op, .size = node.size, .a = a, .b = list[1], .extra = list[0], .source = source});
  }
  return intern({.op = node.op, .size = node.size, .a = a, .extra = node.extra, .source = source});
}

int NormalForm::concatenation(const Graph::Node& node) {
  if (node.b == 1) return translated_[at(node.a)];
  const int first = static_cast<int>(pieces_.size());
  std::vector<int> ends;
  for (const std::int32_t piece : graph_.integers(node)) {
    pieces_.push_back(translated_[at(piece)]);
    ends.push_back((ends.empty() ? 0 : ends.back()) + size(pieces_.back()));
  }
  const int id = intern({.op = node.op, .size = node.size, .b = node.b, .extra = first});
  if (node.size != node.b) ends_.emplace(id, std::move(ends));
  return id;
}

std::pair<int, int> NormalForm::inputOf(int id, int entry) const {
  const Node& node = this->node(id);
  if (node.op == repeat) return {node.a, entry / node.b};
  switch (node.op) {
    case Op::slice:
      return {node.a, node.extra + entry * node.b};
    case Op::gather:
      return {node.a, graph_.integers(graph_.node(node.source))[at(entry)]};
    default: {  // concatenate
      if (node.size == node.b) return {pieces(node)[at(entry)], 0};
      const std::vector<int>& ends = ends_.at(id);
      const auto k = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), entry) - ends.begin());
      return {pieces(node)[k], entry - (k == 0 ? 0 : ends[k - 1])};
    }
  }
}

}  // namespace nonconvex
