#pragma once

#include <cstdint>
#include <limits>

#include "core/fields.hpp"

namespace nonconvex {

/// The limits that every solver's settings begin with.
struct Limits {
  int maxIterations = 1000;
  double tolerance = 1e-6;
  double timeLimit = std::numeric_limits<double>::infinity();
  int checkInterval = 1;
  int threads = 0;
  std::uint64_t seed = 0;

  static constexpr auto fields() {
    using Self = Limits;
    return FieldTuple{
        FIELD(maxIterations, between(0, 2147483647),
              "Most iterations before the solve ends with status `iterationLimit`.",
              "a solve ends with `iterationLimit` and its progress had not stopped."),
        FIELD(tolerance, between(0, 1), "Relative accuracy at which the solve ends with status `solved`.",
              "the answer is not accurate enough, or a rough one is enough and time counts."),
        FIELD(timeLimit, atLeast(0), "Seconds after which the solve ends with status `timeLimit`.",
              "an answer has to be there by then, accurate or not."),
        FIELD(checkInterval, between(1, 1000000),
              "Iterations between two checks of progress, limits and the abort signal.",
              "reports or aborts come too late (smaller), or solves are so short that checks take much of their time "
              "(larger)."),
        FIELD(threads, between(0, 1024),
              "Most threads that this solve may use; 0 means all of the pool. Results do not depend on it.",
              "other work needs the processors at the same time."),
        FIELD(seed, between(0, 9007199254740991.0), "Integer seed of everything random in the solve.",
              "the random choices are to be others, for example to see how much the answer depends on them.")};
  }
};

/// A limit for solvers whose cost is that of evaluating functions, and that count them in Progress::evaluations. Their
/// settings derive from Limits and from this; solvers of another cost do not offer it.
struct EvaluationLimits {
  double maxEvaluations = std::numeric_limits<double>::infinity();

  static constexpr auto fields() {
    using Self = EvaluationLimits;
    return FieldTuple{FIELD(maxEvaluations, atLeast(0),
                            "Evaluations of the objective after which the solve ends with status `evaluationLimit`. "
                            "Those of an iteration that has begun are completed.",
                            "evaluations are expensive and only some can be paid for.")};
  }
};

}  // namespace nonconvex
