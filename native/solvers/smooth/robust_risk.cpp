#include "solvers/smooth/robust_risk.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/random.hpp"
#include "core/require_memory.hpp"
#include "solvers/smooth/sweeps.hpp"

namespace nonconvex {

RobustRiskSolver::RobustRiskSolver(const Cpu& la, const RobustRiskProblem& problem, const RobustRiskSettings& settings)
    : la_(la), problem_(problem), settings_(settings), x_(problem.start) {
  require(static_cast<int>(x_.size()) == problem.sum->variables(), "start.length", x_.size(),
          "expected " + show(problem.sum->variables()));
}

void RobustRiskSolver::start() {
  sum_ = problem_.sum->inDouble(la_);
  const int n = static_cast<int>(x_.size()), rows = sum_->rows();
  requireMemory(8.0 * n * rows, "the gradients of " + show(rows) + " rows in " + show(n) + " unknowns need");
  const auto sigma = spectrumOf(settings_.risk, rows, settings_.level, settings_.power);
  gradients_.resize(at(n) * at(rows));
  mean_.resize(at(n));
  g_.resize(at(n));
  rest_.resize(at(n));
  losses_.resize(at(rows));
  const RowSet all = RowSet::range(0, rows);
  sum_->lossOfRows(all, x_.data(), losses_.data());
  nu_ = settings_.smoothing;
  if (std::isnan(nu_)) {
    double mean = 0;
    for (const double loss : losses_) mean += std::abs(loss) / rows;
    nu_ = mean > 0 && std::isfinite(mean) ? mean / 10 : 1;
  }
  tables_.emplace(sigma, nu_);
  now_.emplace(sigma, nu_);
  tables_->begin(losses_);
  tables_->weigh();
  rho_.assign(tables_->weights().begin(), tables_->weights().end());
  for (int i = 0; i < rows; ++i) {
    if (i % 64 == 0) la_.checkpoint();
    double* row = gradients_.data() + at(i) * at(n);
    sum_->gradient(RowSet::range(i, 1), nullptr, x_.data(), row);
    sweeps::combine(n, 1, mean_.data(), rho_[at(i)], row, mean_.data());
  }
  eta_ = std::isnan(settings_.stepSize) ? usualStep() : settings_.stepSize;
}

/// 1 / (2 L), L the largest weight n sigma times the largest curvature of some rows along their gradients, and of what
/// the sum adds.
double RobustRiskSolver::usualStep() {
  const int n = static_cast<int>(x_.size()), rows = sum_->rows();
  std::vector<double> moved(at(n)), there(at(n)), rest(at(n)), restThere(at(n));
  double L = 0, squares = 0;
  const int some = std::min(rows, 200);
  for (int k = 0; k < some; ++k) {
    const int i = static_cast<int>(static_cast<std::int64_t>(rows) * k / some);
    const double* row = gradients_.data() + at(i) * at(n);
    const double norm = std::sqrt(sweeps::squares(n, row));
    squares += norm * norm / some;
    if (!(norm > 0)) continue;
    const double far = 1e-4 / norm;
    sweeps::combine(n, 1, x_.data(), far, row, moved.data());
    sum_->gradient(RowSet::range(i, 1), nullptr, moved.data(), there.data());
    sweeps::combine(n, 1, there.data(), -1, row, there.data());
    double curvature = std::sqrt(sweeps::squares(n, there.data())) / 1e-4;
    if (sum_->hasRest()) {
      std::fill(rest.begin(), rest.end(), 0.0);
      std::fill(restThere.begin(), restThere.end(), 0.0);
      sum_->addRest(x_.data(), rest.data());
      sum_->addRest(moved.data(), restThere.data());
      sweeps::combine(n, 1, restThere.data(), -1, rest.data(), rest.data());
      curvature += std::sqrt(sweeps::squares(n, rest.data())) / 1e-4;
    }
    L = std::max(L, curvature);
  }
  const auto sigma = spectrumOf(settings_.risk, rows, settings_.level, settings_.power);
  const double weight = rows * *std::max_element(sigma.begin(), sigma.end());
  const double all = weight * L + squares / nu_;
  return all > 0 && std::isfinite(all) ? 1 / (2 * all) : 1;
}

std::optional<Status> RobustRiskSolver::step() {
  const int n = static_cast<int>(x_.size()), rows = sum_->rows();
  const Random random(settings_.seed, 1);
  objective_ = norm_ = unknown;
  for (int k = 0; k < rows; ++k, ++steps_) {
    if (k % 64 == 0) la_.checkpoint();
    const int i = static_cast<int>(random.below(static_cast<std::uint64_t>(steps_), static_cast<std::uint32_t>(rows)));
    double* kept = gradients_.data() + at(i) * at(n);
    const double loss = sum_->gradient(RowSet::range(i, 1), nullptr, x_.data(), g_.data());
    if (!std::isfinite(loss)) return Status::numericalError;
    const double q = tables_->weight(i), rho = rho_[at(i)];
    std::fill(rest_.begin(), rest_.end(), 0.0);
    if (sum_->hasRest()) sum_->addRest(x_.data(), rest_.data());
    // The step is taken with the weights that are known; then the tables learn what was seen.
    for (int j = 0; j < n; ++j)
      x_[at(j)] -= eta_ * (rows * (q * g_[at(j)] - rho * kept[j]) + mean_[at(j)] + rest_[at(j)]);
    for (int j = 0; j < n; ++j) mean_[at(j)] += q * g_[at(j)] - rho * kept[j];
    std::copy(g_.begin(), g_.end(), kept);
    rho_[at(i)] = q;
    tables_->change(i, loss);
    tables_->weigh();
  }
  if (++iterations_ % Tuning::between == 0 && std::isnan(settings_.stepSize)) shorten();
  return std::nullopt;
}

/// Halves a step that is too long, where some iterations have not brought the gradient down.
void RobustRiskSolver::shorten() {
  const double norm = whole();
  if (norm > 0.9 * before_) eta_ /= 2;
  before_ = norm;
}

double RobustRiskSolver::whole() {
  const int rows = sum_->rows();
  sum_->lossOfRows(RowSet::range(0, rows), x_.data(), losses_.data());
  now_->begin(losses_);
  now_->weigh();
  const std::vector<double> weights(now_->weights().begin(), now_->weights().end());
  std::vector<double> g(x_.size());
  sum_->gradient(RowSet::range(0, rows), weights.data(), x_.data(), g.data());
  objective_ = now_->value() + (sum_->hasRest() ? sum_->addRest(x_.data(), g.data()) : 0);
  norm_ = std::sqrt(sweeps::squares(static_cast<int>(g.size()), g.data()));
  return norm_;
}

Progress RobustRiskSolver::progress() {
  Progress now;
  if (!sum_ || rho_.empty() || la_.childMonitor().aborted()) return now;
  if (std::isnan(norm_)) whole();
  if (std::isfinite(objective_)) now.objective = objective_;
  if (std::isfinite(norm_)) now.residual = norm_;
  return now;
}

RobustRiskSolution RobustRiskSolver::solution() {
  RobustRiskSolution found;
  found.x = x_;
  if (!now_) return found;
  found.weights.assign(now_->weights().begin(), now_->weights().end());
  if (eta_ > 0) found.stepSize = eta_;
  found.smoothing = nu_;
  if (std::isnan(norm_)) return found;
  found.risk = now_->plain();
  found.gradientNorm = norm_;
  const SumFacts facts = sum_->facts();
  if (facts.convex && facts.strongConvexity > 0 && std::isfinite(objective_)) {
    found.certificate = boundedByGap(objective_, norm_ * norm_ / (2 * facts.strongConvexity), 1);
  } else {
    found.certificate.kind = CertificateKind::stationary;
  }
  return found;
}

std::string RobustRiskSolver::explain(Status status) const {
  if (status != Status::numericalError) return {};
  return "The loss of a row is no number: try a smaller stepSize than " + show(eta_) + ".";
}

}  // namespace nonconvex
