// The program of `minimizeGlobally`, its settings and its result.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "core/reduced_inertia.hpp"
#include "methods/nlp/start.hpp"

namespace nonconvex {

/// Which columns are tightened by linear programs.
enum class GlobalTightening { automatic, none, root, always };
constexpr auto names(GlobalTightening) { return std::array{"auto"sv, "none"sv, "root"sv, "always"sv}; }

/// What boxes are bounded by.
enum class GlobalRelaxation { automatic, linear, semidefinite };
constexpr auto names(GlobalRelaxation) { return std::array{"auto"sv, "linear"sv, "semidefinite"sv}; }

struct MinimizeGloballySettings : Limits {
  double absoluteGap = 1e-6;
  double maxNodes = infinity;
  double memoryLimit = 1e9;
  double cutoff = infinity;
  double assumeBounds = infinity;
  GlobalTightening tightening = GlobalTightening::automatic;
  GlobalRelaxation relaxation = GlobalRelaxation::automatic;
  bool verify = false;

  MinimizeGloballySettings() {
    tolerance = 1e-4;
    maxIterations = 2147483647;
  }

  static constexpr auto fields() {
    using Self = MinimizeGloballySettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(absoluteGap, atLeast(0),
                  "The solve also ends where objective - lowerBound is at most this, whatever the objective.",
                  "the objective is near 0, or in small units."),
            FIELD(maxNodes, atLeast(1), "Most boxes that are looked at before the solve ends with `iterationLimit`.",
                  "the answer so far is enough after so much work."),
            FIELD(memoryLimit, positive(), "Bytes for open boxes, above which the search goes depth first.",
                  "the process has less memory, or more."),
            FIELD(cutoff, atLeast(-1e15), "Only points with an objective below this number are looked for.",
                  "a point is known already, or worse ones are of no use."),
            FIELD(assumeBounds, atLeast(0),
                  "Stands in for infinite bounds: the answer is then about variables up to this size alone.",
                  "the model lacks bounds, and the lower bound stays at -infinity."),
            FIELD(tightening, anyValue(),
                  "When bounds of variables are tightened by linear programs: `none`, at the `root`, in each box "
                  "(`always`), or in those near the root (`auto`).",
                  forExperts),
            FIELD(relaxation, anyValue(),
                  "What boxes are bounded by: `linear` programs, which are for all functions, or `semidefinite` ones, "
                  "which are for quadratic programs in finite boxes. `auto` takes the better ones.",
                  forExperts),
            FIELD(verify, anyValue(),
                  "Whether it is proved, at the end, that an exactly admissible point lies near x, whose objective is "
                  "then bounded, too.",
                  "points that satisfy constraints to 1e-8 are not enough.")});
  }
};
static_assert(sizeFromFields<MinimizeGloballySettings>() == sizeof(MinimizeGloballySettings));

/// minimise f(x) subject to lower <= x <= upper, lower <= c(x) <= upper, some entries of x integers.
struct MinimizeGloballyProblem : NlpStart {
  std::vector<int> integers;
  std::vector<double> points;         ///< points to begin at beside the start, n numbers each
  std::vector<double> debugSolution;  ///< a solution that the search follows; empty: none
  bool large = false;                 ///< the problem takes long to open

  /// The start.
  const std::vector<double>& first() const { return start.empty() && feasibleStart ? feasibleStart->given() : start; }
};

struct GlobalProgress : Progress {
  double nodes = unknown;
  double open = unknown;
  Quantity upperBound = {};  ///< set where the objective is turned for the user

  /// Returns true if neither bound nor objective has moved since the report before.
  bool repeats(const GlobalProgress& before) const {
    const auto same = [](Quantity a, Quantity b) { return a.known() == b.known() && (!a.known() || a == b); };
    return same(objective, before.objective) && same(lowerBound, before.lowerBound);
  }

  static constexpr auto fields() {
    using Self = GlobalProgress;
    return FieldTuple{OUT_COLUMN(upperBound, "upper bound", 8, "No solution of a maximisation has a larger objective."),
                      OUT_COLUMN(nodes, "nodes", 0, "Boxes that were looked at."),
                      OUT_COLUMN(open, "open", 0, "Boxes that wait.")};
  }
};

struct GlobalCounts {
  double linearPrograms = 0;
  double pivots = 0;
  double localSolves = 0;
  double tightenings = 0;
  double curved = 0;

  void add(const GlobalCounts& more) {
    linearPrograms += more.linearPrograms;
    pivots += more.pivots;
    localSolves += more.localSolves;
    tightenings += more.tightenings;
    curved += more.curved;
  }

  static constexpr auto fields() {
    using Self = GlobalCounts;
    return FieldTuple{
        OUT(linearPrograms, "Linear relaxations that were solved, those for bounds of variables included."),
        OUT(pivots, "Pivots of the simplex method."), OUT(localSolves, "Local solutions that were begun."),
        OUT(tightenings, "Bounds of variables that were looked for by linear programs."),
        OUT(curved, "Boxes that second derivatives of the Lagrange function have closed.")};
  }
};
static_assert(sizeFromFields<GlobalCounts>() == sizeof(GlobalCounts));

/// Boxes of the variables that may have better points than the best one.
struct OpenBoxes {
  std::vector<double> lower, upper, bounds;

  bool known() const { return !bounds.empty(); }

  static constexpr auto fields() {
    using Self = OpenBoxes;
    return FieldTuple{OUT(lower, "Lower bounds, n numbers a box."), OUT(upper, "Upper bounds, n numbers a box."),
                      OUT(bounds, "No admissible point of a box has an objective below its number.")};
  }
};
static_assert(sizeFromFields<OpenBoxes>() == sizeof(OpenBoxes));

struct MinimizeGloballySolution {
  using Progress = GlobalProgress;

  std::vector<double> x;
  std::vector<double> constraintValues;
  std::vector<double> multipliers;
  std::vector<double> lowerMultipliers;
  std::vector<double> upperMultipliers;
  ReducedInertia inertia;
  bool polished = false;
  double feasibility = unknown;
  double nodes = 0;
  GlobalCounts counts;
  std::vector<int> boundsAssumed;
  bool verified = false;
  double verifiedRadius = unknown;
  double verifiedObjective = unknown;
  OpenBoxes openBoxes;
  Certificate certificate;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"minimizeGlobally"},
            .kinds = {bounded, global},
            .over = {{"assumedBounds", "points whose entries without a bound are at most `assumeBounds` in size"}},
            .gapScale = "the size of the objective, or absoluteGap / tolerance where that is larger",
            .remark = "Bounds hold in exact arithmetic: each is made by sums with outward rounding."};
  }

  static constexpr auto fields() {
    using Self = MinimizeGloballySolution;
    return FieldTuple{OUT(x, "n numbers: the best point."),
                      OUT(constraintValues, "m numbers c(x)."),
                      OUT(multipliers,
                          "m numbers lambda of L = f + lambda^T c, integers fixed; empty where x is no stationary "
                          "point, or the solve has ended early."),
                      OUT(lowerMultipliers, "n numbers >= 0, the multipliers of lower <= x; empty where others are."),
                      OUT(upperMultipliers, "n numbers >= 0, the multipliers of x <= upper; empty where others are."),
                      OUT_IF_KNOWN(inertia,
                                   "How many eigenvalues of the Hessian of L on the null space of the gradients of "
                                   "what is active are positive, negative and zero, integers fixed."),
                      OUT(polished, "True if x was refined by Newton steps on what is active."),
                      OUT_IF_KNOWN(feasibility, "Largest violation of bounds and constraints as given."),
                      OUT(nodes, "Boxes that were looked at."),
                      OUT(counts, "How much work was done."),
                      OUT(boundsAssumed, "Indices of variables whose infinite bounds `assumeBounds` has replaced."),
                      OUT(verified, "True if `verify` has proved that an exactly admissible point lies near x."),
                      OUT_IF_KNOWN(verifiedRadius, "How far that point is from x at most, in any entry."),
                      OUT_IF_KNOWN(verifiedObjective, "No worse objective has that point, in exact arithmetic."),
                      OUT_IF_KNOWN(openBoxes, "Boxes that are left where the search has ended early."),
                      OUT(certificate, "The lower bound and its gap.")};
  }
};
static_assert(sizeFromFields<MinimizeGloballySolution>() == sizeof(MinimizeGloballySolution));

}  // namespace nonconvex
