// The data of `riskScore`, its settings and its result.
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

/// What a point is worth in log-odds.
enum class ScoreScale { free, one };
constexpr auto names(ScoreScale) { return std::array{"free"sv, "one"sv}; }

struct RiskScoreSettings : Limits {
  RiskScoreSettings() {
    tolerance = 1e-8;
    maxIterations = 2147483647;
  }

  int maxSize = 5;
  ScoreScale scaling = ScoreScale::free;
  double maxScale = 3;
  double price = 0;
  int poolSize = 1;
  double poolWithin = 0.01;
  double maxNodes = infinity;

  static constexpr auto fields() {
    using Self = RiskScoreSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(maxSize, between(1, 1000), "Most features of the card.",
                  "the card is to be shorter, or may be longer."),
            FIELD(scaling, anyValue(),
                  "What a point is worth in log-odds: `free`, a number that is chosen with the points, beside a real "
                  "intercept; or `one`, which is 1, beside an integer intercept.",
                  "risks are to be read off a total without a table (`one`)."),
            FIELD(maxScale, positive(), "Largest log-odds that a point is worth where the scale is free.",
                  "the result says `scaleAtBound`."),
            FIELD(price, atLeast(0), "What each feature of the card adds to the objective.",
                  "a feature has to be worth its place."),
            FIELD(poolSize, between(1, 100000), "Most cards in the pool, the best one included.",
                  "other good cards are wanted, too."),
            FIELD(poolWithin, between(0, 10), "How much worse cards of the pool are at most, relative to the best one.",
                  "the pool is too small, or takes too long."),
            FIELD(maxNodes, atLeast(1),
                  "Most parts of the search that are looked at before the solve ends with `iterationLimit`.",
                  "the answer so far is enough after so much work.")});
  }
};
static_assert(sizeFromFields<RiskScoreSettings>() == sizeof(RiskScoreSettings));

struct RiskScoreProblem {
  MatrixInput x;
  std::vector<double> y;
  std::vector<double> sampleWeight;
  std::vector<double> points;
  std::vector<double> lower, upper;
  std::vector<std::int32_t> required;
  std::vector<std::int32_t> groups;
  std::vector<double> groupSizes;
  std::vector<double> start;

  static constexpr auto fields() {
    using Self = RiskScoreProblem;
    return FieldTuple{IN(x, matrix("n", "p"), "Rows of features."),
                      IN(y, vector("n"), "Classes of the rows, -1 or 1."),
                      IN_OPTIONAL(sampleWeight, vector("n").atLeast(0), "A weight for each row. Default: 1."),
                      IN_OPTIONAL(points, vector(), "Integers that points may be, beside 0. Default: -5 to 5."),
                      IN_OPTIONAL(lower, vector("p").orInfinite(), "Least points of each feature."),
                      IN_OPTIONAL(upper, vector("p").orInfinite(), "Most points of each feature."),
                      IN_OPTIONAL(required, indices().below("p").distinct(), "Features that the card has to have."),
                      IN_OPTIONAL(groups, indices("p"), "The group of each feature, from 1; 0: none."),
                      IN_OPTIONAL(groupSizes, vector().atLeast(0), "Most features of each group."),
                      IN_OPTIONAL(start, vector("p"), "Points of a card to begin at, if it is admissible.")};
  }
};

struct RiskScoreProgress : Progress {
  double nodes = unknown;
  double open = unknown;
  double supports = unknown;

  static constexpr auto fields() {
    using Self = RiskScoreProgress;
    return FieldTuple{OUT_COLUMN(nodes, "nodes", 0, "Parts of the search that were looked at."),
                      OUT_COLUMN(open, "open", 0, "Parts that wait."),
                      OUT_COLUMN(supports, "supports", 0, "Sets of features that were looked at one by one.")};
  }
};

/// The rows of one total.
struct ScoreTotal {
  double total = 0;
  double risk = 0;
  double rows = 0;
  double positives = 0;

  static constexpr auto fields() {
    using Self = ScoreTotal;
    return FieldTuple{
        OUT(total, "The total of a row's points."), OUT(risk, "The probability of the event by the card."),
        OUT(rows, "Rows of this total, or the sum of their weights."), OUT(positives, "Those of them with the event.")};
  }
};
static_assert(sizeFromFields<ScoreTotal>() == sizeof(ScoreTotal));

/// A card of the pool.
struct PooledCard {
  double objective = unknown;
  double intercept = 0;
  double scale = 1;
  std::vector<int> points;

  static constexpr auto fields() {
    using Self = PooledCard;
    return FieldTuple{OUT(objective, "Its objective."), OUT(intercept, "Its intercept, in log-odds."),
                      OUT(scale, "What its points are worth in log-odds."), OUT(points, "p numbers: its points.")};
  }
};
static_assert(sizeFromFields<PooledCard>() == sizeof(PooledCard));

struct RiskScoreSolution {
  using Progress = RiskScoreProgress;

  std::vector<int> points;
  double intercept = 0;
  double scale = 1;
  bool scaleAtBound = false;
  std::vector<ScoreTotal> table;
  double auc = unknown;
  double calibrationError = unknown;
  double nodes = 0;
  double supports = 0;
  std::vector<PooledCard> pool;
  double poolComplete = unknown;
  std::vector<int> sameAs;
  Certificate certificate;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"riskScore"},
            .kinds = {bounded, global},
            .over = {{"distinctColumns", "cards without the columns in `leftOut`"}},
            .gapScale = "1: objectives are mean losses of rows",
            .remark = "Bounds are computed in floating point; each is lowered by 1e-9 before a part is closed."};
  }

  static constexpr auto fields() {
    using Self = RiskScoreSolution;
    return FieldTuple{
        OUT(points, "p numbers: the points of each feature, 0 of one that is not in the card."),
        OUT(intercept, "The log-odds of a row whose total is 0."),
        OUT(scale, "What a point is worth in log-odds."),
        OUT(scaleAtBound, "True if the scale stands at `maxScale`: a larger one would have a smaller objective."),
        OUT(table, "Risk by the total of points, the smallest first."),
        OUT_IF_KNOWN(auc, "The area under the curve of the totals, on these rows."),
        OUT_IF_KNOWN(calibrationError,
                     "The mean over rows of how far the risk is from the share of events among rows of that total."),
        OUT(nodes, "Parts of the search that were looked at."),
        OUT(supports, "Sets of features that were looked at one by one."),
        OUT(pool, "The best cards, the best first, where `poolSize` asks for several."),
        OUT_IF_KNOWN(poolComplete, "All cards whose objective is below this number are in the pool."),
        OUT(sameAs,
            "p numbers: the column that stands for each in the search, which is itself, one that is equal or 1 less "
            "it, or -1 where the column is constant."),
        OUT(certificate, "The lower bound and its gap.")};
  }
};
static_assert(sizeFromFields<RiskScoreSolution>() == sizeof(RiskScoreSolution));

}  // namespace nonconvex
