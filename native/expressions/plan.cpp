#include "expressions/plan.hpp"

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
#include "core/index.hpp"
#include "expressions/formula_parts.hpp"
#include "expressions/normal_form.hpp"

namespace nonconvex {

namespace {

using Node = NormalForm::Node;
using Kind = NormalForm::Kind;

constexpr std::size_t leastDense = 64;  // entries of a dense matrix that stays one

struct Coefficient {
  int row;
  int entry;  // of a node
  double value;
};

/// Lists of coefficients, one a node, in one pool.
class CoefficientLists {
 public:
  explicit CoefficientLists(int nodes) : first_(at(nodes), -1) {}

  bool empty(int node) const { return first_[at(node)] < 0; }
  void add(int node, const Coefficient& c) {
    int place = free_;
    if (place >= 0) {
      free_ = pool_[at(place)].next;
    } else {
      if (pool_.size() == at(std::numeric_limits<int>::max())) {
        throw Error(ErrorKind::range, "the model has too many linear terms");
      }
      place = static_cast<int>(pool_.size());
      pool_.emplace_back();
    }
    pool_[at(place)] = {c, first_[at(node)]};
    first_[at(node)] = place;
  }
  /// Moves a node's list to `to`, sorted, and coefficients of the same row and entry as one.
  void take(int node, std::vector<Coefficient>& to) {
    to.clear();
    int last = -1;
    for (int k = first_[at(node)]; k >= 0; k = pool_[at(k)].next) {
      to.push_back(pool_[at(k)].coefficient);
      last = k;
    }
    if (last >= 0) {
      pool_[at(last)].next = free_;
      free_ = std::exchange(first_[at(node)], -1);
    }
    if (to.size() < 2) return;
    std::reverse(to.begin(), to.end());
    const auto before = [](const Coefficient& x, const Coefficient& y) {
      return x.row != y.row ? x.row < y.row : x.entry < y.entry;
    };
    if (!std::is_sorted(to.begin(), to.end(), before)) std::stable_sort(to.begin(), to.end(), before);
    std::size_t kept = 0;
    for (std::size_t k = 1; k < to.size(); ++k) {
      if (to[k].row == to[kept].row && to[k].entry == to[kept].entry) {
        to[kept].value += to[k].value;
      } else {
        to[++kept] = to[k];
      }
    }
    to.resize(kept + 1);
  }
  template <class F>
  void forEach(int node, F&& f) const {
    for (int k = first_[at(node)]; k >= 0; k = pool_[at(k)].next) f(pool_[at(k)].coefficient);
  }

 private:
  struct Link {
    Coefficient coefficient;
    int next;
  };
  std::vector<Link> pool_;
  std::vector<int> first_;  // -1: none
  int free_ = -1;
};

/// Formulas of the same shape are rows of one kernel.
struct Signature {
  std::vector<std::int32_t> code;  // see extract
  int leaves = 0;
  int constants = 0;
};
struct SignatureHash {
  std::size_t operator()(const std::vector<std::int32_t>& code) const {
    std::uint64_t h = code.size();
    for (const std::int32_t word : code) {
      h = (std::rotl(h, 5) ^ static_cast<std::uint32_t>(word)) * 0x9e3779b97f4a7c15ULL;
    }
    return static_cast<std::size_t>(h ^ (h >> 32));
  }
};
/// What an element of a signature's code begins with; other elements are an operation and the numbers of its operands.
enum Mark : std::int32_t { constantMark = -1, activeMark = -2, inactiveMark = -3, exponentMark = -4 };

/// A formula: one row, or a row for each entry of a vector that is used.
struct Root {
  int node;
  int signature;
  std::size_t leaves;     // first in leafPool_
  std::size_t constants;  // first in constantPool_
};

class Planner {
 public:
  explicit Planner(const Graph& graph);
  Plan make() {
    pushRows();
    setLevels();
    placeLeaves();
    placeStages();
    buildRows();
    return std::move(plan_);
  }

 private:
  // Go from the objective and the constraints down through all that is linear, to what is not.
  void pushRows();
  void push(int id, std::span<const Coefficient> rows);
  void pushMatvec(const Node& node, std::span<const Coefficient> rows);
  bool mustBeValue(int id, std::size_t rows) const;
  bool isDense(const Node& node) const;
  void makeValue(int id, std::span<const Coefficient> rows);
  void use(int id, int entry) {
    used_[at(id)] = 1;
    rank_[firstRank_[at(id)] + at(entry)] = 0;
  }
  std::span<const int> usedEntries(int id);

  void extract(int root);
  int extract(int id, Signature& signature);
  void cutAffineParts(int root);

  bool isValue(int id) const {
    return used_[at(id)] != 0 && form_.kind(id) != Kind::leaf && form_.kind(id) != Kind::index;
  }
  void setLevels();
  void placeLeaves();
  void placeStages();
  void placeDense(int id);
  void placeMaximum(int id);
  void placeLinear(std::span<const int> ids, bool active);
  void placeKernel(std::vector<int>& ids);
  KernelStage kernelOf(std::span<const int> ids);
  int position(int id, int entry) const;
  IndexMap mapOf(int id, std::span<const int> entries) const;
  void addStage(Stage::Kind kind, std::size_t index, int size, bool active);
  void buildRows();

  const Graph& graph_;
  const NormalForm form_;
  FormulaParts parts_;
  Plan plan_;
  CoefficientLists rows_;
  int rowCount_;               // f, c, and linear values
  std::vector<int> rowOwner_;  // of a linear value's row, behind those of f and c

  // One entry a node.
  std::vector<char> used_;     // as the input of a stage, or in a row
  std::vector<int> firstRow_;  // of a linear value; -1: it is none
  std::vector<int> rootOf_;    // of a formula; -1: it is none
  std::vector<int> level_;
  std::vector<int> place_;                   // position of a value's first entry
  std::vector<int> role_;                    // which input of its first user it is
  std::vector<std::pair<int, int>> number_;  // of which root's formula it is part, and its number there
  std::vector<std::size_t> firstRank_;       // in rank_
  std::vector<int> rank_;                    // by entry: its place among those that are used; -1: not used

  std::vector<Root> roots_;
  std::vector<Signature> signatures_;
  std::unordered_map<std::vector<std::int32_t>, int, SignatureHash> signatureOf_;
  std::vector<int> leafPool_;
  std::vector<double> constantPool_;
  int numbers_ = 0;                           // of the formula at hand
  std::vector<std::vector<int>> linearRows_;  // by linear stage
  std::vector<int> entries_;                  // of usedEntries
};

Planner::Planner(const Graph& graph)
    : graph_(graph), form_(graph), parts_(form_), rows_(form_.count()), rowCount_(1 + graph.constraintCount()) {
  const std::size_t count = at(form_.count());
  used_.assign(count, 0);
  firstRow_.assign(count, -1);
  rootOf_.assign(count, -1);
  level_.assign(count, 0);
  place_.assign(count, -1);
  role_.assign(count, 0);
  number_.assign(count, {-1, -1});
  firstRank_.assign(1, 0);
  for (const Node& node : form_.nodes()) firstRank_.push_back(firstRank_.back() + at(node.size));
  rank_.assign(firstRank_.back(), -1);
}

/// Ranks them. They are there until the next call.
std::span<const int> Planner::usedEntries(int id) {
  entries_.clear();
  int* rank = rank_.data() + firstRank_[at(id)];
  for (int k = 0; k < form_.size(id); ++k) {
    if (rank[k] < 0) continue;
    rank[k] = static_cast<int>(entries_.size());
    entries_.push_back(k);
  }
  return entries_;
}

bool Planner::isDense(const Node& node) const {
  if (node.op != Op::matvec) return false;
  const ConstantMatrix& m = *form_.matrixOf(node);
  return m.dense() && m.values.size() >= leastDense;
}

/// Pushing rows through sums multiplies terms: not beyond a multiple of what there is.
bool Planner::mustBeValue(int id, std::size_t rows) const {
  const Node& node = form_.node(id);
  std::size_t before = rows;
  std::size_t after = 0;
  if (node.op == Op::sum) {
    before += at(form_.size(node.a));
    after = rows * at(node.b);
  } else if (node.op == Op::matvec) {
    if (isDense(node)) return true;
    const ConstantMatrix& m = *form_.matrixOf(node);
    const std::size_t count = at(node.extra / 2);
    before += m.values.size() * count;
    after = rows * (m.values.size() / (at(node.size) / count) + 1);
  } else {
    return !parts_.additive[at(id)];
  }
  constexpr std::size_t few = 1000;
  return after > 2 * before + few;
}

void Planner::pushRows() {
  if (form_.objective() >= 0) rows_.add(form_.objective(), {0, 0, 1});
  int row = 1;
  for (const int id : form_.constraints()) {
    for (int k = 0; k < form_.size(id); ++k) rows_.add(id, {row++, k, 1});
  }
  std::vector<Coefficient> rows;
  for (int id = form_.count() - 1; id >= 0; --id) {
    if (form_.kind(id) == Kind::leaf || (rows_.empty(id) && !used_[at(id)])) continue;
    rows_.take(id, rows);
    if (form_.kind(id) == Kind::index) {
      for (const int entry : used_[at(id)] ? usedEntries(id) : std::span<const int>()) {
        const auto [input, of] = form_.inputOf(id, entry);
        use(input, of);
      }
      push(id, rows);
    } else if (used_[at(id)] || mustBeValue(id, rows.size())) {
      makeValue(id, rows);
    } else {
      push(id, rows);
    }
  }
}

void Planner::push(int id, std::span<const Coefficient> rows) {
  const Node& node = form_.node(id);
  switch (node.op) {
    case Op::negate:
      for (const Coefficient& c : rows) rows_.add(node.a, {c.row, c.entry, -c.value});
      return;
    case Op::add:
    case Op::subtract: {
      const bool scalarA = form_.size(node.a) == 1;
      const bool scalarB = form_.size(node.b) == 1;
      const double sign = node.op == Op::add ? 1 : -1;
      for (const Coefficient& c : rows) {
        rows_.add(node.a, {c.row, scalarA ? 0 : c.entry, c.value});
        rows_.add(node.b, {c.row, scalarB ? 0 : c.entry, sign * c.value});
      }
      return;
    }
    case Op::multiply:
    case Op::divide: {
      const bool first = node.op == Op::multiply && form_.node(node.a).op == Op::constant;
      const Node& factor = form_.node(first ? node.a : node.b);
      const int other = first ? node.b : node.a;
      const bool scalar = form_.size(other) == 1;
      for (const Coefficient& c : rows) {
        const double by = form_.number(factor, c.entry);
        const double product = node.op == Op::multiply ? c.value * by : c.value / by;
        if (product != 0) rows_.add(other, {c.row, scalar ? 0 : c.entry, product});
      }
      return;
    }
    case Op::sum:
      for (const Coefficient& c : rows) {
        for (int k = 0; k < node.b; ++k) rows_.add(node.a, {c.row, c.entry * node.b + k, c.value});
      }
      return;
    case Op::matvec:
      return pushMatvec(node, rows);
    default:
      for (const Coefficient& c : rows) {
        const auto [input, entry] = form_.inputOf(id, c.entry);
        rows_.add(input, {c.row, entry, c.value});
      }
  }
}

void Planner::pushMatvec(const Node& node, std::span<const Coefficient> rows) {
  const ConstantMatrix& m = *form_.matrixOf(node);
  const bool transposed = node.extra % 2 == 1;
  const int lines = transposed ? m.columns : m.rows;
  const int width = transposed ? m.rows : m.columns;
  const auto add = [&](const Coefficient& c, int j, double by) {
    if (by != 0) rows_.add(node.a, {c.row, c.entry / lines * width + j, c.value * by});
  };
  if (m.dense()) {
    for (const Coefficient& c : rows) {
      const int line = c.entry % lines;
      for (int j = 0; j < width; ++j) add(c, j, transposed ? m.entry(j, line) : m.entry(line, j));
    }
    return;
  }
  std::vector<int> offsets;
  std::vector<int> indices;
  std::vector<double> values;
  if (transposed) {
    offsets.assign(at(m.columns) + 1, 0);
    for (const int j : m.indices) ++offsets[at(j) + 1];
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    indices.resize(m.indices.size());
    values.resize(m.values.size());
    std::vector<int> next(offsets.begin(), offsets.end() - 1);
    for (int i = 0; i < m.rows; ++i) {
      for (int k = m.offsets[at(i)]; k < m.offsets[at(i) + 1]; ++k) {
        const int to = next[at(m.indices[at(k)])]++;
        indices[at(to)] = i;
        values[at(to)] = m.values[at(k)];
      }
    }
  }
  const std::vector<int>& begin = transposed ? offsets : m.offsets;
  const std::vector<int>& column = transposed ? indices : m.indices;
  const std::vector<double>& value = transposed ? values : m.values;
  for (const Coefficient& c : rows) {
    const int line = c.entry % lines;
    for (int k = begin[at(line)]; k < begin[at(line) + 1]; ++k) add(c, column[at(k)], value[at(k)]);
  }
}

void Planner::makeValue(int id, std::span<const Coefficient> rows) {
  const Node& node = form_.node(id);
  for (const Coefficient& c : rows) {
    use(id, c.entry);
    rows_.add(id, c);
  }
  if (node.op == NormalForm::maximum) {
    for (const int group : usedEntries(id)) {
      for (int k = 0; k < node.b; ++k) use(node.a, group * node.b + k);
    }
  } else if (isDense(node)) {
    for (int entry = 0; entry < node.size; ++entry) use(id, entry);
    for (int entry = 0; entry < form_.size(node.a); ++entry) use(node.a, entry);
    usedEntries(id);
  } else if (form_.kind(id) == Kind::elementwise && (!parts_.additive[at(id)] || parts_.affine[at(id)])) {
    extract(id);
  } else {
    firstRow_[at(id)] = rowCount_;
    std::vector<Coefficient> through;
    for (const int entry : usedEntries(id)) {
      through.push_back({rowCount_++, entry, 1});
      rowOwner_.push_back(id);
    }
    push(id, through);
  }
}

/// Makes affine combinations the inputs of a formula whose many inputs come in a few of them: fewer second derivatives.
void Planner::cutAffineParts(int root) {
  std::vector<int> inputs;
  std::vector<int> combinations;  // and inputs that stand alone
  std::vector<int> cuts;
  const auto visit = [&](auto&& self, int id, bool inside) -> void {
    const Node& node = form_.node(id);
    const bool leaf = id != root && !parts_.sameFormula(form_, id, form_.node(root));
    if (leaf) {
      if (!parts_.active[at(id)]) return;
      inputs.push_back(id);
      if (!inside) combinations.push_back(id);
      return;
    }
    const bool begins = !inside && id != root && parts_.affine[at(id)];
    const std::size_t before = inputs.size();
    self(self, node.a, inside || begins);
    if (isBinary(node.op)) self(self, node.b, inside || begins);
    if (!begins) return;
    const bool several = inputs.size() > before + 1;
    combinations.push_back(several || inputs.size() == before ? id : inputs.back());
    if (several) cuts.push_back(id);
  };
  visit(visit, root, false);
  const auto distinct = [](std::vector<int>& ids) {
    std::sort(ids.begin(), ids.end());
    return static_cast<std::size_t>(std::unique(ids.begin(), ids.end()) - ids.begin());
  };
  constexpr std::size_t many = 4;
  constexpr std::size_t gain = 3;
  const std::size_t k = distinct(inputs);
  const std::size_t fewer = distinct(combinations);
  if (k < many || k * (k + 1) < gain * fewer * (fewer + 1)) return;
  for (const int id : cuts) parts_.cut[at(id)] = 1;
}

int Planner::extract(int id, Signature& signature) {
  const int root = static_cast<int>(roots_.size()) - 1;
  if (number_[at(id)].first == root) return number_[at(id)].second;
  const Node& node = form_.node(id);
  auto& code = signature.code;
  if (form_.isScalarConstant(id)) {
    // Constants are not shared, so that rows with two equal ones by chance are no formula of their own.
    code.push_back(constantMark);
    constantPool_.push_back(form_.number(node));
    ++signature.constants;
    return numbers_++;
  }
  const int top = roots_.back().node;
  if (id != top && !parts_.sameFormula(form_, id, form_.node(top))) {
    code.push_back(parts_.active[at(id)] ? activeMark : inactiveMark);
    leafPool_.push_back(id);
    if (!used_[at(id)]) role_[at(id)] = signature.leaves;
    ++signature.leaves;
  } else {
    const int a = extract(node.a, signature);
    int b = -1;
    if (node.op == Op::pow && form_.isScalarConstant(node.b)) {
      // A constant exponent shapes the derivatives: formulas with different ones are different.
      const auto bits = std::bit_cast<std::uint64_t>(form_.number(form_.node(node.b)));
      code.insert(code.end(), {exponentMark, static_cast<std::int32_t>(bits), static_cast<std::int32_t>(bits >> 32)});
      b = numbers_++;
    } else if (isBinary(node.op)) {
      b = extract(node.b, signature);
    }
    code.insert(code.end(), {static_cast<std::int32_t>(node.op), a, b});
  }
  number_[at(id)] = {root, numbers_};
  return numbers_++;
}

void Planner::extract(int root) {
  if (!parts_.affine[at(root)]) cutAffineParts(root);
  rootOf_[at(root)] = static_cast<int>(roots_.size());
  roots_.push_back({root, -1, leafPool_.size(), constantPool_.size()});
  Signature signature;
  numbers_ = 0;
  extract(root, signature);
  const auto entries = usedEntries(root);
  for (std::size_t k = roots_.back().leaves; k < leafPool_.size(); ++k) {
    const int leaf = leafPool_[k];
    if (form_.size(leaf) == 1) {
      use(leaf, 0);
    } else {
      for (const int entry : entries) use(leaf, entry);
    }
  }
  signature.code.push_back(form_.size(root) == 1 ? -1 : root);  // vectors are kernels of their own
  const auto [known, isNew] = signatureOf_.try_emplace(signature.code, static_cast<int>(signatures_.size()));
  if (isNew) signatures_.push_back(std::move(signature));
  roots_.back().signature = known->second;
}

/// Level of a value: one above the highest level among its operands.
void Planner::setLevels() {
  const int outputs = 1 + graph_.constraintCount();
  for (int id = 0; id < form_.count(); ++id) {
    const Node& node = form_.node(id);
    int& level = level_[at(id)];
    if (node.op == Op::concatenate) {
      for (const int piece : form_.pieces(node)) level = std::max(level, level_[at(piece)]);
    } else if (form_.kind(id) == Kind::index) {
      level = level_[at(node.a)];
    } else if (rootOf_[at(id)] >= 0) {
      const Root& root = roots_[at(rootOf_[at(id)])];
      const int leaves = signatures_[at(root.signature)].leaves;
      for (int j = 0; j < leaves; ++j) level = std::max(level, level_[at(leafPool_[root.leaves + at(j)])]);
      ++level;
    } else if (firstRow_[at(id)] >= 0) {
      level = std::max(level, 1);  // those of its terms have been noted
    } else if (isValue(id)) {
      level = level_[at(node.a)] + 1;
    }
    rows_.forEach(id, [&](const Coefficient& c) {
      if (c.row < outputs) return;
      int& owner = level_[at(rowOwner_[at(c.row - outputs)])];
      owner = std::max(owner, level + 1);
    });
  }
}

void Planner::placeLeaves() {
  const int n = graph_.variableCount();
  plan_.variables = n;
  plan_.constraints = graph_.constraintCount();
  plan_.values.assign(at(n), 0);
  plan_.values.insert(plan_.values.end(), graph_.parameterValues().begin(), graph_.parameterValues().end());
  for (int id = 0; id < form_.count(); ++id) {
    const Node& node = form_.node(id);
    if (node.op == Op::variables) place_[at(id)] = node.b;
    if (node.op == Op::parameters) place_[at(id)] = n + node.b;
    if (node.op == Op::constant && used_[at(id)]) {
      place_[at(id)] = static_cast<int>(plan_.values.size());
      for (int k = 0; k < node.size; ++k) plan_.values.push_back(form_.number(node, k));
    }
  }
}

int Planner::position(int id, int entry) const {
  while (form_.kind(id) == Kind::index) std::tie(id, entry) = form_.inputOf(id, entry);
  const bool whole = form_.kind(id) == Kind::leaf;
  return place_[at(id)] + (whole ? entry : rank_[firstRank_[at(id)] + at(entry)]);
}

/// Positions of these entries of a node; a scalar stands for each of them.
IndexMap Planner::mapOf(int id, std::span<const int> entries) const {
  const bool scalar = form_.size(id) == 1;
  std::vector<int> positions;
  positions.reserve(entries.size());
  for (const int entry : entries) positions.push_back(position(id, scalar ? 0 : entry));
  return IndexMap(std::move(positions));
}

void Planner::addStage(Stage::Kind kind, std::size_t index, int size, bool active) {
  plan_.stages.push_back({kind, static_cast<int>(index), static_cast<int>(plan_.values.size()), size, active});
  plan_.values.resize(plan_.values.size() + at(size), 0);
}

void Planner::placeStages() {
  std::vector<std::vector<int>> levels;
  for (int id = 0; id < form_.count(); ++id) {
    if (!isValue(id)) continue;
    levels.resize(std::max(levels.size(), at(level_[at(id)]) + 1));
    levels[at(level_[at(id)])].push_back(id);
  }
  for (const std::vector<int>& level : levels) {
    std::vector<int> linear[2];               // without x, with x
    std::map<int, std::vector<int>> kernels;  // by signature
    for (const int id : level) {
      if (rootOf_[at(id)] >= 0) {
        kernels[roots_[at(rootOf_[at(id)])].signature].push_back(id);
      } else if (firstRow_[at(id)] >= 0) {
        linear[parts_.active[at(id)] != 0 ? 1 : 0].push_back(id);
      } else if (form_.kind(id) == Kind::matvec) {
        placeDense(id);
      } else {
        placeMaximum(id);
      }
    }
    for (const bool active : {false, true}) placeLinear(linear[active ? 1 : 0], active);
    for (auto& [signature, ids] : kernels) placeKernel(ids);
  }
}

void Planner::placeDense(int id) {
  const Node& node = form_.node(id);
  DenseStage dense;
  dense.matrix = form_.matrixOf(node);
  dense.transposed = node.extra % 2 == 1;
  dense.count = node.extra / 2;
  dense.input = mapOf(node.a, usedEntries(node.a));  // all
  place_[at(id)] = static_cast<int>(plan_.values.size());
  addStage(Stage::Kind::dense, plan_.dense.size(), node.size, parts_.active[at(id)]);
  plan_.dense.push_back(std::move(dense));
}

void Planner::placeMaximum(int id) {
  const Node& node = form_.node(id);
  std::vector<int> inputs;
  int groups = 0;
  for (const int group : usedEntries(id)) {
    for (int k = 0; k < node.b; ++k) inputs.push_back(group * node.b + k);
    ++groups;
  }
  place_[at(id)] = static_cast<int>(plan_.values.size());
  addStage(Stage::Kind::maximum, plan_.maxima.size(), groups, parts_.active[at(node.a)]);
  plan_.maxima.push_back({mapOf(node.a, inputs), node.b});
}

void Planner::placeLinear(std::span<const int> ids, bool active) {
  if (ids.empty()) return;
  std::vector<int> rows;
  for (const int id : ids) {
    place_[at(id)] = static_cast<int>(plan_.values.size() + rows.size());
    const int count = static_cast<int>(usedEntries(id).size());
    for (int k = 0; k < count; ++k) rows.push_back(firstRow_[at(id)] + k);
  }
  addStage(Stage::Kind::linear, linearRows_.size(), static_cast<int>(rows.size()), active);
  linearRows_.push_back(std::move(rows));
}

void Planner::placeKernel(std::vector<int>& ids) {
  // Nodes that are the same input of their users follow one another, so that these find them in stretches.
  std::stable_sort(ids.begin(), ids.end(), [&](int x, int y) { return role_[at(x)] < role_[at(y)]; });
  KernelStage kernel = kernelOf(ids);
  int place = static_cast<int>(plan_.values.size());
  for (const int id : ids) place_[at(id)] = place++;  // a vector is the only one
  addStage(Stage::Kind::kernel, plan_.kernels.size(), kernel.rows, parts_.active[at(ids.front())]);
  plan_.kernels.push_back(std::move(kernel));
}

/// Formulas of one signature and level: scalars, or one vector.
KernelStage Planner::kernelOf(std::span<const int> ids) {
  const auto rootOf = [&](int id) -> const Root& { return roots_[at(rootOf_[at(id)])]; };
  const Root& first = rootOf(ids.front());
  const Signature& signature = signatures_[at(first.signature)];
  const bool scalars = form_.size(first.node) == 1;
  KernelStage kernel;
  kernel.rows = static_cast<int>(scalars ? ids.size() : usedEntries(first.node).size());
  for (int j = 0; j < signature.leaves; ++j) {
    const int leaf = leafPool_[first.leaves + at(j)];
    kernel.active.push_back(parts_.active[at(leaf)]);
    if (!scalars) {
      kernel.inputs.push_back(mapOf(leaf, entries_));
      continue;
    }
    std::vector<int> positions;
    positions.reserve(ids.size());
    for (const int id : ids) positions.push_back(position(leafPool_[rootOf(id).leaves + at(j)], 0));
    kernel.inputs.emplace_back(std::move(positions));
  }
  // Constants that differ from row to row are inputs.
  std::vector<int> constants;
  for (int j = 0; j < signature.constants; ++j) {
    const auto constantOf = [&](int id) { return constantPool_[rootOf(id).constants + at(j)]; };
    const double value = constantOf(ids.front());
    const auto bits = std::bit_cast<std::uint64_t>(value);
    if (std::all_of(ids.begin(), ids.end(),
                    [&](int id) { return std::bit_cast<std::uint64_t>(constantOf(id)) == bits; })) {
      constants.push_back(kernel.formulas.constant(value));
      continue;
    }
    constants.push_back(kernel.formulas.input(static_cast<int>(kernel.inputs.size())));
    kernel.active.push_back(0);
    std::vector<int> positions;
    positions.reserve(ids.size());
    for (const int id : ids) {
      positions.push_back(static_cast<int>(plan_.values.size()));
      plan_.values.push_back(constantOf(id));
    }
    kernel.inputs.emplace_back(std::move(positions));
  }
  std::vector<int> numbers;
  int leaf = 0;
  std::size_t constant = 0;
  const auto& code = signature.code;
  for (std::size_t k = 0; k + 1 < code.size();) {
    if (code[k] == constantMark) {
      numbers.push_back(constants[constant++]);
      ++k;
    } else if (code[k] == activeMark || code[k] == inactiveMark) {
      numbers.push_back(kernel.formulas.input(leaf++));
      ++k;
    } else if (code[k] == exponentMark) {
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

void Planner::buildRows() {
  // All rows at once, compressed; then each stage takes its own.
  std::vector<std::size_t> offsets(at(rowCount_) + 1, 0);
  std::vector<double> constants(at(rowCount_), 0);
  for (int id = 0; id < form_.count(); ++id) {
    const Node& node = form_.node(id);
    rows_.forEach(id, [&](const Coefficient& c) {
      if (node.op == Op::constant) {
        constants[at(c.row)] += c.value * form_.number(node, c.entry);
      } else {
        ++offsets[at(c.row) + 1];
      }
    });
  }
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<std::pair<int, double>> entries(offsets.back());
  std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
  for (int id = 0; id < form_.count(); ++id) {
    if (form_.node(id).op == Op::constant) continue;
    rows_.forEach(id, [&](const Coefficient& c) { entries[next[at(c.row)]++] = {position(id, c.entry), c.value}; });
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
    to.offsets.push_back(static_cast<int>(to.indices.size()));
    to.constants.push_back(constants[at(row)]);
  };
  take(0, plan_.objective);
  plan_.objective.complete();
  for (int row = 1; row <= plan_.constraints; ++row) take(row, plan_.constraintRows);
  plan_.constraintRows.complete();
  plan_.linear.resize(linearRows_.size());
  for (std::size_t k = 0; k < linearRows_.size(); ++k) {
    for (const int row : linearRows_[k]) take(row, plan_.linear[k]);
    plan_.linear[k].complete();
  }
}

}  // namespace

Plan planOf(const Graph& graph) { return Planner(graph).make(); }

bool Plan::linearConstraints() const {
  std::vector<char> curved(values.size(), 0);
  const auto isCurved = [&](int position) { return curved[at(position)] != 0; };
  for (const Stage& stage : stages) {
    if (!stage.active) continue;
    const auto index = at(stage.index);
    const auto out = curved.begin() + stage.output;
    if (stage.kind == Stage::Kind::linear) {
      const LinearRows& rows = linear[index];
      for (int i = 0; i < stage.size; ++i) {
        const auto begin = rows.indices.begin() + rows.offsets[at(i)],
                   end = rows.indices.begin() + rows.offsets[at(i) + 1];
        out[i] = std::any_of(begin, end, isCurved) ? 1 : 0;
      }
    } else {
      bool any = stage.kind != Stage::Kind::dense;
      for (int i = 0; !any && i < dense[index].inputSize(); ++i) any = isCurved(dense[index].input.at(i));
      std::fill(out, out + stage.size, any ? 1 : 0);
    }
  }
  return std::none_of(constraintRows.indices.begin(), constraintRows.indices.end(), isCurved);
}

}  // namespace nonconvex
