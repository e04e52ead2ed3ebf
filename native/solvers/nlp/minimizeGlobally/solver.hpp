// Certified global minima of nonlinear programs.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "expressions/lifted/lifting.hpp"
#include "solvers/nlp/minimizeGlobally/global_method.hpp"
#include "solvers/nlp/minimizeGlobally/global_model.hpp"

namespace nonconvex {

/// The answer for a problem that is aborted before it is opened: its start, of which nothing is known.
class GlobalUnbuilt {
 public:
  /// Returns true for a problem whose lifting takes long.
  static bool pays(const MinimizeGloballyProblem& problem);

  /// `problem` must outlive this.
  GlobalUnbuilt(const MinimizeGloballyProblem& problem, const MinimizeGloballySettings&) : problem_(problem) {}

  static constexpr bool decidesSolved = true;

  std::optional<Status> start() { return std::nullopt; }
  std::optional<Status> step() { return Status::stalled; }
  GlobalProgress progress() const { return {}; }
  MinimizeGloballySolution solution() const;

 private:
  const MinimizeGloballyProblem& problem_;
};

/// minimise f(x) subject to lower <= x <= upper, lower <= c(x) <= upper, to a proved gap: spatial branch and bound
/// (E. M. B. Smith, C. C. Pantelides, Comput. Chem. Eng. 23, 1999) whose bounds hold in exact arithmetic (A. Neumaier,
/// O. Shcherbina, Math. Program. 99, 2004).
class MinimizeGloballySolver {
 public:
  using Unbuilt = GlobalUnbuilt;
  static constexpr bool decidesSolved = true;

  /// Opens the problem. `la` must outlive this. Throws a SolverError UNSUPPORTED for what no relaxation is known of.
  MinimizeGloballySolver(const Cpu& la, const MinimizeGloballyProblem& problem,
                         const MinimizeGloballySettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  GlobalProgress progress() const;
  MinimizeGloballySolution solution() const;
  std::string explain(Status status) const;

 private:
  struct Tuning {
    /// published: random starts of local solutions at the root (plan of the method, 5.5).
    static constexpr int starts = 3;
    static constexpr double near = 1e-6;  ///< rounding: how far from x the local minimum is that multipliers belong to
    static constexpr std::size_t mostTried = 200;  ///< safeguard: variables of programs of which both methods are tried
    static constexpr double triedAfter = 15;       ///< measured: boxes after which another method is tried
    static constexpr int large = 150;  ///< measured: columns from which another method is tried before the first box
    static constexpr double same = 1e-12;         ///< rounding: how far from x it is where x is as exact
    static constexpr double patience = 0.01;      ///< safeguard: seconds of a lifting that is always finished
    static constexpr double bytesOfColumn = 300;  ///< rounding: a column of a lifted program, its atom, their places
    static constexpr double bytesOfTerm = 50;     ///< rounding: a term of a row and of the form that it is made of
    static constexpr double far = 10;  ///< safeguard: starts are within this of 0 or of a bound, where there is none
  };

  std::optional<Status> ended(std::optional<Status> status) const;
  void takePoints(const MinimizeGloballyProblem& problem, std::size_t n);
  void lift(const MinimizeGloballyProblem& problem);
  LiftedBounds boundsOf(const MinimizeGloballyProblem& problem, std::size_t n, std::size_t m);
  bool triesSemidefinite(std::size_t constraints) const;
  LiftingWatch watchFor(std::size_t n, std::size_t m) const;
  std::unique_ptr<GlobalMethod> chosenMethod() const;
  std::optional<Status> tryOther();
  std::unique_ptr<GlobalMethod> following(std::span<const double> solution) const;
  bool closesByConvexity();
  bool isBelowCutoff() const;
  void conclude();
  void verify(std::span<const double> x, MinimizeGloballySolution& made) const;
  std::vector<std::vector<double>> starts() const;
  std::string withMore(std::string sentence) const;
  double gapScale(double objective) const;

  const Cpu& la_;
  const MinimizeGloballySettings settings_;
  std::vector<std::vector<double>> given_;  ///< the start, and further points
  GlobalModel model_;
  std::vector<int> assumed_;
  bool empty_ =
      false;  ///< no point is within the bounds: an integer variable has no integer, or the assumed bounds leave none
  bool follows_ = false;  ///< the search follows a known solution alone
  std::unique_ptr<GlobalMethod> method_;
  bool triesOther_ = false;     ///< another method may have a better bound of the root
  double nodesOfOther_ = 0;     ///< boxes that the method which was not chosen has looked at
  GlobalCounts countsOfOther_;  ///< its work
  LocalFacts facts_;            ///< what is known of the best point as a local minimum
  double lowerBound_ = -infinity;
};

}  // namespace nonconvex
