#include "model/plan.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/error.hpp"

namespace nonconvex {

namespace {

constexpr Op groupMaximum = static_cast<Op>(200);
constexpr std::size_t mostInputs = 12;       // of a kernel; above, parts of its formula become values of their own
constexpr std::size_t mostLinearInputs = 6;  // of an affine part inside a nonlinear formula
constexpr int mostOperations = 300;          // of a formula
constexpr int sharedOperations = 30;         // from here on, a part with several users is computed once
constexpr std::size_t leastDense = 64;       // entries of a dense matrix that stays one

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// A node of the graph in fewer operations, with equal nodes made one.
struct Node {
  Op op = Op::constant;
  int size = 1;
  int a = -1;
  int b = -1;        // as in Graph::Node
  int extra = 0;     // as in Graph::Node
  int source = -1;   // node of the graph that has the integers, the numbers or the matrix
  double value = 0;  // of a scalar constant
};

struct Coefficient {
  int row;
  int entry;
  double value;
};
using Coefficients = std::vector<Coefficient>;

struct Hash {
  std::size_t operator()(const std::vector<std::int32_t>& key) const {
    std::uint64_t h = key.size();
    for (const std::int32_t word : key) {
      h = (std::rotl(h, 5) ^ static_cast<std::uint32_t>(word)) * 0x9e3779b97f4a7c15ULL;
    }
    return static_cast<std::size_t>(h ^ (h >> 32));
  }
};

class Planner {
 public:
  explicit Planner(const Graph& graph) : graph_(graph) {}
  Plan make() {
    normalise();
    splitFormulas();
    pushRows();
    setLevels();
    placeValues();
    buildRows();
    return std::move(plan_);
  }

 private:
  enum class Kind : char { leaf, index, elementwise, sum, matvec, maximum };

  struct Root {  // a formula: one row, or a row for each entry of a vector node
    int node;
    int signature;
    std::size_t leaves;     // first in leafPool_
    std::size_t constants;  // first in constantPool_
  };
  struct Signature {
    std::vector<std::int32_t> code;
    int leaves = 0;
    int constants = 0;
  };

  // Fewer operations, equal nodes once, what nothing depends on left out.
  void normalise();
  int translate(const Graph::Node& node, int source);
  int intern(Node node);
  int scalarConstant(double value) {
    Node node;
    node.value = value;
    return intern(node);
  }
  int elementwise(Op op, int a, int b = -1);
  int variable(int first, int size) { return intern({.op = Op::variables, .size = size, .b = first}); }

  Kind kindOf(const Node& node) const;
  bool scalarConstant(const Node& node) const { return node.op == Op::constant && node.size == 1; }
  bool additive(const Node& node) const;
  bool partOf(int child, const Node& parent) const {  // of one formula
    return kind_[at(child)] == Kind::elementwise && nodes_[at(child)].size == parent.size && !cut_[at(child)];
  }
  std::span<const std::int32_t> pieces(const Node& node) const { return graph_.integers(graph_.node(node.source)); }

  // Which parts of formulas are values of their own.
  void splitFormulas();

  // From the objective and the constraints down through all that is linear, to what is not.
  void pushRows();
  void push(int id, Coefficients rows);
  void pushInto(int id, Coefficient c) { rows_[at(id)].push_back(c); }
  bool fillsIn(const Node& node, const Coefficients& rows) const;
  void use(int id, int entry) {
    isValue_[at(id)] = 1;
    rank_[first_[at(id)] + at(entry)] = 0;
  }
  std::vector<int> allEntries(int id) const {
    std::vector<int> entries(at(nodes_[at(id)].size));
    std::iota(entries.begin(), entries.end(), 0);
    return entries;
  }
  std::vector<int> usedEntries(int id);
  std::pair<int, int> inputOf(int id, int entry);
  void extract(int root);
  int extract(int id, Signature& signature, std::unordered_map<int, int>& known);

  void setLevels();
  void placeValues();
  void placeKernels(int level);
  int position(int id, int entry);
  IndexMap mapOf(int id, std::span<const int> entries);
  KernelStage kernelOf(const std::vector<const Root*>& roots);
  void addStage(Stage::Kind kind, int index, int size, bool active);
  void buildRows();

  const Graph& graph_;
  Plan plan_;
  std::vector<Node> nodes_;
  std::vector<int> translated_;
  std::unordered_map<std::vector<std::int32_t>, int, Hash> known_;
  std::vector<int> constraints_;
  int objective_ = -1;

  std::vector<Kind> kind_;
  std::vector<char> active_;
  std::vector<char> cut_;
  std::vector<char> additive_;
  std::vector<char> isValue_;
  std::vector<std::size_t> first_;  // of each node, in rank_
  std::vector<int> rank_;           // by entry: its place among those that are used; -1: not used
  std::vector<int> level_;
  std::vector<int> firstRow_;  // of a linear value
  std::vector<int> place_;     // position of a value's first entry
  int rowCount_ = 0;
  std::vector<int> rowOwner_;  // node of a linear value's row, by row - 1 - m
  std::vector<Coefficients> rows_;
  std::vector<Root> roots_;
  std::vector<Signature> signatures_;
  std::unordered_map<std::vector<std::int32_t>, int, Hash> signatureOf_;
  std::vector<int> leafPool_;
  std::vector<double> constantPool_;
  std::unordered_map<int, std::vector<int>> ends_;  // of the pieces of a concatenation
  std::vector<std::pair<int, int>> linearPlaces_;   // first row and position of a linear value
};

Planner::Kind Planner::kindOf(const Node& node) const {
  switch (node.op) {
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
      return node.op == groupMaximum ? Kind::maximum : Kind::elementwise;
  }
}

bool Planner::additive(const Node& node) const {
  const auto constant = [&](int id) { return nodes_[at(id)].op == Op::constant; };
  switch (node.op) {
    case Op::add:
    case Op::subtract:
    case Op::negate:
      return true;
    case Op::multiply:
      return constant(node.a) || constant(node.b);
    case Op::divide:
      return constant(node.b);
    default:
      return false;
  }
}

int Planner::intern(Node node) {
  // Gathers and concatenations are told apart by their place in the graph.
  const auto bits = std::bit_cast<std::uint64_t>(node.value);
  std::vector<std::int32_t> key = {
      static_cast<std::int32_t>(node.op),   node.size, node.a, node.b, node.extra, static_cast<std::int32_t>(bits),
      static_cast<std::int32_t>(bits >> 32)};
  if (node.op == Op::slice) {
    const auto list = graph_.integers(graph_.node(node.source));
    key[4] = list[0];
    key.push_back(list[1]);
  }
  const auto [at, isNew] = known_.try_emplace(std::move(key), static_cast<int>(nodes_.size()));
  if (isNew) nodes_.push_back(node);
  return at->second;
}

int Planner::elementwise(Op op, int a, int b) {
  const Node& x = nodes_[at(a)];
  if (op == Op::abs2) op = Op::square;
  if (b < 0) {
    if (scalarConstant(x)) return scalarConstant(applyScalar(static_cast<std::int32_t>(op), x.value, 0));
    return intern({.op = op, .size = x.size, .a = a});
  }
  const Node& y = nodes_[at(b)];
  if (scalarConstant(x) && scalarConstant(y)) {
    return scalarConstant(applyScalar(static_cast<std::int32_t>(op), x.value, y.value));
  }
  if (op == Op::pow && scalarConstant(y) && y.value == 1) return a;
  if (op == Op::pow && scalarConstant(y) && y.value == 2) return elementwise(Op::square, a);
  return intern({.op = op, .size = std::max(x.size, y.size), .a = a, .b = b});
}

int Planner::translate(const Graph::Node& node, int source) {
  const auto input = [&](int id) { return translated_[at(id)]; };
  if (isUnary(node.op)) return elementwise(node.op, input(node.a));
  if (isBinary(node.op)) return elementwise(node.op, input(node.a), input(node.b));
  const auto sum = [&](int a, int group) {
    if (group == 1) return a;
    return intern({.op = Op::sum, .size = nodes_[at(a)].size / group, .a = a, .b = group});
  };
  switch (node.op) {
    case Op::constant:
      if (node.size == 1) return scalarConstant(graph_.numbers(node)[0]);
      return intern({.op = node.op, .size = node.size, .b = node.b, .source = source});
    case Op::variables:
    case Op::parameters:
      return intern({.op = node.op, .size = node.size, .b = node.b});
    case Op::sum:
      return sum(input(node.a), node.b);
    case Op::dot: {
      const int product = node.a == node.b ? elementwise(Op::square, input(node.a))
                                           : elementwise(Op::multiply, input(node.a), input(node.b));
      return sum(product, node.extra);
    }
    case Op::norm2Squared:
      return sum(elementwise(Op::square, input(node.a)), node.b);
    case Op::logsumexp: {
      // max + log sum exp(a - max): the derivative by max is zero, so that it counts as a constant.
      const int a = input(node.a);
      const int groups = node.size;
      const int maximum = intern({.op = groupMaximum, .size = groups, .a = a, .b = node.b});
      // The maxima, each as often as its group is long: a concatenation would do, but one index node of its own is
      // shorter.
      const int repeated =
          groups == 1 ? maximum : intern({.op = Op::gather, .size = groups * node.b, .a = maximum, .b = node.b});
      const int shifted = elementwise(Op::exp, elementwise(Op::subtract, a, repeated));
      return elementwise(Op::add, elementwise(Op::log, sum(shifted, node.b)), maximum);
    }
    case Op::matvec:
      return intern(
          {.op = node.op, .size = node.size, .a = input(node.a), .b = node.b, .extra = node.extra, .source = source});
    case Op::slice:
    case Op::gather: {
      const int a = input(node.a);
      const auto list = graph_.integers(node);
      if (node.size == 1) {
        const Node& from = nodes_[at(a)];
        const int first = list[0];
        if (from.size == 1) return a;
        if (from.op == Op::variables || from.op == Op::parameters) {
          return intern({.op = from.op, .size = 1, .b = from.b + first});
        }
        if (from.op == Op::constant) return scalarConstant(graph_.numbers(graph_.node(from.source))[at(first)]);
      }
      return intern({.op = node.op, .size = node.size, .a = a, .extra = node.extra, .source = source});
    }
    default:  // concatenate
      if (node.b == 1) return input(node.a);
      return intern({.op = node.op, .size = node.size, .b = node.b, .extra = node.extra, .source = source});
  }
}

void Planner::normalise() {
  const auto nodes = graph_.nodes();
  std::vector<char> used(nodes.size(), 0);
  if (graph_.objective() >= 0) used[at(graph_.objective())] = 1;
  for (const int node : graph_.constraints()) used[at(node)] = 1;
  for (std::size_t k = nodes.size(); k-- > 0;) {
    if (!used[k]) continue;
    const Graph::Node& node = nodes[k];
    if (node.op == Op::concatenate) {
      for (const std::int32_t input : graph_.integers(node)) used[at(input)] = 1;
      continue;
    }
    if (node.a >= 0) used[at(node.a)] = 1;
    if (isBinary(node.op) || node.op == Op::dot) used[at(node.b)] = 1;
  }
  translated_.assign(nodes.size(), -1);
  nodes_.reserve(nodes.size());
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (used[k]) translated_[k] = translate(nodes[k], static_cast<int>(k));
  }
  if (graph_.objective() >= 0) objective_ = translated_[at(graph_.objective())];
  for (const int node : graph_.constraints()) constraints_.push_back(translated_[at(node)]);
  known_ = {};
}

void Planner::splitFormulas() {
  const std::size_t count = nodes_.size();
  kind_.resize(count);
  active_.assign(count, 0);
  cut_.assign(count, 0);
  additive_.assign(count, 0);
  std::vector<int> users(count, 0);
  for (const Node& node : nodes_) {
    if (node.a >= 0) ++users[at(node.a)];
    if (isBinary(node.op)) ++users[at(node.b)];
  }
  std::vector<std::vector<int>> inputs(count);  // active ones of each formula, sorted
  std::vector<int> operations(count, 0);
  const auto gather = [&](const Node& node, std::vector<int>& set) {
    set.clear();
    int total = 1;
    for (const int child : {node.a, isBinary(node.op) ? node.b : -1}) {
      if (child < 0) continue;
      if (partOf(child, node)) {
        const auto middle = static_cast<std::ptrdiff_t>(set.size());
        set.insert(set.end(), inputs[at(child)].begin(), inputs[at(child)].end());
        std::inplace_merge(set.begin(), set.begin() + middle, set.end());
        total += operations[at(child)];
      } else if (active_[at(child)]) {
        set.insert(std::lower_bound(set.begin(), set.end(), child), child);
      }
      set.erase(std::unique(set.begin(), set.end()), set.end());
    }
    return total;
  };
  std::vector<int> set;
  for (std::size_t k = 0; k < count; ++k) {
    const Node& node = nodes_[k];
    kind_[k] = kindOf(node);
    active_[k] = node.op == Op::variables;
    if (node.op == Op::concatenate) {
      for (const std::int32_t piece : pieces(node)) active_[k] |= active_[at(translated_[at(piece)])];
      continue;
    }
    if (kind_[k] == Kind::maximum) {
      cut_[at(node.a)] = 1;  // its other user subtracts the maximum
    } else if (node.a >= 0) {
      active_[k] = active_[at(node.a)];
    }
    if (kind_[k] != Kind::elementwise) continue;
    if (isBinary(node.op) && active_[at(node.b)]) active_[k] = 1;
    additive_[k] = additive(node);
    int total = gather(node, set);
    if (additive_[k]) {
      // It can be split at its terms, so that it may be of any size; more than fits is cut where it is used.
      if (set.size() > mostInputs + 1) set.resize(mostInputs + 1);
      operations[k] = std::min(total, mostOperations + 1);
    } else {
      for (const int child : {node.a, isBinary(node.op) ? node.b : -1}) {
        if (child >= 0 && partOf(child, node) && additive_[at(child)] && inputs[at(child)].size() > mostLinearInputs) {
          cut_[at(child)] = 1;
        }
      }
      total = gather(node, set);
      while (set.size() > mostInputs || total > mostOperations) {
        int largest = -1;
        for (const int child : {node.a, isBinary(node.op) ? node.b : -1}) {
          if (child < 0 || !partOf(child, node)) continue;
          if (largest < 0 || operations[at(child)] > operations[at(largest)]) largest = child;
        }
        if (largest < 0) break;
        cut_[at(largest)] = 1;
        total = gather(node, set);
      }
      operations[k] = total;
      if (users[k] > 1 && total >= sharedOperations) cut_[k] = 1;
    }
    inputs[k].assign(set.begin(), set.end());
  }
}

/// Ranks them.
std::vector<int> Planner::usedEntries(int id) {
  std::vector<int> entries;
  int* rank = rank_.data() + first_[at(id)];
  for (int k = 0; k < nodes_[at(id)].size; ++k) {
    if (rank[k] < 0) continue;
    rank[k] = static_cast<int>(entries.size());
    entries.push_back(k);
  }
  return entries;
}

/// Which entry of which node an entry of an index node is.
std::pair<int, int> Planner::inputOf(int id, int entry) {
  const Node& node = nodes_[at(id)];
  if (node.op == Op::concatenate) {
    const auto parts = pieces(node);
    std::vector<int>& ends = ends_[id];
    if (ends.empty()) {
      int end = 0;
      for (const std::int32_t part : parts) ends.push_back(end += nodes_[at(translated_[at(part)])].size);
    }
    const auto k = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), entry) - ends.begin());
    return {translated_[at(parts[k])], entry - (k == 0 ? 0 : ends[k - 1])};
  }
  if (node.source < 0) return {node.a, entry / node.b};  // the maxima of logsumexp
  const auto list = graph_.integers(graph_.node(node.source));
  return {node.a, node.op == Op::slice ? list[0] + entry * list[1] : list[at(entry)]};
}

bool Planner::fillsIn(const Node& node, const Coefficients& rows) const {
  std::size_t before = rows.size();
  std::size_t after = 0;
  if (node.op == Op::sum) {
    before += at(nodes_[at(node.a)].size);
    after = rows.size() * at(node.b);
  } else {
    const ConstantMatrix& m = *graph_.matrixOf(graph_.node(node.source));
    if (m.dense()) return m.values.size() >= leastDense;
    const auto lines = at(node.size) / at(node.extra / 2);
    before += m.values.size() * at(node.extra / 2);
    after = rows.size() * (m.values.size() / lines + 1);
  }
  constexpr std::size_t few = 1000;
  return after > 2 * before + few;
}

void Planner::push(int id, Coefficients rows) {
  const Node& node = nodes_[at(id)];
  switch (node.op) {
    case Op::negate:
      for (const Coefficient& c : rows) pushInto(node.a, {c.row, c.entry, -c.value});
      return;
    case Op::add:
    case Op::subtract: {
      const bool scalarA = nodes_[at(node.a)].size == 1;
      const bool scalarB = nodes_[at(node.b)].size == 1;
      const double sign = node.op == Op::add ? 1 : -1;
      for (const Coefficient& c : rows) {
        pushInto(node.a, {c.row, scalarA ? 0 : c.entry, c.value});
        pushInto(node.b, {c.row, scalarB ? 0 : c.entry, sign * c.value});
      }
      return;
    }
    case Op::multiply:
    case Op::divide: {
      const bool first = node.op == Op::multiply && nodes_[at(node.a)].op == Op::constant;
      const Node& factor = nodes_[at(first ? node.a : node.b)];
      const int other = first ? node.b : node.a;
      const bool scalar = nodes_[at(other)].size == 1;
      for (const Coefficient& c : rows) {
        const double by = factor.size == 1 ? factor.value : graph_.numbers(graph_.node(factor.source))[at(c.entry)];
        const double product = node.op == Op::multiply ? c.value * by : c.value / by;
        if (product != 0) pushInto(other, {c.row, scalar ? 0 : c.entry, product});
      }
      return;
    }
    case Op::sum:
      rows_[at(node.a)].reserve(rows_[at(node.a)].size() + rows.size() * at(node.b));
      for (const Coefficient& c : rows) {
        for (int k = 0; k < node.b; ++k) pushInto(node.a, {c.row, c.entry * node.b + k, c.value});
      }
      return;
    case Op::slice:
    case Op::gather:
    case Op::concatenate:
      for (const Coefficient& c : rows) {
        const auto [input, entry] = inputOf(id, c.entry);
        pushInto(input, {c.row, entry, c.value});
      }
      return;
    default: {  // matvec
      const ConstantMatrix& m = *graph_.matrixOf(graph_.node(node.source));
      const bool transposed = node.extra % 2 == 1;
      const int lines = transposed ? m.columns : m.rows;
      const int width = transposed ? m.rows : m.columns;
      if (m.dense()) {
        for (const Coefficient& c : rows) {
          const int line = c.entry % lines;
          for (int j = 0; j < width; ++j) {
            const double by = transposed ? m.entry(j, line) : m.entry(line, j);
            if (by != 0) pushInto(node.a, {c.row, c.entry / lines * width + j, c.value * by});
          }
        }
        return;
      }
      std::vector<int> offsets = m.offsets;
      std::vector<int> indices = m.indices;
      std::vector<double> values = m.values;
      if (transposed) {
        offsets.assign(at(m.columns) + 1, 0);
        for (const int j : m.indices) ++offsets[at(j) + 1];
        std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
        std::vector<int> next(offsets.begin(), offsets.end() - 1);
        for (int i = 0; i < m.rows; ++i) {
          for (int k = m.offsets[at(i)]; k < m.offsets[at(i) + 1]; ++k) {
            const int to = next[at(m.indices[at(k)])]++;
            indices[at(to)] = i;
            values[at(to)] = m.values[at(k)];
          }
        }
      }
      for (const Coefficient& c : rows) {
        const int line = c.entry % lines;
        for (int k = offsets[at(line)]; k < offsets[at(line) + 1]; ++k) {
          pushInto(node.a, {c.row, c.entry / lines * width + indices[at(k)], c.value * values[at(k)]});
        }
      }
    }
  }
}

int Planner::extract(int id, Signature& signature, std::unordered_map<int, int>& known) {
  if (const auto at = known.find(id); at != known.end()) return at->second;
  const Node node = nodes_[at(id)];
  const int size = nodes_[at(roots_.back().node)].size;
  auto& code = signature.code;
  int number = 0;
  if (scalarConstant(node)) {
    // Not shared, so that rows with two equal constants by chance are no formula of their own.
    code.push_back(-1);
    constantPool_.push_back(node.value);
    ++signature.constants;
    number = static_cast<int>(known.size());
    known.emplace(-1 - number, number);
    return number;
  }
  if (kind_[at(id)] != Kind::elementwise || node.size != size || (cut_[at(id)] && id != roots_.back().node)) {
    code.push_back(active_[at(id)] ? -2 : -3);
    leafPool_.push_back(id);
    ++signature.leaves;
  } else {
    const int a = extract(node.a, signature, known);
    int b = -1;
    if (isBinary(node.op)) {
      // A constant exponent shapes the derivatives: formulas with different ones are different.
      const Node& exponent = nodes_[at(node.b)];
      if (node.op == Op::pow && scalarConstant(exponent)) {
        const auto bits = std::bit_cast<std::uint64_t>(exponent.value);
        code.insert(code.end(), {-4, static_cast<std::int32_t>(bits), static_cast<std::int32_t>(bits >> 32)});
        b = static_cast<int>(known.size());
        known.emplace(-1 - b, b);  // takes the number
      } else {
        b = extract(node.b, signature, known);
      }
    }
    code.insert(code.end(), {static_cast<std::int32_t>(node.op), a, b});
  }
  number = static_cast<int>(known.size());
  known.emplace(id, number);
  return number;
}

void Planner::extract(int root) {
  roots_.push_back({root, -1, leafPool_.size(), constantPool_.size()});
  Signature signature;
  std::unordered_map<int, int> known;
  extract(root, signature, known);
  const std::vector<int> rows = usedEntries(root);
  for (std::size_t k = roots_.back().leaves; k < leafPool_.size(); ++k) {
    const int leaf = leafPool_[k];
    if (nodes_[at(leaf)].size == 1) {
      use(leaf, 0);
    } else {
      for (const int row : rows) use(leaf, row);
    }
  }
  // Vectors are kernels of their own.
  signature.code.push_back(nodes_[at(root)].size == 1 ? -1 : root);
  const auto [at, isNew] = signatureOf_.try_emplace(signature.code, static_cast<int>(signatures_.size()));
  if (isNew) signatures_.push_back(std::move(signature));
  roots_.back().signature = at->second;
}

void Planner::pushRows() {
  const std::size_t count = nodes_.size();
  rows_.resize(count);
  isValue_.assign(count, 0);
  first_.assign(1, 0);
  for (const Node& node : nodes_) first_.push_back(first_.back() + at(node.size));
  rank_.assign(first_.back(), -1);
  firstRow_.assign(count, -1);
  rowCount_ = 1 + graph_.constraintCount();
  if (objective_ >= 0) pushInto(objective_, {0, 0, 1});
  int row = 1;
  for (const int id : constraints_) {
    for (int k = 0; k < nodes_[at(id)].size; ++k) pushInto(id, {row++, k, 1});
  }
  for (std::size_t k = count; k-- > 0;) {
    const Node node = nodes_[k];
    const int id = static_cast<int>(k);
    Coefficients& rows = rows_[k];
    if (rows.empty() && !isValue_[k]) continue;
    if (kind_[k] == Kind::leaf) continue;
    if (rows.size() > 1) {
      // Equal terms meet, so that what is shared again and again does not grow without end.
      const auto before = [](const Coefficient& x, const Coefficient& y) {
        return x.row != y.row ? x.row < y.row : x.entry < y.entry;
      };
      if (!std::is_sorted(rows.begin(), rows.end(), before)) std::stable_sort(rows.begin(), rows.end(), before);
      std::size_t kept = 0;
      for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].row == rows[kept].row && rows[i].entry == rows[kept].entry) {
          rows[kept].value += rows[i].value;
        } else {
          rows[++kept] = rows[i];
        }
      }
      rows.resize(kept + 1);
    }
    if (kind_[k] == Kind::index) {
      for (int entry = 0; isValue_[k] && entry < node.size; ++entry) {
        if (rank_[first_[k] + at(entry)] < 0) continue;
        const auto [input, of] = inputOf(id, entry);
        use(input, of);
      }
      push(id, std::exchange(rows, {}));
      continue;
    }
    const bool dense = kind_[k] == Kind::matvec && fillsIn(node, {});
    const bool linear = additive_[k] || kind_[k] == Kind::sum || kind_[k] == Kind::matvec;
    // What has to be a value anyway is one for all who use it.
    const bool isValue = isValue_[k] || dense || !linear || (!additive_[k] && fillsIn(node, rows));
    if (!isValue) {
      push(id, std::exchange(rows, {}));
      continue;
    }
    for (const Coefficient& c : rows) use(id, c.entry);
    if (dense) {
      for (const int entry : allEntries(id)) use(id, entry);
      usedEntries(id);
      for (const int entry : allEntries(node.a)) use(node.a, entry);
    } else if (kind_[k] == Kind::maximum) {
      for (const int group : usedEntries(id)) {
        for (int entry = group * node.b; entry < (group + 1) * node.b; ++entry) use(node.a, entry);
      }
    } else if (!linear) {
      extract(id);
    } else {
      Coefficients through;
      firstRow_[k] = rowCount_;
      for (const int entry : usedEntries(id)) {
        through.push_back({rowCount_++, entry, 1});
        rowOwner_.push_back(id);
      }
      push(id, std::move(through));
    }
  }
}

void Planner::setLevels() {
  level_.assign(nodes_.size(), 0);
  std::unordered_map<int, std::size_t> rootOf;
  for (std::size_t r = 0; r < roots_.size(); ++r) rootOf.emplace(roots_[r].node, r);
  const int outputs = 1 + graph_.constraintCount();
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    const Node& node = nodes_[k];
    if (node.op == Op::concatenate) {
      for (const std::int32_t piece : pieces(node)) {
        level_[k] = std::max(level_[k], level_[at(translated_[at(piece)])]);
      }
    } else if (kind_[k] == Kind::index) {
      level_[k] = level_[at(node.a)];
    } else if (isValue_[k] && (kind_[k] == Kind::maximum || (kind_[k] == Kind::matvec && firstRow_[k] < 0))) {
      level_[k] = level_[at(node.a)] + 1;
    } else if (isValue_[k] && kind_[k] != Kind::leaf && firstRow_[k] < 0) {
      const Root& root = roots_[rootOf.at(static_cast<int>(k))];
      const int leaves = signatures_[at(root.signature)].leaves;
      for (int j = 0; j < leaves; ++j) {
        level_[k] = std::max(level_[k], level_[at(leafPool_[root.leaves + at(j)])]);
      }
      ++level_[k];
    } else if (firstRow_[k] >= 0) {
      level_[k] = std::max(level_[k], 1);
    }
    for (const Coefficient& c : rows_[k]) {
      if (c.row < outputs) continue;
      int& owner = level_[at(rowOwner_[at(c.row - outputs)])];
      owner = std::max(owner, level_[k] + 1);
    }
  }
}

int Planner::position(int id, int entry) {
  while (kind_[at(id)] == Kind::index) std::tie(id, entry) = inputOf(id, entry);
  const bool compact = kind_[at(id)] != Kind::leaf;  // leaves are there as a whole
  return place_[at(id)] + (compact ? rank_[first_[at(id)] + at(entry)] : entry);
}

/// Where these entries of a node are; a scalar is there for each of them.
IndexMap Planner::mapOf(int id, std::span<const int> entries) {
  const bool scalar = nodes_[at(id)].size == 1;
  std::vector<int> positions;
  positions.reserve(entries.size());
  for (const int entry : entries) positions.push_back(position(id, scalar ? 0 : entry));
  return IndexMap(std::move(positions));
}

void Planner::addStage(Stage::Kind kind, int index, int size, bool active) {
  plan_.stages.push_back({kind, index, static_cast<int>(plan_.values.size()), size, active});
  plan_.values.resize(plan_.values.size() + at(size), 0);
}

/// Roots of one signature and level: rows of scalars, or one vector.
KernelStage Planner::kernelOf(const std::vector<const Root*>& roots) {
  const Root& first = *roots.front();
  const Signature& signature = signatures_[at(first.signature)];
  KernelStage kernel;
  const bool scalars = nodes_[at(first.node)].size == 1;
  const std::vector<int> entries = usedEntries(first.node);
  kernel.rows = static_cast<int>(scalars ? roots.size() : entries.size());
  for (int j = 0; j < signature.leaves; ++j) {
    const int leaf = leafPool_[first.leaves + at(j)];
    kernel.active.push_back(active_[at(leaf)]);
    if (!scalars) {
      kernel.inputs.push_back(mapOf(leaf, entries));
      continue;
    }
    std::vector<int> positions;
    positions.reserve(roots.size());
    for (const Root* root : roots) positions.push_back(position(leafPool_[root->leaves + at(j)], 0));
    kernel.inputs.emplace_back(std::move(positions));
  }
  // Constants that differ from row to row are inputs.
  std::vector<int> constants;
  for (int j = 0; j < signature.constants; ++j) {
    const double value = constantPool_[first.constants + at(j)];
    const bool same = std::all_of(roots.begin(), roots.end(), [&](const Root* root) {
      return std::bit_cast<std::uint64_t>(constantPool_[root->constants + at(j)]) ==
             std::bit_cast<std::uint64_t>(value);
    });
    if (same) {
      constants.push_back(kernel.formulas.constant(value));
      continue;
    }
    constants.push_back(kernel.formulas.input(static_cast<int>(kernel.inputs.size())));
    kernel.active.push_back(0);
    std::vector<int> positions;
    for (const Root* root : roots) {
      positions.push_back(static_cast<int>(plan_.values.size()));
      plan_.values.push_back(constantPool_[root->constants + at(j)]);
    }
    kernel.inputs.emplace_back(std::move(positions));
  }
  std::vector<int> numbers;
  int leaf = 0;
  std::size_t constant = 0;
  const auto& code = signature.code;
  for (std::size_t k = 0; k + 1 < code.size();) {
    if (code[k] == -1) {
      numbers.push_back(constants[constant++]);
      ++k;
    } else if (code[k] == -2 || code[k] == -3) {
      numbers.push_back(kernel.formulas.input(leaf++));
      ++k;
    } else if (code[k] == -4) {
      const auto bits = static_cast<std::uint64_t>(static_cast<std::uint32_t>(code[k + 1])) |
                        static_cast<std::uint64_t>(static_cast<std::uint32_t>(code[k + 2])) << 32;
      numbers.push_back(kernel.formulas.constant(std::bit_cast<double>(bits)));
      k += 3;
    } else {
      const Op op = static_cast<Op>(code[k]);
      const int a = numbers[at(code[k + 1])];
      numbers.push_back(code[k + 2] < 0 ? kernel.formulas.unary(op, a)
                                        : kernel.formulas.binary(op, a, numbers[at(code[k + 2])]));
      k += 3;
    }
  }
  kernel.formula = numbers.back();
  return kernel;
}

void Planner::placeValues() {
  const int n = graph_.variableCount();
  plan_.variables = n;
  plan_.constraints = graph_.constraintCount();
  plan_.values.assign(at(n), 0);
  plan_.values.insert(plan_.values.end(), graph_.parameterValues().begin(), graph_.parameterValues().end());
  place_.assign(nodes_.size(), -1);
  int levels = 0;
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    const Node& node = nodes_[k];
    if (node.op == Op::variables) place_[k] = node.b;
    if (node.op == Op::parameters) place_[k] = n + node.b;
    if (node.op == Op::constant && isValue_[k]) {
      place_[k] = static_cast<int>(plan_.values.size());
      if (node.size == 1) {
        plan_.values.push_back(node.value);
      } else {
        const auto numbers = graph_.numbers(graph_.node(node.source));
        plan_.values.insert(plan_.values.end(), numbers.begin(), numbers.end());
      }
    }
    if (isValue_[k]) levels = std::max(levels, level_[k]);
  }
  std::vector<std::vector<int>> byLevel(at(levels) + 1);
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    if (isValue_[k] && kind_[k] != Kind::leaf && kind_[k] != Kind::index)
      byLevel[at(level_[k])].push_back(static_cast<int>(k));
  }
  std::unordered_map<int, const Root*> rootOf;
  for (const Root& root : roots_) rootOf.emplace(root.node, &root);
  for (const std::vector<int>& level : byLevel) {
    std::map<int, std::vector<const Root*>> groups;  // by signature
    std::vector<int> linear[2];                      // without x, with x
    for (const int id : level) {
      const Node& node = nodes_[at(id)];
      const std::vector<int> entries = usedEntries(id);
      if (firstRow_[at(id)] >= 0) {
        linear[active_[at(id)] != 0 ? 1 : 0].push_back(id);
      } else if (kind_[at(id)] == Kind::matvec) {
        DenseStage dense;
        dense.matrix = graph_.matrixOf(graph_.node(node.source));
        dense.transposed = node.extra % 2 == 1;
        dense.count = node.extra / 2;
        dense.input = mapOf(node.a, allEntries(node.a));
        place_[at(id)] = static_cast<int>(plan_.values.size());
        plan_.dense.push_back(std::move(dense));
        addStage(Stage::Kind::dense, static_cast<int>(plan_.dense.size()) - 1, node.size, active_[at(id)]);
      } else if (kind_[at(id)] == Kind::maximum) {
        place_[at(id)] = static_cast<int>(plan_.values.size());
        std::vector<int> inputs;
        for (const int group : entries) {
          for (int k = 0; k < node.b; ++k) inputs.push_back(group * node.b + k);
        }
        plan_.maxima.push_back({mapOf(node.a, inputs), node.b});
        addStage(Stage::Kind::maximum, static_cast<int>(plan_.maxima.size()) - 1, static_cast<int>(entries.size()),
                 active_[at(node.a)]);
      } else {
        const Root* root = rootOf.at(id);
        groups[root->signature].push_back(root);
      }
    }
    for (const bool active : {false, true}) {
      if (linear[active].empty()) continue;
      const int first = static_cast<int>(plan_.values.size());
      int place = first;
      for (const int id : linear[active]) {
        place_[at(id)] = place;
        linearPlaces_.emplace_back(firstRow_[at(id)], place);
        place += static_cast<int>(usedEntries(id).size());
      }
      plan_.linear.emplace_back();
      addStage(Stage::Kind::linear, static_cast<int>(plan_.linear.size()) - 1, place - first, active);
    }
    for (const auto& [signature, roots] : groups) {
      plan_.kernels.push_back(kernelOf(roots));
      const int rows = plan_.kernels.back().rows;
      int place = static_cast<int>(plan_.values.size());
      bool active = false;
      for (const Root* root : roots) {
        place_[at(root->node)] = place;
        ++place;  // a vector is the only root
        active |= active_[at(root->node)] != 0;
      }
      addStage(Stage::Kind::kernel, static_cast<int>(plan_.kernels.size()) - 1, rows, active);
    }
  }
}

void Planner::buildRows() {
  // All rows at once, compressed; then each stage takes its own.
  std::vector<std::size_t> offsets(at(rowCount_) + 1, 0);
  std::vector<double> constants(at(rowCount_), 0);
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    const Node& node = nodes_[k];
    for (const Coefficient& c : rows_[k]) {
      if (node.op == Op::constant) {
        constants[at(c.row)] +=
            c.value * (node.size == 1 ? node.value : graph_.numbers(graph_.node(node.source))[at(c.entry)]);
      } else {
        ++offsets[at(c.row) + 1];
      }
    }
  }
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<std::pair<int, double>> entries(offsets.back());
  std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    if (nodes_[k].op == Op::constant) continue;
    for (const Coefficient& c : rows_[k])
      entries[next[at(c.row)]++] = {position(static_cast<int>(k), c.entry), c.value};
    rows_[k] = {};
  }
  const auto take = [&](int row, LinearRows& to) {
    const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(offsets[at(row)]);
    const auto end = entries.begin() + static_cast<std::ptrdiff_t>(offsets[at(row) + 1]);
    std::sort(begin, end, [](const auto& x, const auto& y) { return x.first < y.first; });
    for (auto entry = begin; entry != end; ++entry) {
      if (entry != begin && entry->first == std::prev(entry)->first) {
        to.coefficients.back() += entry->second;
      } else {
        to.indices.push_back(entry->first);
        to.coefficients.push_back(entry->second);
      }
    }
    if (to.indices.size() > at(std::numeric_limits<int>::max())) {
      throw Error(ErrorKind::range, "the model has too many linear terms");
    }
    to.offsets.push_back(static_cast<int>(to.indices.size()));
    to.constants.push_back(constants[at(row)]);
  };
  take(0, plan_.objective);
  for (int row = 1; row <= plan_.constraints; ++row) take(row, plan_.constraintRows);
  plan_.objective.complete();
  plan_.constraintRows.complete();
  std::map<int, int> rowAt;  // of the array of values
  for (const auto& [row, place] : linearPlaces_) rowAt.emplace(place, row);
  for (const Stage& stage : plan_.stages) {
    if (stage.kind != Stage::Kind::linear) continue;
    LinearRows& linear = plan_.linear[at(stage.index)];
    for (auto part = rowAt.find(stage.output); part != rowAt.end() && part->first < stage.output + stage.size; ++part) {
      const auto following = std::next(part);
      const int end =
          following == rowAt.end() ? stage.output + stage.size : std::min(following->first, stage.output + stage.size);
      for (int place = part->first; place < end; ++place) take(part->second + place - part->first, linear);
    }
    linear.complete();
  }
}

}  // namespace

Plan planOf(const Graph& graph) { return Planner(graph).make(); }

}  // namespace nonconvex
