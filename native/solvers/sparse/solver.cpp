#include "solvers/sparse/solver.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/exact_sum.hpp"
#include "solvers/sparse/path/engines.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"

namespace nonconvex {
namespace {

void requireSettings(const SparseSettings& settings) {
  if (hasStruct(ofNorm(settings.penalty))) {
    visitPenalty(ofNorm(settings.penalty), [&]<class Penalty>() {
      const double gamma = gammaOf(settings);
      require(gamma > Penalty::leastGamma || Penalty{}.gamma == 0, "gamma", gamma,
              "expected more than " + show(Penalty::leastGamma) + " for " + std::string(Penalty::name));
      require(
          settings.family != SparseFamily::quantile || std::isfinite(Penalty{1, gamma}.slope(0)), "penalty",
          nameOf(settings.penalty),
          "expected a penalty with a finite slope at 0 for family 'quantile': beside an infinite one any coefficient "
          "may stay 0, and the loss has no curvature that says which of them are better elsewhere");
    });
  }
  if (isKnown(settings.minRatio)) {
    require(settings.minRatio < 1, "minRatio", settings.minRatio, "expected a number in (0, 1)");
  }
}

/// Cox's loss does not change with a constant, so that columns may be centred as beside an intercept.
SparseSettings completed(SparseSettings settings) {
  if (settings.family == SparseFamily::cox) settings.intercept = true;
  return settings;
}

/// Intercepts of classes mean something only beside each other: those for columns as they are given sum to 0.
void subtractMean(std::vector<double>& intercepts) {
  const double mean =
      std::accumulate(intercepts.begin(), intercepts.end(), 0.0) / static_cast<double>(intercepts.size());
  for (double& each : intercepts) each -= mean;
}

void requireSizes(const SparseProblem& problem, const SparseSettings& settings) {
  if (problem.sizes.empty()) return;
  require(settings.penalty == SparsePenalty::bestSubset, "penalty", nameOf(settings.penalty),
          "expected bestSubset() with sizes");
  require(problem.lambdas.empty(), "lambdas", "given", "expected none with sizes");
  int before = -1;
  for (std::size_t k = 0; k < problem.sizes.size(); ++k) {
    require(problem.sizes[k] > before, "sizes[" + show(k) + "]", problem.sizes[k], "expected integers >= 0, growing");
    before = problem.sizes[k];
  }
}

const SparseProblem& checked(const SparseProblem& problem, const SparseSettings& settings) {
  requireSettings(settings);
  double before = infinity;
  for (std::size_t k = 0; k < problem.lambdas.size(); ++k) {
    const double lambda = problem.lambdas[k];
    require(lambda >= 0 && std::isfinite(lambda) && lambda < before, "lambdas[" + show(k) + "]", lambda,
            "expected finite numbers >= 0, falling");
    before = lambda;
  }
  requireSizes(problem, settings);
  return problem;
}

}  // namespace

struct PathSolver::Tuning {
  static constexpr double leastChange = 1e-5;   ///< published: glmnet's fdev, a change of the deviance that ends a path
  static constexpr double leadStep = 0.5;       ///< safeguard: share of lambda on the way to the first one asked for
  static constexpr double smallestLead = 1e-4;  ///< safeguard: share of lambdaMax where the way ends
};

PathSolver::PathSolver(const Cpu& la, const SparseProblem& problem, const SparseSettings& settings)
    : la_(la),
      problem_(checked(problem, settings)),
      settings_(completed(settings)),
      data_(la, problem, settings_),
      engine_(makePathEngine(la, data_, problem, settings_)) {
  const std::size_t responses = at(data_.responses()), coefficients = at(data_.p()) * responses;
  require(problem.warmStart.empty() || problem.warmStart.size() == coefficients + responses,
          "warmStart.coefficients.length", problem.warmStart.size() - responses,
          "expected as many numbers as there are coefficients: " + show(coefficients));
  require(problem.lambdas.empty() || problem.lambdas.back() > 0 || data_.p() < data_.n(), "lambda", 0,
          "expected more than 0 with as many columns as rows or more, as else no minimum is unique");
}

PathSolver::~PathSolver() = default;

std::optional<Status> PathSolver::start() {
  engine_->fitNull();
  chooseLambdas();
  if (!problem_.warmStart.empty()) {
    const std::span<const double> start(problem_.warmStart);
    const std::size_t intercepts = at(data_.responses());
    const std::span<const double> given = start.last(intercepts);
    std::vector<double> moved(given.begin(), given.end());
    for (std::size_t k = 0; k < intercepts; ++k) moved[k] -= data_.responseOrigin[k];
    engine_->begin(start.first(start.size() - intercepts), moved);
  }
  if (count() == 0) return finish();
  return std::nullopt;
}

/// The lambdas that were asked for, with others before them where the first is far from where coefficients are 0.
void PathSolver::chooseLambdas() {
  if (!problem_.sizes.empty()) return;
  const bool convex = isConvex(settings_.penalty);
  const bool tall = data_.n() > data_.p();
  const double ratio = isKnown(settings_.minRatio) ? settings_.minRatio
                       : convex                    ? (tall ? 1e-4 : 1e-2)
                                                   : (tall ? 1e-3 : 5e-2);
  const double most = engine_->lambdaMax();
  const double step = settings_.nLambda > 1 ? std::pow(ratio, 1.0 / (settings_.nLambda - 1)) : 1;
  // Products in turn, so that whoever knows the first one and the step has the same bits.
  const auto addGrid = [&](double above) {
    double lambda = most;
    for (int k = 0; k < settings_.nLambda && lambda > above; ++k, lambda *= step) lambdas_.push_back(lambda);
  };
  if (problem_.lambdas.empty()) {
    addGrid(0);
    lambdaStep_ = step;
    if (most == 0) lambdas_.push_back(0);
    return;
  }
  const double first = problem_.lambdas.front();
  if (problem_.warmStart.empty() && first < most && !engine_->leadsItself()) {
    // A penalty that is not convex has many minima: the one that a path of the default lambdas leads to is meant.
    if (convex) {
      for (double lambda = most * Tuning::leadStep;
           lambda * Tuning::leadStep > first && lambda > Tuning::smallestLead * most; lambda *= Tuning::leadStep) {
        lambdas_.push_back(lambda);
      }
    } else {
      addGrid(first * (1 + 1e-9));
    }
  }
  unasked_ = lambdas_.size();
  lambdas_.insert(lambdas_.end(), problem_.lambdas.begin(), problem_.lambdas.end());
}

std::optional<Status> PathSolver::step() {
  try {
    return fitNext();
  } catch (const Error& error) {
    if (error.code() != "OUT_OF_MEMORY" || models_.empty()) throw;
    return endForMemory(error.what());
  } catch (const std::bad_alloc&) {
    if (models_.empty()) throw;
    return endForMemory("out of memory");
  }
}

/// Ends a path with the models that it has, where there is no memory for the next one.
std::optional<Status> PathSolver::endForMemory(std::string reason) {
  end_ = PathEnd::outOfMemory;
  lacking_ = std::move(reason);
  return Status::stalled;
}

/// Fits the next model, unless one of those that were fitted together with others is it.
std::optional<Status> PathSolver::fitNext() {
  if (!problem_.sizes.empty()) {
    waiting_.push_back(engine_->fitSize(problem_.sizes[next_]));
  } else if (waiting_.empty()) {
    // Without a penalty columns in use are made orthogonal, for which there may be no memory: by itself it loses no
    // others.
    const std::size_t left = lambdas_.size() - next_;
    waiting_ = engine_->fit({lambdas_.data() + next_, left > 1 && lambdas_.back() == 0 ? left - 1 : left});
    std::reverse(waiting_.begin(), waiting_.end());
  }
  PathModel model = std::move(waiting_.back());
  waiting_.pop_back();
  const bool asked = next_++ >= unasked_;
  if (asked) {
    // Classes that are told apart have no best coefficients where the penalty is constant: there is no such model.
    if (!model.reached && isKnown(lambdaStep_) && !isConvex(settings_.penalty) &&
        engine_->explained(model.loss) >= PathEngine::Tuning::fullyExplained) {
      end_ = PathEnd::devianceExplained;
      return finish();
    }
    const bool last = endsAt(model);
    models_.push_back(std::move(model));
    if (last) return finish();
  }
  if (next_ == count()) {
    end_ = PathEnd::complete;
    return finish();
  }
  return std::nullopt;
}

/// Whether nothing of interest follows behind a model of lambdas that were made here; any path may end at maxNonzeros.
bool PathSolver::endsAt(const PathModel& model) {
  if (static_cast<double>(model.columns.size()) > settings_.maxNonzeros) {
    end_ = PathEnd::maxNonzeros;
    return true;
  }
  if (!isKnown(lambdaStep_)) return false;
  const double now = engine_->explained(model.loss);
  if (now >= PathEngine::Tuning::fullyExplained) {
    end_ = PathEnd::devianceExplained;
    return true;
  }
  // A penalty that is not convex lets coefficients stay what they are for many lambdas, and others come in after these.
  constexpr std::size_t soonest = 5;
  if (models_.size() < soonest || !isConvex(settings_.penalty)) return false;
  const double before = engine_->explained(models_.back().loss);
  // Models of quantiles stay where they are for a while, and then go on.
  if (data_.family == SparseFamily::quantile) return false;
  if (!model.columns.empty() && now - before < Tuning::leastChange * now) {
    end_ = PathEnd::devianceConstant;
    return true;
  }
  return false;
}

std::optional<Status> PathSolver::finish() {
  const bool all = std::all_of(models_.begin(), models_.end(), [](const PathModel& each) { return each.reached; });
  if (all) return Status::solved;
  // Of what ended before its time the outer loop says why.
  la_.checkpoint();
  return Status::stalled;
}

SparseProgress PathSolver::progress() const {
  SparseProgress now;
  now.evaluations = engine_->evaluations();
  if (models_.empty()) return now;
  const PathModel& last = models_.back();
  now.objective = last.objective;
  now.lambda = last.lambda;
  now.lambdaStep = lambdaStep_;
  if (isKnown(lambdaStep_)) now.firstLambda = lambdas_.front();
  now.nonzeros = static_cast<double>(last.columns.size());
  now.explained = engine_->explained(last.loss);
  if (isKnown(last.gap)) {
    now.lowerBound = last.objective - last.gap * (engine_->nullLoss() - engine_->perfectLoss());
    now.residual = last.gap;
  } else if (!last.onCap) {
    now.residual = engine_->lambdaMax() > 0 ? last.violation / engine_->lambdaMax() : 0;
  }
  return now;
}

std::string PathSolver::explain(Status status) const {
  std::string all = status == Status::stalled ? explainStall() : status == Status::solved ? explainCap() : "";
  if (const std::string added = explainLeftOut(); !added.empty()) all += (all.empty() ? "" : " ") + added;
  return all;
}

/// Which columns are left out though they are not exactly constant.
std::string PathSolver::explainLeftOut() const {
  constexpr std::size_t mostNamed = 5;
  const std::vector<int>& columns = data_.nearlyConstant;
  if (columns.empty()) return {};
  std::string names;
  for (std::size_t k = 0; k < std::min(columns.size(), mostNamed); ++k) names += (k > 0 ? ", " : "") + show(columns[k]);
  if (columns.size() > mostNamed) names += " and " + show(columns.size() - mostNamed) + " more";
  const bool one = columns.size() == 1;
  return std::string(one ? "Column " : "Columns ") + names + (one ? " of x varies" : " of x vary") +
         " by no more than rounding beside " + (one ? "its" : "their") + " size and " + (one ? "is" : "are") +
         " left out as constant: what is said of the minimum holds for the other columns.";
}

std::string PathSolver::explainStall() const {
  if (end_ == PathEnd::outOfMemory) {
    return "The path ended behind its model " + show(models_.size()) +
           " as there is no memory for the next: " + lacking_ + ".";
  }
  const auto first = std::find_if(models_.begin(), models_.end(), [](const PathModel& each) { return !each.reached; });
  if (first == models_.end()) return {};
  const bool classes = data_.family == SparseFamily::binomial || data_.family == SparseFamily::multinomial;
  const std::string noMinimum =
      classes && !isConvex(settings_.penalty)
          ? " Where columns separate the classes, a penalty that does not grow leaves the objective without a minimum."
          : "";
  const std::size_t place = static_cast<std::size_t>(first - models_.begin());
  const std::string which =
      problem_.sizes.empty() ? "at lambda = " + show(first->lambda) : "of size " + show(problem_.sizes[place]);
  if (first->onCap) {
    return "The best subset " + which + " has a coefficient of " + show(first->bounded) +
           ", the most that coefficients were allowed as columns depend on each other, so that a subset with larger "
           "ones may be better; a ridge, or largest, makes the problem one with a bound.";
  }
  return "The model " + which + " did not reach the tolerance: its gap is " + show(first->gap) +
         ", its violation over lambdaMax " + show(first->violation / engine_->lambdaMax()) + "." + noMinimum;
}

/// Up to which size of coefficients bounds of best subsets hold, where nobody asked for one.
std::string PathSolver::explainCap() const {
  double least = infinity;
  for (const PathModel& each : models_) least = std::min(least, each.bounded);
  if (isKnown(settings_.largest) || std::isinf(least)) return {};
  return "Columns depend on each other: the bound of the best subset is one of subsets with coefficients up to " +
         show(least) + ", as they are penalised.";
}

/// What is known of a model; `scale` is that of its gap, `without`: columns that are nearly constant were left out;
/// `solved` is the kind of a solved model that is not known to be more.
static Certificate certificateOf(const PathModel& model, double scale, bool without, CertificateKind solved) {
  const bool capped = std::isfinite(model.bounded);
  const std::string_view over = capped ? overSize : without ? overColumns : ""sv;
  if (isKnown(model.gap)) {
    Certificate made = boundedByGap(model.objective, model.gap, scale, over);
    if (capped && without) made.because = "Nearly constant columns are left out, too."sv;
    return made;
  }
  Certificate made;
  if (!model.reached || model.onCap) return made;
  made.over = over;
  made.kind = model.locallyConvex ? CertificateKind::local : solved;
  return made;
}

/// Longer than most: each of the vectors gets its entry of a model.
SparseSolution PathSolver::solution() const {
  SparseSolution out;
  out.end = end_;
  out.lambdaMax = engine_->lambdaMax();
  out.sweeps = engine_->sweeps();
  const double perRow = 2 * data_.totalWeight;
  out.nullDeviance = perRow * (engine_->nullLoss() - engine_->perfectLoss());
  if (settings_.standardize) out.scales = data_.scale;
  for (int j = 0; j < data_.p(); ++j) {
    if (data_.constant[at(j)] && !data_.leftOut[at(j)]) out.constantColumns.push_back(j);
  }
  out.nearlyConstantColumns = data_.nearlyConstant;
  out.offsets.push_back(0);
  std::size_t entries = 0;
  for (const PathModel& each : models_) entries += each.columns.size();
  out.indices.reserve(entries);
  out.values.reserve(entries);
  // The loss of quantiles has no curvature that would tell of other minima along a coordinate.
  const bool curved = settings_.family != SparseFamily::quantile;
  const CertificateKind solved = curved ? CertificateKind::coordinateWise : CertificateKind::stationary;
  for (const PathModel& each : models_) {
    if (!problem_.sizes.empty()) out.sizes.push_back(problem_.sizes[out.lambda.size()]);
    out.lambda.push_back(each.lambda);
    out.objectives.push_back(each.objective);
    out.deviance.push_back(perRow * std::max(0.0, each.loss - engine_->perfectLoss()));
    out.df.push_back(static_cast<double>(each.columns.size()));
    out.gap.push_back(each.gap);
    out.violation.push_back(engine_->lambdaMax() > 0 ? each.violation / engine_->lambdaMax() : 0);
    out.certificate.push_back(
        certificateOf(each, engine_->nullLoss() - engine_->perfectLoss(), !out.nearlyConstantColumns.empty(), solved));
    out.locallyConvex.push_back(each.locallyConvex);
    if (settings_.penalty == SparsePenalty::bestSubset) {
      out.nodes.push_back(each.nodes);
      out.bounded.push_back(each.bounded);
    }
    std::vector<std::size_t> order(each.columns.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return each.columns[a] < each.columns[b]; });
    std::vector<ExactSum> sums(each.intercepts.size());
    for (std::size_t k = 0; k < sums.size(); ++k) {
      sums[k].add(each.intercepts[k]);
      sums[k].add(data_.responseOrigin[k]);
    }
    for (const std::size_t k : order) {
      const int j = each.columns[k] % data_.p(), response = each.columns[k] / data_.p();
      const double value = data_.inUnits(each.columns[k], each.values[k]);
      out.indices.push_back(each.columns[k]);
      out.values.push_back(value);
      sums[at(response)].add(-value, data_.origin[at(j)]);
      sums[at(response)].add(-value, data_.shift[at(j)]);
    }
    std::vector<double> intercepts;
    for (const ExactSum& sum : sums) intercepts.push_back(sum.value());
    if (data_.family == SparseFamily::cox) intercepts.assign(1, 0.0);
    if (data_.family == SparseFamily::multinomial) subtractMean(intercepts);
    out.intercepts.insert(out.intercepts.end(), intercepts.begin(), intercepts.end());
    out.offsets.push_back(static_cast<int>(out.indices.size()));
  }
  return out;
}

}  // namespace nonconvex
