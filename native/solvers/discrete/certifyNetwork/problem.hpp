// The data of `certifyNetwork`, its settings and its result.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "core/numbers.hpp"
#include "data/matrix_input.hpp"

namespace nonconvex {

/// What margins are bounded by.
enum class CertifyMethod { branchAndBound, dual, lowRankSdp, interval };
constexpr auto names(CertifyMethod) { return std::array{"branchAndBound"sv, "dual"sv, "lowRankSdp"sv, "interval"sv}; }

/// The end of the work on a row.
enum class CertifyGoal { sign, margin };
constexpr auto names(CertifyGoal) { return std::array{"sign"sv, "margin"sv}; }

/// Which of the other classes a row is held against.
enum class CertifyClasses { all, runnerUp };
constexpr auto names(CertifyClasses) { return std::array{"all"sv, "runnerUp"sv}; }

/// The norm in which an input may be moved.
enum class CertifyNorm { inf, two };
constexpr auto names(CertifyNorm) { return std::array{"inf"sv, "two"sv}; }

/// What the outputs of a network say.
enum class CertifyOutputs { classes, signs, numbers };
constexpr auto names(CertifyOutputs) { return std::array{"classes"sv, "signs"sv, "numbers"sv}; }

enum class Verdict { undecided, robust, attacked };
constexpr auto names(Verdict) { return std::array{"unknown"sv, "robust"sv, "attacked"sv}; }

struct CertifyNetworkSettings : Limits {
  CertifyMethod method = CertifyMethod::branchAndBound;
  CertifyGoal goal = CertifyGoal::sign;
  CertifyClasses classes = CertifyClasses::all;
  double maxNodes = 10000;
  bool proof = false;

  CertifyNetworkSettings() {
    tolerance = 1e-5;
    maxIterations = 2147483647;
  }

  static constexpr auto fields() {
    using Self = CertifyNetworkSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(method, anyValue(),
                  "What margins are bounded by: a tree of relaxations, which is exact (`branchAndBound`), one linear "
                  "relaxation (`dual`), one semidefinite relaxation (`lowRankSdp`), or intervals.",
                  "a weaker bound in less time is enough, or the tree grows too large (`lowRankSdp`)."),
            FIELD(goal, anyValue(),
                  "When a row is done: once the sign of its margin is known, or once the margin is known to "
                  "`tolerance`.",
                  "the margins themselves are of interest."),
            FIELD(classes, anyValue(),
                  "Other classes that a row is held against: all, or that with the largest output.",
                  "a weaker statement in a fraction of the time is enough."),
            FIELD(maxNodes, atLeast(1), "Most nodes of the tree of a row, which stays `unknown` then.",
                  "rows stay unknown and there is time (larger)."),
            FIELD(proof, anyValue(), "Whether the leaves of each row's tree are returned, with a dual vector each.",
                  "bounds are to be checked by code of your own.")});
  }
};
static_assert(sizeFromFields<CertifyNetworkSettings>() == sizeof(CertifyNetworkSettings));

struct CertifyNetworkProblem {
  MatrixInput x;
  std::vector<double> y;
  CertifyOutputs outputs = CertifyOutputs::classes;
  std::vector<int> widths;
  std::vector<double> weights;
  std::vector<double> biases;
  CertifyNorm norm = CertifyNorm::inf;
  std::vector<double> radius;
  double within = 0;
  double least = -infinity;
  double most = infinity;
  std::vector<double> start;

  static constexpr auto fields() {
    using Self = CertifyNetworkProblem;
    return FieldTuple{IN(x, matrix("n", "d"), "Inputs, a row each."),
                      IN(y, vector(), "The right class of each row, its sign, or its targets."),
                      IN(outputs, choice(), "What outputs say: which class is the largest, a sign, or numbers."),
                      IN(widths, indices(), "Inputs, neurons of each hidden layer, and outputs."),
                      IN(weights, vector(), "Weights of all layers, those of a neuron one after the other."),
                      IN(biases, vector(), "Biases of all layers."),
                      IN(norm, choice(), "The norm of what is added to a row."),
                      IN(radius, vector("n").atLeast(0), "The most that may be added to each row."),
                      IN_OPTIONAL(within, number().atLeast(0), "The largest error of a number that is accepted."),
                      IN_OPTIONAL(least, number().orInfinite(), "The smallest value of an input."),
                      IN_OPTIONAL(most, number().orInfinite(), "The largest value of an input."),
                      IN_OPTIONAL(start, vector(), "Inputs to begin at, d numbers for each row.")};
  }
};

/// Leaves of the tree of a row, which together cover all that may be added to it.
struct CertifyLeaves {
  std::vector<int> questions;
  std::vector<std::int32_t> splits;
  std::vector<double> duals;

  bool known() const { return !questions.empty(); }
  static constexpr auto fields() {
    using Self = CertifyLeaves;
    return FieldTuple{
        OUT(questions, "The other class, or the number of the question, of each leaf."),
        OUT(splits, "Of one leaf after the other: 1 for neurons that are active there, -1 for inactive ones, else 0."),
        OUT(duals, "Of one leaf after the other: a dual vector whose bound is the row's bound or more.")};
  }
};

struct CertifiedRow {
  Verdict verdict = Verdict::undecided;
  double margin = unknown;
  double bound = -infinity;
  double relaxation = unknown;
  int against = -1;
  double nodes = 0;
  std::vector<double> x;
  std::vector<double> dual;
  CertifyLeaves leaves;

  static constexpr auto fields() {
    using Self = CertifiedRow;
    return FieldTuple{
        OUT(verdict, "`robust`: no admissible input has another prediction; `attacked`: x below has one."),
        OUT(margin, "The smallest margin that was found: that of x."),
        OUT(bound, "No admissible input has a smaller margin."),
        OUT_IF_KNOWN(relaxation, "The bound at the root of the tree, which `dual` proves."),
        OUT(against,
            "The other class, by its index, that `margin` is about; of numbers twice the index of the output, "
            "plus 1 where it is too small. -1: not looked at."),
        OUT(nodes, "Nodes of the tree that were looked at."),
        OUT(x, "The worst input that was found, within the radius of the row."),
        OUT(dual, "A dual vector, a number for each hidden neuron, that proves `relaxation` for `against`."),
        OUT_IF_KNOWN(leaves, "The leaves of the tree, by the setting `proof`.")};
  }
};

struct CertifyNetworkProgress : Progress {
  double done = unknown;
  double certified = unknown;
  double attacked = unknown;
  double nodes = unknown;

  static constexpr auto fields() {
    using Self = CertifyNetworkProgress;
    return FieldTuple{OUT_COLUMN(done, "rows", 0, "Rows that were looked at."),
                      OUT_COLUMN(certified, "robust", 0, "Rows that are proved robust."),
                      OUT_COLUMN(attacked, "attacked", 0, "Rows with an admissible input of another prediction."),
                      OUT_COLUMN(nodes, "nodes", 0, "Nodes of all trees.")};
  }
};
static_assert(sizeof(Progress) + sizeFromFields<CertifyNetworkProgress>() == sizeof(CertifyNetworkProgress));

struct CertifyNetworkSolution {
  using Progress = CertifyNetworkProgress;

  std::vector<CertifiedRow> rows;
  int unknown = 0;
  Certificate certificate;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"certifyNetwork"},
            .kinds = {bounded, global},
            .gapScale = "1",
            .remark =
                "The objective is the share of rows that are not proved robust, the bound that of rows with an "
                "attack, the gap that of unknown rows. Bounds are computed in floating point and lowered by "
                "1e-9 (1 + |bound|)."};
  }

  static constexpr auto fields() {
    using Self = CertifyNetworkSolution;
    return FieldTuple{OUT(rows, "What is known of each row."),
                      OUT(unknown, "Rows that are neither proved robust nor attacked."),
                      OUT(certificate, "What is known of the share of robust rows.")};
  }
};

}  // namespace nonconvex
