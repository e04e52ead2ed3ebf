#include "expressions/shared_program.hpp"

#include <utility>

namespace nonconvex {

std::size_t SharedProgram::bytes() const {
  // A number of the graph stands in the evaluator with some derivatives and integers beside it.
  constexpr std::size_t perNumber = 64;
  std::size_t numbers = 0;
  for (const Graph::Node& node : graph().nodes()) {
    numbers += static_cast<std::size_t>(node.size);
    if (node.op == Op::matvec) numbers += graph().matrixOf(node)->values.size() / 4;
  }
  return perNumber * numbers;
}

std::unique_ptr<Program> SharedProgram::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Program> program = std::move(idle_.back());
      idle_.pop_back();
      return program;
    }
  }
  std::call_once(isCompiled_, [&] { compiled_ = std::make_shared<const CompiledModel>(graph()); });
  return std::make_unique<Program>(compiled_);
}

void SharedProgram::giveBack(std::unique_ptr<Program> program) {
  program->leave();
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(program));
}

std::unique_ptr<Program, GiveBack> borrow(const std::shared_ptr<SharedProgram>& shared,
                                          std::span<const double> parameters) {
  std::unique_ptr<Program, GiveBack> program(shared->take().release(), GiveBack{shared});
  if (!parameters.empty()) program->setParameters(parameters);
  return program;
}

}  // namespace nonconvex
