// Formulas as straight-line code over blocks of rows: each instruction is a loop over a block, whose registers stay in
// the first-level cache.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "expressions/formula.hpp"
#include "expressions/index_map.hpp"

namespace nonconvex {

/// Memory that programs work in, one block after the other.
struct BlockMemory {
  static constexpr std::size_t line = 8;  ///< numbers in a cache line

  /// Reserves room for `size` numbers.
  void reserve(std::size_t size) { numbers.resize(std::max(numbers.size(), size + line)); }
  /// The numbers, from the beginning of a cache line on: so do blocks of whole lines begin.
  double* buffers() {
    const auto place = reinterpret_cast<std::uintptr_t>(numbers.data()) / sizeof(double);
    return numbers.data() + (line - place % line) % line;
  }

  std::vector<double> numbers;
  std::vector<const double*> operands;
  std::vector<double*> results;
  std::vector<double*> outputs;
};

class BlockProgram {
 public:
  BlockProgram() = default;
  enum class Blocks { ofBlockRows, fitting };
  /// Computes the nodes `outputs` in blocks of blockRows rows, or of more where that is faster, for `run` alone.
  BlockProgram(const Formulas& formulas, std::span<const int> outputs, int rows, Blocks blocks);

  bool empty() const { return instructions_.empty(); }
  /// Rows that `runBlock` computes at a time.
  int block() const { return block_; }
  /// Makes room for `run`.
  void reserve(BlockMemory& memory) const;
  /// Output k of row r goes to memory.outputs[k][r].
  void run(std::span<const IndexMap> inputs, const double* values, BlockMemory& memory) const;

  // The steps of `run`: `prepare`, then `runBlock` for each block.
  void prepare(BlockMemory& memory) const;
  /// Output k of row first + i goes to memory.outputs[k][i]. Inputs behind the last of `inputs` are tangents of these.
  void runBlock(std::span<const IndexMap> inputs, const double* values, const double* tangents, int first,
                BlockMemory& memory) const;
  /// How many numbers of `memory.numbers` it uses, from the beginning.
  std::size_t numbers() const;

 private:
  int fittingBlock() const;
  std::vector<int> assignOperands(const Formulas& formulas, std::span<const int> outputs, std::span<const int> lastUse);
  void assignRegisters(const Formulas& formulas, std::span<const int> lastUse, std::vector<int>& operand);

  struct Instruction {
    std::int32_t op;
    int out, a, b;  // numbers of operands
  };

  int rows_ = 0;
  int block_ = 0;
  // Operands: inputs, constants, outputs, registers.
  std::vector<Instruction> instructions_;
  std::vector<int> inputs_;  // the formulas' inputs that occur
  std::vector<double> constants_;
  std::vector<int> outputs_;  // the operand of each output
  int registers_ = 0;
};

}  // namespace nonconvex
