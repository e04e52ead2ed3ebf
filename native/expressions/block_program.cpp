#include "expressions/block_program.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/multiversion.hpp"

namespace nonconvex {

namespace {

/// out_i = op(a_i, b_i): a loop for every operation, which compiles to vector instructions where there are any.
NONCONVEX_CLONES void apply(std::int32_t op, double* __restrict out, const double* as, const double* bs, int count) {
  switch (static_cast<Op>(op)) {
#define UNARY(name, number, nl, value, derivative) \
  case Op::name:                                   \
    for (int i = 0; i < count; ++i) {              \
      const double a = as[i];                      \
      out[i] = value;                              \
    }                                              \
    return;
#define BINARY(name, number, nl, value, ...) \
  case Op::name:                             \
    for (int i = 0; i < count; ++i) {        \
      const double a = as[i], b = bs[i];     \
      out[i] = value;                        \
    }                                        \
    return;
#include "expressions/operators.def"
    default:
      for (int i = 0; i < count; ++i) out[i] = applyScalar(op, as[i], bs[i]);
  }
}

}  // namespace

BlockProgram::BlockProgram(const Formulas& formulas, std::span<const int> outputs, int rows)
    : rows_(rows), block_(std::min(rows, blockRows)) {
  if (outputs.empty()) return;
  const auto count = static_cast<std::size_t>(*std::max_element(outputs.begin(), outputs.end())) + 1;
  const auto children = [&](std::size_t k) {
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    const bool leaf = node.op == 0 || node.op == 1;
    return std::pair(leaf ? -1 : node.a, leaf ? -1 : node.b);
  };
  // What is used, and for the last time by which node.
  std::vector<int> lastUse(count, -1);
  for (const int output : outputs) lastUse[static_cast<std::size_t>(output)] = static_cast<int>(count);
  for (std::size_t k = count; k-- > 0;) {
    if (lastUse[k] < 0) continue;
    const auto [a, b] = children(k);
    for (const int child : {a, b}) {
      if (child < 0) continue;
      int& last = lastUse[static_cast<std::size_t>(child)];
      last = std::max(last, static_cast<int>(k));
    }
  }

  std::vector<int> operand(count, -1);
  for (std::size_t k = 0; k < count; ++k) {
    if (lastUse[k] < 0 || formulas.node(static_cast<int>(k)).op != 1) continue;
    operand[k] = static_cast<int>(inputs_.size());
    inputs_.push_back(formulas.node(static_cast<int>(k)).a);
  }
  int operandCount = static_cast<int>(inputs_.size());
  for (std::size_t k = 0; k < count; ++k) {
    if (lastUse[k] < 0 || formulas.node(static_cast<int>(k)).op != 0) continue;
    operand[k] = operandCount++;
    constants_.push_back(formulas.node(static_cast<int>(k)).value);
  }
  // An operation writes its first output in place; a second one of the same node is a copy.
  for (const int output : outputs) {
    outputs_.push_back(operandCount);
    int& known = operand[static_cast<std::size_t>(output)];
    if (known < 0) known = operandCount;
    ++operandCount;
  }
  const int firstRegister = operandCount;
  std::vector<int> freeRegisters;
  for (std::size_t k = 0; k < count; ++k) {
    if (lastUse[k] < 0) continue;
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    if (node.op == 0 || node.op == 1) continue;
    if (operand[k] < 0) {
      if (freeRegisters.empty()) {
        operand[k] = operandCount++;
      } else {
        operand[k] = freeRegisters.back();
        freeRegisters.pop_back();
      }
    }
    const int a = operand[static_cast<std::size_t>(node.a)];
    const int b = node.b < 0 ? a : operand[static_cast<std::size_t>(node.b)];
    instructions_.push_back({node.op, operand[k], a, b});
    const auto [x, y] = children(k);
    for (const int child : {x, y == x ? -1 : y}) {
      if (child < 0) continue;
      const auto c = static_cast<std::size_t>(child);
      if (lastUse[c] == static_cast<int>(k) && operand[c] >= firstRegister) freeRegisters.push_back(operand[c]);
    }
  }
  registers_ = operandCount - firstRegister;
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const int from = operand[static_cast<std::size_t>(outputs[o])];
    if (from != outputs_[o]) {
      instructions_.push_back({static_cast<std::int32_t>(ScalarOp::copy), outputs_[o], from, from});
    }
  }
}

std::size_t BlockProgram::numbers() const {
  return (inputs_.size() + constants_.size() + static_cast<std::size_t>(registers_)) * static_cast<std::size_t>(block_);
}

void BlockProgram::reserve(BlockMemory& memory) const {
  const auto grow = [](auto& list, std::size_t size) { list.resize(std::max(list.size(), size)); };
  const std::size_t operands =
      inputs_.size() + constants_.size() + outputs_.size() + static_cast<std::size_t>(registers_);
  grow(memory.numbers, numbers());
  grow(memory.operands, operands);
  grow(memory.results, operands);
  grow(memory.outputs, outputs_.size());
}

void BlockProgram::run(std::span<const IndexMap> inputs, const double* values, BlockMemory& memory) const {
  prepare(memory);
  for (int first = 0; first < rows_; first += block_) {
    runBlock(inputs, values, nullptr, first, memory);
    for (std::size_t o = 0; o < outputs_.size(); ++o) memory.outputs[o] += block_;
  }
}

void BlockProgram::prepare(BlockMemory& memory) const {
  double* next = memory.numbers.data() + inputs_.size() * static_cast<std::size_t>(block_);
  std::size_t operand = inputs_.size();
  for (const double constant : constants_) {
    std::fill_n(next, block_, constant);
    memory.operands[operand++] = next;
    next += block_;
  }
  operand += outputs_.size();
  for (int k = 0; k < registers_; ++k) {
    memory.operands[operand] = memory.results[operand] = next;
    ++operand;
    next += block_;
  }
}

void BlockProgram::runBlock(std::span<const IndexMap> inputs, const double* values, const double* tangents, int first,
                            BlockMemory& memory) const {
  const double** operands = memory.operands.data();
  double** results = memory.results.data();
  const int count = std::min(block_, rows_ - first);
  double* buffer = memory.numbers.data();
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    const auto input = static_cast<std::size_t>(inputs_[k]);
    operands[k] = input < inputs.size() ? inputs[input].read(values, first, count, buffer)
                                        : inputs[input - inputs.size()].read(tangents, first, count, buffer);
    buffer += block_;
  }
  for (std::size_t o = 0; o < outputs_.size(); ++o) {
    const auto p = static_cast<std::size_t>(outputs_[o]);
    operands[p] = results[p] = memory.outputs[o];
  }
  for (const Instruction& instruction : instructions_) {
    apply(instruction.op, results[static_cast<std::size_t>(instruction.out)],
          operands[static_cast<std::size_t>(instruction.a)], operands[static_cast<std::size_t>(instruction.b)], count);
  }
}

}  // namespace nonconvex
