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

/// Reads, from a request, the problem of its handle: what the request brings is checked at once, the rest is made by
/// the thread that solves.
using NlpMaker = std::function<NlpSource(const Reader& request)>;
/// A handle, the `program` of requests to come, of about so many bytes.
Napi::Object makeHandle(Napi::Env env, NlpMaker make, std::size_t bytes);
/// The member of that name, which compileModel has made.
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
NlpSource readNlp(const Reader& problem);

}  // namespace nonconvex
