// What every addon of the package exports: its version, a table of solvers and their settings, and what compiles models
// that solves of any addon may need.
#pragma once

#include "binding/model.hpp"
#include "binding/problems.hpp"
#include "binding/solve.hpp"

namespace nonconvex {

/// That of package.json, as a test makes sure.
constexpr const char* version = "0.1.0";

/// Exceptions of the library leave a function as JavaScript errors.
template <Napi::Value (*function)(const Napi::CallbackInfo&)>
Napi::Value guarded(const Napi::CallbackInfo& info) {
  try {
    return function(info);
  } catch (...) {
    throw toJs(info.Env(), std::current_exception());
  }
}

inline Napi::Object objectArgument(const Napi::CallbackInfo& info, std::size_t index, const char* name) {
  const Napi::Value value = info[index];
  if (value.IsObject() && !value.IsArray() && !value.IsFunction()) return value.As<Napi::Object>();
  throw Error(ErrorKind::type, std::string(name) + " = " + showValue(value) + ": expected an object");
}

/// solve(name, problem, settings, onProgress | undefined, aborted) -> { promise, abort() }
template <class Table, class Backend>
Napi::Value solve(const Napi::CallbackInfo& info) {
  Napi::Value handle;
  withSolver<Table>(info[0].ToString().Utf8Value(), [&](auto entry) {
    using Entry = decltype(entry);
    Inputs inputs;
    const Reader reader(objectArgument(info, 1, "problem"), inputs);
    const auto settings = readSettings<typename Entry::Settings>(objectArgument(info, 2, "settings"), Entry::options);
    Backend::check(settings);
    auto job = std::make_shared<SolveJob<Entry, Backend>>(Entry::read(reader), settings);
    if (info[4].ToBoolean()) job->abort();
    handle = Environment::of(info.Env()).start(std::move(job), info[3], inputs);
  });
  return handle;
}

/// schema() -> { solver: [setting, ...], ... }
template <class Table>
Napi::Value schema(const Napi::CallbackInfo& info) {
  Writer out(info.Env());
  const auto add = [&](auto entry) { out.value(entry.name, schemaOf<typename decltype(entry)::Settings>(info.Env())); };
  std::apply([&](auto... entry) { (add(entry), ...); }, Table());
  return out.object();
}

/// threads() -> how many workers solves are shared out over
inline Napi::Value threads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Runtime::instance().workers());
}

/// compile(model) -> handle
inline Napi::Value compile(const Napi::CallbackInfo& info) {
  Inputs inputs;  // alive as arguments
  return compileModel(info.Env(), Reader(objectArgument(info, 0, "model"), inputs));
}

/// compileRegression(problem) -> handle
inline Napi::Value regression(const Napi::CallbackInfo& info) {
  Inputs inputs;  // alive as arguments
  return compileRegression(info.Env(), Reader(objectArgument(info, 0, "problem"), inputs));
}

/// compileQuadratic(problem) -> handle
inline Napi::Value quadratic(const Napi::CallbackInfo& info) {
  Inputs inputs;  // what is needed is copied
  return compileQuadratic(info.Env(), Reader(objectArgument(info, 0, "problem"), inputs));
}

/// Solves of the addon run on so many workers of its own.
template <class Table, class Backend>
void exportSolvers(Napi::Env env, Napi::Object exports, int workers) {
  Runtime::instance().setWorkers(workers);
  Environment::create(env);
  exports.Set("version", Napi::String::New(env, version));
  exports.Set("solve", Napi::Function::New(env, guarded<solve<Table, Backend>>, "solve"));
  exports.Set("schema", Napi::Function::New(env, guarded<schema<Table>>, "schema"));
  exports.Set("threads", Napi::Function::New(env, guarded<threads>, "threads"));
  exports.Set("compile", Napi::Function::New(env, guarded<compile>, "compile"));
  exports.Set("compileRegression", Napi::Function::New(env, guarded<regression>, "compileRegression"));
  exports.Set("compileQuadratic", Napi::Function::New(env, guarded<quadratic>, "compileQuadratic"));
}

}  // namespace nonconvex
