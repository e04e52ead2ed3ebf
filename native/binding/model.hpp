// Models between JavaScript and C++: handles of compiled ones, evaluations, .nl files.
#pragma once

#include <memory>

#include "binding/js.hpp"
#include "model/oracle.hpp"
#include "model/shared_program.hpp"

namespace nonconvex {

/// compile({ n, parameters, code, numbers, matrices, objective, constraints }) -> a handle. The graph is read and
/// checked; native/model/graph.hpp describes it.
Napi::Value compileModel(Napi::Env env, const Reader& model);

/// evaluate({ program, parameters, what, x, multipliers, sigma, vector }) -> what: 'objective', 'gradient', ...
Napi::Value evaluateModel(Napi::Env env, const Reader& request);

/// readNl(path) -> { promise } of { program, n, m, start, multipliers, maximise, places, fixedValues, variableNames,
/// constraintNames }
Napi::Value readNlFile(Napi::Env env, const std::string& path);

/// writeNl({ program, path, start, multipliers, variableNames, constraintNames }) -> { promise }
Napi::Value writeNlFile(Napi::Env env, const Reader& request);

/// The problem's `program` with its `parameters`, or its `callbacks`.
std::shared_ptr<Oracle> readOracle(const Reader& problem);

}  // namespace nonconvex
