// Settings in groups: a piece of a method names the groups that it reads, and a method has those of its pieces.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/choices.hpp"
#include "core/limits.hpp"
#include "solvers/smooth/presets.hpp"

namespace nonconvex {

enum class RowSampler { automatic, shuffle, replacement, poisson, dropEasy, largestLoss, coreset };
constexpr auto names(RowSampler) {
  return std::array{"auto"sv, "shuffle"sv, "replacement"sv, "poisson"sv, "dropEasy"sv, "largestLoss"sv, "coreset"sv};
}

enum class StepSchedule { automatic, constant, linear, wsd, cosine, sqrt };
constexpr auto names(StepSchedule) {
  return std::array{"auto"sv, "constant"sv, "linear"sv, "wsd"sv, "cosine"sv, "sqrt"sv};
}

enum class SumAveraging { automatic, last, polynomial };
constexpr auto names(SumAveraging) { return std::array{"auto"sv, "last"sv, "polynomial"sv}; }

enum class SquaresOf { adagradSqr, adamSqr, hutchinson };
constexpr auto names(SquaresOf) { return std::array{"adagradSqr"sv, "adamSqr"sv, "hutchinson"sv}; }

enum class SumPrecision { automatic, float32, float64 };
constexpr auto names(SumPrecision) { return std::array{"auto"sv, "float32"sv, "float64"sv}; }

enum class SumScaling { automatic, columns, none };
constexpr auto names(SumScaling) { return std::array{"auto"sv, "columns"sv, "none"sv}; }

struct BatchSettings {
  int batchSize = 0;
  RowSampler sampler = RowSampler::automatic;

  static constexpr auto fields() {
    using Self = BatchSettings;
    return FieldTuple{
        FIELD(batchSize, between(0, 2147483647),
              "Rows of a batch; all rows, in order, where there are no more. 0: 64, or the method's choice.",
              "steps are too noisy (larger), or there are too few of them in an epoch (smaller)."),
        FIELD(
            sampler, anyValue(),
            "How rows are drawn: `shuffle`, each once an epoch in an order of its own; `replacement`, each of a batch "
            "from all rows; `poisson`, each row by itself with the probability of a batch; `dropEasy`, as `shuffle`, "
            "but between the first and the last epoch without rows whose loss is below -log(0.7) when the epoch "
            "begins; `largestLoss`, as `shuffle`, of the rows whose losses are largest when the epoch begins, a "
            "quarter "
            "of them after the first epoch and all at the end; `coreset`, which chooses of ten times as many rows "
            "those "
            "whose gradients, with weights, stand for the others, once for ten steps. `auto`: `shuffle`, or `poisson` "
            "where the steps are private.",
            "easy rows take most of the time, or rows have to be drawn as in a paper.")};
  }
};

struct StepSizeSettings {
  double stepSize = solverChooses;
  StepSchedule schedule = StepSchedule::automatic;

  static constexpr auto fields() {
    using Self = StepSizeSettings;
    return FieldTuple{
        FIELD(stepSize, Bounds({.lower = 0, .openUpper = true, .defaultText = "the method's"}),
              "The step, before the schedule.", "the loss jumps or grows (smaller), or falls too slowly (larger)."),
        FIELD(schedule, anyValue(),
              "Its course over `maxEpochs`: `constant`; `linear`, to 0; `wsd`, constant and then linear to 0 "
              "over the last fifth; `cosine`, to 0; `sqrt`, divided by the root of the number of the step. `auto`: the "
              "method's.",
              "the loss still jumps at the end: let the step go to 0.")};
  }
};

struct DistanceSettings {
  double initialDistance = solverChooses;

  static constexpr auto fields() {
    using Self = DistanceSettings;
    return FieldTuple{FIELD(
        initialDistance,
        positiveOr("1e-6 (1 + ||x_0||), or more if the sum is convex; of `prodigy` 1e-3 (1 + max |x_0j|)"),
        "The distance from the start that the first steps go by, before they know better; of `prodigy` that of each "
        "number. Of sums "
        "that are known to be convex, such as regressions, 0.045 of the longest step along the gradient by which "
        "the loss of some rows falls by 0.45 of what the slope promises: minimisers are ten times as far at least.",
        "the first epochs hardly move x (larger), or the first steps lead far away (smaller).")};
  }
};

struct MomentumSettings {
  double momentum = solverChooses;

  static constexpr auto fields() {
    using Self = MomentumSettings;
    return FieldTuple{FIELD(momentum, Bounds({.lower = 0, .upper = 1, .openUpper = true, .defaultText = "0.9"}),
                            "The share of earlier gradients in a step.",
                            "the loss swings (smaller), or the noise of batches hides the way (larger).")};
  }
};

struct MemorySettings {
  double beta2 = solverChooses;

  static constexpr auto fields() {
    using Self = MemorySettings;
    return FieldTuple{
        FIELD(beta2, Bounds({.lower = 0, .upper = 1, .openUpper = true, .defaultText = "0.999, or the method's"}),
              "The share of earlier squares, or curvatures, in what steps are divided by.",
              "gradients of some numbers are seldom other than 0 (larger), or their sizes change fast (smaller).")};
  }
};

struct PowerSettings {
  double power = 1;

  static constexpr auto fields() {
    using Self = PowerSettings;
    return FieldTuple{FIELD(power, between(0, 1),
                            "Beta: gradients are divided by this power of their norm; 2/3 to 1 is of use.",
                            forExperts)};
  }
};

struct ClipSettings {
  double clipNorm = solverChooses;

  static constexpr auto fields() {
    using Self = ClipSettings;
    return FieldTuple{FIELD(clipNorm, positiveOr("none, or 1 for methods that clip"),
                            "Gradients that are longer are shortened to this norm.",
                            "single batches throw x far away: about the norm of a usual gradient.")};
  }
};

struct GradientPenaltySettings {
  double gradientPenalty = 0;

  static constexpr auto fields() {
    using Self = GradientPenaltySettings;
    return FieldTuple{FIELD(gradientPenalty, Bounds({.lower = 0, .openUpper = true}),
                            "Factor of ||grad f_B||^2 / 2, which is added to the loss f_B of each batch, by one more "
                            "gradient a step.",
                            "the loss of new rows is far above that of the rows.")};
  }
};

struct PerturbationSettings {
  double perturbation = solverChooses;

  static constexpr auto fields() {
    using Self = PerturbationSettings;
    return FieldTuple{FIELD(perturbation, positiveOr("1e-5 (1 + the largest |x_j| of the start)"),
                            "How far from x, in each of its numbers, two values are taken whose difference is a "
                            "derivative.",
                            "values of the loss are inexact (larger).")};
  }
};

struct PrivacySettings {
  double noise = 1;
  double clip = 1;
  bool insecureNoise = false;

  static constexpr auto fields() {
    using Self = PrivacySettings;
    return FieldTuple{
        FIELD(noise, Bounds({.lower = 0, .openUpper = true}),
              "The standard deviation of the noise of a private step over `clip`.",
              "the `privacy` of the result is too weak (larger), or stronger than needed (smaller)."),
        FIELD(
            clip, positive(),
            "Gradients of single rows that are longer are shortened to this norm; their sum and the noise are divided "
            "by `batchSize` also where there are fewer rows.",
            "most gradients of rows are longer (larger) or shorter (smaller)."),
        FIELD(insecureNoise, anyValue(),
              "Whether private noise and batches come from `seed`, for tests, rather than from the system's "
              "cryptographic generator: what is so learned is not private.",
              "a test has to give the same numbers again, and no privacy is needed.")};
  }
};

struct DecaySettings {
  double decay = 0;

  static constexpr auto fields() {
    using Self = DecaySettings;
    return FieldTuple{FIELD(decay, Bounds({.lower = 0, .openUpper = true}),
                            "Lambda: every step multiplies x by 1 - step lambda, beside the method's move.",
                            "x grows without end, or the loss of new rows is far above that of the rows (larger).")};
  }
};

struct AveragingSettings {
  SumAveraging averaging = SumAveraging::automatic;

  static constexpr auto fields() {
    using Self = AveragingSettings;
    return FieldTuple{FIELD(averaging, anyValue(),
                            "The answer: `last` point, or `polynomial`, an average whose weights grow as t^8. `auto`: "
                            "the method's.",
                            "the last points jump about: `polynomial` averages them.")};
  }
};

struct SmoothnessSettings {
  double smoothness = solverChooses;

  static constexpr auto fields() {
    using Self = SmoothnessSettings;
    return FieldTuple{FIELD(smoothness, positiveOr("found by doubling"),
                            "L: how much the gradient changes at most over the distance of points.",
                            "L is known: then no steps are spent to find it.")};
  }
};

struct QuasarSettings {
  double quasarConvexity = 1;

  static constexpr auto fields() {
    using Self = QuasarSettings;
    return FieldTuple{FIELD(quasarConvexity, Bounds({.lower = 0, .upper = 1, .openLower = true}),
                            "Gamma: f* >= f(x) + g(x) . (x* - x) / gamma for all x; 1 for convex functions.",
                            forExperts)};
  }
};

struct NoiseSettings {
  double gradientNoise = solverChooses;
  double distance = solverChooses;

  static constexpr auto fields() {
    using Self = NoiseSettings;
    return FieldTuple{FIELD(gradientNoise, positiveOr("estimated at the start"),
                            "Sigma: the root of the expected squared error of a batch's gradient.",
                            "it is known, so that nothing is spent to estimate it."),
                      FIELD(distance, positiveOr("1"), "The distance from the start to a minimiser, or a guess.",
                            "a minimiser is known to be much nearer or farther.")};
  }
};

struct FactorSettings {
  bool randomScaling = false;

  static constexpr auto fields() {
    using Self = FactorSettings;
    return FieldTuple{FIELD(randomScaling, anyValue(),
                            "Whether every step is multiplied by a number drawn from the exponential distribution.",
                            forExperts)};
  }
};

struct RestartSettings {
  int restart = 0;
  double radius = solverChooses;

  static constexpr auto fields() {
    using Self = RestartSettings;
    return FieldTuple{FIELD(restart, between(0, 2147483647),
                            "T: the velocity is forgotten, and an average begun, after so many steps. 0: (radius N / "
                            "(f_0 - lowerBound))^(2/3) of N steps in all.",
                            forExperts),
                      FIELD(radius, positiveOr("0.1"), "Delta: how far a block of T steps may go.", forExperts)};
  }
};

struct RefreshSettings {
  int refresh = 0;

  static constexpr auto fields() {
    using Self = RefreshSettings;
    return FieldTuple{FIELD(
        refresh, between(0, 2147483647),
        "Steps between two gradients over all rows, or between two looks at curvature. 0: the method's.",
        "gradients over all rows take most of the time (larger), or steps become inexact between them (smaller).")};
  }
};

struct LowerBoundSettings {
  double lowerBound = 0;

  static constexpr auto fields() {
    using Self = LowerBoundSettings;
    return FieldTuple{FIELD(lowerBound, between(-1e15, 1e15),
                            "What the method may take for the least loss that there is, of every batch.",
                            "the least loss is known and is not 0.")};
  }
};

struct SquaresSettings {
  SquaresOf squares = SquaresOf::adagradSqr;

  static constexpr auto fields() {
    using Self = SquaresSettings;
    return FieldTuple{
        FIELD(squares, anyValue(),
              "The divisor of gradients: the sum of their squares, an average of these plus "
              "1e-8, or an estimate of the Hessian's diagonal. Of all but the second it does not matter in "
              "which units the columns of the data are.",
              forExperts)};
  }
};

struct SpectralSettings {
  bool exactPolar = false;

  static constexpr auto fields() {
    using Self = SpectralSettings;
    return FieldTuple{FIELD(exactPolar, anyValue(),
                            "Whether singular values become 1 to rounding, by thirty cubic steps of Newton and Schulz, "
                            "rather than 0.68 to 1.13 by five quintic ones.",
                            forExperts)};
  }
};

struct PenaltySettings {
  double lambda = 0;
  int coordinateBlocks = 0;

  static constexpr auto fields() {
    using Self = PenaltySettings;
    return FieldTuple{FIELD(lambda, Bounds({.lower = 0, .openUpper = true}), "Factor of ||x||_1, which is added.",
                            "x has too few zeros (larger), or too many (smaller)."),
                      FIELD(coordinateBlocks, between(0, 2147483647),
                            "How many blocks x is cut into. 0: its variables, or 10 if there is one.", forExperts)};
  }
};

/// The settings of every method.
struct CommonSettings {
  double maxEpochs = 20;
  double target = solverChooses;
  int patience = 5;
  bool trackBest = false;
  SumPrecision precision = SumPrecision::automatic;
  SumScaling scaling = SumScaling::automatic;
  double polyakLojasiewicz = solverChooses;
  SumMethod method = {};

  static constexpr auto fields() {
    using Self = CommonSettings;
    return FieldTuple{
        FIELD(maxEpochs, atLeast(0),
              "Rows to look at over those that there are, after which the solve ends with status `epochLimit`; every "
              "gradient of a row counts. An iteration is about one epoch, and at least one step.",
              "the loss still falls at the end (larger), or a rough answer is enough (smaller)."),
        FIELD(target, Bounds({.lower = -1e15, .upper = 1e15, .defaultText = "none"}),
              "A loss over all rows at which the solve ends with status `solved`, asked for at checks.",
              "a certain loss is good enough."),
        FIELD(patience, between(1, 1000000),
              "Checks without a smaller loss on the `validation` rows after which the solve ends with `stalled`.",
              "losses of the `validation` rows rise for a while and then fall further (larger)."),
        FIELD(trackBest, anyValue(),
              "Whether checks compute the loss over all rows, so that `best` is known and reports have it.",
              "reports have to show the loss, or the best point is wanted and not the last."),
        FIELD(precision, anyValue(),
              "Of rows, x and the method's state; sums of losses are in double precision always. `auto`: `float32` "
              "where batches are drawn.",
              "losses differ in digits that `float32` has not."),
        FIELD(
            scaling, anyValue(),
            "Units: with `columns` x_j is measured in those of 1 / the root mean square of the column of data that it "
            "multiplies, of a regression with an intercept around the column's mean, and given back in those of the "
            "data. `auto`: that, but for private methods, as it looks at "
            "the data, and for `lambda` or sets other than bounds.",
            "the units of x mean something, as for a penalty or a set of your own: `none`."),
        FIELD(polyakLojasiewicz, positiveOr("unknown"),
              "A number mu that is known: f - f* <= ||gradient||^2 / (2 mu) everywhere. The certificate rests on it.",
              "mu is known and the result should have a certificate."),
        FIELD(method, anyValue(),
              "The name of a row of the table of methods. `auto`: `adog` for sums that are known to be convex, such as "
              "regressions, or `qagd` where every step is to look at all rows; `prodigy` for others, unless `target`, "
              "`validation` or an infinite `maxEpochs` let it end before its steps are 0. None of them needs a step "
              "size.",
              "another method is known to suit the problem, or methods are compared.")};
  }
};

struct MinimizeSumSettings : Limits,
                             CommonSettings,
                             BatchSettings,
                             StepSizeSettings,
                             DistanceSettings,
                             MomentumSettings,
                             MemorySettings,
                             PowerSettings,
                             ClipSettings,
                             GradientPenaltySettings,
                             PerturbationSettings,
                             PrivacySettings,
                             DecaySettings,
                             AveragingSettings,
                             SmoothnessSettings,
                             QuasarSettings,
                             NoiseSettings,
                             FactorSettings,
                             RestartSettings,
                             RefreshSettings,
                             LowerBoundSettings,
                             SquaresSettings,
                             SpectralSettings,
                             PenaltySettings {
  MinimizeSumSettings() {
    maxIterations = 2147483647;
    tolerance = 0;
  }

  template <class... Groups>
  static constexpr auto fieldsOf() {
    return appendedFields(Groups::fields()...);
  }
  /// Settings that only some methods have.
  static constexpr auto ofPieces() {
    return fieldsOf<BatchSettings, StepSizeSettings, DistanceSettings, MomentumSettings, MemorySettings, PowerSettings,
                    ClipSettings, GradientPenaltySettings, PerturbationSettings, PrivacySettings, DecaySettings,
                    AveragingSettings, SmoothnessSettings, QuasarSettings, NoiseSettings, FactorSettings,
                    RestartSettings, RefreshSettings, LowerBoundSettings, SquaresSettings, SpectralSettings,
                    PenaltySettings>();
  }
  static constexpr auto fields() { return appendedFields(fieldsOf<Limits, CommonSettings>(), ofPieces()); }
  /// The methods of the table, each with the settings that its pieces read beside `batchSize`, by which `auto` chooses.
  static std::vector<Choice> choices();
};

}  // namespace nonconvex
