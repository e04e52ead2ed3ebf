// Problem families with kernels of their own.
#pragma once

#include "binding/js.hpp"

namespace nonconvex {

/// compileRegression({ loss, x, y, weights, offset, ridge, constraints }) -> a handle. `x` is a matrix, whose numbers
/// come again as `data` with each request where it is dense; `constraints` is what compileModel gives.
Napi::Value compileRegression(Napi::Env env, const Reader& in);

/// compileQuadratic({ Q, linear, A, right }) -> a handle; of Q, symmetric, the upper triangle is read, A may be left
/// out.
Napi::Value compileQuadratic(Napi::Env env, const Reader& in);

/// compileControl({ side, target, weight, source }) -> a handle; native/problems/quadratic_nlp.hpp says of what.
Napi::Value compileControl(Napi::Env env, const Reader& in);

}  // namespace nonconvex
