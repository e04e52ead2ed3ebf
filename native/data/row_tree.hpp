// Rows of a sparse matrix that have much in common, such as categories written as zeros and ones.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "data/sparse_matrix.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

/// A tree over ranges of columns. A node has the different pieces of rows in its range, each once: a leaf as entries,
/// an inner node as pairs of pieces of its two children. So what rows have in common is computed once, for A x, A^T r
/// and A^T W A: what a factorised representation is to a join of tables (Olteanu and Schleich, SIGMOD Record 45(2),
/// 2016).
///
/// It does not change: any number of users share it, on any threads, each with a Work.
class RowTree {
 public:
  /// Operations of BLAS in the time in which one number is added to a matrix at a scattered place.
  static constexpr double flopsPerUpdate = 25;

  /// Null where it would save too little. Throws Interrupted where the solve is to end.
  static std::unique_ptr<const RowTree> of(const SparseMatrix& matrix, const Cpu& la = Cpu());

  class Work;

  int rows() const { return static_cast<int>(pieceOf_.size()); }
  /// Cost of a Hessian and 1.5 passes, in updates.
  double cost() const;
  std::size_t bytes() const;

 private:
  friend class Work;

  struct Node {
    int first = 0, columns = 0;  // the range
    int left = -1, right = -1;   // -1: a leaf
    int count = 0;               // pieces
    // The entries of each piece; not of the root.
    std::vector<int> offsets = {0};
    std::vector<std::uint16_t> indices;  // columns of the entries, counted from `first`
    std::vector<double> values;          // empty once known to be all 1
    std::vector<std::uint8_t> ones;  // every column of each piece, one a bit, if all entries are 1 and they are many
    // Children of an inner node. Pieces come in the order of those of the pivot, the child by which products are
    // collected.
    std::vector<int> leftPiece, rightPiece;
    bool pivotLeft = true;
    std::vector<int> starts;  // first piece of this node for each piece of the pivot
    int chunks = 1;           // number of chunks of the pivot's pieces, which run side by side
    std::size_t block = 0;    // place in the work where its chunks' products begin

    bool leaf() const { return left < 0; }
    double value(int entry) const { return values.empty() ? 1 : values[static_cast<std::size_t>(entry)]; }
    int entries(int piece) const {
      return offsets[static_cast<std::size_t>(piece) + 1] - offsets[static_cast<std::size_t>(piece)];
    }
  };

  using PiecesOfRows = std::vector<std::vector<int>>;  // the piece of each row, by node
  enum class Values : std::uint8_t { one, oneOrZero, several };
  struct Range;
  class Ranges;
  class LeafPieces;
  class GrowingRange;

  RowTree(const SparseMatrix& matrix, const Cpu& la);
  std::vector<Values> takeScales(const SparseMatrix& matrix);
  PiecesOfRows makeLeaves(const SparseMatrix& matrix, const Cpu& la);
  void chooseLeaves(const SparseMatrix& matrix);
  static void writeOnes(Node& node);
  PiecesOfRows differentRows(const PiecesOfRows& leafPieces) const;
  Ranges rangesOfLeaves(const PiecesOfRows& leafPieces, const Cpu& la) const;
  static std::vector<int> cheapestTree(Ranges range);
  int layOut(int first, int end, int leaves, std::span<const int> splits);
  std::vector<int> join(Node& node, std::vector<int> leftOf, std::span<const int> rightOf, const Cpu& la) const;
  void writeEntries(Node& node) const;
  double crossCost(const Node& node, bool pivotLeft) const;

  int columns_;
  std::vector<double> scales_;             // the value of each column that has a single one: it is 1 in the tree
  std::vector<Node> nodes_;                // children before their parents; the last is the root
  std::vector<int> pieceOf_;               // the root's piece that each row has
  std::vector<int> rowStarts_, rowOrder_;  // the rows of each piece of the root
  std::size_t blocks_ = 0;
};

/// The memory and the operations of one user of a tree.
class RowTree::Work {
 public:
  explicit Work(const RowTree& tree);

  /// A x, by `product` of each row.
  void multiply(std::span<const double> x);
  double product(int row) const {
    return sums_.back()[static_cast<std::size_t>(tree_.pieceOf_[static_cast<std::size_t>(row)])];
  }
  /// out = A^T r
  void multiplyTransposed(const Cpu& la, std::span<const double> r, std::span<double> out);
  /// Below the diagonal of the column-major square: A^T diag(weights) A.
  void gram(const Cpu& la, std::span<const double> weights, std::span<double> square);

 private:
  void pushDown(const Cpu& la, std::span<const double> perRow);
  void leafGram(const Node& node, std::span<const double> weights, std::span<double> square) const;
  void cross(const Node& node, int chunk);
  void place(const Node& node, std::span<double> square) const;

  const RowTree& tree_;
  std::vector<double> x_;                  // scaled
  std::vector<std::vector<double>> sums_;  // the sum of each piece, by node
  std::vector<double> blocks_;             // products of pivot and other side, by chunk
  struct Task {
    int node, chunk;
  };
  std::vector<Task> tasks_;
};

}  // namespace nonconvex
