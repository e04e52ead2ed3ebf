#include "solvers/smooth/solver.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "linalg/blas.hpp"
#include "problems/sums/scaled_sum.hpp"
#include "solvers/smooth/answers.hpp"

namespace nonconvex {
namespace {

/// Returns true if a method draws batches, for which single precision is enough.
bool drawsBatches(const MinimizeSumProblem& problem, const MinimizeSumSettings& settings) {
  const std::string_view estimator = presetOf(settings.method).estimator;
  const int rows = problem.rows.empty() ? problem.sum->rows() : static_cast<int>(problem.rows.size());
  if (estimator == "full" || estimator == "twoPoint") return false;  // values differ little
  return settings.batchSize < rows;
}

/// ||x||, also of numbers whose squares overflow.
double normOf(const std::vector<double>& x) {
  const int n = static_cast<int>(x.size());
  const double norm = std::sqrt(sweeps::squares(n, x.data()));
  return std::isfinite(norm) ? norm : blas::nrm2(n, x.data());
}

/// The units of x: the root of the mean square of a column, around its mean where `centred`, and four times the
/// curvature of what the sum adds, such as a ridge, so that this has no curvature above 1 in these units; a quarter is
/// the largest curvature of the logistic loss.
template <class T>
SumUnits unitsOf(FiniteSum<T>& sum, const std::vector<double>& start, bool centred) {
  SumUnits units;
  std::vector<double>& scales = units.scales;
  scales.resize(start.size());
  sum.typicalFactors(scales);
  for (double& scale : scales) scale = scale > 0 ? scale : 1;
  if (centred) {
    units.centres.resize(scales.size());
    units.constant = sum.typicalCentres(units.centres);
    if (units.constant < 0) units.centres.clear();
    for (std::size_t j = 0; j < units.centres.size(); ++j) {
      const double square = scales[j] * scales[j], around = square - units.centres[j] * units.centres[j];
      if (around > 1e-10 * square) {
        scales[j] = std::sqrt(around);
      } else {
        units.centres[j] = 0;  // a constant column
      }
    }
  }
  if (!sum.hasRest()) return units;
  const std::vector<T> x(start.begin(), start.end()), ones(start.size(), T(1));
  std::vector<T> added(start.size());
  sum.addRestProduct(x.data(), ones.data(), added.data());
  for (std::size_t j = 0; j < scales.size(); ++j) {
    const double curvature = 4 * static_cast<double>(added[j]);
    if (curvature > 0.01 * scales[j] * scales[j] && std::isfinite(curvature)) {
      scales[j] = std::sqrt(scales[j] * scales[j] + curvature);
    }
  }
  return units;
}

void refuse(bool wrong, std::string_view name, std::string_view value, const std::string& why) {
  if (wrong) throw Error(ErrorKind::range, std::string(name) + " = " + show(value) + ": " + why);
}

/// Refuses what would let data without noise decide anything about the answer of private steps.
void refusePublicChoices(const MinimizeSumSettings& settings) {
  const std::string of = " for method '" + std::string(presetOf(settings.method).name) + "'";
  const std::string loss = ", as losses of rows are not private";
  const MinimizeSumSettings usual;
  refuse(settings.scaling == SumScaling::columns, "scaling", "columns",
         "expected 'none'" + of + ", as the columns' root mean squares are not private");
  refuse(settings.sampler != RowSampler::automatic && settings.sampler != RowSampler::poisson, "sampler",
         nameOf(settings.sampler), "expected 'poisson'" + of + ", whose accountant counts on it");
  require(settings.tolerance == 0, "tolerance", settings.tolerance,
          "expected 0" + of + ", as the gradient over all rows is not private");
  require(std::isnan(settings.target), "target", settings.target, "expected none" + of + loss);
  require(!settings.trackBest, "trackBest", settings.trackBest, "expected false" + of + loss);
  require(settings.patience == usual.patience, "patience", settings.patience, "expected none" + of + loss);
}

void refuseCombinations(const MinimizeSumProblem& problem, const MinimizeSumSettings& settings) {
  const SumPreset& row = presetOf(settings.method);
  const std::string of = "method '" + std::string(row.name) + "'";
  if (isPrivate(row)) refusePublicChoices(settings);
  refuse(settings.sampler == RowSampler::poisson && (row.coupling == "searchedNoisy" || row.step == "polyak"),
         "sampler", "poisson", "expected another one for " + of + ", which needs the loss of every batch");
  refuse(settings.sampler == RowSampler::coreset && row.estimator != "batch", "sampler", "coreset",
         "expected another one for " + of + ", whose estimates of gradients have no weights");
  refuse(settings.gradientPenalty > 0 && row.estimator != "batch" && row.estimator != "full", "gradientPenalty",
         show(settings.gradientPenalty), "expected 0 for " + of + ", whose gradients are not those of a batch alone");
  const bool otherSet = problem.set == SumSet::ball || problem.set == SumSet::simplex;
  refuse((otherSet || settings.lambda > 0) && settings.scaling == SumScaling::columns, "scaling", "columns",
         "expected 'none' with lambda or a set other than bounds, which mean x in its own units");
  const bool inMetric = row.geometry != "l2" && row.geometry != "sign" && row.geometry != "normalized";
  if (otherSet && inMetric) {
    throw Error(ErrorKind::range, "set: expected none or bounds for " + of +
                                      ", whose metric is not the Euclidean one that projections are of");
  }
}

SumMethod methodNamed(std::string_view name) {
  const auto known = names(SumMethod{});
  return static_cast<SumMethod>(std::find(known.begin(), known.end(), name) - known.begin());
}

/// Throws where a method or a sampler asks what the user's functions do not give.
void requireAbilities(const SumFacts& facts, const MinimizeSumSettings& settings) {
  const SumPreset& row = presetOf(settings.method);
  if (!facts.gradients && row.estimator != "twoPoint") {
    throw Error(ErrorKind::type, "problem.gradient: expected a function for method '" + std::string(row.name) +
                                     "'; 'twoPoint' takes values alone");
  }
  const bool products = row.geometry == "hutchinson" || row.geometry == "clippedCurvature" ||
                        (row.geometry == "squares" && settings.squares == SquaresOf::hutchinson);
  if (!facts.hessianProducts && products) {
    throw Error(ErrorKind::type, "problem.hessianVector: expected a function for method '" + std::string(row.name) +
                                     "', which looks at curvature");
  }
  if (!facts.rowsApart && isPrivate(row)) {
    throw Error(ErrorKind::type, "problem: expected a regression or a model of rows for method '" +
                                     std::string(row.name) +
                                     "', as callbacks give no gradients of single rows to shorten");
  }
  if (!facts.rowsApart && settings.sampler == RowSampler::coreset) {
    throw Error(ErrorKind::type, "sampler = 'coreset': expected another one, as callbacks give no gradients of rows");
  }
}

}  // namespace

MinimizeSumSolver::MinimizeSumSolver(const Cpu& la, const MinimizeSumProblem& problem,
                                     const MinimizeSumSettings& settings)
    : la_(la),
      problem_(problem),
      settings_(settings),
      trained_(problem.rows.empty() ? problem.sum->rows() : static_cast<int>(problem.rows.size())),
      safe_(problem.start) {
  const int n = problem_.sum->variables();
  requireLength("start", problem_.start.size(), n);
  if (problem_.set == SumSet::box) {
    requireLength("lower", problem_.lower.size(), n);
    requireLength("upper", problem_.upper.size(), n);
  }
  single_ =
      settings_.precision == SumPrecision::float32 || (settings_.precision == SumPrecision::automatic &&
                                                       problem_.sum->hasSingle() && drawsBatches(problem_, settings_));
}

bool MinimizeSumSolver::aborted() const { return la_.childMonitor().aborted(); }

/// `auto`: of sums that are known to be convex `adog`, or accelerated descent where every step is to look at all rows,
/// which an average of `adog` would approach slowly; of others `prodigy`, whose points are good as its steps fall to 0
/// with `maxEpochs`, unless the solve may end before.
void MinimizeSumSolver::resolve(const SumFacts& facts) {
  const bool automatic = static_cast<int>(settings_.method) == 0;
  if (!automatic || !std::isnan(settings_.initialDistance)) return;
  if (!facts.convex) {
    const bool inMetric = problem_.set == SumSet::none || problem_.set == SumSet::box;
    const bool toTheEnd =
        std::isfinite(settings_.maxEpochs) && std::isnan(settings_.target) && problem_.validation.empty();
    if (facts.gradients && inMetric && toTheEnd) settings_.method = methodNamed("prodigy");
    return;
  }
  const bool plain = std::isnan(settings_.clipNorm) && settings_.sampler == RowSampler::automatic;
  if (!facts.smooth || settings_.batchSize < trained_ || !plain) return;
  settings_.method = methodNamed("qagd");
  settings_.batchSize = 0;
}

template <class T>
void MinimizeSumSolver::openIn(std::unique_ptr<FiniteSum<T>> sum) {
  resolve(sum->facts());
  requireUsed(settings_);
  refuseCombinations(problem_, settings_);
  requireAbilities(sum->facts(), settings_);
  const bool ownUnits = isPrivate(presetOf(settings_.method)) || settings_.lambda > 0 || problem_.set == SumSet::ball ||
                        problem_.set == SumSet::simplex;
  SumUnits units;
  if (settings_.scaling != SumScaling::none && !ownUnits) {
    units = unitsOf(*sum, problem_.start, problem_.set == SumSet::none);
    if (units.plain()) units = {};
  }
  if (!units.scales.empty()) sum = std::make_unique<ScaledSum<T>>(std::move(sum), units);
  run_ = makeRun<T>(la_, problem_, settings_, std::move(sum), units);
}

void MinimizeSumSolver::open() {
  if (single_) {
    openIn(problem_.sum->inSingle(la_));
  } else {
    openIn(problem_.sum->inDouble(la_));
  }
  run_->writeAnswer(safe_);
}

std::optional<Status> MinimizeSumSolver::start() {
  open();
  if (epoch() >= settings_.maxEpochs) {
    ended_ = epochsMet_ = true;
    return Status::iterationLimit;
  }
  return std::nullopt;
}

double MinimizeSumSolver::epoch() const { return run_ ? run_->sight().rows / std::max(1, trained_) : 0; }

std::optional<Status> MinimizeSumSolver::step() {
  const double begin = run_->sight().rows;
  looked_ = false;
  for (;;) {
    la_.checkpoint();
    if (!run_->step()) {
      ended_ = diverged_ = true;
      return Status::numericalError;
    }
    const SumRun::Sight sight = run_->sight();
    if (sight.batch > 0) {
      losses_ += sight.loss;
      lossSquares_ += sight.loss * sight.loss;
      batches_ += 1;
    }
    const double limit = settings_.maxEpochs * trained_;
    if (sight.rows < limit && sight.rows - begin < trained_) continue;
    ++iterations_;
    if (const auto status = atCheck()) return status;
    if (sight.rows < limit) return std::nullopt;
    ended_ = epochsMet_ = true;
    return Status::iterationLimit;
  }
}

/// Looks at the answer between epochs: whether it is finite, and good enough.
std::optional<Status> MinimizeSumSolver::atCheck() {
  run_->writeAnswer(now_);
  if (!std::all_of(now_.begin(), now_.end(), [](double each) { return std::isfinite(each); })) {
    ended_ = diverged_ = true;
    return Status::numericalError;
  }
  safe_.swap(now_);
  const std::vector<double>& x = safe_;
  if (iterations_ % settings_.checkInterval != 0) return std::nullopt;
  if (!problem_.validation.empty()) {
    seenValidation_ = validationLoss(x);
    const bool better = !best_.known() || seenValidation_ < best_.objective;
    since_ = better ? 0 : since_ + 1;
    if (better) keepBest(seenValidation_, x);
    if (since_ >= settings_.patience) {
      ended_ = true;
      return Status::stalled;
    }
  }
  const bool targeted = !std::isnan(settings_.target);
  if (!targeted && !settings_.trackBest && settings_.tolerance == 0) return std::nullopt;
  seen_ = whole(x);
  looked_ = true;
  if (problem_.validation.empty() && settings_.trackBest && (!best_.known() || seen_.objective < best_.objective)) {
    keepBest(seen_.objective, x);
  }
  if (targeted && seen_.objective <= settings_.target) {
    ended_ = true;
    return Status::solved;
  }
  return std::nullopt;
}

void MinimizeSumSolver::keepBest(double objective, const std::vector<double>& x) {
  best_.epoch = epoch();
  best_.objective = objective;
  best_.x = x;
}

MinimizeSumSolver::Whole MinimizeSumSolver::whole(const std::vector<double>& x) {
  if (!exact_) exact_ = problem_.sum->inDouble(la_);
  const RowSet rows = problem_.rows.empty() ? RowSet::range(0, exact_->rows()) : RowSet::list(problem_.rows);
  std::vector<double> g(x.size());
  if (!exact_->facts().gradients) {
    passes_ += 1;
    return {exact_->value(rows, x.data()), unknown};
  }
  double value = exact_->gradient(rows, nullptr, x.data(), g.data());
  if (exact_->hasRest()) value += exact_->addRest(x.data(), g.data());
  passes_ += 1;
  for (std::size_t j = 0; j < x.size(); ++j) value += settings_.lambda * std::abs(x[j]);
  std::vector<double> moved = x;
  for (std::size_t j = 0; j < x.size(); ++j) moved[j] -= g[j];
  const ChosenSet<double> set(problem_, {}, settings_.lambda);
  if (set.everywhere()) return {value, normOf(g)};
  set.project(moved.data(), 1);
  for (std::size_t j = 0; j < x.size(); ++j) moved[j] -= x[j];
  return {value, normOf(moved)};
}

double MinimizeSumSolver::validationLoss(const std::vector<double>& x) {
  if (!exact_) exact_ = problem_.sum->inDouble(la_);
  return exact_->value(RowSet::list(problem_.validation), x.data());
}

MinimizeSumProgress MinimizeSumSolver::progress() {
  MinimizeSumProgress now;
  if (!run_) return now;
  const SumRun::Sight sight = run_->sight();
  now.epoch = epoch();
  if (batches_ > 0) {
    const double mean = losses_ / batches_;
    now.batchLoss = mean;
    const double variance = std::max(0.0, lossSquares_ / batches_ - mean * mean);
    if (batches_ > 1) now.batchError = std::sqrt(variance / (batches_ - 1));
    losses_ = lossSquares_ = batches_ = 0;
  }
  if (sight.steps > 0) now.step = sight.eta;
  now.distance = run_->distance();
  if (std::isfinite(seenValidation_)) now.validationLoss = seenValidation_;
  const bool last = ended_ || iterations_ >= settings_.maxIterations || la_.ending();
  if (!last && !looked_) return now;
  if (!looked_ && !aborted()) {
    std::vector<double> x;
    answer(x);
    seen_ = whole(x);
    looked_ = true;
  }
  if (!looked_) return now;
  if (std::isfinite(seen_.objective)) now.objective = seen_.objective;
  if (std::isfinite(seen_.gradientNorm)) now.residual = seen_.gradientNorm;
  return now;
}

/// x := what the solve gives back.
void MinimizeSumSolver::answer(std::vector<double>& x) const {
  if (!run_ || diverged_) {
    x = best_.known() ? best_.x : safe_;
  } else if (!problem_.validation.empty() && best_.known()) {
    x = best_.x;
  } else {
    run_->writeAnswer(x);
    if (!std::all_of(x.begin(), x.end(), [](double each) { return std::isfinite(each); })) x = safe_;
  }
}

MinimizeSumSolution MinimizeSumSolver::solution() {
  MinimizeSumSolution found;
  answer(found.x);
  found.best = best_;
  const SumPreset& row = presetOf(settings_.method);
  found.method = row.name;
  found.precision = single_ ? "float32" : "float64";
  found.pieces = piecesOf(row, settings_);
  if (diverged_) found.ending = SumEnding::diverged;
  if (epochsMet_) found.ending = SumEnding::epochLimit;
  if (!run_) {
    found.last = found.x;
    return found;
  }
  run_->writeLast(found.last);
  run_->writeState(found.state);
  const SumRun::Sight sight = run_->sight();
  found.counts = {.steps = sight.steps,
                  .rows = sight.rows,
                  .gradients = sight.gradients,
                  .products = sight.products,
                  .passes = passes_};
  if (!looked_) return found;
  found.gradientNorm = seen_.gradientNorm;
  const bool free = problem_.set == SumSet::none && settings_.lambda == 0;
  const SumFacts facts = exact_->facts();
  const double convexity = facts.convex ? facts.strongConvexity : 0;
  const bool given = !std::isnan(settings_.polyakLojasiewicz);
  const double mu = given ? settings_.polyakLojasiewicz : convexity;
  if (free && mu > 0 && std::isfinite(seen_.gradientNorm) && std::isfinite(seen_.objective)) {
    const double gap = seen_.gradientNorm * seen_.gradientNorm / (2 * mu);
    found.certificate = boundedByGap(seen_.objective, gap, 1, given ? overPolyakLojasiewicz : ""sv);
    if (given) found.certificate.because = "The bound holds if f has the constant `polyakLojasiewicz`."sv;
  } else if (seen_.gradientNorm <= settings_.tolerance) {
    found.certificate.kind = CertificateKind::stationary;
  }
  return found;
}

std::string MinimizeSumSolver::explain(Status status) const {
  if (status == Status::stalled) {
    return "The loss on the validation rows has not fallen for " + show(since_) + " checks; x is the best point by it.";
  }
  if (diverged_) {
    const SumRun::Sight sight = run_->sight();
    return "The loss of the batch of step " + show(sight.steps + 1) + " is no number; x is " +
           (best_.known() ? "the best point of a check." : "the answer before that epoch.") +
           (std::isnan(settings_.stepSize) ? " Method 'adog' needs no step size; `clipNorm` bounds single steps."
                                           : " Try a smaller stepSize than " + show(settings_.stepSize) +
                                                 ", `clipNorm`, or method 'adog', which needs none.");
  }
  return run_ ? run_->warning() : std::string();
}

}  // namespace nonconvex
