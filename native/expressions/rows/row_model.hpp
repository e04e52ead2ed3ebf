// Models with sums over the rows of tables, compiled.
//
//   f(x) = F(x, s),  s_k = the mean, the sum or the maximum over the rows of a table of what a formula of the row gives
//
// with formulas of x, of what the row has, and of numbers that are computed of x once for all rows (`shared`). F and
// the shared numbers are models of expressions as others are.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expressions/program.hpp"
#include "expressions/rows/row_lanes.hpp"
#include "problems/finite_sum.hpp"

namespace nonconvex {

/// Numbers of s: how an output of the formula of a table is closed.
struct RowClosing {
  enum class Kind { mean, sum, max };
  Kind kind = Kind::mean;
  int table = 0;
  int output = 0;  ///< number of the output of the table's formula
  int first = 0;   ///< first place in s
  int size = 1;
};

/// The formula of a row of one table: a graph over [x | shared] and the nodes that are asked of it.
struct RowFormula {
  Graph graph;
  std::vector<int> outputs;
};

/// Does not change: any number of solves share it, each with the tables of its data.
class RowModel {
 public:
  /// F over [x | s]; the shared numbers as the constraints of a graph over x, if there are any; one formula for each
  /// table. Throws a RangeError where they do not fit together.
  RowModel(int variables, const Graph& outer, const Graph* shared, std::vector<RowFormula> formulas,
           std::vector<RowClosing> closings, std::vector<SumBlock> blocks);

  int variables() const { return variables_; }
  int sums() const { return sums_; }
  const std::shared_ptr<const CompiledModel>& outer() const { return outer_; }
  /// Null if the rows share nothing.
  const std::shared_ptr<const CompiledModel>& shared() const { return shared_; }
  const std::vector<std::shared_ptr<const RowPlan>>& plans() const { return plans_; }
  const std::vector<RowClosing>& closings() const { return closings_; }
  const std::vector<SumBlock>& blocks() const { return blocks_; }
  /// Returns true if F is linear in s, its coefficients being numbers.
  bool linear() const { return linear_; }
  std::size_t bytes() const;

 private:
  int variables_;
  int sums_ = 0;
  std::shared_ptr<const CompiledModel> outer_, shared_;
  std::vector<std::shared_ptr<const RowPlan>> plans_;
  std::vector<RowClosing> closings_;
  std::vector<SumBlock> blocks_;
  bool linear_ = false;
};

/// A model with values of its parameters and the data of its tables.
struct RowProblem {
  std::shared_ptr<const RowModel> model;
  std::vector<std::shared_ptr<const RowTable>> tables;
  std::vector<double> parameters;
  // Knowledge of its objective.
  bool convex = false;
  double strongConvexity = 0;  ///< 0 where it is not known to be convex
};

/// The numbers behind x in theta, for one table: the shared ones at a point, and the formula's.
template <class T>
class RowTail {
 public:
  RowTail(const RowProblem& problem, const RowPlan& plan);

  /// theta at x, which has to live as long as it is used.
  RowTheta<const T> at(const T* x);
  /// The tangent of theta, at the point of the last `at`, from that of x.
  RowTheta<const T> along(const T* v);
  /// g += the transposed Jacobian of what is shared, times adjoints.
  void addGradient(const T* adjoints, T* g);
  /// out += the transposed Jacobian times how adjoints change along v, and the second derivatives along v times them.
  void addAlong(const T* adjoints, const T* turned, const T* v, T* out);
  int shared() const { return shared_; }

 private:
  std::span<const double> wide(const T* from, int count, std::vector<double>& to) const;

  int n_, shared_;
  std::unique_ptr<Program> program_;  // null: nothing is shared
  std::vector<T> tail_, tangent_;
  std::vector<double> x_, v_, numbers_, adjoints_, out_;
};

/// The mean over the rows of one table with what else the objective has, of a model whose F is linear in s.
template <class T>
class RowSum final : public FiniteSum<T> {
 public:
  /// Throws a RangeError that says why it is no such sum.
  explicit RowSum(const RowProblem& problem);

  int rows() const override { return lanes_->bound().table->rows(); }
  int variables() const override { return model_->variables(); }
  std::vector<SumBlock> blocks() const override { return model_->blocks(); }
  SumFacts facts() const override {
    return {.convex = convex_,
            .smooth = lanes_->bound().plan->smooth,
            .strongConvexity = strongConvexity_,
            .hessianProducts = true,
            .rowsApart = true};
  }
  void typicalFactors(std::span<double> s) const override;
  double value(RowSet rows, const T* x) override;
  double gradient(RowSet rows, const T* weights, const T* x, T* g) override;
  void hessianProduct(RowSet rows, const T* x, const T* v, T* out) override;
  void lossOfRows(RowSet rows, const T* x, double* losses) override;
  void normOfRows(RowSet rows, const T* x, double* norms) override;
  bool hasRest() const override { return hasRest_; }
  double addRest(const T* x, T* g) override;
  void addRestProduct(const T* x, const T* v, T* out) override;
  void runOn(const Cpu& la) override { la_ = &la; }

 private:
  double meanOf(int rows) const;
  void moveRest(const T* x);

  std::shared_ptr<const RowModel> model_;
  std::unique_ptr<Program> outer_;
  std::unique_ptr<RowLanes<T>> lanes_;
  std::unique_ptr<RowTail<T>> tail_;
  Cpu alone_;
  const Cpu* la_ = &alone_;
  bool hasRest_ = true;
  const bool convex_;
  const double strongConvexity_;
  std::vector<T> seeds_;
  std::vector<double> sums_, each_, point_, wide_, out_;
  std::vector<T> tailGradient_, tailAlong_, scratch_;
};

/// Makes such sums on the threads that solve.
class RowSumSource final : public FiniteSumSource {
 public:
  /// Throws a RangeError that says why it is no such sum.
  explicit RowSumSource(RowProblem problem);

  int rows() const override { return table_->rows(); }
  int variables() const override { return problem_.model->variables(); }
  std::unique_ptr<FiniteSum<double>> inDouble(const Cpu& la) const override { return made<double>(la); }
  std::unique_ptr<FiniteSum<float>> inSingle(const Cpu& la) const override { return made<float>(la); }

 private:
  template <class T>
  std::unique_ptr<FiniteSum<T>> made(const Cpu& la) const {
    auto sum = std::make_unique<RowSum<T>>(problem_);
    sum->runOn(la);
    return sum;
  }

  RowProblem problem_;
  std::shared_ptr<const RowTable> table_;
};

}  // namespace nonconvex
