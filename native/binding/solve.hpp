// From a solver's entry in the table to a job: problem and settings in, one plain object out.
#pragma once

#include <optional>
#include <utility>

#include "binding/job.hpp"
#include "binding/settings.hpp"
#include "core/run.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

template <class Entry>
class SolveJob final : public Job {
 public:
  SolveJob(typename Entry::Problem problem, typename Entry::Settings settings)
      : problem_(std::move(problem)), settings_(settings) {}

  void run(WorkerPool& pool, Monitor& monitor) override {
    // Time spent in the queue does not count.
    monitor.restart();
    monitor.limitTime(settings_.timeLimit);
    monitor.setInterruptible(false);
    const Cpu la(&pool, settings_.threads, &monitor);
    typename Entry::template Solver<Cpu> solver(la, problem_, settings_);
    outcome_ = iterate(solver, settings_, monitor);
    solution_ = solver.solution();
  }

  Napi::Object result(Napi::Env env) override {
    Writer out(env);
    out.text("status", nonconvex::name(outcome_.status));
    out.text("message", outcome_.message);
    writeProgress(out, outcome_.progress, "iterations");
    Napi::Array history = Napi::Array::New(env, outcome_.history.reports().size());
    for (std::uint32_t i = 0; i < history.Length(); ++i) {
      Writer report(env);
      writeProgress(report, outcome_.history.reports()[i]);
      history.Set(i, report.object());
    }
    out.value("history", history);
    Entry::write(*solution_, out);
    return out.object();
  }

 private:
  typename Entry::Problem problem_;
  typename Entry::Settings settings_;
  Outcome outcome_;
  std::optional<typename Entry::Solution> solution_;
};

/// Calls f(Entry()) for the entry of that name; a RangeError lists the names when there is none.
template <class Table, class F>
void withSolver(const std::string& name, F&& f) {
  std::vector<std::string_view> names;
  bool found = false;
  std::apply(
      [&](auto... entry) {
        const auto visit = [&](auto each) {
          names.push_back(each.name);
          if (name != each.name) return;
          found = true;
          f(each);
        };
        (visit(entry), ...);
      },
      Table());
  require(found, "solver", name, oneOf(names));
}

}  // namespace nonconvex
