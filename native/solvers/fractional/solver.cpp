#include "solvers/fractional/solver.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "solvers/fractional/coordinate_descent.hpp"
#include "solvers/fractional/starts.hpp"

namespace nonconvex {

FractionalSolver::FractionalSolver(const Cpu& la, const FractionalProblem& problem, const FractionalSettings& settings)
    : la_(la), settings_(settings), data_(la, problem, settings), ranks_(problem.ranks) {
  const std::vector<std::vector<double>> starts = fractionalStarts(la, data_, settings);
  starts_ = static_cast<int>(starts.size());
  descents_.resize(starts.size());
  la.tasks(starts_, [&](int k) {
    const auto at = static_cast<std::size_t>(k);
    if ((at > 0 && la.ending()) || (ranks_ && k % ranks_->size() != ranks_->rank())) return;
    descents_[at] = std::make_unique<CoordinateDescent>(data_, settings_, static_cast<std::uint32_t>(k) + 1);
    descents_[at]->begin(starts[at].data());
  });
  for (int k = 0; k < starts_; ++k) {
    if (descents_[static_cast<std::size_t>(k)]) numbers_.push_back(k);
  }
  std::erase(descents_, nullptr);
}

FractionalSolver::~FractionalSolver() = default;

void FractionalSolver::start() {
  const bool first = !numbers_.empty() && numbers_.front() == 0;
  if (first && settings_.lassoStart && data_.start.empty() && !data_.l1.empty()) lassoStart(*descents_.front());
  forLanes([&](CoordinateDescent& descent) {
    if (settings_.radialStep && !data_.scaleInvariant) descent.radialStep();
  });
}

std::optional<Status> FractionalSolver::step() {
  forLanes([&](CoordinateDescent& descent) {
    if (!descent.converged()) descent.sweep(la_);
  });
  const bool unbounded =
      std::any_of(descents_.begin(), descents_.end(), [](const auto& descent) { return descent->unbounded(); });
  if (shared() ? ranks_->max(unbounded) > 0 : unbounded) return Status::unbounded;
  return std::nullopt;
}

Progress FractionalSolver::progress() const {
  Progress now;
  double residual = 0;
  for (const auto& descent : descents_) residual = std::max(residual, descent->residual());
  double objective = bestObjective();
  if (shared()) {
    residual = ranks_->max(residual);
    objective = ranks_->min(std::isnan(objective) ? INFINITY : objective);
  }
  now.objective = objective;
  if (!std::isinf(residual)) now.residual = residual;  // infinite: no sweep yet
  return now;
}

FractionalSolution FractionalSolver::solution() const {
  FractionalSolution s;
  s.method = data_.parametric ? FractionalMethod::pcd : FractionalMethod::fcd;
  s.certificate.kind = data_.kindOfMinimum();
  s.x.resize(static_cast<std::size_t>(data_.n));
  if (!shared() || isBestOfAll()) {
    const CoordinateDescent& descent = *descents_[best()];
    s.x = descent.x();
    s.numerator = descent.numerator();
    s.denominator = descent.denominator();
  }
  for (const auto& each : descents_) {
    s.starts.push_back({each->objective(), each->sweeps(), each->updates(), each->residual()});
  }
  if (shared()) gather(s);
  for (const auto& each : s.starts) s.updates += each.updates;
  return s;
}

void FractionalSolver::forLanes(const std::function<void(CoordinateDescent&)>& f) {
  la_.tasks(static_cast<int>(descents_.size()), [&](int k) {
    la_.checkpoint();
    f(*descents_[static_cast<std::size_t>(k)]);
  });
}

/// Begins where the numerator is least, unless the ratio is better at the start there is or the denominator zero.
void FractionalSolver::lassoStart(CoordinateDescent& descent) {
  auto trial = std::make_unique<CoordinateDescent>(data_, settings_, 0);
  trial->begin(data_.clamped(std::vector<double>(static_cast<std::size_t>(data_.n))).data());
  trial->minimizeNumerator(la_);
  const double g = trial->denominator();
  if (g > 0 && std::isfinite(g) && trial->objective() <= descent.objective()) descent.begin(trial->x().data());
}

/// Returns true if other ranks also have starts: progress and solution are those of all, and sweeps begin together.
bool FractionalSolver::shared() const { return ranks_ && ranks_->size() > 1; }

/// The place of the best of this rank's starts; one past them where it has none.
std::size_t FractionalSolver::best() const {
  const auto worse = [](const auto& a, const auto& b) {
    return std::isnan(b->objective()) || a->objective() < b->objective();
  };
  return static_cast<std::size_t>(std::min_element(descents_.begin(), descents_.end(), worse) - descents_.begin());
}

double FractionalSolver::bestObjective() const { return descents_.empty() ? INFINITY : descents_[best()]->objective(); }

/// Returns true if the best start of all ranks, the first of several, is one of this rank's.
bool FractionalSolver::isBestOfAll() const {
  double own = bestObjective();
  if (std::isnan(own)) own = INFINITY;
  const bool candidate = ranks_->min(own) == own && !descents_.empty();
  const double number = candidate ? numbers_[best()] : starts_;
  return ranks_->min(number) == number && candidate;
}

/// s := what all ranks have of it: the point of the one that has the best, and the starts in their order.
void FractionalSolver::gather(FractionalSolution& s) const {
  const auto count = static_cast<std::size_t>(starts_);
  std::vector<double> all(s.x);
  all.push_back(s.numerator);
  all.push_back(s.denominator);
  const std::size_t first = all.size();
  all.resize(first + 5 * count);
  for (std::size_t k = 0; k < s.starts.size(); ++k) {
    const FractionalSolution::Start& start = s.starts[k];
    const double numbers[] = {1, start.objective, 1.0 * start.sweeps, start.updates, start.residual};
    std::copy(std::begin(numbers), std::end(numbers), &all[first + 5 * static_cast<std::size_t>(numbers_[k])]);
  }
  ranks_->sum(all);
  std::copy_n(all.begin(), s.x.size(), s.x.begin());
  s.numerator = all[first - 2];
  s.denominator = all[first - 1];
  s.starts.clear();
  for (std::size_t k = 0; k < count; ++k) {
    const double* of = &all[first + 5 * k];
    if (of[0] > 0) s.starts.push_back({of[1], static_cast<int>(of[2]), of[3], of[4]});
  }
}

}  // namespace nonconvex
