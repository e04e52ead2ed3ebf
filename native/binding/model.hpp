// Models between JavaScript and C++: handles of compiled ones, evaluations, .nl files.
#pragma once

#include <functional>
#include <memory>

#include "binding/js.hpp"
#include "expressions/shared_program.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

/// compile({ n, parameters, code, numbers, matrices, objective, constraints }) -> a handle. The graph is read and
/// checked; native/expressions/graph.hpp describes it.
Napi::Value compileModel(Napi::Env env, const Reader& model);

/// An evaluator for one solve, from the request that it comes with.
using NlpMaker = std::function<std::shared_ptr<Nlp>(const Reader& request)>;
/// The `program` of requests to come, of about so many bytes.
Napi::Object makeHandle(Napi::Env env, NlpMaker make, std::size_t bytes);
/// What compileModel has made, under that name.
std::shared_ptr<SharedProgram> compiledProgram(const Reader& in, const char* name);
ConstantMatrix readMatrix(const Reader& in);

/// evaluate({ program, parameters, what, x, multipliers, sigma, vector }) -> what: 'objective', 'gradient', ...;
/// 'feasiblePoint' is one near x, or x
Napi::Value evaluateModel(Napi::Env env, const Reader& request);

/// readNl(path) -> { promise } of { program, n, m, start, multipliers, maximise, places, fixedValues, variableNames,
/// constraintNames }
Napi::Value readNlFile(Napi::Env env, const std::string& path);

/// writeNl({ program, path, start, multipliers, variableNames, constraintNames }) -> { promise }
Napi::Value writeNlFile(Napi::Env env, const Reader& request);

/// The problem's `program` with its `parameters` or data, or its `callbacks`.
std::shared_ptr<Nlp> readNlp(const Reader& problem);

}  // namespace nonconvex
