#include "binding/registry.hpp"

#include <memory>
#include <string>
#include <vector>

#include "binding/results.hpp"
#include "binding/settings.hpp"
#include "binding/solve_job.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

/// The version in package.json; a test compares them.
constexpr const char* version = "0.1.0";

const SolverDeclaration& solverNamed(const std::string& name) {
  const auto& solvers = Registry::instance().solvers;
  std::vector<std::string_view> known;
  for (const auto& [each, solver] : solvers) known.push_back(each);
  return *solvers.at(known[static_cast<std::size_t>(placeOfName("solver", name, known))]);
}

/// solve(name, problem, settings, onProgress | undefined, aborted, number) -> a promise of the packed result. `number`
/// is one that no other solve has.
Napi::Value solve(const Napi::CallbackInfo& info) {
  const SolverDeclaration& solver = solverNamed(info[0].ToString().Utf8Value());
  Inputs inputs{.shared = &Environment::of(info.Env()).copies()};
  const Reader problem(objectArgument(info, 1, "problem"), inputs);
  const auto job = std::make_shared<SolveJob>(solver, problem, objectArgument(info, 2, "settings"));
  if (info[4].ToBoolean() || inputs.unread) job->abort();
  if (inputs.unread) job->leaveUnread();
  return Environment::of(info.Env()).start(job, info[3], std::move(inputs), info[5].ToNumber().DoubleValue());
}

/// abort(number): ends that solve, unless it has ended.
Napi::Value abort(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).abort(info[0].ToNumber().DoubleValue());
  return info.Env().Undefined();
}

/// shapeOf(number) -> the shape of packed results that begin with this number
Napi::Value shapeOf(const Napi::CallbackInfo& info) {
  const std::string& shape = Environment::of(info.Env()).shapes().at(info[0].ToNumber().DoubleValue());
  return Napi::String::New(info.Env(), shape);
}

/// The kinds of certificates, each with what the docs say of it: [{ name, doc }, ...].
Napi::Array kindSchema(Napi::Env env) {
  Napi::Array schema = Napi::Array::New(env);
  for (std::size_t i = 0; i < names(CertificateKind{}).size(); ++i) {
    Writer kind(env);
    kind.text("name", names(CertificateKind{})[i]);
    kind.text("doc", sentences(CertificateKind{})[i]);
    schema.Set(schema.Length(), kind.object());
  }
  return schema;
}

/// The statuses, each with what the docs say of it: [{ name, doc }, ...].
Napi::Array statusSchema(Napi::Env env) {
  Napi::Array schema = Napi::Array::New(env);
  for (std::size_t i = 0; i < names(Status{}).size(); ++i) {
    Writer status(env);
    status.text("name", names(Status{})[i]);
    status.text("doc", sentences(Status{})[i]);
    schema.Set(schema.Length(), status.object());
  }
  return schema;
}

/// schema() -> { statuses, kinds, certificate: [member, ...], limits: [setting, ...], progress: [member, ...], result:
/// [member, ...], solvers: { name: { settings, members, result, progress }, ... } }. Every solver's settings begin with
/// the limits, where its defaults may be others; its reports and results have the members that all have, and its own.
Napi::Value schema(const Napi::CallbackInfo& info) {
  Writer solvers(info.Env());
  for (const auto& [name, solver] : Registry::instance().solvers) {
    solvers.value(name.data(), schemaOf(info.Env(), *solver));
  }
  Writer out(info.Env());
  out.value("statuses", statusSchema(info.Env()));
  const Limits defaults;
  out.value("kinds", kindSchema(info.Env()));
  out.value("certificate", schemaOf(info.Env(), outRows<Certificate>));
  out.value("limits", schemaOf(info.Env(), settingRows<Limits>, &defaults));
  out.value("progress", schemaOf(info.Env(), outRows<Progress>));
  out.value("result", outcomeSchema(info.Env()));
  out.value("solvers", solvers.object());
  return out.object();
}

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

const RegisterFunction ofRegistry[] = {{"solve", solve},     {"abort", abort},
                                       {"shapeOf", shapeOf}, {"schema", schema},
                                       {"threads", threads}, {"requireMemory", requireMemoryFor, "request"}};

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
