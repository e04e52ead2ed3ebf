// Where a method for nonlinear programs begins.
#pragma once

#include <memory>
#include <vector>

#include "problems/nlp.hpp"

namespace nonconvex {

class KktDevice;

/// A nonlinear program with the point at which a method begins.
struct NlpStart {
  NlpSource nlp;
  std::vector<double> start;               ///< n
  std::vector<double> multipliers = {};    ///< m; empty: least squares
  std::vector<double> fallbackStart = {};  ///< in place of the start where f is huge there; empty: none
  KktDevice* device = nullptr;             ///< keeps the Hessian of the program; null: the host
};

/// How often a method asked for what.
struct EvaluationCounts {
  int objective = 0;
  int gradient = 0;
  int constraints = 0;
  int jacobian = 0;
  int hessian = 0;
};

}  // namespace nonconvex
