#pragma once

#include "binding/js.hpp"

namespace nonconvex {

/// reluPredict(network, x): the raw outputs of a two-layer network, a row for each row of x.
///
///   relu:   f(x) = sum_j (x . u_j + b_j)_+ a_j             x divided by inputScale first
///   gated:  f(x) = sum_j 1[(x, 1) . g_j >= 0] (x . u_j + b_j) a_j
Napi::Value reluPredict(Napi::Env env, const Reader& network, const Reader& arguments);

}  // namespace nonconvex
