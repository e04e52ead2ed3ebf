#include "expressions/shared_program.hpp"

#include <utility>

namespace nonconvex {
namespace {

/// Looks at an abort, where others make what a solve waits for.
auto givesUp(const Cpu& la) {
  return [&la] {
    la.abortPoint();
    return false;
  };
}

}  // namespace

std::size_t bytesOf(const Graph& graph) {
  // A number of the graph stands in the evaluator with some derivatives and integers beside it.
  constexpr std::size_t perNumber = 64;
  std::size_t numbers = 0;
  for (const Graph::Node& node : graph.nodes()) {
    numbers += static_cast<std::size_t>(node.size);
    if (node.op == Op::matvec) numbers += graph.matrixOf(node)->values.size() / 4;
  }
  return perNumber * numbers;
}

SharedProgram::SharedProgram(Graph graph)
    : variables_(graph.variableCount()), parameters_(graph.parameterValues().size()), bytes_(bytesOf(graph)) {
  make_ = [made = std::make_shared<const Graph>(std::move(graph))](const Cpu&) { return made; };
}

const Graph& SharedProgram::graph(const Cpu& la) const {
  return *graph_.get([&] { return make_(la); }, givesUp(la));
}

std::unique_ptr<Program> SharedProgram::take(const Cpu& la) {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Program> program = std::move(idle_.back());
      idle_.pop_back();
      return program;
    }
  }
  const auto compile = [&] { return std::make_shared<const CompiledModel>(graph(la), la); };
  return std::make_unique<Program>(compiled_.get(compile, givesUp(la)), &graph(la));
}

void SharedProgram::giveBack(std::unique_ptr<Program> program) {
  program->leave();
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(program));
}

std::unique_ptr<Program, GiveBack> borrow(const std::shared_ptr<SharedProgram>& shared,
                                          std::span<const double> parameters, const Cpu& la) {
  std::unique_ptr<Program, GiveBack> program(shared->take(la).release(), GiveBack{shared});
  if (!parameters.empty()) program->setParameters(parameters);
  return program;
}

}  // namespace nonconvex
