#include "model/block_program.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/clones.hpp"

namespace nonconvex {

namespace {

constexpr int mostRows = 64;  // of a block

constexpr std::int32_t code(Op op) { return static_cast<std::int32_t>(op); }

// The loops that compile to vector instructions; anything else goes element by element.
NONCONVEX_CLONES void apply(std::int32_t op, double* __restrict out, const double* a, const double* b, int count) {
  switch (static_cast<Op>(op)) {
    case Op::negate:
      for (int i = 0; i < count; ++i) out[i] = -a[i];
      return;
    case Op::square:
      for (int i = 0; i < count; ++i) out[i] = a[i] * a[i];
      return;
    case Op::sqrt:
      for (int i = 0; i < count; ++i) out[i] = std::sqrt(a[i]);
      return;
    case Op::reciprocal:
      for (int i = 0; i < count; ++i) out[i] = 1 / a[i];
      return;
    case Op::add:
      for (int i = 0; i < count; ++i) out[i] = a[i] + b[i];
      return;
    case Op::subtract:
      for (int i = 0; i < count; ++i) out[i] = a[i] - b[i];
      return;
    case Op::multiply:
      for (int i = 0; i < count; ++i) out[i] = a[i] * b[i];
      return;
    case Op::divide:
      for (int i = 0; i < count; ++i) out[i] = a[i] / b[i];
      return;
    case Op::exp:
      for (int i = 0; i < count; ++i) out[i] = std::exp(a[i]);
      return;
    case Op::log:
      for (int i = 0; i < count; ++i) out[i] = std::log(a[i]);
      return;
    case Op::sin:
      for (int i = 0; i < count; ++i) out[i] = std::sin(a[i]);
      return;
    case Op::cos:
      for (int i = 0; i < count; ++i) out[i] = std::cos(a[i]);
      return;
    default:
      for (int i = 0; i < count; ++i) out[i] = applyScalar(op, a[i], b[i]);
  }
}

}  // namespace

IndexMap IndexMap::of(std::vector<int> positions) {
  IndexMap map;
  map.base = positions.front();
  map.stride = positions.size() > 1 ? positions[1] - positions[0] : 0;
  bool affine = true;
  for (std::size_t r = 1; affine && r < positions.size(); ++r) affine = positions[r] - positions[r - 1] == map.stride;
  if (!affine) map.list = std::move(positions);
  return map;
}

BlockProgram::BlockProgram(const Formulas& formulas, std::span<const int> outputs, int rows)
    : rows_(rows), block_(std::min(rows, mostRows)) {
  if (outputs.empty()) return;
  const auto count = static_cast<std::size_t>(*std::max_element(outputs.begin(), outputs.end())) + 1;
  const auto operands = [&](std::size_t k) {
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    const bool leaf = node.op == 0 || node.op == 1;
    return std::pair(leaf ? -1 : node.a, leaf ? -1 : node.b);
  };
  // What is used, and for the last time by which node.
  std::vector<int> lastUse(count, -1);
  for (const int output : outputs) lastUse[static_cast<std::size_t>(output)] = static_cast<int>(count);
  for (std::size_t k = count; k-- > 0;) {
    if (lastUse[k] < 0) continue;
    const auto [a, b] = operands(k);
    for (const int operand : {a, b}) {
      if (operand >= 0)
        lastUse[static_cast<std::size_t>(operand)] =
            std::max(lastUse[static_cast<std::size_t>(operand)], static_cast<int>(k));
    }
  }

  std::vector<int> pointer(count, -1);
  for (std::size_t k = 0; k < count; ++k) {
    if (lastUse[k] < 0 || formulas.node(static_cast<int>(k)).op != 1) continue;
    pointer[k] = static_cast<int>(inputs_.size());
    inputs_.push_back(formulas.node(static_cast<int>(k)).a);
  }
  int pointers = static_cast<int>(inputs_.size());
  std::vector<std::pair<int, double>> constants;
  for (std::size_t k = 0; k < count; ++k) {
    if (lastUse[k] < 0 || formulas.node(static_cast<int>(k)).op != 0) continue;
    pointer[k] = pointers++;
    constants.emplace_back(pointer[k], formulas.node(static_cast<int>(k)).value);
  }
  // An operation writes its first output in place; a second one of the same node is a copy.
  for (const int output : outputs) {
    outputPointers_.push_back(pointers);
    int& known = pointer[static_cast<std::size_t>(output)];
    if (known < 0) known = pointers;
    ++pointers;
  }
  const int firstRegister = pointers;
  std::vector<int> freeRegisters;
  for (std::size_t k = 0; k < count; ++k) {
    if (lastUse[k] < 0) continue;
    const Formulas::Node& node = formulas.node(static_cast<int>(k));
    if (node.op == 0 || node.op == 1) continue;
    if (pointer[k] < 0) {
      if (freeRegisters.empty()) {
        pointer[k] = pointers++;
      } else {
        pointer[k] = freeRegisters.back();
        freeRegisters.pop_back();
      }
    }
    const int a = pointer[static_cast<std::size_t>(node.a)];
    const int b = node.b < 0 ? a : pointer[static_cast<std::size_t>(node.b)];
    instructions_.push_back({node.op, pointer[k], a, b});
    const auto [x, y] = operands(k);
    for (const int operand : {x, y == x ? -1 : y}) {
      if (operand < 0) continue;
      const auto o = static_cast<std::size_t>(operand);
      if (lastUse[o] == static_cast<int>(k) && pointer[o] >= firstRegister) freeRegisters.push_back(pointer[o]);
    }
  }
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const int from = pointer[static_cast<std::size_t>(outputs[o])];
    if (from != outputPointers_[o]) {
      instructions_.push_back({static_cast<std::int32_t>(ScalarOp::copy), outputPointers_[o], from, from});
    }
  }

  const auto block = static_cast<std::size_t>(block_);
  const auto outputsEnd = static_cast<std::size_t>(firstRegister);
  const auto outputsBegin = outputsEnd - outputs.size();
  memory_.assign((static_cast<std::size_t>(pointers) - outputs.size()) * block, 0);
  slots_.assign(static_cast<std::size_t>(pointers), nullptr);
  double* next = memory_.data();
  for (std::size_t p = 0; p < slots_.size(); ++p) {
    if (p >= outputsBegin && p < outputsEnd) continue;
    slots_[p] = next;
    next += block;
  }
  for (const auto& [p, value] : constants) std::fill_n(slots_[static_cast<std::size_t>(p)], block, value);
  pointers_.assign(slots_.begin(), slots_.end());
}

void BlockProgram::run(std::span<const IndexMap> inputs, const double* values, std::span<double* const> outputs) {
  for (int first = 0; first < rows_; first += block_) {
    const int count = std::min(block_, rows_ - first);
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      const IndexMap& map = inputs[static_cast<std::size_t>(inputs_[k])];
      double* slot = slots_[k];
      if (!map.list.empty()) {
        const int* list = map.list.data() + first;
        for (int i = 0; i < count; ++i) slot[i] = values[list[i]];
      } else if (map.stride == 1) {
        pointers_[k] = values + map.base + first;
      } else if (map.stride == 0) {
        if (first == 0) std::fill_n(slot, count, values[map.base]);
      } else {
        const double* from = values + map.base + static_cast<std::ptrdiff_t>(first) * map.stride;
        for (int i = 0; i < count; ++i) slot[i] = from[static_cast<std::ptrdiff_t>(i) * map.stride];
      }
    }
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      const auto p = static_cast<std::size_t>(outputPointers_[o]);
      slots_[p] = outputs[o] + first;
      pointers_[p] = outputs[o] + first;
    }
    for (const Instruction& instruction : instructions_) {
      apply(instruction.op, slots_[static_cast<std::size_t>(instruction.out)],
            pointers_[static_cast<std::size_t>(instruction.a)], pointers_[static_cast<std::size_t>(instruction.b)],
            count);
    }
  }
}

}  // namespace nonconvex
