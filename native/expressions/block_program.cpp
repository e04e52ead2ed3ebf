#include "expressions/block_program.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "core/multiversion.hpp"

namespace nonconvex {

namespace {

/// out_i = op(a_i, b_i): a loop for every operation, which compiles to vector instructions where there are any.
NONCONVEX_CLONES void apply(std::int32_t op, double* __restrict out, const double* as, const double* bs, int count) {
  switch (static_cast<Op>(op)) {
#define UNARY(name, number, nl, value, derivative, ...) \
  case Op::name:                                        \
    for (int i = 0; i < count; ++i) {                   \
      const double a = as[i];                           \
      out[i] = value;                                   \
    }                                                   \
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

namespace {

bool isLeaf(const Formulas::Node& node) {
  return node.op == static_cast<std::int32_t>(ScalarOp::constant) ||
         node.op == static_cast<std::int32_t>(ScalarOp::input);
}

/// The last node that reads each node, `nodes` for outputs; -1: no node needs it.
std::vector<int> findLastUses(const Formulas& formulas, std::span<const int> outputs, std::size_t nodes) {
  std::vector<int> lastUse(nodes, -1);
  for (const int output : outputs) lastUse[at(output)] = static_cast<int>(nodes);
  for (std::size_t k = nodes; k-- > 0;) {
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    if (lastUse[k] < 0 || isLeaf(node)) continue;
    for (const int child : {node.a, node.b}) {
      if (child >= 0) lastUse[at(child)] = std::max(lastUse[at(child)], static_cast<int>(k));
    }
  }
  return lastUse;
}

}  // namespace

BlockProgram::BlockProgram(const Formulas& formulas, std::span<const int> outputs, int rows, Blocks blocks)
    : rows_(rows), block_(std::min(rows, blockRows)) {
  if (outputs.empty()) return;
  const std::size_t count = at(*std::max_element(outputs.begin(), outputs.end())) + 1;
  const std::vector<int> lastUse = findLastUses(formulas, outputs, count);
  std::vector<int> operand = assignOperands(formulas, outputs, lastUse);
  assignRegisters(formulas, lastUse, operand);
  if (blocks == Blocks::fitting) block_ = std::min(rows, fittingBlock());
  // An operation writes the first output of its node; further ones of the same node are copies.
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const int from = operand[at(outputs[o])];
    if (from != outputs_[o]) {
      instructions_.push_back({static_cast<std::int32_t>(ScalarOp::copy), outputs_[o], from, from});
    }
  }
}

/// Operands of inputs, constants and outputs, by node; -1: a node that needs a register, or none.
std::vector<int> BlockProgram::assignOperands(const Formulas& formulas, std::span<const int> outputs,
                                              std::span<const int> lastUse) {
  std::vector<int> operand(lastUse.size(), -1);
  const auto forEach = [&](ScalarOp op, auto&& use) {
    for (std::size_t k = 0; k < operand.size(); ++k) {
      const Formulas::Node& node = formulas.node(static_cast<int>(k));
      if (lastUse[k] >= 0 && node.op == static_cast<std::int32_t>(op)) use(k, node);
    }
  };
  forEach(ScalarOp::input, [&](std::size_t k, const Formulas::Node& node) {
    operand[k] = static_cast<int>(inputs_.size());
    inputs_.push_back(node.a);
  });
  forEach(ScalarOp::constant, [&](std::size_t k, const Formulas::Node& node) {
    operand[k] = static_cast<int>(inputs_.size() + constants_.size());
    constants_.push_back(node.value);
  });
  for (const int output : outputs) {
    const int place = static_cast<int>(inputs_.size() + constants_.size() + outputs_.size());
    outputs_.push_back(place);
    if (operand[at(output)] < 0) operand[at(output)] = place;
  }
  return operand;
}

/// The instructions in order; a register is free again after the last use of its value.
void BlockProgram::assignRegisters(const Formulas& formulas, std::span<const int> lastUse, std::vector<int>& operand) {
  const int firstRegister = static_cast<int>(inputs_.size() + constants_.size() + outputs_.size());
  std::vector<int> free;
  for (std::size_t k = 0; k < operand.size(); ++k) {
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    if (lastUse[k] < 0 || isLeaf(node)) continue;
    if (operand[k] < 0) {
      if (free.empty()) {
        operand[k] = firstRegister + registers_++;
      } else {
        operand[k] = free.back();
        free.pop_back();
      }
    }
    const int a = operand[at(node.a)];
    const int b = node.b < 0 ? a : operand[at(node.b)];
    instructions_.push_back({node.op, operand[k], a, b});
    for (const int child : {node.a, node.b == node.a ? -1 : node.b}) {
      if (child < 0) continue;
      if (lastUse[at(child)] == static_cast<int>(k) && operand[at(child)] >= firstRegister) {
        free.push_back(operand[at(child)]);
      }
    }
  }
}

/// The number of rows that leaves room in the first-level cache, since each instruction and block takes some time of
/// its own.
int BlockProgram::fittingBlock() const {
  constexpr std::size_t most = 4;
  constexpr std::size_t room = 2048;  // numbers
  const std::size_t operands =
      inputs_.size() + constants_.size() + outputs_.size() + static_cast<std::size_t>(registers_);
  const std::size_t blocks = room / (static_cast<std::size_t>(blockRows) * operands);
  return blockRows * static_cast<int>(std::clamp(blocks, std::size_t{1}, most));
}

std::size_t BlockProgram::numbers() const {
  return (inputs_.size() + constants_.size() + static_cast<std::size_t>(registers_)) * static_cast<std::size_t>(block_);
}

void BlockProgram::reserve(BlockMemory& memory) const {
  const auto grow = [](auto& list, std::size_t size) { list.resize(std::max(list.size(), size)); };
  const std::size_t operands =
      inputs_.size() + constants_.size() + outputs_.size() + static_cast<std::size_t>(registers_);
  memory.reserve(numbers());
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
  double* next = memory.buffers() + inputs_.size() * static_cast<std::size_t>(block_);
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
  double* buffer = memory.buffers();
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
