// Problems with bounds from formulas, for tests of the phases of interior-point methods.
#pragma once

#include <limits>
#include <memory>
#include <utility>

#include "function_nlp.hpp"
#include "methods/interior_point/barrier_state.hpp"

namespace nonconvex {

inline constexpr double noSide = std::numeric_limits<double>::infinity();

/// A problem with bounds, its system, and the state at the start.
struct BarrierInstance {
  Cpu la;
  BarrierNlp nlp;
  BarrierKkt kkt;
  BarrierState state;
  bool begun;

  BarrierInstance(NlpFormulas formulas, Values start, GivenBounds bounds, double push = 1e-2)
      : nlp(la,
            {.nlp = std::make_shared<FunctionNlp>(std::move(formulas)),
             .start = std::move(start),
             .bounds = std::move(bounds)},
            {}),
        kkt(la, nlp),
        state(nlp, kkt),
        begun(nlp.begin(state.point, push)) {}

  double x(int j) const { return state.point.v[at(j)]; }
};

}  // namespace nonconvex
