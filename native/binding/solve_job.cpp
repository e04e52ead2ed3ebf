#include "binding/solve_job.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "binding/inputs.hpp"
#include "binding/ranks.hpp"
#include "binding/results.hpp"
#include "binding/settings.hpp"
#include "core/certificate.hpp"

namespace nonconvex {

SolveJob::SolveJob(const SolverDeclaration& solver, const Reader& problem, Napi::Object settings)
    : solver_(solver), solve_(solver.make()) {
  readSettings(solver.settings, settings, solve_->settings());
  solve_->check();
  if (solver.together) solve_->join(readTurn(problem));
  readMembers(solver.problem, problem, solve_->inputs());
  if (solver.read != nullptr) solver.read(problem, solve_->problem());
}

void SolveJob::run(WorkerPool& pool, Monitor& monitor) {
  if (!unread()) checkValues(solver_.problem, solve_->inputs());
  solve_->run(pool, monitor, unread());
}

Napi::Object SolveJob::result(Napi::Env env) {
  PackedResult out(env);
  const AnswerView answer = solve_->answer();
  writeOutcome(out, answer, solver_.progress);
  writeMembers(out, solver_.result, answer.solution);
  if (isKnown(answer.gap)) out.number("gap", answer.gap);
  out.constant("device", solver_.device);
  return out.packed(Environment::of(env).shapes());
}

std::unique_ptr<Job::Report> SolveJob::keep(const Progress& progress) const {
  struct Kept final : Report {
    Kept(std::shared_ptr<const Progress> copy, std::span<const OutRow> members)
        : report(std::move(copy)), own(members) {}
    Napi::Object toJs(Napi::Env env) const override { return reportObject(env, *report, own); }
    std::shared_ptr<const Progress> report;
    std::span<const OutRow> own;
  };
  return std::make_unique<Kept>(solve_->copyOf(progress), solver_.progress);
}

namespace {

/// The members of a solution, and the gap that a result has beside its certificate, if there may be one.
Napi::Array resultSchema(Napi::Env env, const SolverDeclaration& solver, const Claims& claims) {
  Napi::Array schema = schemaOf(env, solver.result);
  if (!solver.oneAnswer || claims.gapScale.empty()) return schema;
  const std::span<const OutRow> certificate = certificateRows;
  const auto gap = std::find_if(certificate.begin(), certificate.end(),
                                [](const OutRow& row) { return std::string_view(row.name) == "gap"; });
  schema.Set(schema.Length(), schemaOf(env, {gap, 1}).Get(0u));
  return schema;
}

/// What a solver can know of its answers, for the table in the docs and the tests.
Napi::Object claimsSchema(Napi::Env env, const Claims& claims) {
  std::vector<std::string_view> kinds;
  for (const CertificateKind kind : claims.kinds) kinds.push_back(nameOf(kind));
  Napi::Array over = Napi::Array::New(env);
  for (const auto& [name, meaning] : claims.over) {
    Writer each(env);
    each.text("name", name);
    each.text("meaning", meaning);
    over.Set(over.Length(), each.object());
  }
  Writer out(env);
  out.value("verbs", out.texts(claims.verbs));
  out.value("kinds", out.texts(kinds));
  out.value("over", over);
  out.text("gapScale", claims.gapScale);
  out.text("remark", claims.remark);
  return out.object();
}

}  // namespace

/// [{ setting, name, settings: [name, ...] }]: the settings that each choice reads.
Napi::Array choicesSchema(Napi::Env env, const std::vector<Choice>& choices) {
  Napi::Array schema = Napi::Array::New(env);
  for (const Choice& choice : choices) {
    Writer out(env);
    out.text("setting", choice.setting);
    out.text("name", choice.name);
    out.value("settings", out.texts(choice.settings));
    schema.Set(schema.Length(), out.object());
  }
  return schema;
}

Napi::Object schemaOf(Napi::Env env, const SolverDeclaration& solver) {
  Writer out(env);
  if (!solver.family.empty()) out.text("family", solver.family);
  out.value("problem", schemaOf(env, solver.problem));
  out.boolean("readsMore", solver.read != nullptr);
  out.value("settings", schemaOf(env, solver.settings, solver.make()->settings()));
  if (solver.choices) out.value("choices", choicesSchema(env, solver.choices()));
  out.value("members", out.texts(solver.members));
  if (solver.answersUnread) out.boolean("answersUnread", true);
  const Claims claims = solver.claims();
  out.value("result", resultSchema(env, solver, claims));
  out.value("claims", claimsSchema(env, claims));
  out.value("progress", schemaOf(env, solver.progress));
  return out.object();
}

}  // namespace nonconvex
