// What goes into and comes out of trend filtering.
#pragma once

#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "core/status.hpp"

namespace nonconvex {

struct TrendFilterSettings : Limits {
  TrendFilterSettings() { maxIterations = 100000; }

  int degree = 0;

  static constexpr auto fields() {
    using Self = TrendFilterSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{FIELD(degree, between(0, 2), "Degree of the pieces of the trend: 0 constant, 1 linear, 2 quadratic.",
                         "the trend has slopes (1) or bends (2) rather than steps.")});
  }
};
static_assert(sizeFromFields<TrendFilterSettings>() == sizeof(TrendFilterSettings));

/// minimise sum_i w_i (y_i - u_i)^2 / 2 + lambda ||D u||_1, D the differences of order `degree` + 1.
struct TrendFilterProblem {
  std::vector<double> y;
  std::vector<double> sampleWeight;
  std::vector<double> lambdas;

  static constexpr auto fields() {
    using Self = TrendFilterProblem;
    return FieldTuple{IN(y, vector("n"), "Numbers in order, evenly apart."),
                      IN_OPTIONAL(sampleWeight, vector("n").positive(), "Weights of the squares. Default: 1."),
                      IN(lambdas, vector().atLeast(0).falling(), "Lambdas, falling.")};
  }
};

struct TrendFilterSolution {
  std::vector<double> fitted;
  std::vector<int> knotOffsets, knots;
  std::vector<double> objectives;
  std::vector<Certificate> certificate;
  double lambdaMax = 0;

  static Claims claims() {
    using enum CertificateKind;
    return {
        .verbs = {"trendFilter"}, .kinds = {bounded, global}, .gapScale = "the objective of the trend of one piece"};
  }

  static constexpr auto fields() {
    using Self = TrendFilterSolution;
    return FieldTuple{
        OUT(fitted, "The trends, n numbers for each lambda that was reached."),
        OUT(knotOffsets, "The knots of trend k are the entries knotOffsets[k] to knotOffsets[k + 1] - 1."),
        OUT(knots, "Places behind which a trend has a new piece."),
        OUT(objectives, "Objective of each trend."),
        OUT(certificate, "What is known of each trend."),
        OUT(lambdaMax, "The least lambda at which the trend has one piece.")};
  }
};
static_assert(sizeFromFields<TrendFilterSolution>() == sizeof(TrendFilterSolution));

}  // namespace nonconvex
