// The sparse Jacobian and Hessian of the Lagrangian from what the kernels know.
//
// Let v be the values of a program, D the gradients of v with respect to x (the unit vectors for x itself), C the
// constraints' coefficients and W the second derivatives of the kernels' results by their inputs, times the adjoints of
// the results. Then J = C D and H = D^T W D. Entries of D are numbers in one array: coefficients, the kernels' partial
// derivatives, and sums of products of others where a value is behind another one. Which products make up an entry is
// worked out once.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "linalg/sparse.hpp"
#include "model/kernel.hpp"
#include "model/plan.hpp"

namespace nonconvex {

class SparseDerivatives {
 public:
  /// `entries` begins with a 1 and the kernels' partial derivatives; what this class needs goes behind.
  SparseDerivatives(const Plan& plan, std::span<const Kernel> kernels, int firstStage, std::vector<double>& entries);

  const SparsePattern& jacobianPattern() const { return jacobianPattern_; }
  const SparsePattern& hessianPattern();

  /// The kernels' partial derivatives have changed.
  void moved() { accumulated_ = false; }

  void jacobian(std::vector<double>& entries, std::span<double> values);
  /// `weighted`: second derivatives of the kernels times adjoints.
  void hessian(std::vector<double>& entries, std::span<const double> weighted, std::span<double> values);

 private:
  struct Term {  // entries[a] entries[b] in a column
    int column;
    int a, b;
  };
  struct Row {  // of D: its entries, by increasing column
    std::size_t begin, end;
  };
  // weighted[weight] u v^T, with u and v rows of D: too long for all products to be written down.
  struct Outer {
    int weight;
    int u, v;  // values
  };
  // All rows of a dense matrix on neighbouring variables, weighted by a stretch of `weighted`.
  struct Gram {
    const ConstantMatrix* matrix;
    int weight;
    int column;               // first
    std::vector<int> places;  // in the Hessian, of each column's diagonal entry
  };

  void findNeeded();
  void addRow(std::vector<double>& entries, int value);
  void addTerms(int value, int coefficient, std::vector<Term>& terms) const;
  void finishRow(std::vector<double>& entries, std::vector<Term>& terms);
  int constantEntry(std::vector<double>& entries, double value);
  Row row(int value) const;
  void accumulate(std::vector<double>& entries);
  void buildHessian();
  bool isGram(const Kernel& kernel, const Kernel::Second& second) const;

  const Plan& plan_;
  std::span<const Kernel> kernels_;
  int firstStage_;
  std::vector<char> valueActive_;  // by stage value
  std::vector<int> stageOf_;       // by stage value
  std::vector<char> needed_;       // by stage

  // D: rows of stage values, by value - firstStage_
  std::vector<Row> rows_;
  std::vector<int> columns_;
  std::vector<int> entryOf_;
  std::vector<char> constant_;  // by entry: does not change with the point
  // entries[target k] = sum of entries[a] entries[b] over products [offsets[k], offsets[k + 1])
  std::vector<int> targets_;
  std::vector<std::size_t> offsets_ = {0};
  std::vector<std::pair<int, int>> products_;

  SparsePattern jacobianPattern_;
  std::vector<int> jacobianEntries_;
  bool jacobianConstant_ = false;
  bool accumulated_ = false;

  bool hessianKnown_ = false;
  SparsePattern hessianPattern_;
  // Entry k is the sum of weighted[direct], and of weighted[weight] entries[a] entries[b] over `chained`.
  struct Chained {
    int weight;
    int a, b;
  };
  std::vector<int> directOffsets_;
  std::vector<int> direct_;
  std::vector<int> chainedEntries_;
  std::vector<int> chainedOffsets_;
  std::vector<Chained> chained_;
  // Long rows: by column, which outer products have it in u, with which entry, and where v's part on or below the
  // diagonal begins.
  struct OuterInColumn {
    int outer;
    int entry;
    std::size_t begin;
  };
  std::vector<Outer> outer_;
  std::vector<int> outerColumns_;
  std::vector<std::size_t> outerOffsets_;
  std::vector<OuterInColumn> outerInColumn_;
  std::vector<double> work_;
  std::vector<Gram> grams_;
  std::vector<double> gramRows_;
  std::vector<double> gramBlock_;
};

}  // namespace nonconvex
