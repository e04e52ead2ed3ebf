// What JavaScript sees of the library.
#include "binding/families.hpp"
#include "binding/model.hpp"
#include "binding/predict.hpp"
#include "binding/solve.hpp"
#include "binding/solvers.hpp"

namespace nonconvex {
namespace {

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

Napi::Object objectArgument(const Napi::CallbackInfo& info, std::size_t index, const char* name) {
  const Napi::Value value = info[index];
  if (value.IsObject() && !value.IsArray() && !value.IsFunction()) return value.As<Napi::Object>();
  throw Error(ErrorKind::type, std::string(name) + " = " + showValue(value) + ": expected an object");
}

/// solve(name, problem, settings, onProgress | undefined, aborted) -> { promise, abort() }
Napi::Value solve(const Napi::CallbackInfo& info) {
  Napi::Value handle;
  withSolver<Solvers>(info[0].ToString().Utf8Value(), [&](auto entry) {
    using Entry = decltype(entry);
    Inputs inputs;
    const Reader reader(objectArgument(info, 1, "problem"), inputs);
    const auto settings = readSettings<typename Entry::Settings>(objectArgument(info, 2, "settings"), Entry::options);
    auto job = std::make_shared<SolveJob<Entry>>(Entry::read(reader), settings);
    if (info[4].ToBoolean()) job->abort();
    handle = Environment::of(info.Env()).start(std::move(job), info[3], inputs);
  });
  return handle;
}

/// schema() -> { solver: [setting, ...], ... }
Napi::Value schema(const Napi::CallbackInfo& info) {
  Writer out(info.Env());
  const auto add = [&](auto entry) { out.value(entry.name, schemaOf<typename decltype(entry)::Settings>(info.Env())); };
  std::apply([&](auto... entry) { (add(entry), ...); }, Solvers());
  return out.object();
}

/// threads() -> how many workers solves are shared out over
Napi::Value threads(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), availableThreads()); }

/// reluPredict(network, { x }) -> Float64Array, outputs of row 0, 1, ...
Napi::Value predict(const Napi::CallbackInfo& info) {
  Inputs inputs;  // alive as arguments
  const Reader network(objectArgument(info, 0, "network"), inputs);
  const Reader arguments(objectArgument(info, 1, "arguments"), inputs);
  return reluPredict(info.Env(), network, arguments);
}

/// compile(model) -> handle
Napi::Value compile(const Napi::CallbackInfo& info) {
  Inputs inputs;  // alive as arguments
  return compileModel(info.Env(), Reader(objectArgument(info, 0, "model"), inputs));
}

/// compileRegression(problem) -> handle
Napi::Value regression(const Napi::CallbackInfo& info) {
  Inputs inputs;  // alive as arguments
  return compileRegression(info.Env(), Reader(objectArgument(info, 0, "problem"), inputs));
}

/// compileQuadratic(problem) -> handle
Napi::Value quadratic(const Napi::CallbackInfo& info) {
  Inputs inputs;  // what is needed is copied
  return compileQuadratic(info.Env(), Reader(objectArgument(info, 0, "problem"), inputs));
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
  Environment::create(env);
  exports.Set("version", Napi::String::New(env, version));
  exports.Set("solve", Napi::Function::New(env, guarded<solve>, "solve"));
  exports.Set("schema", Napi::Function::New(env, guarded<schema>, "schema"));
  exports.Set("threads", Napi::Function::New(env, guarded<threads>, "threads"));
  exports.Set("reluPredict", Napi::Function::New(env, guarded<predict>, "reluPredict"));
  exports.Set("compile", Napi::Function::New(env, guarded<compile>, "compile"));
  exports.Set("compileRegression", Napi::Function::New(env, guarded<regression>, "compileRegression"));
  exports.Set("compileQuadratic", Napi::Function::New(env, guarded<quadratic>, "compileQuadratic"));
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
