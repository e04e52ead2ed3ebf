// Two networks for `alignNetworks`, its settings and its result.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"

namespace nonconvex {

/// The numbers by which hidden units are compared.
enum class AlignBy { weights, activations };
constexpr auto names(AlignBy) { return std::array{"weights"sv, "activations"sv}; }

/// The loss of the outputs along the segment between the networks.
enum class SegmentLoss { none, softmax, logistic, squared };
constexpr auto names(SegmentLoss) { return std::array{"none"sv, "softmax"sv, "logistic"sv, "squared"sv}; }

struct AlignSettings : Limits {
  AlignSettings() {
    tolerance = 1e-9;
    maxIterations = 2147483647;
  }

  AlignBy by = AlignBy::weights;
  int starts = 5;
  bool balance = true;
  int points = 11;

  static constexpr auto fields() {
    using Self = AlignSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{FIELD(by, anyValue(),
                         "What units are compared by: their `weights`, or their `activations` on the rows of x.",
                         "networks have learnt from different data (`activations`)."),
                   FIELD(starts, between(1, 1000000),
                         "Starts of the search by weights where there are several hidden layers, the best of which "
                         "counts.",
                         "the best start is found once only (larger)."),
                   FIELD(balance, anyValue(),
                         "True: units are scaled first so that their incoming weights are as long as their outgoing "
                         "ones, which changes no output.",
                         "networks were regularised in another way, and their scales mean something."),
                   FIELD(points, between(2, 100000),
                         "Points of the segment between the networks where the loss is looked at, both ends included.",
                         "the barrier is to be seen in detail.")});
  }
};
static_assert(sizeFromFields<AlignSettings>() == sizeof(AlignSettings));

struct AlignProblem {
  std::vector<int> widths;
  std::vector<double> weightsA, biasesA;
  std::vector<double> weightsB, biasesB;
  std::vector<int> start;
  MatrixInput x;
  std::vector<double> y;
  SegmentLoss loss = SegmentLoss::none;

  static constexpr auto fields() {
    using Self = AlignProblem;
    return FieldTuple{IN(widths, indices(), "Inputs, units of each hidden layer, and outputs."),
                      IN(weightsA, vector(), "Weights of all layers of a, those of a unit one after the other."),
                      IN(biasesA, vector(), "Biases of all layers of a."),
                      IN(weightsB, vector(), "Weights of b."),
                      IN(biasesB, vector(), "Biases of b."),
                      IN_OPTIONAL(start, indices(), "Units of b in the order to begin at, layer after layer."),
                      IN_OPTIONAL(x, matrix("n", "p"), "Rows for activations and for the loss."),
                      IN_OPTIONAL(y, vector(), "Targets of the loss: classes from 0, -1 and 1, or numbers."),
                      IN_OPTIONAL(loss, choice(), "The loss along the segment.")};
  }
};

struct AlignProgress : Progress {
  double changes = unknown;

  static constexpr auto fields() {
    using Self = AlignProgress;
    return FieldTuple{OUT_COLUMN(changes, "changes", 0, "Layers whose units were given other partners.")};
  }
};

/// The loss at points of a segment.
struct SegmentLosses {
  std::vector<double> loss;
  std::vector<double> accuracy;
  double height = unknown;

  bool known() const { return !loss.empty(); }

  static constexpr auto fields() {
    using Self = SegmentLosses;
    return FieldTuple{OUT(loss, "The mean loss of the rows at each point."),
                      OUT_IF_KNOWN(accuracy, "The share of rows whose class is right at each point, of classes."),
                      OUT(height, "The most that the loss lies above the line between its values at the ends.")};
  }
};
static_assert(sizeFromFields<SegmentLosses>() == sizeof(SegmentLosses));

struct AlignSolution {
  using Progress = AlignProgress;

  std::vector<int> order;
  std::vector<double> factorsA, factorsB;
  SegmentLosses after, before;
  Certificate certificate;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"alignNetworks"},
            .kinds = {coordinateWise, bounded, global},
            .gapScale = "the squares of both networks' weights, or of activations",
            .remark =
                "Bounds are those of one hidden layer, and of activations, up to the rounding of products. "
                "`coordinateWise` of several: no other order of the units of one layer alone is better."};
  }

  static constexpr auto fields() {
    using Self = AlignSolution;
    return FieldTuple{
        OUT(order, "For each unit of a, layer after layer, the unit of b in its layer that takes its place."),
        OUT(factorsA, "Factors by which units of a were balanced, layer after layer."),
        OUT(factorsB, "Those of b."),
        OUT_IF_KNOWN(after, "Losses between a and the ordered b, where data are given."),
        OUT_IF_KNOWN(before, "Losses between a and b as they were."),
        OUT(certificate, "What is known of the order.")};
  }
};
static_assert(sizeFromFields<AlignSolution>() == sizeof(AlignSolution));

}  // namespace nonconvex
