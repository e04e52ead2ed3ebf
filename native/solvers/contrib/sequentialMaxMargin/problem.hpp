// The data of `sequentialMaxMargin`, its settings and its result.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "core/status.hpp"
#include "data/matrix_input.hpp"

namespace nonconvex {

enum class TaskOrder { cyclic, random };
constexpr auto names(TaskOrder) { return std::array{"cyclic"sv, "random"sv}; }

struct SequentialMaxMarginSettings : Limits {
  SequentialMaxMarginSettings() { maxIterations = 10000; }

  TaskOrder taskOrder = TaskOrder::cyclic;
  int maxSweeps = 100000;

  static constexpr auto fields() {
    using Self = SequentialMaxMarginSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(taskOrder, anyValue(), "Which task comes next: one after the other, or one drawn by `seed`.",
                  "the order in which the tasks come is not known."),
            FIELD(maxSweeps, between(1, 2147483647),
                  "Most sweeps over the rows of a task in one projection, after which the solve ends with status "
                  "`stalled`.",
                  "a solve ends with `stalled`.")});
  }
};
static_assert(sizeFromFields<SequentialMaxMarginSettings>() == sizeof(SequentialMaxMarginSettings));

struct SequentialMaxMarginProblem {
  MatrixInput x;
  std::vector<double> y;
  std::vector<std::int32_t> tasks;
  std::vector<double> start;

  static constexpr auto fields() {
    using Self = SequentialMaxMarginProblem;
    return FieldTuple{IN(x, matrix("n", "p"), "Rows of all tasks, one task after the other."),
                      IN(y, vector("n"), "Classes of the rows, -1 or 1."),
                      IN(tasks, offsets("n"), "The row that each task begins with, and the number of rows."),
                      IN_OPTIONAL(start, vector("p"), "Coefficients to begin at. Default: 0.")};
  }
};

/// A report of sequential projections.

struct SequentialMaxMarginProgress : Progress {
  double margin = unknown;

  static constexpr auto fields() {
    using Self = SequentialMaxMarginProgress;
    return FieldTuple{OUT_COLUMN(margin, "margin", 6, "Smallest y_i x_i^T w of all rows of all tasks.")};
  }
};
static_assert(sizeof(Progress) + sizeFromFields<SequentialMaxMarginProgress>() == sizeof(SequentialMaxMarginProgress));

struct SequentialMaxMarginSolution {
  using Progress = SequentialMaxMarginProgress;
  std::vector<double> w;
  std::vector<double> margins;
  std::vector<std::int32_t> visits;
  Certificate certificate = {.kind = CertificateKind::global,
                             .because = "All rows have their margin, up to the tolerance."sv};

  static Claims claims() {
    return {.verbs = {"sequentialMaxMargin"},
            .kinds = {CertificateKind::global},
            .remark = "Where all rows have their margin."};
  }

  static constexpr auto fields() {
    using Self = SequentialMaxMarginSolution;
    return FieldTuple{
        OUT(w, "p numbers, the weights."),
        OUT(margins, "Smallest y_i x_i^T w of each task; empty where the solve ended before it read the rows."),
        OUT(visits, "How often each task has been projected on."), OUT(certificate, "The certificate of the answer.")};
  }
};
static_assert(sizeFromFields<SequentialMaxMarginSolution>() == sizeof(SequentialMaxMarginSolution));

}  // namespace nonconvex
