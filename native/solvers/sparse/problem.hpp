// What goes into and comes out of regression with penalties that select columns.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "core/certificate.hpp"
#include "core/choices.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "core/status.hpp"
#include "data/matrix_input.hpp"
#include "data/sparse_matrix.hpp"
#include "functions/selection_penalties.hpp"

namespace nonconvex {

/// The loss of the linear prediction t for the response y, which is the negative log-likelihood up to constants:
///   gaussian  (t - y)^2 / 2                           binomial  log(1 + exp(t)) - y t, 0 <= y <= 1
///   poisson   exp(t) - y t, y >= 0                    gamma     t + y exp(-t), y > 0: the logarithmic link
/// and of K linear predictions t, one for each class, for shares y of these, which sum to 1:
///   multinomial  log sum_k exp(t_k) - sum_k y_k t_k
/// gaussian takes several responses, too, whose losses are added.
/// or with r = y - t
///   huber     r^2 / 2 up to |r| = delta, then delta |r| - delta^2 / 2
///   quantile  level r if r > 0, else (level - 1) r
/// or, over all rows, the negative logarithm of Cox's partial likelihood of the times y until an event.
enum class SparseFamily { gaussian, binomial, poisson, gamma, multinomial, huber, quantile, cox };
constexpr auto names(SparseFamily) {
  return std::array{"gaussian"sv,    "binomial"sv, "poisson"sv,  "gamma"sv,
                    "multinomial"sv, "huber"sv,    "quantile"sv, "cox"sv};
}

/// What Cox's partial likelihood makes of several events at one time.
enum class CoxTies { efron, breslow };
constexpr auto names(CoxTies) { return std::array{"efron"sv, "breslow"sv}; }

/// The penalty of a coefficient b with l = lambda alpha: l |b|; or, with g = `gamma`,
///   mcp   l |b| - b^2 / (2 g) up to |b| = g l, then g l^2 / 2
///   scad  l |b| up to l, then (2 g l |b| - b^2 - l^2) / (2 (g - 1)) up to g l, then l^2 (g + 1) / 2
/// and lambda (1 - alpha) b^2 / 2 added to each. Others are
///   bestSubset  lambda where b is not 0, and `ridge` b^2 / 2; or that alone, over at most so many columns
///   slope       lambda sum_k w_k |b|_(k), sizes and weights falling
///   fused       lambda (alpha sum_j |b_j| + (1 - alpha) sum_j |b_{j+1} - b_j|)
/// and those of groups, which are the first ones of the norm of the coefficients of a group of columns, of all
/// responses; sparseGroupLasso, with lambda, is (1 - alpha) times the norm and alpha times the absolute values. The
/// first kinds are the structs of SelectionPenalties.
enum class SparsePenalty {
  lasso,
  mcp,
  scad,
  lq,
  bestSubset = SelectionPenalties::size,
  slope,
  fused,
  groupLasso,
  groupMcp,
  groupScad,
  groupLq,
  sparseGroupLasso
};
constexpr auto names(SparsePenalty) {
  return joined(namesOf(SelectionPenalties{}),
                std::array{"bestSubset"sv, "slope"sv, "fused"sv, "groupLasso"sv, "groupMcp"sv, "groupScad"sv,
                           "groupLq"sv, "sparseGroupLasso"sv});
}

/// Whether a penalty is a sum over single coefficients that has a struct.
constexpr bool hasStruct(SparsePenalty kind) { return kind < SparsePenalty::bestSubset; }

/// Whether a kind is a penalty of the norms of groups of columns.
constexpr bool isOfGroups(SparsePenalty kind) {
  return kind == SparsePenalty::groupLasso || kind == SparsePenalty::groupMcp || kind == SparsePenalty::groupScad ||
         kind == SparsePenalty::groupLq || kind == SparsePenalty::sparseGroupLasso;
}
/// The kind that a penalty of groups is of their norms; another one itself.
constexpr SparsePenalty ofNorm(SparsePenalty kind) {
  if (!isOfGroups(kind)) return kind;
  if (kind == SparsePenalty::groupMcp) return SparsePenalty::mcp;
  if (kind == SparsePenalty::groupLq) return SparsePenalty::lq;
  return kind == SparsePenalty::groupScad ? SparsePenalty::scad : SparsePenalty::lasso;
}

/// f.operator()<Penalty>() with the struct of the kind.
template <class F>
decltype(auto) visitPenalty(SparsePenalty kind, F&& f) {
  return visit(SelectionPenalties{}, static_cast<int>(kind), f);
}
inline bool isConvex(SparsePenalty kind) {
  return kind == SparsePenalty::slope || kind == SparsePenalty::fused ||
         (hasStruct(ofNorm(kind)) && visitPenalty(ofNorm(kind), []<class Penalty>() { return Penalty::convex; }));
}

/// How models of lasso, elastic net, mcp and scad are found: on columns in use, or by products with x alone.
enum class PathMethod { coordinateDescent, acceleratedGradient, conjugateGradients };
constexpr auto names(PathMethod) {
  return std::array{"coordinateDescent"sv, "acceleratedGradient"sv, "conjugateGradients"sv};
}

/// Why a path ended before its last lambda.
enum class PathEnd { complete, devianceExplained, devianceConstant, maxNonzeros, outOfMemory, interrupted };
constexpr auto names(PathEnd) {
  return std::array{"complete"sv,    "devianceExplained"sv, "devianceConstant"sv,
                    "maxNonzeros"sv, "outOfMemory"sv,       "interrupted"sv};
}

/// The settings of every family and penalty.
struct SparseCommonSettings {
  SparseFamily family = SparseFamily::gaussian;
  SparsePenalty penalty = SparsePenalty::lasso;
  PathMethod method = PathMethod::coordinateDescent;
  bool intercept = true;
  bool standardize = true;
  int nLambda = 100;
  double minRatio = solverChooses;
  int maxNonzeros = 2147483647;

  static constexpr auto fields() {
    using Self = SparseCommonSettings;
    return FieldTuple{
        FIELD(family, anyValue(),
              "The loss: of numbers, of two classes, of counts, of positive numbers, of classes; of numbers with "
              "outliers, of a "
              "quantile of numbers, of times until an event.",
              "y are no numbers with errors of about one size."),
        FIELD(penalty, anyValue(), "The kind of the penalty.",
              "the lasso shrinks large coefficients too much, or columns come in groups or in an order."),
        FIELD(method, anyValue(),
              "How lasso, elastic net, mcp and scad are fitted: on the columns in use, or by products with x alone.",
              "methods are compared: the others are seldom faster."),
        FIELD(intercept, anyValue(), "Whether there is a constant without penalty.", "the model has to go through 0."),
        FIELD(standardize, anyValue(),
              "Whether the penalty is that of coefficients of columns divided by their standard deviations.",
              "all columns have one unit, and their sizes mean something."),
        FIELD(nLambda, between(1, 100000), "Lambdas of a path, evenly in the logarithm.",
              "the best lambda lies between two of the path (larger), or time counts (smaller)."),
        FIELD(minRatio, positiveOr("1e-4 with more rows than columns, else 1e-2; 1e-3 and 5e-2 for mcp and scad"),
              "Smallest lambda of a path over the largest, below 1.",
              "the best lambda is the last of the path (smaller), or the end of the path takes long and is of no use "
              "(larger)."),
        FIELD(maxNonzeros, between(0, 2147483647), "A path ends behind a model with more coefficients.",
              "models of many columns are of no use and take long.")};
  }
};
static_assert(sizeFromFields<SparseCommonSettings>() == sizeof(SparseCommonSettings));

struct SparseHuberSettings {
  double huberDelta = 1.35;

  static constexpr auto fields() {
    using Self = SparseHuberSettings;
    return FieldTuple{FIELD(huberDelta, positive(),
                            "Of the family huber: the residual, in units of y, from which on the loss grows linearly.",
                            "the noise of y has another size: 1.35 times its standard deviation is usual.")};
  }
};
static_assert(sizeFromFields<SparseHuberSettings>() == sizeof(SparseHuberSettings));

struct SparseQuantileSettings {
  double level = 0.5;

  static constexpr auto fields() {
    using Self = SparseQuantileSettings;
    return FieldTuple{FIELD(level, inside(0, 1), "Of the family quantile: which quantile of y the model is of.",
                            "another quantile than the median is wanted.")};
  }
};
static_assert(sizeFromFields<SparseQuantileSettings>() == sizeof(SparseQuantileSettings));

struct SparseCoxSettings {
  CoxTies ties = CoxTies::efron;

  static constexpr auto fields() {
    using Self = SparseCoxSettings;
    return FieldTuple{FIELD(ties, anyValue(), "Of the family cox: how several events at one time count.",
                            "the results of a program that counts ties as Breslow does are to be met.")};
  }
};
static_assert(sizeFromFields<SparseCoxSettings>() == sizeof(SparseCoxSettings));

struct SparseShareSettings {
  double alpha = 1;

  static constexpr auto fields() {
    using Self = SparseShareSettings;
    return FieldTuple{FIELD(alpha, between(0, 1),
                            "Share of the absolute values in the penalty; the rest is that of the squares.",
                            "columns that are much alike should share their weight (smaller).")};
  }
};
static_assert(sizeFromFields<SparseShareSettings>() == sizeof(SparseShareSettings));

struct SparseConcaveSettings {
  double gamma = solverChooses;

  static constexpr auto fields() {
    using Self = SparseConcaveSettings;
    return FieldTuple{FIELD(gamma, positiveOr("3 for mcp, 3.7 for scad, also of groups"),
                            "Where the penalty becomes constant, in lambdas: above 1 for mcp, above 2 for scad.",
                            "large coefficients are shrunk too much (smaller), or the path leaves the region where the "
                            "objective is convex too early (larger).")};
  }
};
static_assert(sizeFromFields<SparseConcaveSettings>() == sizeof(SparseConcaveSettings));

struct SparseSubsetSettings {
  double ridge = 0;
  double largest = solverChooses;
  int maxNodes = 10000;

  static constexpr auto fields() {
    using Self = SparseSubsetSettings;
    return FieldTuple{
        FIELD(ridge, (Bounds{.lower = 0, .openUpper = true}),
              "Weight of the squares of coefficients beside bestSubset, halved.",
              "columns depend on each other nearly, or the search for the best subset takes too long (larger)."),
        FIELD(largest,
              positiveOr(
                  "no bound with a ridge, where columns are independent and where few that are not were enumerated, "
                  "else 1.5 times the largest coefficient of least squares that was found, or more"),
              "Bound of the coefficients of bestSubset, as they are penalised.",
              "a bound of the coefficients is known: a small one makes the search shorter."),
        FIELD(maxNodes, between(0, 2147483647),
              "Most nodes of branch and bound of bestSubset, over all lambdas or sizes; each has one at least.",
              "the search ends with a gap and may take longer (larger), or takes too long (smaller).")};
  }
};
static_assert(sizeFromFields<SparseSubsetSettings>() == sizeof(SparseSubsetSettings));

struct SparseSlopeSettings {
  double q = 0.1;

  static constexpr auto fields() {
    using Self = SparseSlopeSettings;
    return FieldTuple{FIELD(q, inside(0, 1),
                            "Level of the false discovery rate that the weights of slope are made for.",
                            "more false discoveries are acceptable (larger), or fewer (smaller).")};
  }
};
static_assert(sizeFromFields<SparseSlopeSettings>() == sizeof(SparseSlopeSettings));

struct SparseSettings : Limits,
                        SparseCommonSettings,
                        SparseHuberSettings,
                        SparseQuantileSettings,
                        SparseCoxSettings,
                        SparseShareSettings,
                        SparseConcaveSettings,
                        SparseSubsetSettings,
                        SparseSlopeSettings {
  SparseSettings() { maxIterations = 100000; }

  /// A penalty with a struct, or of norms of such a one, has a share, and a shape where the struct has one.
  static Choice ofStruct(SparsePenalty kind) {
    const bool shaped = visitPenalty(ofNorm(kind), []<class Penalty>() { return Penalty{}.gamma > 0; });
    return shaped ? choice<SparseShareSettings, SparseConcaveSettings>("penalty", nameOf(kind))
                  : choice<SparseShareSettings>("penalty", nameOf(kind));
  }
  static std::vector<Choice> choices() {
    using enum SparsePenalty;
    std::vector<Choice> all = {choice<SparseHuberSettings>("family", nameOf(SparseFamily::huber)),
                               choice<SparseQuantileSettings>("family", nameOf(SparseFamily::quantile)),
                               choice<SparseCoxSettings>("family", nameOf(SparseFamily::cox))};
    for (int k = 0; k <= static_cast<int>(sparseGroupLasso); ++k) {
      const auto kind = static_cast<SparsePenalty>(k);
      if (hasStruct(ofNorm(kind))) all.push_back(ofStruct(kind));
    }
    all.push_back(choice<SparseSubsetSettings>("penalty", nameOf(bestSubset)));
    all.push_back(choice<SparseSlopeSettings>("penalty", nameOf(slope)));
    all.push_back(choice<SparseShareSettings>("penalty", nameOf(fused)));
    return all;
  }

  static constexpr auto fields() {
    return appendedFields(Limits::fields(), SparseCommonSettings::fields(), SparseHuberSettings::fields(),
                          SparseQuantileSettings::fields(), SparseCoxSettings::fields(), SparseShareSettings::fields(),
                          SparseConcaveSettings::fields(), SparseSubsetSettings::fields(),
                          SparseSlopeSettings::fields());
  }
};

/// minimise sum_i w_i loss(o_i + b_0 + x_i^T b, y_i) / sum_i w_i + sum_j P(b_j; lambda f_j), with bounds on b. With K
/// responses y, offsets, intercepts and predictions have K columns, and b is p x K; matrices lie column after column.
struct SparseProblem {
  std::variant<MatrixInput, SparseView> x;
  std::span<const double> y;
  std::vector<double> event, strata, start;
  std::vector<double> sampleWeight, offset;
  std::vector<double> penaltyFactor;
  std::vector<int> groups;
  std::vector<double> lowerBounds, upperBounds;
  std::vector<double> sortedWeights;
  std::vector<double> lambdas;
  std::vector<int> sizes;
  std::vector<double> warmStart;
  int responses = 1;

  static constexpr auto fields() {
    using Self = SparseProblem;
    return FieldTuple{
        IN(x, matrix("n", "p"), "Rows of the regression, dense or sparse."),
        IN_OPTIONAL(responses, count("K"), "Responses of each row, or classes of multinomial. Default: 1."),
        IN(y, vector("n").times("K"), "Responses, one column after the other. For cox: times."),
        IN_OPTIONAL(event, vector("n").within(between(0, 1)), "For cox: 1 where y is the time of the event, else 0."),
        IN_OPTIONAL(strata, vector("n"), "For cox: numbers that are equal in a stratum. Default: one stratum."),
        IN_OPTIONAL(start, vector("n").orInfinite(),
                    "For cox: the time from which on a row is at risk. Default: always."),
        IN_OPTIONAL(sampleWeight, vector("n").atLeast(0), "How often each row counts. Default: 1."),
        IN_OPTIONAL(offset, vector("n").times("K"), "Numbers that are added to the linear predictions. Default: 0."),
        IN_OPTIONAL(
            penaltyFactor, vector().atLeast(0).orInfinite(),
            "Factors of the penalty, one for each column or group. Default: 1, or the root of the size of a group."),
        IN_OPTIONAL(groups, indices("p"),
                    "Number of the group of each column, from 0. Default: each column is a group."),
        IN_OPTIONAL(lowerBounds, vector("p").times("K").orInfinite(),
                    "Lower bounds of the coefficients. Default: none."),
        IN_OPTIONAL(upperBounds, vector("p").times("K").orInfinite(),
                    "Upper bounds of the coefficients. Default: none."),
        IN_OPTIONAL(sortedWeights, vector("p").atLeast(0), "Weights of slope, falling. Default: by `q`."),
        IN_OPTIONAL(lambdas, vector().atLeast(0).falling(),
                    "Lambdas of the path, falling. Default: made from the data."),
        IN_OPTIONAL(sizes, indices(),
                    "Most columns of each model, growing, where these are asked for instead of lambdas."),
        IN_OPTIONAL(warmStart, vector(), "Coefficients to begin at, and the intercepts behind them. Default: 0.")};
  }
};

/// A report of a path, one a lambda.
struct SparseProgress : Progress {
  double lambda = unknown;
  double nonzeros = unknown;
  double explained = unknown;
  double firstLambda = unknown, lambdaStep = unknown;

  static constexpr auto fields() {
    using Self = SparseProgress;
    return FieldTuple{
        OUT_COLUMN(lambda, "lambda", 4, "The lambda that was fitted last."),
        OUT_COLUMN(nonzeros, "nonzeros", 0, "Coefficients that are not 0 there."),
        OUT_COLUMN(explained, "explained", 4, "Share of the null deviance explained."),
        OUT_IF_KNOWN(firstLambda, "The first lambda of a path whose lambdas are made from the data."),
        OUT_IF_KNOWN(lambdaStep, "What each lambda of such a path is multiplied by, which gives the next.")};
  }
};
static_assert(sizeof(Progress) + sizeFromFields<SparseProgress>() == sizeof(SparseProgress));

/// Coefficients that a certificate is about where these are not all.
constexpr std::string_view overSize = "size";
constexpr std::string_view overColumns = "columns";

struct SparseSolution {
  using Progress = SparseProgress;

  std::vector<double> lambda;
  std::vector<int> sizes;
  std::vector<double> intercepts;
  std::vector<int> offsets, indices;
  std::vector<double> values;
  std::vector<double> objectives, deviance, df, gap, violation;
  std::vector<Certificate> certificate;
  std::vector<int> locallyConvex;
  std::vector<double> nodes, bounded;
  double lambdaMax = 0;
  double nullDeviance = 0;
  std::vector<double> scales;
  std::vector<int> constantColumns, nearlyConstantColumns;
  PathEnd end = PathEnd::interrupted;
  double sweeps = 0;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"sparseRegression", "sparsePath", "crossValidate"},
            .kinds = {stationary, coordinateWise, local, bounded, global},
            .over = {{overSize, "coefficients, as they are penalised, up to `largest`"},
                     {overColumns, "coefficients of the columns that are not nearly constant (`without`)"}},
            .gapScale = "the mean loss of the null model less that of a perfect fit",
            .remark =
                "One for each lambda. Bounds are those of convex penalties and of best subsets. Relaxed fits have "
                "none."};
  }

  static constexpr auto fields() {
    using Self = SparseSolution;
    return FieldTuple{
        OUT(lambda, "The lambdas that were fitted, falling; 0 for each size."),
        OUT(sizes, "The most columns that each model may have, growing; empty for models of lambdas."),
        OUT(intercepts, "One for each lambda; with K responses K of them."),
        OUT(offsets, "The coefficients of lambda k are the entries offsets[k] to offsets[k + 1] - 1."),
        OUT(indices,
            "Columns of the coefficients that are not 0; with K responses the places in a p x K matrix by columns."),
        OUT(values, "Those coefficients, in the units of x."),
        OUT(objectives, "Mean loss and penalty for each lambda."),
        OUT(deviance, "Twice the sum of weighted losses less those of a perfect fit, for each lambda."),
        OUT(df, "Coefficients that are not 0, without the intercept, for each lambda."),
        OUT(gap,
            "Objective less a lower bound of the optimum, over the mean loss of the null model less that of a "
            "perfect fit, for each lambda; NaN where there is no bound, as with penalties that are not convex, and "
            "best "
            "subsets whose coefficients are as large as they were allowed to be."),
        OUT(violation,
            "Largest violation of the conditions of a coordinate-wise minimum, over lambdaMax, for each "
            "lambda, in the units of the columns that are penalised."),
        OUT(certificate,
            "What is known of the model of each lambda. Over `size`: coefficients, as they are penalised, up to "
            "`bounded`. Over `columns`: coefficients of columns that are not nearly constant."),
        OUT(locallyConvex,
            "1 where the objective is strictly convex in the neighbourhood of the solution, else 0, for "
            "each lambda."),
        OUT(nodes, "Nodes of branch and bound, for each lambda; empty for other penalties."),
        OUT(bounded,
            "The size of coefficients, as they are penalised, up to which the bound holds, for each lambda; empty for "
            "other penalties."),
        OUT(lambdaMax, "The least lambda at which all penalised coefficients are 0."),
        OUT(nullDeviance, "Deviance of the model of the intercept and unpenalised columns alone."),
        OUT(scales, "The standard deviations that columns were divided by; empty without `standardize`."),
        OUT(constantColumns, "Columns that are constant: their coefficients are 0."),
        OUT(nearlyConstantColumns,
            "Those of them that vary, by no more than rounding beside their size, and are left out all the same."),
        OUT(end, "Why the path ended where it did."),
        OUT(sweeps, "Passes of coordinate descent over the coefficients in use.")};
  }
};
static_assert(sizeFromFields<SparseSolution>() == sizeof(SparseSolution));

}  // namespace nonconvex
