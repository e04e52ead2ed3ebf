// Models between JavaScript and C++: handles of compiled ones, evaluations, .nl files.
#pragma once

#include <functional>
#include <memory>

#include "binding/js.hpp"
#include "expressions/shared_program.hpp"
#include "problems/feasible_start.hpp"
#include "problems/linear_equations.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

/// Reads, from a request, the problem of its handle: what the request brings is checked at once, the rest is made by
/// the thread that solves.
using NlpMaker = std::function<NlpSource(const Reader& request)>;
/// What the first solve of a problem computes for all; null: nothing.
struct BeforeSolves {
  std::function<void(const Cpu&)> check = nullptr;       ///< throws where no point satisfies the equations
  std::shared_ptr<const FeasibleStart> start = nullptr;  ///< the start of requests that have none
};
/// A handle, the `program` of requests to come, of about so many bytes.
Napi::Object makeHandle(Napi::Env env, NlpMaker make, std::size_t bytes, BeforeSolves before = {});
/// The members A and b, and `squaredNorm` where it is known; null without A.
std::shared_ptr<const LinearEquations> readEquations(const Reader& in);
/// Checks equations; null where there are none.
std::function<void(const Cpu&)> checkOf(std::shared_ptr<const LinearEquations> equations);
/// The member of that name, which compileModel has made.
std::shared_ptr<SharedProgram> compiledProgram(const Reader& in, const char* name);
ConstantMatrix readMatrix(const Reader& in);

/// About what the problem's `program` takes; 0 of callbacks.
double bytesOfProgram(const Reader& problem);
/// The start that the problem's `program` computes; null where it does not.
std::shared_ptr<const FeasibleStart> readFeasibleStart(const Reader& problem);
/// The problem's `program` with its `parameters` or data, or its `callbacks`.
NlpSource readNlp(const Reader& problem);

}  // namespace nonconvex
