// The costs of `assign`, its settings and its result.
#pragma once

#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"

namespace nonconvex {

struct AssignSettings : Limits {
  AssignSettings() {
    tolerance = 1e-9;
    maxIterations = 2147483647;
  }

  bool maximize = false;

  static constexpr auto fields() {
    using Self = AssignSettings;
    return appendedFields(Limits::fields(),
                          FieldTuple{FIELD(maximize, anyValue(), "True: the sum is to be as large as possible.",
                                           "the numbers are gains rather than costs.")});
  }
};
static_assert(sizeFromFields<AssignSettings>() == sizeof(AssignSettings));

struct AssignProblem {
  MatrixInput cost;
  std::vector<double> start;
  std::vector<double> startRows, startColumns;

  static constexpr auto fields() {
    using Self = AssignProblem;
    return FieldTuple{
        IN(cost, matrix("n", "m").orInfinite(),
           "The cost of each pair of a row and a column. Infinity: the pair is forbidden; -Infinity where "
           "the sum is maximised."),
        IN_OPTIONAL(start, vector("n"), "The column of each row to begin with, -1 for none."),
        IN_OPTIONAL(startRows, vector("n"), "Multipliers of rows to begin with, beside `start`."),
        IN_OPTIONAL(startColumns, vector("m"), "Multipliers of columns to begin with, beside `start`.")};
  }
};

struct AssignProgress : Progress {
  double waiting = unknown;
  Quantity upperBound = {};  ///< set where the sum is maximised

  static constexpr auto fields() {
    using Self = AssignProgress;
    return FieldTuple{OUT_COLUMN(upperBound, "upper bound", 8, "No assignment has a larger sum."),
                      OUT_COLUMN(waiting, "waiting", 0, "Rows that have no column by a shortest path yet.")};
  }
};

struct AssignSolution {
  using Progress = AssignProgress;

  std::vector<int> columnOf, rowOf;
  std::vector<double> rowMultipliers, columnMultipliers;
  Certificate certificate;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"assign"},
            .kinds = {bounded, global},
            .gapScale = "the sum of the sizes of the chosen numbers",
            .remark =
                "The multipliers prove the bound in exact arithmetic. `infeasible` has too many rows with too "
                "few columns as `proof`."};
  }

  static constexpr auto fields() {
    using Self = AssignSolution;
    return FieldTuple{
        OUT(columnOf, "n numbers: the column of each row, -1 of one that has none."),
        OUT(rowOf, "m numbers: the row of each column, -1 of one that has none."),
        OUT_IF_KNOWN(
            rowMultipliers,
            "n numbers u with u_i + v_j <= cost_ij for all pairs, >= where the sum is maximised; of the longer "
            "side none is above 0, or below 0 where the sum is maximised. Absent where the solve was cut "
            "short."),
        OUT_IF_KNOWN(columnMultipliers, "m numbers v. The sum of all multipliers is the bound."),
        OUT(certificate, "The bound and its gap, or rows that have too few columns.")};
  }
};
static_assert(sizeFromFields<AssignSolution>() == sizeof(AssignSolution));

}  // namespace nonconvex
