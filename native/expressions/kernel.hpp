// A kernel stage with its derivatives, compiled.
#pragma once

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
    bool constant;  ///< the same for all rows, and set already
    bool ofStage;   ///< the input is a stage's value in some row

    int at(int row) const { return constant ? entry : entry + row; }
  };
  /// d^2 result / d a d b, a <= b; of row r at seconds[entry + r], or at seconds[entry] when constant. Times the
  /// adjoint of the result it is at weighted[weight + r].
  struct Second {
    int a, b;
    int entry;
    bool constant;
    int weight;
  };

  /// Takes its place at the end of `entries` and `seconds`, and behind the `weights` that there are. Stages' values
  /// begin at `firstStage`.
  Kernel(KernelStage stage, int output, int firstStage, std::vector<double>& entries, std::vector<double>& seconds,
         int& weights);

  int rows() const { return rows_; }
  const IndexMap& input(int k) const { return inputs_[static_cast<std::size_t>(k)]; }
  std::span<const Partial> partials() const { return partials_; }
  std::span<const Second> seconds() const { return seconds_; }
  void reserve(BlockMemory& memory) const;

  void evaluate(double* values, BlockMemory& memory) const;
  /// The results and the partial derivatives.
  void differentiate(double* values, double* entries, BlockMemory& memory) const;
  void differentiateTwice(const double* values, double* seconds, BlockMemory& memory) const;

  // With out_r = result r of whatever runs through the tape: sums over partials d, and over seconds times adjoints w.
  void tangent(const double* entries, double* tangents, BlockMemory& memory) const;  ///< t_out = sum d t_in
  /// a_in += d a_out
  void adjoint(const double* entries, double* adjoints, bool stagesOnly, BlockMemory& memory) const;
  void weigh(const double* seconds, const double* adjoints, double* weighted) const;
  /// a_in += d a_out + w t_in
  void curvedAdjoint(const double* entries, const double* weighted, const double* tangents, double* adjoints,
                     BlockMemory& memory) const;
  /// What curvedAdjoint adds, without second derivatives of their own: those along t_in, times `outer`, the adjoints.
  void curvedAdjointAlong(const double* values, const double* entries, const double* outer, const double* tangents,
                          double* adjoints, BlockMemory& memory) const;

 private:
  bool makeEntry(const Formulas& formulas, int node, std::vector<double>& to, std::vector<int>& program) const;
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
