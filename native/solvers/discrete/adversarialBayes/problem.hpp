// The rows of `adversarialBayes`, its settings and its result.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "core/numbers.hpp"
#include "data/matrix_input.hpp"

namespace nonconvex {

/// The norm in which rows may be moved.
enum class AttackNorm { inf, two };
constexpr auto names(AttackNorm) { return std::array{"inf"sv, "two"sv}; }

struct AdversarialBayesSettings : Limits {
  int order = 3;

  AdversarialBayesSettings() {
    tolerance = 1e-9;
    maxIterations = 2147483647;
  }

  static constexpr auto fields() {
    using Self = AdversarialBayesSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{FIELD(order, between(2, 8),
                         "The most rows, of different classes, whose common point is looked for: with fewer than "
                         "there are classes the error is a bound of the least one.",
                         "there are more than three classes (larger), or pairs are enough (2).")});
  }
};
static_assert(sizeFromFields<AdversarialBayesSettings>() == sizeof(AdversarialBayesSettings));

struct AdversarialBayesProblem {
  MatrixInput x;
  std::vector<int> y;
  int classes = 1;
  std::vector<double> sampleWeight;
  AttackNorm norm = AttackNorm::inf;
  std::vector<double> radius;

  static constexpr auto fields() {
    using Self = AdversarialBayesProblem;
    return FieldTuple{IN(x, matrix("n", "d"), "Rows."),
                      IN(classes, count("K"), "Number of classes."),
                      IN(y, indices("n").below("K"), "The class of each row, from 0."),
                      IN_OPTIONAL(sampleWeight, vector("n").atLeast(0), "The weight of each row. Default: 1."),
                      IN(norm, choice(), "The norm of what an attack adds to a row."),
                      IN(radius, vector().atLeast(0), "The most that it adds, one number or several that rise.")};
  }
};

/// Rows that an attack moves to one point, and how often.
struct AttackedRows {
  std::vector<int> rows;
  double weight = 0;

  static constexpr auto fields() {
    using Self = AttackedRows;
    return FieldTuple{OUT(rows, "Rows of different classes that can be moved to one point."),
                      OUT(weight, "The weight of each of these rows that is moved there.")};
  }
};

struct RobustErrorAtRadius {
  double radius = 0;
  double robustError = unknown;
  double bound = 0;
  double conflicts = 0;

  static constexpr auto fields() {
    using Self = RobustErrorAtRadius;
    return FieldTuple{OUT(radius, "The radius."), OUT(robustError, "As that of the result, at this radius."),
                      OUT(bound, "As that of the result, at this radius."),
                      OUT(conflicts, "Pairs of rows of different classes whose balls meet.")};
  }
};

struct AdversarialBayesProgress : Progress {
  double radius = unknown;
  double sets = unknown;

  static constexpr auto fields() {
    using Self = AdversarialBayesProgress;
    return FieldTuple{OUT_COLUMN(radius, "radius", 4, "The radius that is looked at."),
                      OUT_COLUMN(sets, "sets", 0, "Sets of rows in the linear program.")};
  }
};
static_assert(sizeof(Progress) + sizeFromFields<AdversarialBayesProgress>() == sizeof(AdversarialBayesProgress));

struct AdversarialBayesSolution {
  using Progress = AdversarialBayesProgress;

  double robustError = unknown;
  double bound = 0;
  double conflicts = 0;
  std::vector<double> rows;
  std::vector<AttackedRows> attack;
  std::vector<RobustErrorAtRadius> curve;
  Certificate certificate;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"adversarialBayes"},
            .kinds = {bounded, global},
            .over = {{"smallSets",
                      "errors that sets of at most `order` rows with a common point force: all classifiers have at "
                      "least the least of these"}},
            .gapScale = "1",
            .remark =
                "The attack proves the bound: rows that it moves to one point cannot all be predicted right. It is "
                "about the rows that were given, not about the population that they come from."};
  }

  static constexpr auto fields() {
    using Self = AdversarialBayesSolution;
    return FieldTuple{
        OUT(robustError, "The least weight of rows that a classifier predicts wrong under attack, as a share."),
        OUT(bound, "No classifier has a smaller share: what the attack forces."),
        OUT(conflicts, "Pairs of rows of different classes whose balls meet, at the largest radius."),
        OUT(rows, "n numbers: the probability at which the best classifier predicts each row right under attack."),
        OUT(attack, "The best attack: rows that are moved to one point, which proves the bound."),
        OUT(curve, "The least error at each radius."),
        OUT(certificate, "The bound and its gap at the largest radius.")};
  }
};

}  // namespace nonconvex
