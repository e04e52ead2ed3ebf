// A kernel stage with its derivatives, compiled.
#pragma once

#include <span>
#include <vector>

#include "model/block_program.hpp"
#include "model/plan.hpp"

namespace nonconvex {

class Kernel {
 public:
  /// d result / d input; of row r at partials[offset + r].
  struct Partial {
    int input;
    std::size_t offset;
    bool constant;  ///< and set already
    bool ofStage;   ///< the input is a stage's value in some row
  };
  /// d^2 result / d a d b, a <= b; of row r at seconds[offset + r].
  struct Second {
    int a, b;
    std::size_t offset;
    bool constant;
  };

  /// Takes its place at the end of `partials` and `seconds`. Stages' values begin at `firstStage`.
  Kernel(KernelStage stage, int output, int firstStage, std::vector<double>& partials, std::vector<double>& seconds);

  int rows() const { return rows_; }
  int output() const { return output_; }
  const IndexMap& input(int k) const { return inputs_[static_cast<std::size_t>(k)]; }
  std::span<const Partial> partials() const { return partials_; }
  std::span<const Second> seconds() const { return seconds_; }

  void evaluate(double* values);
  /// The results and the partial derivatives.
  void differentiate(double* values, double* partials);
  void differentiateTwice(const double* values, double* seconds);

  // With out_r = result r of whatever runs through the tape: sums over partials d, and over seconds times weights w.
  void tangent(const double* partials, double* tangents) const;                   ///< t_out = sum d t_in
  void adjoint(const double* partials, double* adjoints, bool stagesOnly) const;  ///< a_in += d a_out
  /// weighted = second derivatives times the adjoint of the row's result.
  void weigh(const double* seconds, const double* adjoints, double* weighted) const;
  void curvature(const double* weighted, const double* tangents, double* adjoints) const;  ///< a_in += w t_in

 private:
  int rows_;
  int output_;
  std::vector<IndexMap> inputs_;
  std::vector<Partial> partials_;
  std::vector<Second> seconds_;
  BlockProgram value_;
  BlockProgram first_;   // results and partials that are not constant
  BlockProgram second_;  // seconds that are not constant
  std::vector<double*> firstOutputs_;
  std::vector<double*> secondOutputs_;
};

}  // namespace nonconvex
