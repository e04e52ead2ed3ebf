// The sparse Hessian of the Lagrangian from what the kernels know.
//
// Let D be as in sparse_jacobian.hpp and W the second derivatives of the kernels' results by their inputs, times the
// adjoints of the results. Then H = D^T W D: a sum of w u v^T with w from W and u, v rows of D.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "expressions/compiled_stages.hpp"
#include "expressions/sparse_jacobian.hpp"
#include "linalg/cpu.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

class SparseHessian {
 public:
  struct Memory {
    std::vector<double> column;
    std::vector<double> stretch;
    std::vector<double> gramRows;
    std::vector<double> gram;
    std::optional<double> largest;  // |H_ij|, where `values` has computed it in passing; NaN where one is NaN
  };

  /// Model and Jacobian must outlive this. Of a large model it takes long; `la` says whether it is to go on.
  SparseHessian(const CompiledStages& model, const SparseJacobian& jacobian, const Cpu& la = Cpu());

  /// Columns of the lower triangle.
  const SparsePattern& pattern() const { return pattern_; }
  /// Returns true if `values` takes entries of D.
  bool takesEntries() const { return !scaled_.terms.empty() || !chained_.terms.empty() || !outers_.empty(); }
  void reserve(Memory& memory) const;
  /// `weighted`: second derivatives of the kernels times adjoints.
  void values(const std::vector<double>& entries, const std::vector<double>& weighted, std::span<double> out,
              Memory& memory) const;

 private:
  // weighted[weight] entries[a] entries[b] in `row` of a column.
  struct Product {
    int row;
    int weight;
    int a, b;
  };
  // out[entry k] += sum of terms [offsets[k], offsets[k + 1])
  template <class Term>
  struct Sums {
    std::vector<int> entries;
    std::vector<int> offsets = {0};
    std::vector<Term> terms;
  };
  struct Scaled {
    int weight;
    int factor;
  };
  struct Chained {
    int weight;
    int a, b;
  };
  // weighted[weight] u v^T, with u and v rows of D: too long for all products to be written down.
  struct Outer {
    int weight;
    int u, v;  // values
  };
  struct OuterInColumn {
    int outer;
    int entry;          // the entry of u in this column
    std::size_t begin;  // first place of v's part on or below the diagonal
  };
  // A^T diag(weighted[weight, weight + rows)) A on neighbouring variables.
  struct Gram {
    std::shared_ptr<const ConstantMatrix> matrix;
    int weight;
    int first;                // variable
    SparsePattern pattern;    // columns of the lower triangle
    std::vector<int> places;  // places of the pattern's entries in the Hessian
  };

  // A^T weighted[weight, weight + rows) in the column or row of another variable, or twice on its diagonal.
  struct Border {
    std::shared_ptr<const ConstantMatrix> matrix;
    int weight;
    int first;                // variable of A
    int variable;             // the other one
    std::vector<int> places;  // places in the Hessian, by column of A; -1: the column is zero
  };

  // Neighbouring columns of which each has the direct terms of the one before, with the next weights.
  struct Stretch {
    int begin;  // entry
    int end;
    int period;  // entries of a column
    int terms;   // first place of its first column in stretchTerms_
  };

  struct Columns;  // what is known while the pattern is made

  /// Entries of a value's row of D.
  std::size_t length(int value) const { return value < n_ ? std::size_t{1} : jacobian_.row(value).size(); }
  template <class Use, class UseOuter, class UseGram, class UseBorder>
  void forEachSecond(const Cpu& la, Use&& use, UseOuter&& useOuter, UseGram&& useGram, UseBorder&& useBorder) const;
  template <class Use>
  void forEachProduct(const Outer& outer, bool square, Use&& use) const;
  void collect(Columns& columns, const Cpu& la);
  void collectOuters(const Cpu& la);
  void addGram(const DenseStage& dense, int weight);
  void addBorder(const DenseStage& dense, int variable, int weight);
  void addColumn(int column, Columns& columns);
  void markRows(int column, std::span<const Product> products, Columns& columns);
  void placeDense(int column, std::span<const int> rows, int first);
  void emitTerms(std::span<const Product> products, std::span<const int> rows, int first);
  bool continues(int column) const;
  void findStretches();
  void listTerms(const Stretch& stretch);
  bool onlyDirect() const;
  void addDirect(const std::vector<double>& weighted, std::span<double> out, Memory& memory) const;
  static std::span<const int> lineOf(const Gram& gram, int column);
  template <class F>
  static void forBorder(Border& border, int column, F&& f);
  void addOuters(const std::vector<double>& entries, const std::vector<double>& weighted, std::span<double> out,
                 std::vector<double>& column) const;
  void addBorder(const Border& border, const std::vector<double>& weighted, std::span<double> out,
                 Memory& memory) const;
  void addGram(const Gram& gram, const std::vector<double>& weighted, std::span<double> out, Memory& memory) const;

  const CompiledStages& model_;
  const SparseJacobian& jacobian_;
  int n_;
  SparsePattern pattern_;
  Sums<int> direct_;  // weights
  std::vector<Stretch> stretches_;
  std::vector<int> stretchTerms_;  // weights; ~weight where the weights of all columns are the same number
  Sums<Scaled> scaled_;
  Sums<Chained> chained_;
  std::vector<Outer> outers_;
  std::vector<int> outerColumns_;  // columns that have outer products
  std::vector<std::size_t> outerOffsets_;
  std::vector<OuterInColumn> outerInColumn_;
  std::vector<Gram> grams_;
  std::vector<Border> borders_;
};

}  // namespace nonconvex
