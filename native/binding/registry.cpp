#include "binding/registry.hpp"

#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

/// The version in package.json; a test compares them.
constexpr const char* version = "0.1.0";

/// threads() -> how many workers solves are shared out over
Napi::Value threads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Runtime::instance().workers());
}

/// requireMemory({ bytes, subject }): throws OUT_OF_MEMORY, "`subject` 20 MB, of which ...", where so much is not
/// there.
Napi::Value requireMemoryFor(Napi::Env env, const Reader& in) {
  requireMemory(in.number("bytes"), in.text("subject"));
  return env.Undefined();
}

const RegisterFunction ofRegistry[] = {{"threads", threads}, {"requireMemory", requireMemoryFor, "request"}};

}  // namespace

void addSolver(const SolverDeclaration& solver) { Registry::instance().solvers.emplace(solver.name, &solver); }

Napi::Object objectArgument(const Napi::CallbackInfo& info, std::size_t index, const char* name) {
  const Napi::Value value = info[index];
  if (value.IsObject() && !value.IsArray() && !value.IsFunction()) return value.As<Napi::Object>();
  throw Error(ErrorKind::type, std::string(name) + " = " + showValue(value) + ": expected an object");
}

Napi::Object exportRegistered(Napi::Env env, Napi::Object exports, int workers) {
  Runtime::instance().setWorkers(workers);
  Environment::create(env);
  exports.Set("version", Napi::String::New(env, version));
  for (const auto& [name, function] : Registry::instance().functions) {
    const auto guarded = [call = function](const Napi::CallbackInfo& info) {
      try {
        return call(info);
      } catch (...) {
        throw toJs(info.Env(), std::current_exception());
      }
    };
    exports.Set(name.data(), Napi::Function::New(env, guarded, name.data()));
  }
  return exports;
}

}  // namespace nonconvex
