// What goes into and comes out of matrix completion.
#pragma once

#include <cstdint>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "core/status.hpp"

namespace nonconvex {

struct MatrixCompletionSettings : Limits {
  MatrixCompletionSettings() {
    maxIterations = 10000;
    tolerance = 1e-5;
  }

  int rank = 100;

  static constexpr auto fields() {
    using Self = MatrixCompletionSettings;
    return appendedFields(Limits::fields(),
                          FieldTuple{FIELD(rank, between(1, 10000), "Most rank of a completed matrix.",
                                           "the completed matrix has this rank and a larger one is wanted (larger), or "
                                           "memory and time are short (smaller).")});
  }
};
static_assert(sizeFromFields<MatrixCompletionSettings>() == sizeof(MatrixCompletionSettings));

/// minimise sum over known entries (x_ij - z_ij)^2 / 2 + lambda ||Z||_*, the sum of singular values.
struct MatrixCompletionProblem {
  int rows = 0, columns = 0;
  std::vector<std::int32_t> rowIndices, columnIndices;
  std::vector<double> values;
  std::vector<double> lambdas;
  std::vector<double> startRows, startColumns;

  static constexpr auto fields() {
    using Self = MatrixCompletionProblem;
    return FieldTuple{
        IN(rows, count("m"), "Rows of the matrix."),
        IN(columns, count("n"), "Columns of the matrix."),
        IN(rowIndices, indices("known").below("m"), "Rows of the known entries."),
        IN(columnIndices, indices("known").below("n"), "Columns of the known entries."),
        IN(values, vector("known"), "Known entries."),
        IN(lambdas, vector().positive().falling(), "Lambdas, falling."),
        IN_OPTIONAL(startRows, vector("rank").times("m"),
                    "Factor of the rows to begin at, as many numbers for each row. Default: 0."),
        IN_OPTIONAL(startColumns, vector("rank").times("n"), "Factor of the columns to begin at. Default: 0.")};
  }
};

struct MatrixCompletionSolution {
  std::vector<int> ranks;
  std::vector<double> left, right, singularValues;
  std::vector<double> objectives;
  std::vector<Certificate> certificate;
  double lambdaMax = 0;

  static Claims claims() {
    using enum CertificateKind;
    return {
        .verbs = {"matrixCompletion"}, .kinds = {bounded, global}, .gapScale = "half the squares of the known entries"};
  }

  static constexpr auto fields() {
    using Self = MatrixCompletionSolution;
    return FieldTuple{
        OUT(ranks, "Rank of the matrix of each lambda that was reached."),
        OUT(left, "Left singular vectors, one behind the other, those of one lambda behind those of another."),
        OUT(right, "Right singular vectors, likewise."),
        OUT(singularValues, "Singular values, likewise, falling for each lambda."),
        OUT(objectives, "Objective of each matrix."),
        OUT(certificate, "What is known of each matrix."),
        OUT(lambdaMax, "The least lambda at which the matrix is 0.")};
  }
};
static_assert(sizeFromFields<MatrixCompletionSolution>() == sizeof(MatrixCompletionSolution));

}  // namespace nonconvex
