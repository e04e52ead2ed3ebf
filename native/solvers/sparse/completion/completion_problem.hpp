// What goes into and comes out of matrix completion.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "core/certificate.hpp"
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
    return std::tuple_cat(Limits::fields(),
                          std::tuple{FIELD(rank, between(1, 10000), "Most rank of a completed matrix.")});
  }
};
static_assert(sizeFromFields<MatrixCompletionSettings>() == sizeof(MatrixCompletionSettings));

/// minimise sum over known entries (x_ij - z_ij)^2 / 2 + lambda ||Z||_*, the sum of singular values.
struct MatrixCompletionProblem {
  int rows = 0, columns = 0;
  std::vector<std::int32_t> rowIndices, columnIndices;  ///< of the known entries
  std::vector<double> values;
  std::vector<double> lambdas;                  ///< falling
  std::vector<double> startRows, startColumns;  ///< factors to begin at, rank numbers for each line; empty: 0
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
    return std::tuple{
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
