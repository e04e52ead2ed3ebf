#include "solvers/discrete/certifyNetwork/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace nonconvex {

CertifyNetworkSolver::CertifyNetworkSolver(const Cpu& la, const CertifyNetworkProblem& problem,
                                           const CertifyNetworkSettings& settings)
    : la_(la), serial_(la.serial()), problem_(problem), settings_(settings), network_(problem) {
  for (int i = 0; i < problem.x.rows; ++i) {
    for (int j = 0; j < problem.x.columns; ++j) {
      const double entry = problem.x(i, j);
      require(std::isfinite(entry), "x[" + show(i) + "][" + show(j) + "]", entry, "expected a finite number");
      require(entry >= problem.least && entry <= problem.most, "x[" + show(i) + "][" + show(j) + "]", entry,
              "expected a number within range");
    }
  }
  const std::size_t n = at(problem.x.rows);
  rows_.resize(n);
  done_.resize(n);
}

std::optional<Status> CertifyNetworkSolver::step() {
  while (static_cast<int>(active_.size()) < Tuning::batch && next_ < problem_.x.rows) {
    active_.emplace_back().row = next_++;
  }
  la_.tasks(static_cast<int>(active_.size()), [&](int k) {
    Active& each = active_[at(k)];
    if (!each.certifier) {
      each.certifier = std::make_unique<RowCertifier>(serial_, problem_, network_, settings_, each.row);
    }
    each.done = each.certifier->run(Tuning::nodes);
  });
  retire();
  if (!active_.empty() || next_ < problem_.x.rows) return std::nullopt;
  return counts().settled == problem_.x.rows ? Status::solved : Status::stalled;
}

/// Keeps the results of rows that are done, and lets their trees go.
void CertifyNetworkSolver::retire() {
  for (const Active& each : active_) {
    if (!each.done) continue;
    rows_[at(each.row)] = each.certifier->result();
    done_[at(each.row)] = 1;
  }
  std::erase_if(active_, [](const Active& each) { return each.done; });
}

CertifyNetworkSolver::Counts CertifyNetworkSolver::counts() const {
  Counts made;
  const auto count = [&](Verdict verdict, double nodes) {
    made.nodes += nodes;
    made.certified += verdict == Verdict::robust ? 1 : 0;
    made.attacked += verdict == Verdict::attacked ? 1 : 0;
  };
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (done_[row] == 0) continue;
    const CertifiedRow& each = rows_[row];
    ++made.done;
    count(each.verdict, each.nodes);
    const bool exact = each.margin - each.bound <= settings_.tolerance;
    made.settled += each.verdict != Verdict::undecided && (settings_.goal == CertifyGoal::sign || exact) ? 1 : 0;
  }
  for (const Active& each : active_) {
    if (each.certifier) count(each.certifier->verdict(), each.certifier->nodes());
  }
  return made;
}

CertifyNetworkProgress CertifyNetworkSolver::progress() const {
  const Counts now = counts();
  const double n = problem_.x.rows;
  CertifyNetworkProgress made;
  made.objective = (n - now.certified) / n;
  made.lowerBound = now.attacked / n;
  made.residual = (n - now.certified - now.attacked) / n;
  made.done = now.done;
  made.certified = now.certified;
  made.attacked = now.attacked;
  made.nodes = now.nodes;
  return made;
}

CertifyNetworkSolution CertifyNetworkSolver::solution() const {
  const Counts now = counts();
  CertifyNetworkSolution made;
  made.rows = rows_;
  for (const Active& each : active_) {
    if (each.certifier) made.rows[at(each.row)] = each.certifier->result();
  }
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (!made.rows[row].x.empty()) continue;
    for (int i = 0; i < problem_.x.columns; ++i) made.rows[row].x.push_back(problem_.x(static_cast<int>(row), i));
  }
  made.unknown = problem_.x.rows - now.certified - now.attacked;
  const double n = problem_.x.rows;
  made.certificate = boundedBelow((n - now.certified) / n, now.attacked / n, 1);
  return made;
}

std::string CertifyNetworkSolver::explain(Status status) const {
  if (status != Status::stalled) return {};
  const Counts now = counts();
  const int undecided = problem_.x.rows - now.certified - now.attacked;
  if (undecided == 0) return "Some margins are not known to the tolerance: maxNodes was met.";
  const std::string rows = show(undecided) + (undecided == 1 ? " row is" : " rows are") + " unknown";
  if (settings_.method != CertifyMethod::branchAndBound) return rows + ": branchAndBound decides more of them.";
  return rows + ": maxNodes was met, or the margin is within the tolerance of 0.";
}

}  // namespace nonconvex
