#include "solvers/discrete/adversarialBayes/solver.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/require_memory.hpp"
#include "solvers/discrete/adversarialBayes/violated_sets.hpp"

namespace nonconvex {

AdversarialBayesSolver::AdversarialBayesSolver(const Cpu& la, const AdversarialBayesProblem& problem,
                                               const AdversarialBayesSettings& settings)
    : la_(la), problem_(problem), settings_(settings), weights_(problem.sampleWeight) {
  require(!problem.radius.empty(), "length of radius", 0, "expected at least one number");
  for (std::size_t k = 1; k < problem.radius.size(); ++k) {
    require(problem.radius[k] > problem.radius[k - 1], "radius[" + show(k) + "]", problem.radius[k],
            "expected a number above the one before it");
  }
  for (int i = 0; i < problem.x.rows; ++i) {
    for (int j = 0; j < problem.x.columns; ++j) {
      require(std::isfinite(problem.x(i, j)), "x[" + show(i) + "][" + show(j) + "]", problem.x(i, j),
              "expected a finite number");
    }
  }
  weights_.resize(at(problem.x.rows), 1.0);
  for (const double each : weights_) total_ += each;
  require(total_ > 0 && std::isfinite(total_), "sum of sampleWeight", total_, "expected a number > 0");
  present_ = static_cast<int>(std::set<int>(problem.y.begin(), problem.y.end()).size());
  twoClasses_ = present_ <= 2;
  answer_ = constantClassifier();
}

/// The classifier that predicts the class with the largest weight everywhere.
AdversarialBayesSolver::Answer AdversarialBayesSolver::constantClassifier() const {
  std::vector<double> of(at(problem_.classes));
  for (std::size_t i = 0; i < weights_.size(); ++i) of[at(problem_.y[i])] += weights_[i];
  const auto best = std::max_element(of.begin(), of.end()) - of.begin();
  Answer made;
  for (const int label : problem_.y) made.q.push_back(label == best ? 1 : 0);
  setValues(made);
  return made;
}

/// Computes the error of q, and the bound of the attack: what it leaves of each row is predicted right.
void AdversarialBayesSolver::setValues(Answer& answer) const {
  std::vector<double> left = weights_;
  double wrong = 0, dual = 0;
  for (const AttackedRows& each : answer.attack) {
    dual += each.weight;
    for (const int i : each.rows) left[at(i)] -= each.weight;
  }
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    wrong += weights_[i] * (1 - answer.q[i]);
    dual += std::max(0.0, left[i]);
  }
  answer.error = wrong / total_;
  answer.bound = std::clamp((total_ - dual) / total_, 0.0, 1.0);
}

std::optional<Status> AdversarialBayesSolver::start() {
  graph_.emplace(la_, problem_, problem_.radius.back());
  return std::nullopt;
}

/// Makes the matching of the rows that are in conflict at a radius: of two classes with one another, of more of each
/// row with a copy of each.
void AdversarialBayesSolver::beginRadius() {
  const int n = graph_->rows();
  std::vector<int> place(at(n), -1);
  leftRows_.clear();
  rightRows_.clear();
  for (int i = 0; i < n; ++i) {
    const bool left = !twoClasses_ || problem_.y[at(i)] == problem_.y[0];
    if (left) leftRows_.push_back(i);
    if (left && twoClasses_) continue;
    place[at(i)] = static_cast<int>(rightRows_.size());
    rightRows_.push_back(i);
  }
  edges_.begin.assign(1, 0);
  edges_.to.clear();
  for (const int i : leftRows_) {
    for (const ConflictGraph::Neighbour& each : graph_->of(i)) {
      if (ConflictGraph::meet(each.distance, radius())) edges_.to.push_back(place[at(each.row)]);
    }
    edges_.begin.push_back(edges_.to.size());
  }
  conflicts_ = static_cast<double>(edges_.to.size()) / (twoClasses_ ? 1 : 2);
  requireMemory(BipartiteMatching::bytes(2.0 * n, static_cast<double>(edges_.to.size())),
                "the matching of " + show(conflicts_) + " pairs of rows needs");
  const auto weightsOf = [&](const std::vector<int>& rows) {
    std::vector<double> made;
    for (const int i : rows) made.push_back(weights_[at(i)]);
    return made;
  };
  matching_.emplace(la_, weightsOf(leftRows_), weightsOf(rightRows_), edges_);
}

/// Takes chances and the attack of pairs from the matching: those that a cover gives up, and its edges.
void AdversarialBayesSolver::endMatching() {
  const double share = twoClasses_ ? 1 : 0.5;  // a row has two copies otherwise
  pairs_ = {};
  pairs_.q.assign(weights_.size(), 1.0);
  for (std::size_t i = 0; i < leftRows_.size(); ++i) {
    if (matching_->leftInCover(static_cast<int>(i))) pairs_.q[at(leftRows_[i])] -= share;
    for (std::size_t e = edges_.begin[i]; e < edges_.begin[i + 1]; ++e) {
      const double flow = matching_->flow()[e];
      if (flow > 0) pairs_.attack.push_back({{leftRows_[i], rightRows_[at(edges_.to[e])]}, share * flow});
    }
  }
  for (std::size_t j = 0; j < rightRows_.size(); ++j) {
    if (matching_->rightInCover(static_cast<int>(j))) pairs_.q[at(rightRows_[j])] -= share;
  }
  setValues(pairs_);
  matching_.reset();
}

std::optional<Status> AdversarialBayesSolver::step() {
  if (program_) return programRound();
  if (!matching_) beginRadius();
  if (matching_->phase()) return std::nullopt;
  endMatching();
  if (!twoClasses_ && settings_.order > 2) {
    program_.emplace(weights_);
    for (const AttackedRows& each : pairs_.attack) program_->add(each.rows);
    return std::nullopt;
  }
  endRadius(std::move(pairs_));
  return next_ < problem_.radius.size() ? std::nullopt : std::optional(inexact_ ? Status::stalled : Status::solved);
}

/// Looks for violated sets, and solves the program with them; ends the radius once there are none.
std::optional<Status> AdversarialBayesSolver::programRound() {
  ViolatedSets sets(la_, problem_, *graph_, std::min(settings_.order, present_));
  std::vector<std::vector<int>> found = sets.find(pairs_.q, radius());
  bool solved = true;
  if (!found.empty()) {
    for (std::vector<int>& each : found) program_->add(std::move(each));
    solved = program_->solve(la_);
    Answer made{.q = {program_->q().begin(), program_->q().end()}, .attack = {}};
    for (std::size_t k = 0; k < program_->sets().size(); ++k) {
      if (program_->prices()[k] > 0) made.attack.push_back({program_->sets()[k], program_->prices()[k]});
    }
    setValues(made);
    pairs_ = std::move(made);
    if (solved) return std::nullopt;
  }
  inexact_ = inexact_ || !solved;
  program_.reset();
  endRadius(std::move(pairs_));
  return next_ < problem_.radius.size() ? std::nullopt : std::optional(inexact_ ? Status::stalled : Status::solved);
}

void AdversarialBayesSolver::endRadius(Answer answer) {
  inexact_ = inexact_ || answer.error - answer.bound > settings_.tolerance;
  answer.bound = std::min(answer.bound, answer.error);
  answer_ = std::move(answer);
  curve_.push_back({radius(), answer_.error, answer_.bound, conflicts_});
  ++next_;
}

std::string_view AdversarialBayesSolver::over() const {
  return settings_.order < present_ && !twoClasses_ ? "smallSets" : "";
}

AdversarialBayesProgress AdversarialBayesSolver::progress() const {
  AdversarialBayesProgress made;
  const bool done = next_ == problem_.radius.size();
  made.objective = done ? answer_.error : constantClassifier().error;
  made.lowerBound = answer_.bound;
  made.residual = std::max(0.0, made.objective - made.lowerBound);
  made.radius = problem_.radius[std::min(next_, problem_.radius.size() - 1)];
  if (program_) made.sets = static_cast<double>(program_->sets().size());
  return made;
}

AdversarialBayesSolution AdversarialBayesSolver::solution() const {
  // What an attack forces at a smaller radius, it forces at a larger one.
  const bool done = next_ == problem_.radius.size();
  const Answer constant = constantClassifier();
  const Answer& known = done ? answer_ : constant;
  AdversarialBayesSolution made;
  made.robustError = known.error;
  made.bound = std::min(answer_.bound, known.error);
  made.conflicts = conflicts_;
  made.rows = known.q;
  made.attack = answer_.attack;
  made.curve = curve_;
  made.certificate = boundedBelow(made.robustError, made.bound, 1, over());
  return made;
}

std::string AdversarialBayesSolver::explain(Status status) const {
  if (status != Status::stalled) return {};
  return "Rounding errors leave a gap between the error and its bound.";
}

}  // namespace nonconvex
