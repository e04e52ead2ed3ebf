// The plan of a multifrontal factorisation: which variables are eliminated together in which front, where its rows go
// in the parent's front, where it keeps its numbers, and which fronts can be worked on at the same time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/sparse/ordering.hpp"
#include "linalg/sparse/pattern.hpp"
#include "linalg/sparse/scatter_runs.hpp"

namespace nonconvex {

/// Multiplications and additions of the elimination of `columns` columns of a front.
double eliminationFlops(int columns, int order);

/// Variables [first, first + columns) of the elimination order, and `rows` more that their elimination changes.
struct FrontPlan {
  static constexpr int linkColumns = 4;  // columns of a link of a chain

  int first = 0;
  int columns = 0;
  int rows = 0;
  int parent = -1;
  std::size_t rowsAt = 0;          ///< first place in `rows`
  std::size_t runsAt = 0;          ///< first place in `runs`
  std::size_t factorAt = 0;        ///< (columns + rows) x columns numbers
  std::size_t contributionAt = 0;  ///< rows x rows numbers, on the stack of the subtree's thread, or kept
  bool kept = false;               ///< the contribution is kept for the top
  bool tridiagonal = false;   ///< true with its rows, and only the first column has a part of the only child, if any
  std::size_t entriesAt = 0;  ///< first place in `entries`
  std::size_t entries = 0;
  std::size_t childrenAt = 0;  ///< first place in `children`
  int children = 0;
  int chain = 0;        ///< links of a long chain, this one and those after it; 0: none begins here
  int chainBehind = 0;  ///< links of a long chain, this one and those before it; 0: none ends here
  int runs = 0;
  int runsInColumns = 0;  ///< how many of the runs lead to columns of the parent

  int order() const { return columns + rows; }
  /// Returns true if it is a link of a chain: the next one of a tridiagonal matrix after its only child, the front
  /// before it.
  bool isLink() const { return tridiagonal && columns == linkColumns && rows == 1 && children == 1; }
  double flops() const;
};

struct AssemblyTree {
  /// An entry of the matrix and its place in the front.
  struct Entry {
    int value;
    int row;
    int column;
  };
  /// Fronts [begin, end), a whole subtree.
  struct Subtree {
    int begin = 0;
    int end = 0;
    double flops = 0;
  };

  std::vector<int> order;         ///< order[k] is eliminated as the k-th
  std::vector<FrontPlan> fronts;  ///< children before parents, subtrees together
  std::vector<int> rows;
  std::vector<int> places;  ///< place of each of the rows in the parent's front
  std::vector<Run> runs;    ///< places of rows in the parent's front
  std::vector<int> children;
  std::vector<Entry> entries;
  /// Values of the entries (k, k) and (k + 1, k) of tridiagonal fronts, k a place in the order, at 2 k and 2 k + 1.
  std::vector<int> diagonals;
  std::vector<Subtree> subtrees;  ///< independent of each other, the largest first
  std::vector<int> top;           ///< the fronts above them
  std::size_t factorSize = 0;
  std::size_t stackSize = 0;  ///< size of the stack that holds the contributions within any subtree
  std::size_t keptSize = 0;   ///< size of the contributions that the top needs
  double flops = 0;
};

/// `partner[i]`: the variable that is to be eliminated together with i, or i itself.
AssemblyTree planFactorisation(const SparsePattern& lower, std::span<const int> partner, const Cpu& la,
                               OrderSearch search);

}  // namespace nonconvex
