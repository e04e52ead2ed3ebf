// A nonlinear program in the form that relaxations need: linear rows, and columns that are functions of one or two
// others. Section 4 of "A. Neumaier, Complete search in continuous global optimization and constraint satisfaction",
// Acta Numerica 13, 2004, has the idea; G. P. McCormick, Math. Program. 10, 1976, the first form of it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/interval.hpp"
#include "expressions/intervals/univariate.hpp"
#include "expressions/lifted/linear_form.hpp"

namespace nonconvex {

/// A relation of columns z that every admissible point satisfies.
struct LiftedAtom {
  enum class Kind : std::uint8_t {
    function,     ///< z_w = g(z_x)
    product,      ///< z_w = z_x z_y; a quotient z_x = z_w / z_y is one, too
    perspective,  ///< z_w = z_x log(z_x / z_y), z_x >= 0, z_y > 0
  };
  Kind kind = Kind::function;
  Univariate function = {};
  int x = -1, y = -1, w = -1;
};

/// lower <= sum_k (value_k + e_k) z_index_k <= upper, |e_k| <= error_k.
struct LiftedRow {
  int first = 0;  ///< place of the first entry
  int count = 0;
  double lower = -infinity, upper = infinity;
};

/// What a column after the variables is: the result of an atom, which has it for `w`, or for `x` where it is a
/// quotient; or the sum of the other entries of a row less its sides, where it has the coefficient -1; or nothing is
/// known.
struct LiftedDefinition {
  int atom = -1;
  int row = -1;
};

/// minimise objective(z) over columns z within `columns`, under `rows` and `atoms`. The first columns are the variables
/// of the model. No admissible point of the model is lost: with the right other columns it satisfies all relations, in
/// exact arithmetic.
struct LiftedProgram {
  int variables = 0;
  std::vector<Interval> columns;  ///< bounds of the columns
  std::vector<char> integer;      ///< 1 for columns with integer values alone
  std::vector<LiftedAtom> atoms;  ///< each after those that its operands are results of
  std::vector<LiftedRow> rows;
  std::vector<LiftedDefinition> definitions;  ///< what each column after the variables is
  std::vector<int> constraints;               ///< the rows that are constraints of the model
  std::vector<Interval> constants;            ///< numbers of the constraints that are on the sides of their rows
  std::vector<int> index;
  std::vector<double> value, error;
  LinearForm objective;
  LiftedRow objectiveRow;  ///< the terms of the objective, not one of `rows`

  int count() const { return static_cast<int>(columns.size()); }
  std::span<const int> indexOf(const LiftedRow& row) const { return std::span(index).subspan(start(row), length(row)); }
  std::span<const double> valueOf(const LiftedRow& row) const {
    return std::span(value).subspan(start(row), length(row));
  }
  std::span<const double> errorOf(const LiftedRow& row) const {
    return std::span(error).subspan(start(row), length(row));
  }
  /// Appends lower <= form <= upper, the constant of the form on the sides.
  void addRow(const LinearForm& form, double lower, double upper);
  /// Sets the objective and its row.
  void setObjective(LinearForm form);
  Interval coefficient(const LiftedRow& row, int k) const {
    return outward::around(valueOf(row)[static_cast<std::size_t>(k)], errorOf(row)[static_cast<std::size_t>(k)]);
  }

 private:
  static std::size_t start(const LiftedRow& row) { return static_cast<std::size_t>(row.first); }
  static std::size_t length(const LiftedRow& row) { return static_cast<std::size_t>(row.count); }
  LiftedRow addTerms(const LinearForm& form);
};

/// Bounds of a model's variables and sides of its constraints; infinities where there is none.
struct LiftedBounds {
  std::vector<Interval> variables, constraints;
  std::vector<int> integers = {};  ///< variables with integer values
};

/// Told how many columns and terms of linear forms there are so far. It may throw, which ends the lifting.
using LiftingWatch = std::function<void(std::size_t columns, std::size_t terms)>;

}  // namespace nonconvex
