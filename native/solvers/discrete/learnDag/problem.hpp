// The data of `learnDag`, its settings and its result.
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

/// The score of a node and its parents.
enum class DagScore { bic, equalVariance, logistic };
constexpr auto names(DagScore) { return std::array{"bic"sv, "equalVariance"sv, "logistic"sv}; }

/// The search for a graph.
enum class DagMethod { automatic, exact, orderSearch, topo };
constexpr auto names(DagMethod) { return std::array{"auto"sv, "exact"sv, "orderSearch"sv, "topo"sv}; }

struct LearnDagSettings : Limits {
  LearnDagSettings() {
    tolerance = 1e-7;
    maxIterations = 2147483647;
  }

  DagScore score = DagScore::bic;
  double gamma = 1;
  double variance = solverChooses;
  DagMethod method = DagMethod::automatic;
  int maxParents = 1000;
  int restarts = 20;
  double threshold = 0;
  double memoryLimit = solverChooses;

  static constexpr auto fields() {
    using Self = LearnDagSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(score, anyValue(),
                  "The loss of a node beside its parents: `bic`, Gaussian errors of any variances; `equalVariance`, "
                  "Gaussian errors of one variance; `logistic`, the log loss of columns of 0 and 1.",
                  "errors are known to have one variance (`equalVariance`), or columns have two values (`logistic`)."),
            FIELD(
                gamma, between(0, 100),
                "The weight of log d beside (log n) / 2 in the price of an edge: 1 is that of the extended BIC, 0 that "
                "of the plain one.",
                "there are few columns and many rows (0), or too many edges are found (larger)."),
            FIELD(variance, positiveOr("the one with the least score, found with the graph"),
                  "The variance of the errors, of the score `equalVariance`.", "the variance is known."),
            FIELD(method, anyValue(),
                  "The search: `exact`, of all graphs; `orderSearch`, moves of one node in the order; `topo`, swaps of "
                  "two "
                  "nodes without a price for edges; `auto`, the first one up to 20 columns and where there is memory, "
                  "the "
                  "second one else.",
                  "a proof is worth more time and memory (`exact`), or none is needed (`orderSearch`)."),
            FIELD(maxParents, between(0, 1000), "Most parents of a node.", "nodes are known to have few parents."),
            FIELD(restarts, between(1, 1000000000), "Orders that `orderSearch` and `topo` begin at.",
                  "there is time for a better graph (larger)."),
            FIELD(threshold, atLeast(0),
                  "Edges with weights up to this size are left out at the end, and the others fitted again.",
                  "edges with small weights are of no interest, or `topo` is to have a sparse answer (0.3)."),
            FIELD(
                memoryLimit, positiveOr("what is available"),
                "Most bytes for tables of the search `exact`; where it is given, `auto` takes that search for as many "
                "columns as have room.",
                "other work needs the memory (smaller), or more than 20 columns are to have a proof.")});
  }
};
static_assert(sizeFromFields<LearnDagSettings>() == sizeof(LearnDagSettings));

struct LearnDagProblem {
  MatrixInput x;
  std::vector<std::int32_t> requiredFrom, requiredTo, forbiddenFrom, forbiddenTo;
  std::vector<double> tiers;
  std::vector<std::int32_t> start;

  static constexpr auto fields() {
    using Self = LearnDagProblem;
    return FieldTuple{
        IN(x, matrix("n", "d"), "Rows of numbers."),
        IN_OPTIONAL(requiredFrom, indices("r").below("d"), "Where edges that the graph has to have begin."),
        IN_OPTIONAL(requiredTo, indices("r").below("d"), "Where these edges end."),
        IN_OPTIONAL(forbiddenFrom, indices("f").below("d"), "Where edges that the graph must not have begin."),
        IN_OPTIONAL(forbiddenTo, indices("f").below("d"), "Where these edges end."),
        IN_OPTIONAL(tiers, vector("d"), "A number for each column: no edge leads to a column with a smaller one."),
        IN_OPTIONAL(start, indices("d").below("d"), "Columns in an order to begin at.")};
  }
};

struct LearnDagProgress : Progress {
  double starts = unknown;
  double done = unknown;

  static constexpr auto fields() {
    using Self = LearnDagProgress;
    return FieldTuple{OUT_COLUMN(starts, "starts", 0, "Orders that were improved to their end."),
                      OUT_COLUMN(done, "done", 2, "The share of the search of all graphs that is done.")};
  }
};

/// An edge with its weight.
struct DagEdge {
  int from = 0;
  int to = 0;
  double weight = 0;
  double gain = 0;

  static constexpr auto fields() {
    using Self = DagEdge;
    return FieldTuple{OUT(from, "The column that it begins at."), OUT(to, "The column that it ends at."),
                      OUT(weight, "The coefficient of the first column in the regression of the second one."),
                      OUT(gain, "How much larger the score is without this edge.")};
  }
};
static_assert(sizeFromFields<DagEdge>() == sizeof(DagEdge));

/// An edge of the pattern of a graph.
struct PatternEdge {
  int from = 0;
  int to = 0;
  bool directed = false;

  static constexpr auto fields() {
    using Self = PatternEdge;
    return FieldTuple{OUT(from, "One end."), OUT(to, "The other end."),
                      OUT(directed, "True if all graphs of the class have this edge in this direction.")};
  }
};
static_assert(sizeFromFields<PatternEdge>() == sizeof(PatternEdge));

struct LearnDagSolution {
  using Progress = LearnDagProgress;

  double score = unknown;
  double penalty = 0;
  double variance = unknown;
  std::vector<int> order;
  std::vector<DagEdge> edges;
  std::vector<double> intercepts;
  std::vector<PatternEdge> pattern;
  double varsortability = unknown;
  DagMethod method = DagMethod::automatic;
  Certificate certificate;

  static Claims claims() {
    using enum CertificateKind;
    return {
        .verbs = {"learnDag"},
        .kinds = {bounded, global},
        .gapScale = "1 + the size of the score",
        .remark =
            "Graphs that meet the conditions. `global` where all of them were searched; the bound is lowered by what "
            "rounding may have done. Of an order search the bound is that of each node with all others as parents."};
  }

  static constexpr auto fields() {
    using Self = LearnDagSolution;
    return FieldTuple{
        OUT_IF_KNOWN(score, "The score of the graph, which is the objective."),
        OUT(penalty, "What each edge adds to the score: (log n) / 2 + gamma log d, and 0 with `topo`."),
        OUT_IF_KNOWN(variance, "The variance of the errors, of the score `equalVariance`."),
        OUT(order, "d columns, each behind its parents."),
        OUT(edges, "The edges, by the column that they end at."),
        OUT(intercepts, "d numbers: the intercepts of the regressions on parents."),
        OUT(pattern, "The class of graphs that no data tell from this one: its CPDAG."),
        OUT_IF_KNOWN(varsortability,
                     "The share of directed paths, by length, whose end has a larger variance than their begin; ties "
                     "count half. Near 1 the variances alone tell the order."),
        OUT(method, "The search that was made."),
        OUT(certificate, "The lower bound and its gap.")};
  }
};
static_assert(sizeFromFields<LearnDagSolution>() == sizeof(LearnDagSolution));

}  // namespace nonconvex
