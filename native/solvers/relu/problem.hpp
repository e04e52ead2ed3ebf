// Input and output of the training of two-layer ReLU networks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/certificate.hpp"
#include "core/choices.hpp"
#include "core/communicator.hpp"
#include "core/error.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "core/numbers.hpp"
#include "core/status.hpp"
#include "linalg/views.hpp"
#include "solvers/relu/loss.hpp"
#include "solvers/relu/worst_case_loss.hpp"

namespace nonconvex {

enum class ReluActivation { relu, gated };
enum class ReluMethod { admm, sampled };
enum class ReluSplitting { cone, slack };
enum class ReluCoupling { oneVsAll, frobenius };
enum class ReluStandardize { none, norm, deviation };
enum class ReluInner { automatic, exact, krylov };
enum class ReluPrecision { float64, float32 };

constexpr auto names(ReluActivation) { return std::array{"relu"sv, "gated"sv}; }
constexpr auto names(ReluMethod) { return std::array{"admm"sv, "sampled"sv}; }
constexpr auto names(ReluSplitting) { return std::array{"cone"sv, "slack"sv}; }
constexpr auto names(ReluCoupling) { return std::array{"oneVsAll"sv, "frobenius"sv}; }
constexpr auto names(ReluStandardize) { return std::array{"false"sv, "norm"sv, "true"sv}; }
constexpr auto names(ReluInner) { return std::array{"auto"sv, "exact"sv, "krylov"sv}; }
constexpr auto names(ReluPrecision) { return std::array{"float64"sv, "float32"sv}; }

/// The settings of every method and loss.
struct ReluCommonSettings {
  ReluLoss loss = ReluLoss::squared;
  double lambda = solverChooses;
  bool bias = true;
  bool regularizeBias = true;
  ReluStandardize standardize = ReluStandardize::none;
  ReluActivation activation = ReluActivation::relu;
  ReluCoupling coupling = ReluCoupling::oneVsAll;
  ReluMethod method = ReluMethod::admm;

  static constexpr auto fields() {
    using Self = ReluCommonSettings;
    return FieldTuple{
        FIELD(loss, anyValue(),
              "Loss of predictions f and targets y, summed over the rows: 1/2 (f - y)^2, log(1 + exp(-y f)), "
              "max(0, 1 - y f), log sum exp(f) - f_y, or Huber's.",
              "y are classes (`logistic`, `hinge`, `softmax`), or values with outliers (`huber`)."),
        FIELD(lambda, positiveOr("a share of lambdaMax"),
              "Weight of the regulariser (lambda / 2) sum_j (||u_j||^2 + alpha_j^2).",
              "the network fits new rows much worse than those of the training (larger), or fits neither well "
              "(smaller)."),
        FIELD(bias, anyValue(), "Append a constant column 1 to x, so that every hidden neuron has a bias.",
              "x has a constant column of its own, or outputs have to be 0 where x is 0."),
        FIELD(regularizeBias, anyValue(),
              "Let the regulariser include the biases like any weight. If not, a bias counts as a hundredth of a "
              "weight on data of the size of x: 0 would leave the program without a certificate.",
              "outputs are far from 0 and the penalty of the biases keeps the network from reaching them."),
        FIELD(standardize, anyValue(),
              "Divide each column of x by its Euclidean norm before training, or, less its mean where there is a "
              "bias, by its standard deviation; the regulariser then acts on the scaled weights.",
              "the scales of the columns mean something to the regulariser."),
        FIELD(activation, anyValue(),
              "ReLU neurons, or gated ones, 1[x g_j >= 0] (x u_j), which need no cone constraints.",
              "training takes too long and a gated network will do."),
        FIELD(coupling, anyValue(),
              "With several outputs: neurons of their own for each output, or groups of neurons that share one "
              "output weight (Frobenius norm over the outputs).",
              "several outputs depend on the same features: `frobenius` lets them share neurons."),
        FIELD(method, anyValue(),
              "ADMM on the convex reformulation, or a lasso on the output weights of fixed random hidden "
              "directions.",
              "a good network is enough and the optimum takes too long: `sampled`.")};
  }
};
static_assert(sizeFromFields<ReluCommonSettings>() == sizeof(ReluCommonSettings));

struct ReluHuberSettings {
  double huberDelta = 1;

  static constexpr auto fields() {
    using Self = ReluHuberSettings;
    return FieldTuple{FIELD(huberDelta, positive(), "Where Huber's loss turns from quadratic to linear, in units of y.",
                            "outliers still move the fit (smaller), or many good rows count as outliers (larger).")};
  }
};
static_assert(sizeFromFields<ReluHuberSettings>() == sizeof(ReluHuberSettings));

struct ReluSplittingSettings {
  ReluSplitting splitting = ReluSplitting::cone;

  static constexpr auto fields() {
    using Self = ReluSplittingSettings;
    return FieldTuple{
        FIELD(splitting, anyValue(),
              "Where ADMM keeps the cone constraints: inside the proximal step (every iterate is feasible), or "
              "relaxed by slack variables as published.",
              forExperts)};
  }
};
static_assert(sizeFromFields<ReluSplittingSettings>() == sizeof(ReluSplittingSettings));

struct ReluAdmmSettings {
  ReluInner inner = ReluInner::automatic;
  double rho = solverChooses;
  double relaxation = 1.8;
  ReluPrecision precision = ReluPrecision::float64;

  static constexpr auto fields() {
    using Self = ReluAdmmSettings;
    return FieldTuple{
        FIELD(inner, anyValue(),
              "How the linear system of each iteration is solved: `exact` factors its matrix, `krylov` iterates "
              "with a preconditioner and without the matrix, `auto` chooses by size and memory.",
              "there is no memory for the matrix of the linear system: `krylov`."),
        FIELD(rho, positiveOr("adaptive"), "Penalty of the augmented Lagrangian; fixed when given.", forExperts),
        FIELD(relaxation, inside(0, 2), "Over-relaxation of ADMM; 1 is none.", forExperts),
        FIELD(precision, anyValue(),
              "Numbers of the iterations on a GPU; the CPU iterates in 'float64'. Objective, bound and network are "
              "computed in 'float64' in any case.",
              "a GPU is slow with `float64` and a rough answer is enough.")};
  }
};
static_assert(sizeFromFields<ReluAdmmSettings>() == sizeof(ReluAdmmSettings));

struct ReluSettings : Limits, ReluCommonSettings, ReluHuberSettings, ReluSplittingSettings, ReluAdmmSettings {
  ReluSettings() {
    maxIterations = 10000;
    tolerance = 1e-4;
    checkInterval = 10;
  }

  static std::vector<Choice> choices();

  static constexpr auto fields() {
    return appendedFields(Limits::fields(), ReluCommonSettings::fields(), ReluHuberSettings::fields(),
                          ReluSplittingSettings::fields(), ReluAdmmSettings::fields());
  }
};

/// A device has no projections onto cones by active sets.
inline void requireNoCones(const ReluSettings& settings) {
  if (settings.activation == ReluActivation::relu && settings.method == ReluMethod::admm &&
      settings.splitting == ReluSplitting::cone) {
    throw Error(ErrorKind::solver,
                "activation 'relu' with splitting 'cone' is solved on the CPU alone; on a GPU use activation 'gated', "
                "splitting 'slack' or method 'sampled'",
                "DEVICE_UNAVAILABLE");
  }
}

/// How patterns are refined: docs/relu.md, "Refinement".
struct ReluRefinement {
  int rounds = 30;
  double timeLimit = infinity;  ///< seconds after which no more is begun, and the result is what was found
  std::optional<int>
      restarts;  ///< random networks beside the first to descend from, by the size of the data unless given
  std::optional<int> neurons = {};     ///< neurons of the first network, by the size of the data unless given
  std::optional<int> iterations = {};  ///< iterations of its descent, by the size of the data unless given
  std::optional<int> searches =
      {};                    ///< random directions that are priced, none exactly, by the size of the data unless given
  bool program = true;       ///< whether convex programs are solved, or a local descent is all
  bool estimate = true;      ///< whether a search at the end says how far the best of all networks may be below
  bool ownPatterns = false;  ///< whether outputs have convex programs of their own, over the patterns of their neurons
  std::optional<double> leastGain = {};  ///< the relative gain of a round that ends the rounds if it is not reached
  bool onlyPrices = false;               ///< whether there is no random network, and prices are those of zero

  /// Random networks of which the best is descended from; none: by the size of the data.
  std::optional<int> starts() const {
    if (onlyPrices) return 0;
    return restarts ? std::optional(*restarts + 1) : std::nullopt;
  }

  static constexpr auto fields() {
    using Self = ReluRefinement;
    return FieldTuple{
        IN_OPTIONAL(rounds, number().atLeast(0), "Most rounds of refinement."),
        IN_OPTIONAL(timeLimit, number().atLeast(0).orInfinite(), "Seconds after which no round is begun."),
        IN_OPTIONAL(restarts, number().within(between(0, 999)), "Random networks beside the first to descend from."),
        IN_OPTIONAL(neurons, number().atLeast(1), "Neurons of the first network."),
        IN_OPTIONAL(iterations, number().atLeast(1),
                    "Iterations of its descent; passes over the rows where it is by batches."),
        IN_OPTIONAL(searches, number().atLeast(1), "Random directions that are priced, and no others."),
        IN_OPTIONAL(ownPatterns, flag(), "Whether outputs have convex programs of their own in all rounds."),
        IN_OPTIONAL(leastGain, number().atLeast(0),
                    "The relative gain of a round below which no further one follows, nor columns."),
        IN_OPTIONAL(onlyPrices, flag(), "Whether there is no random network, and prices are those of zero."),
        IN_OPTIONAL(program, flag(), "Whether convex programs are solved beside the local descent."),
        IN_OPTIONAL(estimate, flag(), "Whether a search estimates the optimum of all networks at the end.")};
  }
};

/// How activation patterns are had: found by refinement if that is asked for, `gates` if it has columns, all of them if
/// `exact`, else `sample` random ones.
struct ReluPatterns {
  int sample = 50;
  bool exact = false;
  std::optional<ReluRefinement> refine;
  HostMatrix<double> gates;  ///< (d + bias) x P, one column a pattern, acting on x as given

  static constexpr auto fields() {
    using Self = ReluPatterns;
    return FieldTuple{IN_OPTIONAL(sample, number(), "Random patterns."),
                      IN_OPTIONAL(exact, flag(), "Whether all patterns are enumerated."),
                      IN_OPTIONAL(refine, members(), "How patterns are refined."),
                      IN_OPTIONAL(gates, matrix(), "Gates of the patterns, a column each.")};
  }
};

/// An earlier solution to start from.
struct ReluWarmStart {
  HostMatrix<double> weights;  ///< the weights, as ReluSolution::weights; no columns if there are none
  HostMatrix<double> dual;     ///< the dual variables, as ReluSolution::dual
  double rho = unknown;        ///< the first penalty, unless the settings say it: that of a like problem

  static constexpr auto fields() {
    using Self = ReluWarmStart;
    return FieldTuple{IN(weights, matrix().orEmpty(), "Weights of the convex program."),
                      IN(dual, matrix().orEmpty(), "Dual variables of its constraints.")};
  }
};

struct ReluProblem {
  int n = 0;                    ///< rows of x
  int d = 0;                    ///< columns of x
  const double* x64 = nullptr;  ///< row-major n x d; one of x64 and x32
  const float* x32 = nullptr;
  int outputs = 1;            ///< c
  const double* y = nullptr;  ///< row-major n x c: values, or -1/+1 (logistic, hinge), or rows of a simplex (softmax)
  const double* weights = nullptr;     ///< weights of the rows' losses, >= 0; null: all 1
  std::span<const std::int32_t> rows;  ///< the n rows of x, y and weights to train on; empty: all
  int leftOut = 0;                     ///< how many more rows there are

  int row(int k) const { return rows.empty() ? k : rows[static_cast<std::size_t>(k)]; }
  double weight(int k) const { return weights == nullptr ? 1.0 : weights[row(k)]; }
  ReluPatterns patterns;
  ReluWarmStart warmStart;
  std::optional<ReluAdversary> adversary;  ///< the adversary whose worst perturbation of each row counts
  std::shared_ptr<Ranks> ranks;            ///< the ranks that hold the other rows; null if all rows are here
};

/// The solver's reports, with members beside those of all solvers.
struct ReluProgress : Progress {
  double feasibility = unknown;
  double step = unknown;
  double innerSteps = unknown;
  double violation = unknown;
  double estimatedLowerBound = unknown;

  static constexpr auto fields() {
    using Self = ReluProgress;
    return FieldTuple{
        OUT_COLUMN(feasibility, "feasibility", 2,
                   "Violation of the constraints of the convex program before its weights were projected."),
        OUT_COLUMN(step, "step", 2, "Length of the last step: the change of the multipliers, in the Frobenius norm."),
        OUT_IF_KNOWN(innerSteps, "Products of conjugate gradients with the system of an iteration, so far."),
        OUT_IF_KNOWN(
            violation,
            "Refinement: the largest max_u |theta^T (X u)_+| / lambda found, ||u|| <= 1, at the round's residual "
            "theta; at most 1 at the optimum of all networks."),
        OUT_IF_KNOWN(estimatedLowerBound,
                     "Refinement: the best dual value at a theta divided by the violation found for it. An estimate: a "
                     "better search could find a larger violation.")};
  }
};

/// A bound for all networks, from refinement. Estimated by searches, not certified.
struct ReluEstimate {
  double lowerBound = unknown;
  double gap = unknown;
  double violation = unknown;
  int searches = 0;
  double nodes = 0;

  bool known() const { return lowerBound == lowerBound; }
  static constexpr auto fields() {
    using Self = ReluEstimate;
    return FieldTuple{
        OUT(lowerBound, "The best dual value at a theta divided by the largest violation found for it."),
        OUT(gap, "(objective - lowerBound) / objective."),
        OUT(violation,
            "The largest max_u |theta^T (X u)_+| / lambda found at the theta of the bound. Good to a few hundredths."),
        OUT(searches, "Starts of the local searches for it."),
        OUT(nodes, "Cones that branch and bound looked at for bounds of all networks.")};
  }
};

/// Knowledge of a network trained against an adversary.
struct ReluRobustness {
  double worstCaseLoss = unknown;
  int patternsFound = 0;
  int patternsWithRoom = 0;

  bool known() const { return worstCaseLoss == worstCaseLoss; }
  static constexpr auto fields() {
    using Self = ReluRobustness;
    return FieldTuple{
        OUT(worstCaseLoss,
            "Sum over the rows of the loss under the worst perturbation of each, for this network: none is worse, and "
            "one reaches it."),
        OUT(patternsFound, "Distinct patterns of the gates, that of all rows included where there is a bias."),
        OUT(patternsWithRoom,
            "Those among them with neurons that keep the pattern under every perturbation of every row; the others "
            "are left out.")};
  }
};

/// Networks that a bound is about where these are not all.
constexpr std::string_view overPatterns = "patterns";
constexpr std::string_view overOwnPatterns = "ownPatterns";

struct ReluSolution {
  using Progress = ReluProgress;

  // The network: f(x) = sum_j outputWeights_j (z . hiddenWeights_j + bias_j)_+, z = (x - inputShift) / inputScale.
  HostMatrix<double> hiddenWeights;
  HostBuffer<double> biases;
  HostMatrix<double> outputWeights;
  std::vector<std::int32_t> pattern;
  HostBuffer<double> inputShift;
  HostBuffer<double> inputScale;

  // The convex program: what a warm start needs.
  HostMatrix<double> gates;
  HostMatrix<double> weights;
  HostMatrix<double> dual;
  HostMatrix<double> leftOut;

  double networkObjective = 0;
  Certificate certificate;
  int activeNeurons = 0;
  int patterns = 0;
  double rho = 0;
  ReluEstimate estimate;
  ReluRobustness robustness;

  static Claims claims();

  static constexpr auto fields() {
    using Self = ReluSolution;
    return FieldTuple{
        OUT(hiddenWeights, "d x m: column j has the weights of neuron j, acting on z = (x - inputShift) / inputScale."),
        OUT(biases, "m numbers; zeros without bias."),
        OUT(outputWeights, "m x c."),
        OUT(pattern, "m numbers: the pattern, a column of `gates`, that neuron j came from."),
        OUT(inputShift, "d numbers that are subtracted from the columns of x."),
        OUT(inputScale, "d numbers that the columns of x are divided by then."),
        OUT(gates,
            "(d + 1 with bias, else d) x P: pattern i is active on the rows of z where (z, 1) . g_i >= 0. With "
            " `method: 'sampled'` the directions."),
        OUT(weights, "(d + 1 with bias, else d) x G convex weights: v of all patterns of output 0, 1, ..., then w."),
        OUT(dual, "n x c, feasible for the dual program; `lowerBound` is its value."),
        OUT(leftOut, "The outputs at rows of x that were not trained on, in order."),
        OUT(networkObjective, "Loss and regulariser of the network, by a forward pass: the non-convex objective."),
        OUT(certificate,
            "What is known of the objective. Over `patterns`: networks whose neurons have activation patterns of this "
            "convex program. Over `ownPatterns`: networks of which each output's neurons have patterns that this "
            "output's neurons have here, not those of all outputs. Otherwise of networks of any width."),
        OUT(activeNeurons, "Neurons of the network."),
        OUT(patterns, "Distinct activation patterns in the convex program."),
        OUT(rho, "The last penalty of the augmented Lagrangian."),
        OUT_IF_KNOWN(estimate, "Refinement: what is estimated for all networks."),
        OUT_IF_KNOWN(robustness, "With an adversary: what is certified of the worst case.")};
  }
};
static_assert(sizeFromFields<ReluSolution>() == sizeof(ReluSolution));

}  // namespace nonconvex
