#include "binding/entries/nlp.hpp"

#include <algorithm>
#include <cmath>

#include "binding/registry.hpp"

namespace nonconvex {
namespace {

/// What has to be the same on all ranks.
std::uint64_t fingerprintOf(const NlpProblem& problem, const NlpSettings& settings) {
  const double limits[] = {settings.tolerance, static_cast<double>(settings.maxIterations),
                           static_cast<double>(settings.seed), static_cast<double>(problem.start.size())};
  std::uint64_t hash = fingerprint(limits);
  for (const auto* values : {&problem.start, &problem.bounds.lower, &problem.bounds.upper,
                             &problem.bounds.constraintLower, &problem.bounds.constraintUpper}) {
    hash = fingerprint(*values, hash);
  }
  return hash;
}

std::string sentenceOf(const std::exception& error) {
  const auto* const ours = dynamic_cast<const Error*>(&error);
  return ours != nullptr ? ours->what() : std::string("ran out of memory, or into ") + error.what();
}

}  // namespace

/// A solve over ranks runs on a monitor of its own, which ends when the ranks have agreed on that.
template <>
void SolveJob<NlpEntry, OnCpu>::run(WorkerPool& pool, Monitor& monitor) {
  monitor.restart();
  monitor.limitTime(settings_.timeLimit);
  monitor.setInterruptible(false);
  if (!problem_.turn) {
    if (unread()) {
      answerUnread(monitor);
    } else {
      solved_ = OnCpu::solve<NlpEntry>(problem_, settings_, pool, monitor, memory_);
    }
    return;
  }
  JointSolve joint(std::move(problem_.turn), monitor, fingerprintOf(problem_, settings_));
  std::shared_ptr<void> memory;  // of what knows the joint solve's monitor
  try {
    if (joint.monitor().ending()) {
      answerUnread(joint.monitor());
    } else {
      solved_ = OnCpu::solve<NlpEntry>(problem_, settings_, pool, joint.monitor(), memory);
    }
  } catch (const std::exception& error) {
    joint.fail(sentenceOf(error));
    throw;
  }
  joint.end(solved_->solution.x);
}

namespace {

const RegisterSolver<NlpEntry> registered;

}  // namespace
}  // namespace nonconvex
