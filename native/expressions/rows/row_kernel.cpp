#include "expressions/rows/row_kernel.hpp"

#include <algorithm>

#include "core/index.hpp"
#include "expressions/rows/row_operations.hpp"

namespace nonconvex {
namespace {

constexpr auto codeOf = [](ScalarOp op) { return static_cast<std::int32_t>(op); };

/// The last node that reads each node, up to `last`; outputs are read behind all. -1: no node needs it.
std::vector<int> lastUsesOf(const Formulas& formulas, std::span<const int> outputs, int known) {
  const std::size_t nodes = at(*std::max_element(outputs.begin(), outputs.end())) + 1;
  std::vector<int> lastUse(nodes, -1);
  for (const int output : outputs) lastUse[at(output)] = static_cast<int>(nodes);
  for (std::size_t k = nodes; k-- > 0;) {
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    if (lastUse[k] < 0 || static_cast<int>(k) == known || node.op == codeOf(ScalarOp::constant) ||
        node.op == codeOf(ScalarOp::input)) {
      continue;
    }
    for (const int child : {node.a, node.b}) {
      if (child >= 0) lastUse[at(child)] = std::max(lastUse[at(child)], static_cast<int>(k));
    }
  }
  return lastUse;
}

}  // namespace

// Longer than most: one walk over the nodes, each of which gets the operand that holds it.
RowCode::RowCode(const Formulas& formulas, std::span<const int> outputs, int inputs, int known) : inputs_(inputs + 1) {
  reads_.assign(at(inputs_), 0);
  if (outputs.empty()) return;
  const std::vector<int> lastUse = lastUsesOf(formulas, outputs, known);
  std::vector<int> place(lastUse.size(), -1);
  for (std::size_t k = 0; k < place.size(); ++k) {
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    if (lastUse[k] < 0) continue;
    if (static_cast<int>(k) == known) {
      place[k] = inputs;
    } else if (node.op == codeOf(ScalarOp::input)) {
      place[k] = node.a;
    } else if (node.op == codeOf(ScalarOp::constant)) {
      place[k] = inputs_ + static_cast<int>(constants_.size());
      constants_.push_back(node.value);
    }
    if (place[k] >= 0 && place[k] < inputs_) reads_[at(place[k])] = 1;
  }
  const int firstOutput = inputs_ + static_cast<int>(constants_.size());
  const int firstRegister = firstOutput + static_cast<int>(outputs.size());
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    outputs_.push_back(firstOutput + static_cast<int>(o));
    if (place[at(outputs[o])] < 0) place[at(outputs[o])] = outputs_.back();
  }
  std::vector<int> free;
  for (std::size_t k = 0; k < place.size(); ++k) {
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    if (lastUse[k] < 0 || static_cast<int>(k) == known || node.op == codeOf(ScalarOp::constant) ||
        node.op == codeOf(ScalarOp::input)) {
      continue;
    }
    if (place[k] < 0) {
      if (free.empty()) free.push_back(firstRegister + registers_++);
      place[k] = free.back();
      free.pop_back();
    }
    const int a = place[at(node.a)];
    instructions_.push_back({node.op, place[k], a, node.b < 0 ? a : place[at(node.b)]});
    for (const int child : {node.a, node.b == node.a ? -1 : node.b}) {
      if (child >= 0 && lastUse[at(child)] == static_cast<int>(k) && place[at(child)] >= firstRegister) {
        free.push_back(place[at(child)]);
      }
    }
  }
  // A node writes its first output; further ones of it, and those that are leaves, are copies.
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const int from = place[at(outputs[o])];
    if (from != outputs_[o]) instructions_.push_back({codeOf(ScalarOp::copy), outputs_[o], from, from});
  }
  operands_ = at(firstRegister + registers_);
}

template <class T>
void RowCode::run(const T* const* inputs, T* const* outputs, int count, Memory<T>& memory) const {
  T** const operands = memory.operands.data();
  T* next = memory.numbers.data();
  std::size_t k = 0;
  for (int i = 0; i < inputs_; ++i) operands[k++] = const_cast<T*>(inputs[i]);
  for (const double constant : constants_) {
    std::fill_n(next, count, static_cast<T>(constant));
    operands[k++] = next;
    next += rowChunk;
  }
  for (std::size_t o = 0; o < outputs_.size(); ++o) operands[k++] = outputs[o];
  for (int r = 0; r < registers_; ++r) {
    operands[k++] = next;
    next += rowChunk;
  }
  for (const Instruction& i : instructions_) {
    applyToRows(i.op, operands[at(i.out)], operands[at(i.a)], operands[at(i.b)], count);
  }
}

template void RowCode::run<double>(const double* const*, double* const*, int, Memory<double>&) const;
template void RowCode::run<float>(const float* const*, float* const*, int, Memory<float>&) const;

}  // namespace nonconvex
