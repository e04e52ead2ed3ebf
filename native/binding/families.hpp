// Problem families with kernels of their own.
#pragma once

#include "binding/js.hpp"

namespace nonconvex {

/// compileRegression({ loss, x, y, weights, offset, ridge, constraints }) -> a handle. `x` is a matrix, whose numbers
/// come again as `data` with each request where it is dense; `constraints` is what compileModel gives.
Napi::Value compileRegression(Napi::Env env, const Reader& in);

}  // namespace nonconvex
