// A formula of entries as straight-line code over numbers of either precision.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "expressions/formula.hpp"

namespace nonconvex {

/// Numbers that an instruction goes over at a time: what a formula works with stays in the first-level cache.
constexpr int rowChunk = 512;

/// Computes nodes of formulas over a chunk of numbers. The inputs that the formulas number are pointers; `known`, a
/// node, is one more behind them, as it was computed before.
class RowCode {
 public:
  RowCode() = default;
  RowCode(const Formulas& formulas, std::span<const int> outputs, int inputs, int known = -1);

  bool empty() const { return outputs_.empty(); }
  /// Which inputs are read; the known node's is the last.
  const std::vector<char>& reads() const { return reads_; }
  /// Numbers of `scratch`.
  std::size_t scratch() const { return (constants_.size() + static_cast<std::size_t>(registers_)) * rowChunk; }
  std::size_t operands() const { return operands_; }

  template <class T>
  struct Memory {
    std::vector<T> numbers;
    std::vector<T*> operands;

    void reserve(const RowCode& code) {
      if (numbers.size() < code.scratch()) numbers.resize(code.scratch());
      if (operands.size() < code.operands()) operands.resize(code.operands());
    }
  };

  /// Output k, of `count` <= rowChunk numbers, goes to outputs[k]. No output is an input.
  template <class T>
  void run(const T* const* inputs, T* const* outputs, int count, Memory<T>& memory) const;

 private:
  struct Instruction {
    std::int32_t op;
    int out, a, b;  // operands: inputs, constants, outputs, registers
  };

  std::vector<Instruction> instructions_;
  std::vector<double> constants_;
  std::vector<char> reads_;
  std::vector<int> outputs_;
  int inputs_ = 0;
  int registers_ = 0;
  std::size_t operands_ = 0;
};

}  // namespace nonconvex
