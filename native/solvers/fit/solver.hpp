// Nonlinear least squares from one start or several.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "methods/least_squares/levenberg_marquardt.hpp"
#include "methods/least_squares/variable_projection.hpp"
#include "problems/constraint_residuals.hpp"
#include "solvers/fit/problem.hpp"

namespace nonconvex {

/// The answer for a problem that is aborted before it is opened: its start, of which nothing is known.
class FitUnbuilt {
 public:
  static bool pays(const FitProblem& problem) { return problem.large; }

  /// `problem` must outlive this.
  FitUnbuilt(const FitProblem& problem, const FitSettings&) : problem_(problem) {}

  static constexpr bool decidesSolved = true;

  std::optional<Status> start() { return std::nullopt; }
  std::optional<Status> step() { return Status::stalled; }
  Progress progress() const { return {}; }
  FitSolution solution() const {
    FitSolution s;
    s.x = problem_.start;
    return s;
  }

 private:
  const FitProblem& problem_;
};

/// Runs of LevenbergMarquardt, each first in the parameters that enter nonlinearly, where others enter affinely, then
/// in all of them. The first run is from the given start, the others are from a Latin hypercube between the bounds; the
/// lowest end is the answer.
class FitSolver {
 public:
  using Unbuilt = FitUnbuilt;

  /// Opens the problem and evaluates it at the start. `la` must outlive this.
  FitSolver(const Cpu& la, const FitProblem& problem, const FitSettings& settings);
  ~FitSolver();

  static constexpr bool decidesSolved = true;

  std::optional<Status> start();
  std::optional<Status> step();
  Progress progress() const;
  FitSolution solution() const;
  std::string explain(Status status) const;

 private:
  struct Tuning {
    int projectedSteps = 30;       ///< measured: steps in the nonlinear parameters alone
    double projectedShare = 1e-4;  ///< measured: predicted share of the objective from which all parameters follow
    double projectedRadius = 1;    ///< measured: first radius there, times |D x|
    double same = 1e-6;            ///< measured: relative difference of objectives that are the same end
  };

  /// The lowest point of all runs.
  struct Best {
    Vector x, r;
    double objective = infinity, residual = infinity;
    Status status = Status::numericalError;
    bool saddle = false;
  };

  bool defined() const { return best_.objective < infinity; }
  void record(double rounding = 0);
  LeastSquaresSettings settingsOf(double firstRadius) const;
  std::vector<int> affineParameters();
  void draw();
  bool beginRun();
  bool beginWhole(In x);
  std::optional<Status> stepProjected();
  std::optional<Status> endRun(Status status);
  Status finish();

  const Cpu& la_;
  const FitSettings settings_;
  const Tuning tuning_ = {};
  std::shared_ptr<Nlp> nlp_;
  ConstraintResiduals residuals_;
  Vector lower_, upper_;
  std::unique_ptr<ProjectedResiduals> projected_;  ///< null: no parameter is affine
  std::unique_ptr<LevenbergMarquardt> reduced_;    ///< the method of the projected residuals
  LevenbergMarquardt method_;
  HostMatrix<double> hypercube_;  ///< a column for each start but the first one
  Vector start_;                  ///< the start of the run
  Best best_;
  FitSolution statistics_;  ///< what derivatives at the answer tell, once the last run has ended
  Vector ends_;             ///< objectives of the runs that are solved
  bool inProjection_ = false;
  int projectedSteps_ = 0, run_ = 0;
};

}  // namespace nonconvex
