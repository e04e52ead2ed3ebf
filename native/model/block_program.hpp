// Formulas as straight-line code over blocks of rows: each instruction is a loop over a block, whose registers stay in
// the first-level cache.
#pragma once

#include <span>
#include <vector>

#include "model/formula.hpp"

namespace nonconvex {

/// Where a formula's input of each row stands in the array of values: at base + r stride, or base + list[r].
struct IndexMap {
  int base = 0;
  int stride = 0;
  std::vector<int> list;

  int at(int row) const { return list.empty() ? base + row * stride : list[static_cast<std::size_t>(row)]; }
  /// The same map for these positions, as base and stride where that is possible.
  static IndexMap of(std::vector<int> positions);
};

class BlockProgram {
 public:
  BlockProgram() = default;
  BlockProgram(BlockProgram&&) = default;  // not copied: it points into its own memory
  BlockProgram& operator=(BlockProgram&&) = default;
  /// Computes the nodes `outputs`.
  BlockProgram(const Formulas& formulas, std::span<const int> outputs, int rows);

  bool empty() const { return instructions_.empty(); }
  /// Output k of row r goes to outputs[k][r].
  void run(std::span<const IndexMap> inputs, const double* values, std::span<double* const> outputs);

 private:
  struct Instruction {
    std::int32_t op;
    int out, a, b;  // numbers of pointers
  };

  int rows_ = 0;
  int block_ = 0;
  std::vector<Instruction> instructions_;
  std::vector<int> inputs_;          // the formulas' inputs that occur; pointers 0 .. inputs_.size()
  std::vector<int> outputPointers_;  // for each output, its pointer
  std::vector<double> memory_;       // inputs that are gathered, constants and registers
  std::vector<double*> slots_;       // of memory_, one a pointer; null for outputs
  std::vector<const double*> pointers_;
};

}  // namespace nonconvex
