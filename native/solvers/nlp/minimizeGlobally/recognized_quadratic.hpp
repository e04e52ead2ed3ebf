// Lifted programs that are quadratic programs in a finite box.
#pragma once

#include <string>

#include "expressions/lifted/lifted_program.hpp"
#include "linalg/cpu.hpp"
#include "methods/low_rank_sdp/box_quadratic.hpp"

namespace nonconvex {

/// A quadratic program whose least value is that of a model, or why there is none.
struct RecognizedQuadratic {
  struct Tuning {
    static constexpr int mostVariables = 4096;  ///< safeguard: products have numbers below 2^31, and Q memory
  };

  BoxQuadratic problem;
  std::string refused;  ///< what the model has that a quadratic program in a finite box has not; empty: nothing

  /// Reads a program. Products of sums are multiplied out; `error` of the problem covers what rounding makes of it.
  static RecognizedQuadratic of(const Cpu& la, const LiftedProgram& program);
};

}  // namespace nonconvex
