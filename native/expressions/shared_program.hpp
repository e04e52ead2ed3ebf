// A model that many solves share, each with an evaluator of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "expressions/program.hpp"

namespace nonconvex {

/// Compiles its graph when the first evaluator is needed. Threads may share it.
class SharedProgram {
 public:
  explicit SharedProgram(Graph graph) : graph_(std::move(graph)) {}

  const Graph& graph() const { return graph_; }
  /// About what the graph and one evaluator take.
  std::size_t bytes() const;

  std::unique_ptr<Program> take();
  void giveBack(std::unique_ptr<Program> program);

 private:
  Graph graph_;
  std::once_flag isCompiled_;
  std::shared_ptr<const CompiledModel> compiled_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Program>> idle_;  // guarded by mutex_
};

/// Returns an evaluator to the shared program that it was taken from.
struct GiveBack {
  std::shared_ptr<SharedProgram> owner;
  void operator()(Program* program) const { owner->giveBack(std::unique_ptr<Program>(program)); }
};

/// An evaluator for one solve, with these values of all parameters; with none, the graph's own. Compiles the model if
/// nobody has.
std::unique_ptr<Program, GiveBack> borrow(const std::shared_ptr<SharedProgram>& shared,
                                          std::span<const double> parameters = {});

}  // namespace nonconvex
