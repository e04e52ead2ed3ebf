// What goes into and comes out of the solvers of structured statistics, one after the other.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/limits.hpp"
#include "core/status.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

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
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{
            FIELD(loss, anyValue(),
                  "What the regression was fitted by: half the square, or the log-likelihood of two classes."),
            FIELD(lambda, Bounds({.lower = 0, .openUpper = true}),
                  "Weight of the ridge that it was fitted with, in units of the mean loss over the rows there were. "
                  "0: none.")});
  }
};
static_assert(sizeFromFields<UnlearnSettings>() == sizeof(UnlearnSettings));

struct UnlearnProblem {
  MatrixInput x;                     ///< n x p, the rows to be removed among them
  std::vector<double> y;             ///< n; 0 or 1 for the logistic loss
  std::vector<double> coefficients;  ///< p, of the fit to all rows
  double intercept = unknown;        ///< known where there is one
  std::vector<std::int32_t> rows;    ///< to be removed
};

struct UnlearnSolution {
  std::vector<double> coefficients;
  double intercept = unknown;
  std::vector<double> influence;
  double influenceIntercept = unknown;
  std::vector<double> leverages;

  static constexpr auto fields() {
    using Self = UnlearnSolution;
    return std::tuple{
        OUT(coefficients, "p numbers: those of the fit to the rows that remain."),
        OUT_IF_KNOWN(intercept, "Intercept of that fit, where the fit to all rows had one."),
        OUT(influence,
            "p numbers: the coefficients after one step of Newton's method, the estimate by influence functions. For "
            "the "
            "squared loss they are the fit to the rows that remain."),
        OUT_IF_KNOWN(influenceIntercept, "Intercept after that step."),
        OUT(leverages,
            "A number for each removed row: its share of its own prediction, x_i^T H^-1 x_i times the curvature of its "
            "loss. None where the solve was ended before.")};
  }
};
static_assert(sizeFromFields<UnlearnSolution>() == sizeof(UnlearnSolution));

enum class TaskOrder { cyclic, random };
constexpr auto names(TaskOrder) { return std::array{"cyclic"sv, "random"sv}; }

struct SequentialMaxMarginSettings : Limits {
  SequentialMaxMarginSettings() { maxIterations = 10000; }

  TaskOrder order = TaskOrder::cyclic;
  int maxSweeps = 100000;

  static constexpr auto fields() {
    using Self = SequentialMaxMarginSettings;
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{
            FIELD(order, anyValue(), "Which task comes next: one after the other, or one drawn by `seed`."),
            FIELD(maxSweeps, between(1, 2147483647),
                  "Most sweeps over the rows of a task in one projection, after which the solve ends with status "
                  "`stalled`.")});
  }
};
static_assert(sizeFromFields<SequentialMaxMarginSettings>() == sizeof(SequentialMaxMarginSettings));

struct SequentialMaxMarginProblem {
  MatrixInput x;                    ///< the rows of all tasks, one task after the other
  std::vector<double> y;            ///< -1 or 1 for each
  std::vector<std::int32_t> tasks;  ///< where each begins, and where the last one ends
  std::vector<double> start;        ///< w; empty: zero
};

/// A report of sequential projections.
struct SequentialMaxMarginProgress : Progress {
  double margin = unknown;

  static constexpr auto fields() {
    using Self = SequentialMaxMarginProgress;
    return std::tuple{OUT_COLUMN(margin, "margin", 6, "Smallest y_i x_i^T w of all rows of all tasks.")};
  }
};
static_assert(sizeof(Progress) + sizeFromFields<SequentialMaxMarginProgress>() == sizeof(SequentialMaxMarginProgress));

struct SequentialMaxMarginSolution {
  using Progress = SequentialMaxMarginProgress;
  std::vector<double> w;
  std::vector<double> margins;
  std::vector<std::int32_t> visits;

  static constexpr auto fields() {
    using Self = SequentialMaxMarginSolution;
    return std::tuple{
        OUT(w, "p numbers, the weights."),
        OUT(margins, "Smallest y_i x_i^T w of each task; empty where the solve ended before it read the rows."),
        OUT(visits, "How often each task has been projected on.")};
  }
};
static_assert(sizeFromFields<SequentialMaxMarginSolution>() == sizeof(SequentialMaxMarginSolution));

enum class TeachingKernel { gaussian, linear, precomputed };
constexpr auto names(TeachingKernel) { return std::array{"gaussian"sv, "linear"sv, "precomputed"sv}; }
enum class Teacher { greedy, random };
constexpr auto names(Teacher) { return std::array{"greedy"sv, "random"sv}; }

struct TeachKernelSettings : Limits {
  TeachKernelSettings() {
    maxIterations = 100000;
    tolerance = 1e-2;
  }

  TeachingKernel kernel = TeachingKernel::gaussian;
  Teacher teacher = Teacher::greedy;
  double gamma = solverChooses;
  double rate = solverChooses;

  static constexpr auto fields() {
    using Self = TeachKernelSettings;
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{
            FIELD(kernel, anyValue(),
                  "Kernel: exp(-gamma ||a - b||^2), a^T b, or one whose values between all rows are given as x."),
            FIELD(teacher, anyValue(), "Picks the row with the largest error, or any row, drawn by `seed`."),
            FIELD(gamma, positiveOr("1 / columns of x"), "Of the Gaussian kernel."),
            FIELD(rate, positiveOr("1 / (largest K(x_i, x_i) times the largest row sum of |A|)"),
                  "Learning rate eta: eta K(x_i, x_i) times the largest eigenvalue of A has to be below 2.")});
  }
};
static_assert(sizeFromFields<TeachKernelSettings>() == sizeof(TeachKernelSettings));

struct TeachKernelProblem {
  MatrixInput x;                ///< n x p, or the kernel's n x n
  HostMatrix<double> y;         ///< n x d, what each of d learners is to know
  HostMatrix<double> learners;  ///< d x d, A; no columns: the identity
  HostMatrix<double> start;     ///< n x d, coefficients to begin at; no columns: zero
};

struct TeachKernelSolution {
  HostMatrix<double> coefficients;
  HostMatrix<double> errors;
  std::vector<std::int32_t> sequence;
  double gamma = unknown;
  double rate = unknown;

  static constexpr auto fields() {
    using Self = TeachKernelSolution;
    return std::tuple{OUT(coefficients, "n x d: what the learners know is sum_i K(x_i, x) c_i, c_i row i."),
                      OUT(errors, "n x d: what they know at the rows of x less what they are to know."),
                      OUT(sequence, "Rows in the order in which they were taught, the first 1048576 of them."),
                      OUT_IF_KNOWN(gamma, "Of the Gaussian kernel."),
                      OUT_IF_KNOWN(rate, "Learning rate that was used.")};
  }
};
static_assert(sizeFromFields<TeachKernelSolution>() == sizeof(TeachKernelSolution));

enum class CheckeredMethod { em, gd };
constexpr auto names(CheckeredMethod) { return std::array{"em"sv, "gd"sv}; }

struct CheckeredRegressionSettings : Limits {
  CheckeredRegressionSettings() { maxIterations = 5000; }

  int factors = 2;
  CheckeredMethod method = CheckeredMethod::em;
  double lambda = 1e-4;
  int restarts = 5;

  static constexpr auto fields() {
    using Self = CheckeredRegressionSettings;
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{FIELD(factors, between(1, 1000), "Factors K of the product of hyperbolic tangents."),
                   FIELD(method, anyValue(),
                         "Expectation and maximisation, each with a Newton step of K logistic regressions, or gradient "
                         "descent."),
                   FIELD(lambda, positive(),
                         "Weight of the ridge on all weights, intercepts too, beside the mean loss of the rows."),
                   FIELD(restarts, between(1, 100000), "Random starts, of which the best end is the result.")});
  }
};
static_assert(sizeFromFields<CheckeredRegressionSettings>() == sizeof(CheckeredRegressionSettings));

struct CheckeredRegressionProblem {
  MatrixInput x;             ///< n x p
  std::vector<double> y;     ///< -1 or 1
  HostMatrix<double> start;  ///< K x (p + 1), weights and intercepts of the first start; no columns: drawn
};

struct CheckeredRegressionSolution {
  HostMatrix<double> weights;
  std::vector<double> intercepts;
  std::vector<double> objectives;

  static constexpr auto fields() {
    using Self = CheckeredRegressionSolution;
    return std::tuple{OUT(weights, "K x p: w_k, one a row."), OUT(intercepts, "K numbers b_k."),
                      OUT(objectives, "Where each start that was begun has ended or stands, in their order.")};
  }
};
static_assert(sizeFromFields<CheckeredRegressionSolution>() == sizeof(CheckeredRegressionSolution));

struct RobustMixedModelSettings : Limits {
  RobustMixedModelSettings() {
    maxIterations = 10000;
    tolerance = 1e-8;
  }

  double nu = 4;
  bool intercept = true;

  static constexpr auto fields() {
    using Self = RobustMixedModelSettings;
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{FIELD(nu, positive(), "Degrees of freedom of Student's distribution of the errors."),
                   FIELD(intercept, anyValue(), "Whether the model has an intercept.")});
  }
};
static_assert(sizeFromFields<RobustMixedModelSettings>() == sizeof(RobustMixedModelSettings));

struct RobustMixedModelProblem {
  MatrixInput x;                     ///< n x p
  std::vector<double> y;             ///< n
  std::vector<std::int32_t> groups;  ///< of each row; empty: there are none
  int groupCount = 0;
  std::vector<double> start;  ///< coefficients, and intercept last if there is one; empty: least squares
};

struct RobustMixedModelSolution {
  std::vector<double> coefficients;
  double intercept = unknown;
  double scale = unknown;
  double groupScale = unknown;
  std::vector<double> randomIntercepts;
  std::vector<double> weights;

  static constexpr auto fields() {
    using Self = RobustMixedModelSolution;
    return std::tuple{
        OUT(coefficients, "p numbers."),
        OUT_IF_KNOWN(intercept, "Intercept, where there is one."),
        OUT_IF_KNOWN(scale, "Scale sigma of the errors: their variance is sigma^2 nu / (nu - 2) for nu > 2."),
        OUT_IF_KNOWN(groupScale, "Scale of the groups' intercepts, where there are groups."),
        OUT(randomIntercepts, "The expected intercept of each group beside the common one; empty without groups."),
        OUT(weights, "How much each group counts, or each row where there are none: less, the farther it is.")};
  }
};
static_assert(sizeFromFields<RobustMixedModelSolution>() == sizeof(RobustMixedModelSolution));

struct BlindCalibrationSettings : Limits {
  BlindCalibrationSettings() {
    maxIterations = 100000;
    tolerance = 1e-10;
  }

  double rho = std::numeric_limits<double>::infinity();

  static constexpr auto fields() {
    using Self = BlindCalibrationSettings;
    return std::tuple_cat(Limits::fields(), std::tuple{FIELD(rho, Bounds({.lower = 0, .openLower = true}),
                                                             "Gains are within 1 - rho and 1 + rho.")});
  }
};
static_assert(sizeFromFields<BlindCalibrationSettings>() == sizeof(BlindCalibrationSettings));

struct BlindCalibrationProblem {
  MatrixInput a;                    ///< pm x n: what m sensors see, one snapshot after the other
  std::vector<double> y;            ///< pm
  int sensors = 1;                  ///< m
  HostMatrix<double> signalBasis;   ///< n x k: the signal is in its range; no columns: anywhere
  HostMatrix<double> gainBasis;     ///< m x h: the gains are in its range; no columns: anywhere
  std::vector<double> startSignal;  ///< n, or k where there is a basis; empty: back-projection
  std::vector<double> startGains;   ///< m; empty: ones
};

struct BlindCalibrationSolution {
  std::vector<double> signal;
  std::vector<double> gains;
  std::vector<double> coefficients;

  static constexpr auto fields() {
    using Self = BlindCalibrationSolution;
    return std::tuple{OUT(signal, "n numbers."), OUT(gains, "m numbers, whose mean is 1."),
                      OUT(coefficients, "The signal's in its basis, or the signal itself where there is none.")};
  }
};
static_assert(sizeFromFields<BlindCalibrationSolution>() == sizeof(BlindCalibrationSolution));

struct OneClassSubspacesSettings : Limits {
  OneClassSubspacesSettings() {
    maxIterations = 10000;
    tolerance = 1e-5;
  }

  int dimension = 2;
  double eta = 0.1;
  double nu = 10;
  double softness = 0.02;

  static constexpr auto fields() {
    using Self = OneClassSubspacesSettings;
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{FIELD(dimension, between(1, 100000),
                         "Columns K of each of the two frames; as many as x has where these are fewer."),
                   FIELD(eta, atLeast(0), "Margin of the two sets of half-spaces."),
                   FIELD(nu, positive(), "Weight of the rows that miss it."),
                   FIELD(softness, atLeast(0),
                         "Temperature T of the soft minimum -T log sum_k exp(-v_k / T) in place of the least v_k, in "
                         "units of x. 0: the minimum itself, at whose kinks descent is slow.")});
  }
};
static_assert(sizeFromFields<OneClassSubspacesSettings>() == sizeof(OneClassSubspacesSettings));

struct OneClassSubspacesProblem {
  MatrixInput x;             ///< n x d
  HostMatrix<double> start;  ///< d x 2K, both frames, columns that are made orthonormal; no columns: drawn
};

struct OneClassSubspacesSolution {
  HostMatrix<double> lowerFrame;
  HostMatrix<double> upperFrame;
  std::vector<double> lowerOffsets;
  std::vector<double> upperOffsets;

  static constexpr auto fields() {
    using Self = OneClassSubspacesSolution;
    return std::tuple{OUT(lowerFrame, "d x K: W_1, with orthonormal columns."),
                      OUT(upperFrame, "d x K: W_2, with orthonormal columns."),
                      OUT(lowerOffsets, "K numbers b_1: rows of the class have W_1^T x + b_1 >= eta."),
                      OUT(upperOffsets, "K numbers b_2: rows of the class have W_2^T x + b_2 <= -eta.")};
  }
};
static_assert(sizeFromFields<OneClassSubspacesSolution>() == sizeof(OneClassSubspacesSolution));

struct SupervisedDictionarySettings : Limits {
  SupervisedDictionarySettings() {
    maxIterations = 10000;
    tolerance = 1e-5;
  }

  int rank = 2;
  double reconstruction = 1;
  double lambda = 1e-3;

  static constexpr auto fields() {
    using Self = SupervisedDictionarySettings;
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{
            FIELD(rank, between(1, 100000), "Columns r of the dictionary; as many as x has where these are fewer."),
            FIELD(reconstruction, positive(), "Weight xi of half the mean square of what the dictionary leaves of x."),
            FIELD(lambda, positive(), "Weight of the ridge on the coefficients, beside the mean loss.")});
  }
};
static_assert(sizeFromFields<SupervisedDictionarySettings>() == sizeof(SupervisedDictionarySettings));

struct SupervisedDictionaryProblem {
  MatrixInput x;              ///< n x p
  std::vector<double> y;      ///< 0 or 1
  std::vector<double> start;  ///< coefficients, and the intercept last; empty: zero
};

struct SupervisedDictionarySolution {
  HostMatrix<double> dictionary;
  HostMatrix<double> codes;
  std::vector<double> weights;
  std::vector<double> coefficients;
  double intercept = 0;
  double loss = unknown;

  static constexpr auto fields() {
    using Self = SupervisedDictionarySolution;
    return std::tuple{OUT(dictionary, "p x r: W, with orthonormal columns."),
                      OUT(codes, "n x r: H, a row for each of x, which is W h up to what the dictionary leaves."),
                      OUT(weights, "r numbers, of the features W^T x in the classification."),
                      OUT(coefficients, "p numbers: a = W times the weights."),
                      OUT(intercept, "Intercept c."),
                      OUT_IF_KNOWN(loss, "Mean logistic loss, the objective's part of the classes.")};
  }
};
static_assert(sizeFromFields<SupervisedDictionarySolution>() == sizeof(SupervisedDictionarySolution));

}  // namespace nonconvex
