// A solve as a job: its answer becomes one plain object.
#pragma once

#include <memory>

#include "binding/job.hpp"
#include "binding/register_solver.hpp"

namespace nonconvex {

class SolveJob final : public Job {
 public:
  /// Checks problem and settings, and makes of them what a worker runs.
  SolveJob(const SolverDeclaration& solver, const Reader& problem, Napi::Object settings);

  void run(WorkerPool& pool, Monitor& monitor) override;
  void giveBack() override { solve_->giveBack(); }
  Napi::Object result(Napi::Env env) override;
  std::unique_ptr<Report> keep(const Progress& progress) const override;

 private:
  const SolverDeclaration& solver_;
  std::unique_ptr<Solve> solve_;
};

/// { family: name, problem: [member, ...], readsMore, settings: [setting, ...], members: [name, ...], answersUnread:
/// true, result: [member, ...], claims: { verbs, kinds, over: [{ name, meaning }, ...], gapScale, remark },
/// progress: [member, ...] }; the first is there where it is another name than the
/// solver's, readsMore says that a problem has members that no table has, answersUnread is there where an aborted solve
/// needs no data, the last has its own members of reports.
Napi::Object schemaOf(Napi::Env env, const SolverDeclaration& solver);

}  // namespace nonconvex
