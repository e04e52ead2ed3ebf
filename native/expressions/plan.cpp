#include "expressions/plan.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "expressions/coefficient_lists.hpp"
#include "expressions/formula_parts.hpp"
#include "expressions/formula_pool.hpp"
#include "expressions/normal_form.hpp"

namespace nonconvex {

namespace {

using Node = NormalForm::Node;
using Kind = NormalForm::Kind;

constexpr std::size_t leastDense = 64;  // entries of a dense matrix that stays one

/// Rows of terms in the values, which are counted, then added in any order, then moved to where they belong.
struct CompressedRows {
  std::vector<std::size_t> offsets;  ///< before `makeRoom`: offsets[row + 1] terms of a row
  std::vector<std::size_t> next;
  std::vector<std::pair<int, double>> entries;  // position, coefficient
  std::vector<double> constants;

  explicit CompressedRows(int rows) : offsets(at(rows) + 1, 0), constants(at(rows), 0) {}
  void makeRoom(const Cpu& la) {
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    resizeInPieces(entries, offsets.back(), [&] { la.abortPoint(); });
    next.assign(offsets.begin(), offsets.end() - 1);
  }
  void add(int row, int position, double coefficient) { entries[next[at(row)]++] = {position, coefficient}; }
  /// Sorts the row and adds up terms of one position.
  void moveTo(int row, LinearRows& to) {
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
  }
};

/// The transpose of a sparse matrix.
ConstantMatrix transposeOf(const ConstantMatrix& m) {
  ConstantMatrix to;
  to.rows = m.columns;
  to.columns = m.rows;
  to.offsets.assign(at(m.columns) + 1, 0);
  for (const int j : m.indices) ++to.offsets[at(j) + 1];
  std::partial_sum(to.offsets.begin(), to.offsets.end(), to.offsets.begin());
  to.indices.resize(m.indices.size());
  to.values.resize(m.values.size());
  std::vector<int> next(to.offsets.begin(), to.offsets.end() - 1);
  for (int i = 0; i < m.rows; ++i) {
    for (int k = m.offsets[at(i)]; k < m.offsets[at(i) + 1]; ++k) {
      const int place = next[at(m.indices[at(k)])]++;
      to.indices[at(place)] = i;
      to.values[at(place)] = m.values[at(k)];
    }
  }
  return to;
}

class Planner {
 public:
  Planner(const Graph& graph, const Cpu& la);
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
  template <class F>
  void forAll(std::span<const Coefficient> rows, F&& f) const;
  void push(int id, std::span<const Coefficient> rows);
  void pushSum(const Node& node, std::span<const Coefficient> rows);
  void pushScaled(const Node& node, std::span<const Coefficient> rows);
  void pushMatvec(const Node& node, std::span<const Coefficient> rows);
  bool mustBeValue(int id, std::size_t rows) const;
  bool isDense(const Node& node) const;
  void makeValue(int id, std::span<const Coefficient> rows);
  void makeFormula(int id);
  void use(int id, int entry) {
    used_[at(id)] = 1;
    rank_[firstRank_[at(id)] + at(entry)] = 0;
  }
  std::span<const int> usedEntries(int id);

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
  std::vector<int> placeConstants(std::span<const int> ids, KernelStage& kernel);
  int position(int id, int entry) const;
  IndexMap mapOf(int id, std::span<const int> entries) const;
  void addStage(Stage::Kind kind, std::size_t index, int size, bool active);
  void buildRows();

  const Graph& graph_;
  const Cpu& la_;
  const NormalForm form_;
  FormulaParts parts_;
  FormulaPool formulas_;
  Plan plan_;
  CoefficientLists rows_;
  int rowCount_;               // f, c, and linear values
  std::vector<int> rowOwner_;  // the node of each linear value's row, behind the rows of f and c

  // One entry a node.
  std::vector<char> used_;     // true if a stage or a row uses the node
  std::vector<int> firstRow_;  // first row of a linear value; -1 if the node is not linear
  std::vector<int> level_;
  std::vector<int> place_;              // position of a value's first entry
  std::vector<std::size_t> firstRank_;  // first place in rank_
  std::vector<int> rank_;               // place of each entry among the used ones; -1: not used

  std::vector<std::vector<int>> linearRows_;  // the rows of each linear stage
  std::vector<int> entries_;                  // work of usedEntries
};

Planner::Planner(const Graph& graph, const Cpu& la)
    : graph_(graph),
      la_(la),
      form_(graph),
      parts_(form_),
      formulas_(form_, parts_),
      rows_(form_.count()),
      rowCount_(1 + graph.constraintCount()) {
  const std::size_t count = at(form_.count());
  used_.assign(count, 0);
  firstRow_.assign(count, -1);
  level_.assign(count, 0);
  place_.assign(count, -1);
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
    la_.abortPoint();
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

/// f(coefficient) for all, with looks at whether the solve was aborted.
template <class F>
void Planner::forAll(std::span<const Coefficient> rows, F&& f) const {
  constexpr std::size_t atOnce = 1 << 16;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (k % atOnce == 0) la_.abortPoint();
    f(rows[k]);
  }
}

void Planner::push(int id, std::span<const Coefficient> rows) {
  const Node& node = form_.node(id);
  switch (node.op) {
    case Op::negate:
      return forAll(rows, [&](const Coefficient& c) { rows_.add(node.a, {c.row, c.entry, -c.value}); });
    case Op::add:
    case Op::subtract:
      return pushSum(node, rows);
    case Op::multiply:
    case Op::divide:
      return pushScaled(node, rows);
    case Op::sum:
      return forAll(rows, [&](const Coefficient& c) {
        for (int k = 0; k < node.b; ++k) rows_.add(node.a, {c.row, c.entry * node.b + k, c.value});
      });
    case Op::matvec:
      return pushMatvec(node, rows);
    default:
      forAll(rows, [&](const Coefficient& c) {
        const auto [input, entry] = form_.inputOf(id, c.entry);
        rows_.add(input, {c.row, entry, c.value});
      });
  }
}

void Planner::pushSum(const Node& node, std::span<const Coefficient> rows) {
  const bool scalarA = form_.size(node.a) == 1;
  const bool scalarB = form_.size(node.b) == 1;
  const double sign = node.op == Op::add ? 1 : -1;
  forAll(rows, [&](const Coefficient& c) {
    rows_.add(node.a, {c.row, scalarA ? 0 : c.entry, c.value});
    rows_.add(node.b, {c.row, scalarB ? 0 : c.entry, sign * c.value});
  });
}

/// One of the two operands is a constant.
void Planner::pushScaled(const Node& node, std::span<const Coefficient> rows) {
  const bool first = node.op == Op::multiply && form_.node(node.a).op == Op::constant;
  const Node& factor = form_.node(first ? node.a : node.b);
  const int other = first ? node.b : node.a;
  const bool scalar = form_.size(other) == 1;
  forAll(rows, [&](const Coefficient& c) {
    const double by = form_.number(factor, c.entry);
    const double product = node.op == Op::multiply ? c.value * by : c.value / by;
    if (product != 0) rows_.add(other, {c.row, scalar ? 0 : c.entry, product});
  });
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
      la_.abortPoint();
      const int line = c.entry % lines;
      for (int j = 0; j < width; ++j) add(c, j, transposed ? m.entry(j, line) : m.entry(line, j));
    }
    return;
  }
  ConstantMatrix other;
  if (transposed) other = transposeOf(m);
  const ConstantMatrix& by = transposed ? other : m;
  for (const Coefficient& c : rows) {
    la_.abortPoint();
    const int line = c.entry % lines;
    for (int k = by.offsets[at(line)]; k < by.offsets[at(line) + 1]; ++k) add(c, by.indices[at(k)], by.values[at(k)]);
  }
}

void Planner::makeValue(int id, std::span<const Coefficient> rows) {
  const Node& node = form_.node(id);
  forAll(rows, [&](const Coefficient& c) {
    use(id, c.entry);
    rows_.add(id, c);
  });
  if (node.op == NormalForm::maximum) {
    for (const int group : usedEntries(id)) {
      for (int k = 0; k < node.b; ++k) use(node.a, group * node.b + k);
    }
  } else if (isDense(node)) {
    for (int entry = 0; entry < node.size; ++entry) use(id, entry);
    for (int entry = 0; entry < form_.size(node.a); ++entry) use(node.a, entry);
    usedEntries(id);
  } else if (form_.kind(id) == Kind::elementwise && (!parts_.additive[at(id)] || parts_.affine[at(id)])) {
    makeFormula(id);
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

void Planner::makeFormula(int id) {
  formulas_.add(id, used_);
  const auto entries = usedEntries(id);
  for (const int leaf : formulas_.leaves(id)) {
    if (form_.size(leaf) == 1) {
      use(leaf, 0);
    } else {
      for (const int entry : entries) use(leaf, entry);
    }
  }
}

/// Level of a value: one above the highest level among its operands.
void Planner::setLevels() {
  const int outputs = 1 + graph_.constraintCount();
  constexpr int atOnce = 1 << 16;  // coefficients between two looks
  int seen = 0;
  for (int id = 0; id < form_.count(); ++id) {
    la_.abortPoint();
    const Node& node = form_.node(id);
    int& level = level_[at(id)];
    if (node.op == Op::concatenate) {
      for (const int piece : form_.pieces(node)) level = std::max(level, level_[at(piece)]);
    } else if (form_.kind(id) == Kind::index) {
      level = level_[at(node.a)];
    } else if (formulas_.has(id)) {
      for (const int leaf : formulas_.leaves(id)) level = std::max(level, level_[at(leaf)]);
      ++level;
    } else if (firstRow_[at(id)] >= 0) {
      level = std::max(level, 1);  // the terms came first and have raised the level
    } else if (isValue(id)) {
      level = level_[at(node.a)] + 1;
    }
    rows_.forEach(id, [&](const Coefficient& c) {
      if (++seen % atOnce == 0) la_.abortPoint();
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
    std::vector<int> linear[2];               // linear values without x, with x
    std::map<int, std::vector<int>> kernels;  // nodes of each signature
    for (const int id : level) {
      if (formulas_.has(id)) {
        kernels[formulas_.signature(id)].push_back(id);
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
  std::stable_sort(ids.begin(), ids.end(), [&](int x, int y) { return formulas_.role(x) < formulas_.role(y); });
  KernelStage kernel = kernelOf(ids);
  int place = static_cast<int>(plan_.values.size());
  for (const int id : ids) place_[at(id)] = place++;  // a vector is the only one
  addStage(Stage::Kind::kernel, plan_.kernels.size(), kernel.rows, parts_.active[at(ids.front())]);
  plan_.kernels.push_back(std::move(kernel));
}

/// Formulas of one signature and level: scalars, or one vector.
KernelStage Planner::kernelOf(std::span<const int> ids) {
  const int first = ids.front();
  const bool scalars = form_.size(first) == 1;
  KernelStage kernel;
  kernel.rows = static_cast<int>(scalars ? ids.size() : usedEntries(first).size());
  const auto leaves = formulas_.leaves(first);
  for (std::size_t j = 0; j < leaves.size(); ++j) {
    kernel.active.push_back(parts_.active[at(leaves[j])]);
    if (!scalars) {
      kernel.inputs.push_back(mapOf(leaves[j], entries_));
      continue;
    }
    std::vector<int> positions;
    positions.reserve(ids.size());
    for (const int id : ids) positions.push_back(position(formulas_.leaves(id)[j], 0));
    kernel.inputs.emplace_back(std::move(positions));
  }
  const std::vector<int> constants = placeConstants(ids, kernel);
  kernel.formula = formulas_.write(first, constants, kernel.formulas);
  return kernel;
}

/// Makes inputs of those constants that differ from row to row. Returns the node of each constant.
std::vector<int> Planner::placeConstants(std::span<const int> ids, KernelStage& kernel) {
  std::vector<int> nodes;
  for (int j = 0; j < formulas_.constantCount(ids.front()); ++j) {
    const double value = formulas_.constant(ids.front(), j);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    if (std::all_of(ids.begin(), ids.end(),
                    [&](int id) { return std::bit_cast<std::uint64_t>(formulas_.constant(id, j)) == bits; })) {
      nodes.push_back(kernel.formulas.constant(value));
      continue;
    }
    nodes.push_back(kernel.formulas.input(static_cast<int>(kernel.inputs.size())));
    kernel.active.push_back(0);
    std::vector<int> positions;
    positions.reserve(ids.size());
    for (const int id : ids) {
      positions.push_back(static_cast<int>(plan_.values.size()));
      plan_.values.push_back(formulas_.constant(id, j));
    }
    kernel.inputs.emplace_back(std::move(positions));
  }
  return nodes;
}

/// Compresses all rows at once; then each stage takes its own.
void Planner::buildRows() {
  constexpr std::size_t piece = 65536;  // terms that are looked at in less than a millisecond
  std::size_t entry = 0;
  CompressedRows rows(rowCount_);
  for (int id = 0; id < form_.count(); ++id) {
    const Node& node = form_.node(id);
    rows_.forEach(id, [&](const Coefficient& c) {
      if (entry++ % piece == 0) la_.abortPoint();
      if (node.op == Op::constant) {
        rows.constants[at(c.row)] += c.value * form_.number(node, c.entry);
      } else {
        ++rows.offsets[at(c.row) + 1];
      }
    });
  }
  rows.makeRoom(la_);
  for (int id = 0; id < form_.count(); ++id) {
    if (form_.node(id).op == Op::constant) continue;
    rows_.forEach(id, [&](const Coefficient& c) {
      if (entry++ % piece == 0) la_.abortPoint();
      rows.add(c.row, position(id, c.entry), c.value);
    });
  }
  rows.moveTo(0, plan_.objective);
  plan_.objective.complete();
  const auto move = [&](int row, LinearRows& to) {
    la_.abortPoint();
    rows.moveTo(row, to);
  };
  for (int row = 1; row <= plan_.constraints; ++row) move(row, plan_.constraintRows);
  plan_.constraintRows.complete();
  plan_.linear.resize(linearRows_.size());
  for (std::size_t k = 0; k < linearRows_.size(); ++k) {
    for (const int row : linearRows_[k]) move(row, plan_.linear[k]);
    plan_.linear[k].complete();
  }
}

}  // namespace

Plan planOf(const Graph& graph, const Cpu& la) {
  for (const Graph::Node& node : graph.nodes()) {
    if (node.op != Op::rowColumn && node.op != Op::lookup && node.op != Op::rowMatvec) continue;
    throw Error(ErrorKind::range, nameOf(node.op) + ": expected it in the formula of a row only");
  }
  return Planner(graph, la).make();
}

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
