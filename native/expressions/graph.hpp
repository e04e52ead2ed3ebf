// Expressions as a graph of vectors: what an expression model and an AMPL .nl file are read into.
//
// Every node is a flat vector of `size` numbers; a scalar has size 1. Only the builder of the graph knows shapes: a
// reshape is the same node, a transposition is a `gather`. Nodes refer only to nodes before them.
//
// The serialised form, which `Graph::parse` reads, is an array of 32-bit integers `code`, an array of doubles `numbers`
// and a list of matrices. `code` is one record after another; the k-th record (from 0) is node k:
//
//   constant      0  size offset              numbers[offset, offset + size)
//   variables     1  size first               x[first, first + size)
//   parameters    2  size first               p[first, first + size)
//   negate ...   10+ a                        element by element, see operators.def
//   add ...      60+ a b                      element by element; sizes are equal, or one of them is 1
//   sum          80  a group                  sums of each `group` numbers in turn: size(a) / group numbers
//   dot          81  a b group                sum(a * b, group); sizes as for add
//   norm2Squared 82  a group                  sum(a * a, group)
//   logsumexp    83  a group                  log(sum(exp(a), group)), without overflow
//   matvec       84  a matrix transposed count
//                                             M a_i, or M^T a_i when transposed is 1, for each of the `count` equal
//                                             parts a_0, a_1, ... of a: with count > 1 the product of M with a matrix
//                                             whose columns follow one another in a
//   slice        85  a first step size        a[first + k step], k < size; step may be negative or 0
//   gather       86  a size i_0 i_1 ...       a[i_k], k < size
//   concatenate  87  count a_0 a_1 ...
//
// In the formula of one row of a table, which rows/ compiles, there are besides
//
//   rowColumn    88  size column              the row's numbers of that column
//   lookup       89  a i width                a[i_k width + j], j < width, for each i_k of a column of indices i
//   rowMatvec    90  W x rows columns transposed count
//                                             as matvec, W x_i or W^T x_i, for W of rows x columns, row after row,
//                                             which is the same for all rows of the table
//
// The sum of all of a is sum with group = size(a). A sum over the other dimension of a matrix is a gather, then a sum.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/constant_matrix.hpp"
#include "expressions/operators.hpp"

namespace nonconvex {

class Graph {
 public:
  struct Node {
    Op op = Op::constant;
    int size = 1;
    int a = -1;     ///< first input
    int b = -1;     ///< second input; offset, first or column of the leaves, group for sums, matrix for matvec
    int extra = 0;  ///< group of dot; width of lookup; 2 count + transposed of matvec; first of the `integers` of those
                    ///< that have a list
  };

  /// n variables and the parameters' first values.
  explicit Graph(int variables, std::vector<double> parameters = {});

  /// Reads the serialised form. Throws a RangeError that names the record and what is wrong with it.
  static Graph parse(int variables, std::vector<double> parameters, std::span<const std::int32_t> code,
                     std::span<const double> numbers, std::vector<ConstantMatrix> matrices);

  // Each appends a node and returns its number. A RangeError names the operation and the sizes that do not fit.
  int constant(double value) { return constant(std::span(&value, 1)); }
  int constant(std::span<const double> values);
  int variables(int first, int size);
  int parameters(int first, int size);
  int unary(Op op, int a);
  int binary(Op op, int a, int b);
  int sum(int a, int group);
  int sum(int a) { return sum(a, size(a)); }
  int dot(int a, int b, int group);
  int norm2Squared(int a, int group);
  int logsumexp(int a, int group);
  int matrix(ConstantMatrix matrix);  ///< the number that matvec takes, not a node
  int matvec(int a, int matrix, bool transposed = false, int count = 1);
  int slice(int a, int first, int step, int size);
  int gather(int a, std::span<const std::int32_t> indices);
  int concatenate(std::span<const std::int32_t> nodes);
  int rowColumn(int column, int size);
  int lookup(int a, int indices, int width);
  int rowMatvec(int W, int x, int rows, int columns, bool transposed, int count);

  /// f; size 1. None: f = 0.
  void minimize(int node);
  /// Appends the node's entries to c(x) = 0.
  void equalZero(int node);
  /// A graph of the same nodes, without an objective and constraints.
  Graph withoutFunctions() const;

  int size(int node) const { return nodes_[static_cast<std::size_t>(node)].size; }
  int variableCount() const { return variables_; }
  int constraintCount() const { return constraintCount_; }
  const std::vector<double>& parameterValues() const { return parameters_; }
  std::span<const Node> nodes() const { return nodes_; }
  const Node& node(int k) const { return nodes_[static_cast<std::size_t>(k)]; }
  /// The numbers of a constant, slice (first, step), gather, concatenate or rowMatvec (rows, columns, transposed,
  /// count).
  std::span<const double> numbers(const Node& node) const;
  std::span<const std::int32_t> integers(const Node& node) const;
  const std::shared_ptr<const ConstantMatrix>& matrixOf(const Node& node) const {
    return matrices_[static_cast<std::size_t>(node.b)];
  }
  /// Returns true if two nodes are known to have the same values: the same formula of the same variables, as files
  /// repeat them, up to some depth.
  bool same(int a, int b, int depth = 6) const;
  /// 1 for each node that the objective or a constraint is made of.
  std::vector<char> usedNodes() const;
  int objective() const { return objective_; }  ///< -1: none
  std::span<const int> constraints() const { return constraints_; }

 private:
  int append(Node node);
  void checkInput(int node, Op op) const;
  void checkGroup(int size, int group, Op op) const;

  int variables_;
  std::vector<double> parameters_;
  std::vector<Node> nodes_;
  std::vector<double> numbers_;
  std::vector<std::int32_t> integers_;
  std::vector<std::shared_ptr<const ConstantMatrix>> matrices_;
  int objective_ = -1;
  std::vector<int> constraints_;
  int constraintCount_ = 0;
};

}  // namespace nonconvex
