// What `minimizeGlobally` searches.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "expressions/lifted/lifted_program.hpp"
#include "expressions/program.hpp"

namespace nonconvex {

/// A lifted program and the model that it is of.
struct GlobalModel {
  LiftedProgram lifted;
  std::vector<Interval> constraints;               ///< sides of the model's constraints
  std::function<std::shared_ptr<Program>()> open;  ///< an evaluator of the model
};

}  // namespace nonconvex
