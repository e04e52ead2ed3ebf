// The sparse Jacobian from what the kernels know.
//
// Let v be the values of a program, D the gradients of v with respect to x (the unit vectors for x itself) and C the
// constraints' coefficients. Then J = C D. Entries of D are numbers in one array: a 1, the kernels' partial
// derivatives, constants, and sums of products of others where a value is behind another one. Which products make up an
// entry is worked out once.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "expressions/compiled_stages.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// The size of `what` as an int; throws where it is larger than one.
int checkedSize(std::size_t size, const char* what);

class SparseJacobian {
 public:
  /// Throws Interrupted where the solve that `la` belongs to is aborted meanwhile.
  explicit SparseJacobian(const CompiledStages& model, const Cpu& la = Cpu());

  const SparsePattern& pattern() const { return pattern_; }
  bool constant() const { return constantValues_; }
  /// Extends the model's entries by what stands behind the kernels' partial derivatives.
  void extend(std::vector<double>& entries) const;
  /// The kernels' partial derivatives have changed: so do sums of products.
  void accumulate(std::vector<double>& entries) const;
  void values(const std::vector<double>& entries, std::span<double> out) const;

  // D, for the Hessian. Row of a value: columns() and rowEntries() from begin to end; x has no rows.
  struct Row {
    std::size_t begin = 0, end = 0;
    std::size_t size() const { return end - begin; }
  };
  static constexpr int one = 0;  ///< the entry that is 1
  Row row(int value) const;
  const std::vector<int>& columns() const { return columns_; }
  const std::vector<int>& rowEntries() const { return rowEntries_; }
  /// Returns true if entries[a] entries[b] is 1 at any point.
  bool isOne(int a, int b) const {
    return constant_[static_cast<std::size_t>(a)] && constant_[static_cast<std::size_t>(b)] &&
           constantOf(a) * constantOf(b) == 1;
  }
  /// The dense matrix A when the kernel's second derivative is by A x, for each row of A; null otherwise: this part of
  /// the Hessian is a product of matrices, and D is not asked for.
  const DenseStage* gramOf(const Kernel& kernel, const Kernel::Second& second) const;
  /// The dense matrix and the variable when one of the two inputs is A x and the other the same variable in every row,
  /// such as an intercept; null otherwise.
  struct Border {
    const DenseStage* dense = nullptr;
    int variable = 0;
  };
  Border borderOf(const Kernel& kernel, const Kernel::Second& second) const;

 private:
  struct Term {  // entries[a] entries[b] in a column
    int column;
    int a, b;
  };

  void findNeeded();
  void makeRows(const Cpu& la);
  void makePattern(const Cpu& la);
  const DenseStage* denseOf(const IndexMap& input) const;
  void addRow(int value);
  void addTerms(int value, int coefficient, std::vector<Term>& terms) const;
  void finishRow(std::vector<Term>& terms);
  int constantEntry(double value);
  int entryCount() const;
  double constantOf(int entry) const;

  const CompiledStages& model_;
  const Plan& plan_;
  int firstStage_;
  std::vector<int> stageOf_;  // the stage of each stage value; -1: none, or it does not depend on x
  std::vector<char> needed_;  // true for each stage that is needed
  std::vector<Row> rows_;     // the row of each stage value
  std::vector<int> columns_;  // columns of each row, increasing
  std::vector<int> rowEntries_;
  std::vector<char> constant_;  // true for each entry that does not change with the point
  std::vector<double> tail_;    // entries behind the model's: constants, and 0 for sums of products
  // entries[targets[k]] = sum of entries[a] entries[b] over products [offsets[k], offsets[k + 1])
  std::vector<int> targets_;
  std::vector<std::size_t> offsets_ = {0};
  std::vector<std::pair<int, int>> products_;

  SparsePattern pattern_;
  std::vector<int> valueEntries_;
  bool constantValues_ = false;
};

}  // namespace nonconvex
