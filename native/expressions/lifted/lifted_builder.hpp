// Makes columns, atoms and rows for the operations of a graph.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "expressions/lifted/lifted_program.hpp"

namespace nonconvex {

/// Equal operations on equal columns share a column.
class LiftedBuilder {
 public:
  /// Begins with the variables of a model.
  explicit LiftedBuilder(const LiftedBounds& bounds, const LiftingWatch& watch = {});

  /// Calls the watch, if there is one; `terms` are those of forms beside the program's.
  void look(std::size_t terms = 0) const {
    if (watch_) watch_(program_.columns.size(), program_.index.size() + terms);
  }

  LinearForm unary(Op op, const LinearForm& a);
  LinearForm binary(Op op, const LinearForm& a, const LinearForm& b);
  /// Appends a constraint of the model.
  void constrain(const LinearForm& form, Interval sides);
  /// The program with this objective.
  LiftedProgram take(LinearForm objective);

 private:
  struct Tuning {
    /// published: products that a product of two sums may become (plan of the method, 4.1).
    static constexpr std::size_t distributed = 6;
    static constexpr int mostMultiplied = 100000;    ///< safeguard: rows that are products of equations and columns
    static constexpr int mostPerspectives = 100000;  ///< safeguard: atoms of x log(x / y)
  };
  using Key = std::array<std::uint64_t, 4>;  ///< kind, function, x, y

  int newColumn(Interval bounds, LiftedDefinition definition);
  int columnOf(const LinearForm& form);
  int function(const Univariate& g, int x);
  int product(int x, int y);
  int quotient(int x, int y);
  LinearForm unknownNumber();
  const LiftedAtom* definition(int column) const;
  LinearForm functionOf(const Univariate& g, const LinearForm& a);
  LinearForm square(const LinearForm& a);
  LinearForm power(const LinearForm& a, double exponent);
  LinearForm logarithm(const LinearForm& a);
  LinearForm multiply(const LinearForm& a, const LinearForm& b);
  LinearForm productOf(int x, int y);
  LinearForm distribute(const LinearForm& a, const LinearForm& b);
  LinearForm divide(const LinearForm& a, const LinearForm& b);
  LinearForm raise(const LinearForm& a, const LinearForm& b);
  LinearForm extreme(const LinearForm& a, const LinearForm& b, double sign);
  LinearForm sum(const LinearForm& a, double factor, const LinearForm& b) const;
  void multiplyRows();
  void perspective(int x, int logOf, int w);

  LiftedProgram program_;
  LiftingWatch watch_;
  int perspectives_ = 0;
  std::map<Key, int> results_;                          ///< columns of results
  std::map<std::vector<std::uint64_t>, int> columnOf_;  ///< columns of linear forms
};

}  // namespace nonconvex
