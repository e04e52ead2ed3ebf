// What JavaScript sees of the library.
#include "binding/module.hpp"
#include "binding/predict.hpp"
#include "binding/solvers.hpp"

namespace nonconvex {
namespace {

/// reluPredict(network, { x }) -> Float64Array, outputs of row 0, 1, ...
Napi::Value predict(const Napi::CallbackInfo& info) {
  Inputs inputs;  // alive as arguments
  const Reader network(objectArgument(info, 0, "network"), inputs);
  const Reader arguments(objectArgument(info, 1, "arguments"), inputs);
  return reluPredict(info.Env(), network, arguments);
}

/// compileControl(problem) -> handle
Napi::Value control(const Napi::CallbackInfo& info) {
  Inputs inputs;  // what is needed is copied
  return compileControl(info.Env(), Reader(objectArgument(info, 0, "problem"), inputs));
}

/// evaluate(request) -> number, Float64Array or sparse matrix
Napi::Value evaluate(const Napi::CallbackInfo& info) {
  Inputs inputs;  // alive as arguments
  return evaluateModel(info.Env(), Reader(objectArgument(info, 0, "request"), inputs));
}

/// readNl(path) -> { promise, abort() }
Napi::Value read(const Napi::CallbackInfo& info) { return readNlFile(info.Env(), info[0].ToString().Utf8Value()); }

/// writeNl(request) -> { promise, abort() }
Napi::Value write(const Napi::CallbackInfo& info) {
  Inputs inputs;  // what is needed is copied
  return writeNlFile(info.Env(), Reader(objectArgument(info, 0, "request"), inputs));
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exportSolvers<Solvers, OnCpu>(env, exports, availableThreads());
  exports.Set("reluPredict", Napi::Function::New(env, guarded<predict>, "reluPredict"));
  exports.Set("compileControl", Napi::Function::New(env, guarded<control>, "compileControl"));
  exports.Set("evaluate", Napi::Function::New(env, guarded<evaluate>, "evaluate"));
  exports.Set("readNl", Napi::Function::New(env, guarded<read>, "readNl"));
  exports.Set("writeNl", Napi::Function::New(env, guarded<write>, "writeNl"));
  return exports;
}

}  // namespace
}  // namespace nonconvex

static Napi::Object initialize(Napi::Env env, Napi::Object exports) { return nonconvex::initialize(env, exports); }
NODE_API_MODULE(nonconvex, initialize)
