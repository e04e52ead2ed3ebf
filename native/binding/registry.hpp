// What an addon has: its solvers and the functions beside them. Each registers itself where it is defined, by a
// constant outside of functions, so that no list of them exists; the files are linked as objects, since a linker drops
// those of an archive that nobody calls.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "binding/js.hpp"
#include "binding/results.hpp"
#include "binding/settings.hpp"
#include "binding/solve.hpp"

namespace nonconvex {

/// A solver as JavaScript calls it.
class RegisteredSolver {
 public:
  virtual ~RegisteredSolver() = default;
  /// Checks problem and settings, and makes of them what a worker runs.
  virtual std::shared_ptr<Job> job(const Reader& problem, Napi::Object settings) const = 0;
  /// { family: name, settings: [setting, ...], members: [name, ...], answersUnread: true, result: [member, ...],
  /// claims: { verbs, kinds, over: [{ name, meaning }, ...], gapScale, remark }, progress: [member, ...] }; the first
  /// is there where it is another name than the solver's, answersUnread where an aborted solve needs no data, the last
  /// has its own members of reports.
  virtual Napi::Object schema(Napi::Env env) const = 0;
};

class Registry {
 public:
  using Function = std::function<Napi::Value(const Napi::CallbackInfo&)>;

  static Registry& instance() {
    static Registry registry;
    return registry;
  }

  /// Solvers by name: in the order of the alphabet, whatever the order of linking.
  std::map<std::string_view, std::unique_ptr<RegisteredSolver>> solvers;
  std::map<std::string_view, Function> functions;
};

/// A solver of a struct `Entry`, which has its `name`, Problem, Settings, Solution, what the backend runs (Solver for
/// the CPU), `read(reader)`, which makes the Problem, and `members`: names in the settings object that `read` takes.
/// One of several solvers of a family names that as its `family`; else the family has the solver's name.
template <class Entry, class Backend>
class SolverOf final : public RegisteredSolver {
 public:
  std::shared_ptr<Job> job(const Reader& problem, Napi::Object settings) const override {
    const auto read = readSettings<typename Entry::Settings>(settings);
    Backend::check(read);
    return std::make_shared<SolveJob<Entry, Backend>>(Entry::read(problem), read);
  }

  Napi::Object schema(Napi::Env env) const override {
    Writer out(env);
    if constexpr (requires { Entry::family; }) out.text("family", Entry::family);
    out.value("settings", schemaOf<typename Entry::Settings>(env));
    out.value("members", out.texts(Entry::members));
    if constexpr (AnswersUnread<Backend, Entry>) out.boolean("answersUnread", true);
    out.value("result", solutionSchema<typename Entry::Solution>(env));
    out.value("claims", claimsSchema(env, Entry::Solution::claims()));
    using Report = ProgressOf<typename Entry::Solution>;
    if constexpr (HasOwnFields<Report>) {
      out.value("progress", resultSchemaOf<Report>(env));
    } else {
      out.value("progress", Napi::Array::New(env));
    }
    return out.object();
  }
};

template <class Entry, class Backend = OnCpu>
struct RegisterSolver {
  RegisterSolver() { Registry::instance().solvers.emplace(Entry::name, std::make_unique<SolverOf<Entry, Backend>>()); }
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
