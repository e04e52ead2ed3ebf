#include "binding/solve.hpp"

#include "core/error.hpp"

namespace nonconvex {

void Solve::run(WorkerPool& pool, Monitor& monitor, bool unread) {
  // Time spent in the queue does not count.
  monitor.restart();
  monitor.limitTime(limits().timeLimit);
  monitor.setInterruptible(false);
  take();
  if (turn_) {
    runTogether(pool, monitor);
  } else if (!unread) {
    compute(pool, monitor, true);
  } else if (!answerUnread(monitor)) {
    throw Error(ErrorKind::type, "problem: expected data that were copied");
  }
  settleCertificate();
}

/// Runs over ranks, on a monitor of its own, which ends when they have agreed on that.
void Solve::runTogether(WorkerPool& pool, Monitor& monitor) {
  const std::shared_ptr<Ranks::Turn> turn = std::move(turn_);
  solveTogether(turn, monitor, fingerprint(), [&](Monitor& agreed) {
    joinRanks(turn->ranks());
    // The solver is gone before the monitor that it knows.
    if (!agreed.ending() || !answerUnread(agreed)) compute(pool, agreed, false);
    const std::span<const double> answer = compared();
    return std::vector<double>(answer.begin(), answer.end());
  });
}

}  // namespace nonconvex
