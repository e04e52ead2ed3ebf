// The covariance of parameters at a minimum of least squares.
#pragma once

#include "methods/least_squares/levenberg_marquardt.hpp"
#include "solvers/fit/problem.hpp"

namespace nonconvex {

/// Adds to a solution what the derivatives at the method's point tell: its covariance, the parameters that the data do
/// not determine, those at bounds.
void addStatistics(LevenbergMarquardt& method, const FitSettings& settings, FitSolution& solution);

}  // namespace nonconvex
