// A kernel stage with its derivatives, compiled.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "expressions/block_program.hpp"
#include "expressions/plan.hpp"

namespace nonconvex {

class Kernel {
 public:
  /// d result / d input; of row r at entries[at(r)].
  struct Partial {
    int input;
    int entry;
    bool constant;  ///< one entry serves all rows, and is set already
    bool ofStage;   ///< the input is a stage's value in some row

    int at(int row) const { return constant ? entry : entry + row; }
  };
  /// d^2 result / d a d b, a <= b, at seconds[entry] when it is constant. Times the adjoint of the result it is, of row
  /// r, at weighted[weight + r].
  struct Second {
    int a, b;
    int entry;
    bool constant;
    int weight;
  };
  /// Adjoints of the results: one for all rows, where there is no list.
  struct Outer {
    const double* list = nullptr;
    double all = 0;
  };

  /// Takes its place at the end of `entries` and `seconds`, and behind the `weights` that there are. Stages' values
  /// begin at `firstStage`.
  Kernel(KernelStage stage, int output, int firstStage, std::vector<double>& entries, std::vector<double>& seconds,
         int& weights);

  int rows() const { return rows_; }
  int inputs() const { return static_cast<int>(inputs_.size()); }
  const IndexMap& input(int k) const { return inputs_[static_cast<std::size_t>(k)]; }
  std::span<const Partial> partials() const { return partials_; }
  std::span<const Second> seconds() const { return seconds_; }
  void reserve(BlockMemory& memory) const;

  void evaluate(double* values, BlockMemory& memory) const {
    evaluate(values, memory, [](int) {});
  }
  /// Calls done(rows) each time that the first `rows` results are known, while they are in the cache.
  template <class Done>
  void evaluate(double* values, BlockMemory& memory, Done&& done) const {
    memory.outputs[0] = values + output_;
    value_.prepare(memory);
    for (int first = 0; first < rows_; first += value_.block()) {
      value_.runBlock(inputs_, values, nullptr, first, memory);
      memory.outputs[0] += value_.block();
      done(std::min(rows_, first + value_.block()));
    }
  }
  /// Results of some rows after the others, for `window`, which has room for `valueBlock` numbers: done(first, end) is
  /// called with those of rows [first, end) in it.
  template <class Done>
  void evaluateInWindow(const double* values, double* window, BlockMemory& memory, Done&& done) const {
    memory.outputs[0] = window;
    value_.prepare(memory);
    for (int first = 0; first < rows_; first += value_.block()) {
      value_.runBlock(inputs_, values, nullptr, first, memory);
      done(first, std::min(rows_, first + value_.block()));
    }
  }
  int valueBlock() const { return value_.block(); }
  /// The results and the partial derivatives.
  void differentiate(double* values, double* entries, BlockMemory& memory) const;

  // With out_r = result r of whatever runs through the tape: sums over partials d, and over seconds times adjoints w.
  void tangent(const double* entries, double* tangents, BlockMemory& memory) const;  ///< t_out = sum d t_in
  /// bend_out += sum d2 t_in t_in, d2 the second derivatives, which are computed in `weighted`
  void bend(const double* values, const double* seconds, double* weighted, const double* tangents, double* bends,
            BlockMemory& memory) const;
  /// a_in += d a_out
  void adjoint(const double* entries, double* adjoints, bool stagesOnly, BlockMemory& memory) const;
  /// a_in += d a_out, for partial derivatives that are not kept.
  void addGradient(const double* values, const double* entries, const Outer& outer, double* adjoints,
                   BlockMemory& memory) const;
  /// Second derivatives times the adjoints; those that are constant too if `constants`.
  void weigh(const double* values, const double* seconds, const Outer& outer, bool constants, double* weighted,
             BlockMemory& memory) const;
  /// a_in += d a_out + w t_in
  void curvedAdjoint(const double* entries, const double* weighted, const double* tangents, double* adjoints,
                     BlockMemory& memory) const;
  /// Adds the terms of curvedAdjoint without stored second derivatives: those along t_in, times `outer`, the adjoints.
  void curvedAdjointAlong(const double* values, const double* entries, const double* outer, const double* tangents,
                          double* adjoints, BlockMemory& memory) const;

 private:
  bool makeEntry(const Formulas& formulas, int node, std::vector<double>& to, std::vector<int>& program) const;
  void addProducts(const Outer& outer, const double* entries, const double* slopes, double* terms, int first, int count,
                   double* adjoints) const;
  void addMultiples(double outer, const double* entries, const double* slopes, const double* ones, int first, int count,
                    double* adjoints) const;
  /// Rows that `addGradient` computes at a time.
  int gradientBlock() const { return first_.empty() ? std::min(rows_, blockRows) : first_.block(); }
  void compileSlopes(Formulas& formulas, std::span<const int> gradient, const std::vector<char>& active);

  int rows_;
  int output_;
  std::vector<IndexMap> inputs_;
  std::vector<Partial> partials_;
  std::vector<Second> seconds_;
  BlockProgram value_;
  BlockProgram first_;   // results and partials that are not constant
  BlockProgram second_;  // seconds that are not constant
  BlockProgram along_;   // tangents of the partials that are not constant
};

}  // namespace nonconvex
