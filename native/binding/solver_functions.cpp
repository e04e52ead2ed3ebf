// Functions that every addon exports for its solvers: solve, abort, shapeOf, schema.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "binding/registry.hpp"
#include "binding/results.hpp"
#include "binding/settings.hpp"
#include "binding/solve_job.hpp"
#include "core/certificate.hpp"

namespace nonconvex {
namespace {

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
  out.value("certificate", schemaOf(info.Env(), certificateRows));
  out.value("limits", schemaOf(info.Env(), settingRows<Limits>, &defaults));
  out.value("progress", schemaOf(info.Env(), outRows<Progress>));
  out.value("result", outcomeSchema(info.Env()));
  out.value("solvers", solvers.object());
  return out.object();
}

const RegisterFunction ofSolvers[] = {{"solve", solve}, {"abort", abort}, {"shapeOf", shapeOf}, {"schema", schema}};

}  // namespace
}  // namespace nonconvex
