// Lifted programs that are quadratic programs in a box.
#pragma once

#include <string>

#include "linalg/cpu.hpp"
#include "methods/low_rank_sdp/box_quadratic.hpp"
#include "solvers/nlp/minimizeGlobally/global_model.hpp"

namespace nonconvex {

/// A quadratic program whose least value is that of a model, or why there is none.
struct RecognizedQuadratic {
  BoxQuadratic problem;
  std::string refused;  ///< what the model has that a quadratic program in a box has not; empty: nothing

  /// Reads the model. Products of sums are multiplied out; `error` of the problem covers what rounding makes of it.
  static RecognizedQuadratic of(const Cpu& la, const GlobalModel& model);
};

}  // namespace nonconvex
