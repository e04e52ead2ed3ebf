// A model with sums over rows as a nonlinear program.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "expressions/rows/row_model.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

/// min F(x, s(x)) subject to c(x, s(x)) = 0, over all rows, by double precision. Second derivatives are products with
/// vectors; the Hessian is made of n of them where n is at most `mostColumns`, otherwise its pattern is empty.
class RowNlp final : public Nlp, public ThreadedEvaluation {
 public:
  static constexpr int mostColumns = 500;  // columns of a Hessian that is made of products

  explicit RowNlp(const RowProblem& problem);

  int variables() const override { return n_; }
  int constraints() const override { return outer_->constraints(); }
  NlpFacts facts() const override;
  /// Lines of constraints that have sums in them are full. Made when first asked for.
  const SparsePattern& jacobianPattern() const override;
  const SparsePattern& hessianPattern() const override { return pattern_; }
  void runOn(const Cpu& la) override { la_ = &la; }

  void moveTo(std::span<const double> x) override;
  double objective() override;
  void gradient(std::span<double> g) override;
  void constraintValues(std::span<double> c) override;
  void jacobian(std::span<double> values) override;
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override;
  void jacobianProduct(std::span<const double> v, std::span<double> out) override;
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override;
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override;

 private:
  struct Table {
    std::unique_ptr<RowLanes<double>> lanes;
    std::unique_ptr<RowTail<double>> tail;
    std::vector<int> firsts;  // entry of each output
    std::vector<double> sums, each, seeds, tailGradient, tailAlong;
    bool largest = false;           // a maximum is asked for
    std::vector<int> rowOfLargest;  // the row where each entry is largest
  };

  RowSet all(const Table& table) const { return RowSet::range(0, table.lanes->bound().table->rows()); }
  bool isFull(std::span<const int> line) const;
  void evaluateSums();
  void closeSums(int t);
  void moveOuter();
  /// g += sum_k of_k grad s_k
  void addGradientOfSums(std::span<const double> of, double* g);
  /// out += sum_k of_k Hess s_k v
  void addProductOfSums(std::span<const double> of, std::span<const double> v, double* out);
  template <class Run>
  void forSeeds(std::span<const double> of, Run&& run);
  void findEachGradient();
  /// wide_ := [v | s' v]
  void widen(std::span<const double> v, bool sums);

  std::shared_ptr<const RowModel> model_;
  int n_, sums_;
  std::unique_ptr<Program> outer_;
  std::vector<Table> tables_;
  SparsePattern pattern_;
  mutable std::optional<SparsePattern> jacobianPattern_;
  bool sumsInConstraints_ = false;
  Cpu alone_;
  const Cpu* la_ = &alone_;
  std::vector<double> point_;  // [x | s]
  std::vector<double> wide_, out_, scratch_, result_;
  std::vector<double> outerJacobian_;
  std::vector<double> eachGradient_;  // gradient by all of s, if F is not linear in s or constraints have s
  bool summed_ = false, moved_ = false, eachKnown_ = false;
};

}  // namespace nonconvex
