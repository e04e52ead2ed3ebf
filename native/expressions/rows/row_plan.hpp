// The formula of one row brought into the order in which it is evaluated, for blocks of rows.
//
// A block of B rows has its numbers entry by entry: number r of entry j is that of the block's row r, at j B + r. So
// all loops are over rows, and a product of a matrix with the vectors of all rows is one product of matrices.
//
// Numbers that are the same for all rows stand in one array theta = [x | shared | constants]: the variables, the
// results of other programs, and constants.
#pragma once

#include <memory>
#include <vector>

#include "expressions/graph.hpp"
#include "expressions/rows/row_kernel.hpp"

namespace nonconvex {

/// A place of numbers: in theta, or `offset` entries from the beginning of a block's.
struct RowPlace {
  bool inTheta = false;
  int offset = 0;
  int size = 1;
};

/// A formula for each entry: inputs of size 1 serve all entries, those in theta all rows.
struct RowKernel {
  struct Input {
    RowPlace place;
    bool active = false;
    /// d result / d input, where that is a number; NaN: `slopes` has it.
    double slope = 0;
  };
  std::vector<Input> inputs;
  RowCode value;
  RowCode slopes;  ///< slopes of the inputs `slopeOf`; reads the inputs and the result
  std::vector<int> slopeOf;
  RowCode turns;  ///< turns of the inputs `turnOf`: sum_j d slope / d u_j t_j; reads u, t and the result
  std::vector<int> turnOf;
};

/// W x or W^T x of `count` vectors x, W of rows x columns in theta.
struct RowProduct {
  int weights = 0;  ///< place of W in theta
  int rows = 0, columns = 0;
  bool transposed = false;
  int count = 1;
  bool weightsActive = false;
  int column = -1;  ///< x is this column of the table, which is read as it is stored; -1: x is `input`
  RowPlace input;
  bool inputActive = false;

  int in() const { return transposed ? rows : columns; }
  int out() const { return transposed ? columns : rows; }
};

/// A constant sparse matrix times `count` vectors.
struct RowSparseProduct {
  std::shared_ptr<const ConstantMatrix> matrix;
  bool transposed = false;
  int count = 1;
  RowPlace input;
};

/// Sums, or logarithms of sums of exponentials, of groups of entries.
struct RowGroups {
  RowPlace input;
  int group = 1;
};

/// Entries i_k width + j of what `from` is, the i_k from a column of the table.
struct RowLookup {
  RowPlace from;
  bool fromActive = false;
  int column = 0;
  int indices = 1;  ///< indices of a row
  int width = 1;
};

/// Entries of others.
struct RowCopy {
  struct Entry {
    bool inTheta = false;
    bool active = false;
    int offset = 0;
  };
  std::vector<Entry> entries;
};

struct RowStage {
  enum class Kind { kernel, product, sparseProduct, sum, logSumExp, lookup, copy };
  Kind kind = Kind::kernel;
  int index = 0;   ///< place in the list of its kind
  int output = 0;  ///< its first entry
  int size = 0;
  bool active = false;  ///< depends on x or on what is shared
};

struct RowPlan {
  int variables = 0;  ///< numbers of x
  int shared = 0;     ///< numbers of [x | shared]
  std::vector<double> constants;
  int entries = 0;  ///< entries of a block, in all
  struct Loaded {
    int column = 0;
    int output = 0;
    int size = 0;
  };
  std::vector<Loaded> loaded;  ///< columns that are read entry by entry
  std::vector<RowStage> stages;
  std::vector<RowKernel> kernels;
  std::vector<RowProduct> products;
  std::vector<RowSparseProduct> sparseProducts;
  std::vector<RowGroups> groups;
  std::vector<RowLookup> lookups;
  std::vector<RowCopy> copies;
  struct Output {
    RowPlace place;
    bool active = false;
  };
  std::vector<Output> outputs;

  struct UsedColumn {
    int column = 0;
    int size = 0;
    int indexLimit = 0;  ///< it is a list of indices below this; 0: it is not
  };
  std::vector<UsedColumn> columns;  ///< the columns that are read; indices have an element of their own
  /// Rows of a block: as many as leave its numbers in the second-level cache.
  int block = 0;
  /// True if each number of theta that is active is an input of one stage at most, where norms of the gradients of rows
  /// have a closed form.
  bool separate = true;
  bool smooth = true;  ///< no function in it is known to have kinks

  int theta() const { return shared + static_cast<int>(constants.size()); }
};

/// The plan for some nodes of a graph of a row, whose variables are [x | shared], `variables` of them x.
RowPlan rowPlanOf(const Graph& graph, int variables, std::span<const int> outputs);

}  // namespace nonconvex
