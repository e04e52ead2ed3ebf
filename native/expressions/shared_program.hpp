// A model that many solves share, each with an evaluator of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/lazy_shared.hpp"
#include "expressions/program.hpp"

namespace nonconvex {

/// Reads and compiles its graph when the first evaluator is needed. Threads may share it.
class SharedProgram {
 public:
  /// Makes the graph; throws Interrupted where the solve that is given is aborted meanwhile.
  using Make = std::function<std::shared_ptr<const Graph>(const Cpu&)>;

  explicit SharedProgram(Graph graph);
  /// A graph that is made later; with an evaluator it takes about `bytes` bytes.
  SharedProgram(Make make, int variables, std::size_t parameters, std::size_t bytes)
      : make_(std::move(make)), variables_(variables), parameters_(parameters), bytes_(bytes) {}

  int variables() const { return variables_; }
  std::size_t parameters() const { return parameters_; }
  /// The graph, made on first use.
  const Graph& graph(const Cpu& la = Cpu()) const;
  /// About what the graph and one evaluator take.
  std::size_t bytes() const { return bytes_; }

  std::unique_ptr<Program> take(const Cpu& la = Cpu());
  void giveBack(std::unique_ptr<Program> program);

 private:
  Make make_;
  int variables_;
  std::size_t parameters_;
  std::size_t bytes_;
  mutable Once<Graph> graph_;
  Once<CompiledModel> compiled_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Program>> idle_;  // guarded by mutex_
};

/// About what a graph and one evaluator of it take.
std::size_t bytesOf(const Graph& graph);

/// Returns an evaluator to the shared program that it was taken from.
struct GiveBack {
  std::shared_ptr<SharedProgram> owner;
  void operator()(Program* program) const { owner->giveBack(std::unique_ptr<Program>(program)); }
};

/// An evaluator for one solve, with these values of all parameters; with none, the graph's own. Reads and compiles the
/// model on first use. Throws Interrupted where the solve that `la` belongs to is aborted meanwhile.
std::unique_ptr<Program, GiveBack> borrow(const std::shared_ptr<SharedProgram>& shared,
                                          std::span<const double> parameters = {}, const Cpu& la = Cpu());

}  // namespace nonconvex
