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

constexpr std::size_t mostInputs = 12;         // of a formula; above, parts of it are cut off
constexpr std::size_t mostAdditiveInputs = 6;  // of an additive part inside another formula
constexpr int mostOperations = 300;            // of a formula
constexpr int mostAffineOperations = 30;
constexpr int sharedOperations = 30;  // from here on, a part with several users is computed once

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

}  // namespace

FormulaParts::FormulaParts(const NormalForm& form)
    : active(at(form.count()), 0),
      additive(at(form.count()), 0),
      affine(at(form.count()), 0),
      cut(at(form.count()), 0) {
  std::vector<char> users(at(form.count()), 0);  // none, one, more
  for (const Node& node : form.nodes()) {
    for (const int operand : operands(node)) {
      if (operand >= 0 && users[at(operand)] < 2) ++users[at(operand)];
    }
  }
  Inputs inputs(at(form.count()));
  std::vector<int> operations(at(form.count()), 0);
  std::vector<int> set;
  const auto gather = [&](const Node& node) {
    set.clear();
    int total = 1;
    for (const int operand : operands(node)) {
      if (operand < 0) continue;
      const auto middle = static_cast<std::ptrdiff_t>(set.size());
      if (sameFormula(form, operand, node)) {
        const auto more = inputs.of(operand);
        set.insert(set.end(), more.begin(), more.end());
        total += operations[at(operand)];
      } else if (active[at(operand)]) {
        set.push_back(operand);
      }
      std::inplace_merge(set.begin(), set.begin() + middle, set.end());
      set.erase(std::unique(set.begin(), set.end()), set.end());
    }
    return total;
  };
  for (int id = 0; id < form.count(); ++id) {
    const Node& node = form.node(id);
    const Kind kind = form.kind(id);
    if (node.op == Op::concatenate) {
      for (const int piece : form.pieces(node)) active[at(id)] |= active[at(piece)];
    } else if (node.op == Op::variables) {
      active[at(id)] = 1;
    } else if (kind == Kind::maximum) {
      cut[at(node.a)] = 1;  // its other user subtracts the maximum
    } else {
      for (const int operand : operands(node)) {
        if (operand >= 0) active[at(id)] |= active[at(operand)];
      }
    }
    if (kind != Kind::elementwise) continue;
    additive[at(id)] = isAdditive(form, node);
    int total = gather(node);
    if (additive[at(id)]) {
      // It can be split at its terms, so that it may be of any size; more than fits is cut where it is used.
      total = std::min(total, mostOperations + 1);
      affine[at(id)] = set.size() <= mostAdditiveInputs && total <= mostAffineOperations;
      for (const int operand : operands(node)) {
        if (operand >= 0 && sameFormula(form, operand, node) && !affine[at(operand)]) affine[at(id)] = 0;
      }
      if (set.size() > mostInputs + 1) set.resize(mostInputs + 1);
    } else {
      for (const int operand : operands(node)) {
        if (operand >= 0 && sameFormula(form, operand, node) && additive[at(operand)] &&
            inputs.of(operand).size() > mostAdditiveInputs) {
          cut[at(operand)] = 1;
        }
      }
      total = gather(node);
      while (set.size() > mostInputs || total > mostOperations) {
        int largest = -1;
        for (const int operand : operands(node)) {
          if (operand < 0 || !sameFormula(form, operand, node)) continue;
          if (largest < 0 || operations[at(operand)] > operations[at(largest)]) largest = operand;
        }
        if (largest < 0) break;
        cut[at(largest)] = 1;
        total = gather(node);
      }
      if (users[at(id)] > 1 && total >= sharedOperations) cut[at(id)] = 1;
    }
    operations[at(id)] = total;
    inputs.append(at(id), set);
  }
}

}  // namespace nonconvex
