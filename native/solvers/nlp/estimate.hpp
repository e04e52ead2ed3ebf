// Minima of estimates of an objective that takes long, where constraints are cheap: section 1.8 of docs/nlp.md.
#pragma once

#include "linalg/cpu.hpp"
#include "methods/nlp/scaled_nlp.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

struct EstimateMinimum {
  Vector x;            ///< empty where there is none
  Vector multipliers;  ///< of the problem without scaling
  int sampledSteps = 0;
  NlpSolution::Time time;
};

/// Of an estimate from a sample of the data, from `point` on, as far as it is known to be right; where it has such an
/// estimate itself, that first.
EstimateMinimum minimizeSample(const Cpu& la, ScaledNlp& model, const NlpPoint& point, const NlpSettings& settings);

/// Whether evaluations of f take so long beside factorisations that its quadratic model had better be minimised under
/// the constraints as they are, and they are not linear.
bool modelPays(const ScaledNlp& model);
/// Of that model at `point`, H the Hessian of f, scaled.
EstimateMinimum minimizeModel(const Cpu& la, ScaledNlp& model, const NlpPoint& point, std::span<const double> H,
                              const NlpSettings& settings);

}  // namespace nonconvex
