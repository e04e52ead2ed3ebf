// What an addon has: its solvers (register_solver.hpp) and the functions beside them. Each registers itself where it is
// defined, by a constant outside of functions.
#pragma once

#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "binding/job.hpp"
#include "binding/js.hpp"
#include "binding/register_solver.hpp"

namespace nonconvex {

class Registry {
 public:
  using Function = std::function<Napi::Value(const Napi::CallbackInfo&)>;

  static Registry& instance() {
    static Registry registry;
    return registry;
  }

  /// Solvers by name: in the order of the alphabet, whatever the order of linking.
  std::map<std::string_view, const SolverDeclaration*> solvers;
  std::map<std::string_view, Function> functions;
};

/// An argument of a function that JavaScript calls; throws a TypeError if it is no object.
Napi::Object objectArgument(const Napi::CallbackInfo& info, std::size_t index, const char* name);

/// A function that the addon exports under `name`; exceptions of the library leave it as JavaScript errors.
struct RegisterFunction {
  RegisterFunction(std::string_view name, Registry::Function function) {
    Registry::instance().functions.emplace(name, std::move(function));
  }
  /// A function of one object, called `argument` in messages, which is alive while the function runs. Its dense
  /// matrices are read in place.
  RegisterFunction(std::string_view name, Napi::Value (*function)(Napi::Env, const Reader&), const char* argument)
      : RegisterFunction(name, [function, argument](const Napi::CallbackInfo& info) {
          Inputs inputs{.inPlace = true};
          return function(info.Env(), Reader(objectArgument(info, 0, argument), inputs));
        }) {}
};

/// What every addon of the package exports: its version, schema() of its solvers, solve(), threads(), and the functions
/// that are registered. Its solves run on `workers` workers of its own.
Napi::Object exportRegistered(Napi::Env env, Napi::Object exports, int workers);

}  // namespace nonconvex
