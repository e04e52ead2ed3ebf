// Bounds of columns without bounds that follow from the growth of a sum.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "expressions/lifted/lifted_program.hpp"

namespace nonconvex {

/// Bounds of columns that are unbounded, by rows sum_k a_k z_k <= u whose terms are powers and products of powers of
/// columns: far away the highest powers exceed all other terms. A product of powers of several columns t_j is bounded
/// by their highest powers,
///
///     prod_j |t_j|^e_j <= sum_j l_j s_j |t_j|^D_j + (1 - sum_j l_j) s_0,    l_j = e_j / D_j,   sum_j l_j <= 1
///
/// for numbers s > 0 with s_0^(1 - sum l) prod_j s_j^l_j >= 1, the inequality of weighted means. What is left is a sum
/// of functions of one column each; where all have a minimum, each is at most u less the minima of the others. In exact
/// arithmetic, no point of the box that satisfies the rows is lost.
class LevelSets {
 public:
  /// `program` must outlive this.
  explicit LevelSets(const LiftedProgram& program);

  /// Returns true if a variable has no bound in the box.
  static bool areOpen(const LiftedProgram& program, std::span<const Interval> box);
  /// Tightens infinite bounds of `box` by all rows, and by objective <= cutoff. Returns true if a bound has changed.
  bool run(std::vector<Interval>& box, double cutoff) const;

 private:
  struct Tuning {
    static constexpr double leastLeft = 1e-3;  ///< rounding: numbers below are not known as differences from 1
    static constexpr double share =
        0.25;  ///< safeguard: of the highest power, taken by products that need not be large
    /// safeguard: highest exponent, as of 2 to the power of it
    static constexpr int mostDegree = 60;
    static constexpr double widening = 1e-12;  ///< rounding: of logarithms and their sums
  };
  struct Power {
    int column;
    int exponent;
  };
  /// A term with several unbounded columns: at most `size` times the product of powers.
  struct Mixed {
    double size;
    std::vector<Power> powers;
  };
  /// sum_p coefficient_p t^p - taken |t|^D of one column t, D the highest exponent.
  struct Growth {
    std::map<int, Interval> coefficients;
    double taken = 0;
    double users = 0;  ///< mixed terms that have it

    int degree() const { return coefficients.rbegin()->first; }
  };
  struct Sum {
    double rest = 0;  ///< a lower bound of all other terms
    std::map<int, Growth> growths;
    std::vector<Mixed> mixed;
  };

  bool along(std::vector<Interval>& box, const LiftedRow& row, double sign, double side, bool expands) const;
  bool addTerm(Sum& sum, std::span<const Interval> box, Interval factor, int column, bool expands) const;
  bool addPowers(Sum& sum, std::span<const Interval> box, Interval factor, std::span<const Power> powers,
                 double least) const;
  static std::vector<Power> productOf(std::span<const Power> a, std::span<const Power> b);
  bool dominate(Sum& sum, std::span<const Interval> box) const;
  bool take(Sum& sum, const Mixed& term) const;

  const LiftedProgram& program_;
  std::vector<std::vector<Power>> monomials_;  ///< columns as products of powers of others, or of themselves
};

}  // namespace nonconvex
