// A path of sparse regressions: one step fits some lambdas.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// minimise sum_i w_i loss(o_i + b_0 + x_i^T b, y_i) / sum_i w_i + sum_j P(b_j; lambda f_j) along falling lambdas.
class PathSolver {
 public:
  static constexpr bool decidesSolved = true;

  PathSolver(const Cpu& la, const SparseProblem& problem, const SparseSettings& settings);
  ~PathSolver();

  std::optional<Status> start();
  std::optional<Status> step();
  SparseProgress progress() const;
  SparseSolution solution() const;
  std::string explain(Status status) const;

 private:
  struct Tuning;
  void chooseLambdas();
  /// Models of the path, and of those that lead to it.
  std::size_t count() const { return problem_.sizes.empty() ? lambdas_.size() : problem_.sizes.size(); }
  bool endsAt(const PathModel& model);
  std::optional<Status> fitNext();
  std::optional<Status> endForMemory(std::string reason);
  std::optional<Status> finish();
  std::string explainStall() const;
  std::string explainLeftOut() const;
  std::string explainCap() const;

  const Cpu& la_;
  const SparseProblem& problem_;
  SparseSettings settings_;
  SparseData data_;
  std::unique_ptr<PathEngine> engine_;
  std::vector<double> lambdas_;
  double lambdaStep_ = unknown;  ///< from one to the next, where they are made from the data
  std::size_t next_ = 0;         ///< of lambdas_
  std::size_t unasked_ = 0;      ///< of the first lambdas_, which only lead to those that are asked for
  std::vector<PathModel> models_, waiting_;
  PathEnd end_ = PathEnd::interrupted;
  std::string lacking_;  ///< what there was no memory for
};

/// What a path that is aborted before its data are read is taken for: one without models.
struct PathUnbuilt {
  PathUnbuilt(const SparseProblem&, const SparseSettings&) {}
  std::optional<Status> start() { return std::nullopt; }
  std::optional<Status> step() { return Status::stalled; }
  SparseProgress progress() const { return {}; }
  SparseSolution solution() const {
    SparseSolution none;
    none.offsets.push_back(0);
    return none;
  }
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class SparseSolver : public PathSolver {
 public:
  using Unbuilt = PathUnbuilt;
  using PathSolver::PathSolver;
};

}  // namespace nonconvex
