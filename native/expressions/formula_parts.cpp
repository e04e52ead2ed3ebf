#include "expressions/formula_parts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "core/index.hpp"

namespace nonconvex {

namespace {

using Node = NormalForm::Node;
using Kind = NormalForm::Kind;

constexpr std::size_t mostInputs = 12;         // inputs of a formula: parts of one with more are cut off
constexpr std::size_t mostAdditiveInputs = 6;  // inputs of an additive part inside another formula
constexpr int mostOperations = 300;            // operations of a formula
constexpr int mostAffineOperations = 30;       // operations of an affine part inside another formula
constexpr int sharedOperations = 30;           // a part of this size with several users is computed once

/// Operands that are nodes.
std::array<int, 2> operands(const Node& node) { return {node.a, isBinary(node.op) ? node.b : -1}; }

bool isAdditive(const NormalForm& form, const Node& node) {
  const auto constant = [&](int id) { return form.node(id).op == Op::constant; };
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

/// The active inputs of every formula, sorted, one after the other; of those that have more, some.
class Inputs {
 public:
  explicit Inputs(std::size_t nodes) : begin_(nodes + 1, 0) {}
  void append(std::size_t node, std::span<const int> inputs) {
    begin_[node] = all_.size();
    all_.insert(all_.end(), inputs.begin(), inputs.end());
    begin_[node + 1] = all_.size();
  }
  std::span<const int> of(int node) const {
    return std::span(all_).subspan(begin_[at(node)], begin_[at(node) + 1] - begin_[at(node)]);
  }

 private:
  std::vector<std::size_t> begin_;
  std::vector<int> all_;
};

/// 0, 1 or 2, which stands for more, users of each node.
std::vector<char> countUsers(const NormalForm& form) {
  std::vector<char> users(at(form.count()), 0);
  for (const Node& node : form.nodes()) {
    for (const int operand : operands(node)) {
      if (operand >= 0 && users[at(operand)] < 2) ++users[at(operand)];
    }
  }
  return users;
}

}  // namespace

/// Knowledge of the formulas while they are cut.
struct FormulaParts::Cutting {
  explicit Cutting(const NormalForm& of)
      : form(of), users(countUsers(of)), inputs(at(of.count())), operations(at(of.count()), 0) {}

  const NormalForm& form;
  const std::vector<char> users;
  Inputs inputs;
  std::vector<int> operations;  // number of operations of each node
  std::vector<int> set;         // active inputs of the node at hand, sorted
};

FormulaParts::FormulaParts(const NormalForm& form)
    : active(at(form.count()), 0),
      additive(at(form.count()), 0),
      affine(at(form.count()), 0),
      cut(at(form.count()), 0) {
  Cutting state(form);
  for (int id = 0; id < form.count(); ++id) {
    markActive(form, id);
    if (form.kind(id) != Kind::elementwise) continue;
    additive[at(id)] = isAdditive(form, form.node(id));
    state.operations[at(id)] = additive[at(id)] ? splitSum(state, id) : cutLargeFormula(state, id);
    state.inputs.append(at(id), state.set);
  }
}

/// Marks a node as active if it depends on x.
void FormulaParts::markActive(const NormalForm& form, int id) {
  const Node& node = form.node(id);
  if (node.op == Op::concatenate) {
    for (const int piece : form.pieces(node)) active[at(id)] |= active[at(piece)];
  } else if (node.op == Op::variables) {
    active[at(id)] = 1;
  } else if (form.kind(id) == Kind::maximum) {
    cut[at(node.a)] = 1;  // its other user subtracts the maximum
  } else {
    for (const int operand : operands(node)) {
      if (operand >= 0) active[at(id)] |= active[at(operand)];
    }
  }
}

/// Writes the active inputs of a node's formula to `state.set`; returns its operations.
int FormulaParts::gather(Cutting& state, const Node& node) const {
  std::vector<int>& set = state.set;
  set.clear();
  int total = 1;
  for (const int operand : operands(node)) {
    if (operand < 0) continue;
    const auto middle = static_cast<std::ptrdiff_t>(set.size());
    if (sameFormula(state.form, operand, node)) {
      const auto more = state.inputs.of(operand);
      set.insert(set.end(), more.begin(), more.end());
      total += state.operations[at(operand)];
    } else if (active[at(operand)]) {
      set.push_back(operand);
    }
    std::inplace_merge(set.begin(), set.begin() + middle, set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
  }
  return total;
}

/// A sum can be split at its terms, so that it may be of any size; more than fits is cut where it is used.
int FormulaParts::splitSum(Cutting& state, int id) {
  const Node& node = state.form.node(id);
  const int total = std::min(gather(state, node), mostOperations + 1);
  affine[at(id)] = state.set.size() <= mostAdditiveInputs && total <= mostAffineOperations;
  for (const int operand : operands(node)) {
    if (operand >= 0 && sameFormula(state.form, operand, node) && !affine[at(operand)]) affine[at(id)] = 0;
  }
  if (state.set.size() > mostInputs + 1) state.set.resize(mostInputs + 1);
  return total;
}

/// Cuts wide sums off a formula, then its largest operands until it fits, and itself where several use it.
int FormulaParts::cutLargeFormula(Cutting& state, int id) {
  const Node& node = state.form.node(id);
  for (const int operand : operands(node)) {
    if (operand >= 0 && sameFormula(state.form, operand, node) && additive[at(operand)] &&
        state.inputs.of(operand).size() > mostAdditiveInputs) {
      cut[at(operand)] = 1;
    }
  }
  int total = gather(state, node);
  while (state.set.size() > mostInputs || total > mostOperations) {
    int largest = -1;
    for (const int operand : operands(node)) {
      if (operand < 0 || !sameFormula(state.form, operand, node)) continue;
      if (largest < 0 || state.operations[at(operand)] > state.operations[at(largest)]) largest = operand;
    }
    if (largest < 0) break;
    cut[at(largest)] = 1;
    total = gather(state, node);
  }
  if (state.users[at(id)] > 1 && total >= sharedOperations) cut[at(id)] = 1;
  return total;
}

}  // namespace nonconvex
