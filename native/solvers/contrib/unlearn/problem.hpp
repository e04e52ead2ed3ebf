// The data of `unlearn`, its settings and its result.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"

namespace nonconvex {

enum class UnlearnLoss { squared, logistic };
constexpr auto names(UnlearnLoss) { return std::array{"squared"sv, "logistic"sv}; }

struct UnlearnSettings : Limits {
  UnlearnSettings() {
    maxIterations = 100;
    tolerance = 1e-9;
  }

  UnlearnLoss loss = UnlearnLoss::squared;
  double lambda = 0;

  static constexpr auto fields() {
    using Self = UnlearnSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(loss, anyValue(),
                  "What the regression was fitted by: half the square, or the log-likelihood of two classes.",
                  "the regression was a logistic one."),
            FIELD(lambda, Bounds({.lower = 0, .openUpper = true}),
                  "Weight of the ridge that it was fitted with, in units of the mean loss over the rows there were. "
                  "0: none.",
                  "the regression was fitted with a ridge: it has to be the same.")});
  }
};
static_assert(sizeFromFields<UnlearnSettings>() == sizeof(UnlearnSettings));

struct UnlearnProblem {
  MatrixInput x;
  std::vector<double> y;
  std::vector<double> coefficients;
  double intercept = unknown;
  std::vector<std::int32_t> rows;

  static constexpr auto fields() {
    using Self = UnlearnProblem;
    return FieldTuple{IN(x, matrix("n", "p"), "All rows that the regression was fitted to."),
                      IN(y, vector("n"), "Numbers, or 0 and 1 of two classes."),
                      IN(coefficients, vector("p"), "Coefficients of the fit to all rows."),
                      IN_OPTIONAL(intercept, number(), "Intercept of that fit, where it has one."),
                      IN(rows, indices().below("n").distinct(), "Numbers of the rows to remove, from 0.")};
  }
};

struct UnlearnSolution {
  std::vector<double> coefficients;
  double intercept = unknown;
  std::vector<double> influence;
  double influenceIntercept = unknown;
  std::vector<double> leverages;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() {
    return {.verbs = {"unlearn"}, .kinds = {CertificateKind::stationary}, .remark = "The objective is convex."};
  }

  static constexpr auto fields() {
    using Self = UnlearnSolution;
    return FieldTuple{
        OUT(coefficients, "p numbers: those of the fit to the rows that remain."),
        OUT_IF_KNOWN(intercept, "Intercept of that fit, where the fit to all rows had one."),
        OUT(influence,
            "p numbers: the coefficients after one step of Newton's method, the estimate by influence functions. For "
            "the "
            "squared loss they are the fit to the rows that remain."),
        OUT_IF_KNOWN(influenceIntercept, "Intercept after that step."),
        OUT(leverages,
            "A number for each removed row: its share of its own prediction, x_i^T H^-1 x_i times the curvature of its "
            "loss. None where the solve was ended before."),
        OUT(certificate, "The certificate of the answer.")};
  }
};
static_assert(sizeFromFields<UnlearnSolution>() == sizeof(UnlearnSolution));

}  // namespace nonconvex
