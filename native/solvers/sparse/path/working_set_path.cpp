#include "solvers/sparse/path/working_set_path.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
WorkingSetPath::WorkingSetPath(const Cpu& la, const SparseData& data, const SparseSettings& settings)
    : PathEngine(data),
      la_(la),
      data_(data),
      settings_(settings),
      set_(la, data, settings, *loss_),
      solver_(la, data, settings, set_),
      gradients_(data.p(), data.responses()),
      earlier_(data.p(), data.responses()) {
  require(!data.bounded || !set_.blocks().joint() || isConvex(), "lowerBounds, upperBounds", "given",
          "expected none for penalties of groups that are not convex");
}

/// Whether a block has columns and is not in use.
bool WorkingSetPath::isOutside(int block) const {
  return !set_.isWorking(block) && !set_.blocks().columns(block).empty();
}

std::size_t WorkingSetPath::mostInBatch() const {
  // Minima of a penalty that is not convex are sought from the end of a batch.
  const int most = data_.p() > data_.n() && isConvex() ? Tuning::mostOfWide : Tuning::mostLambdas;
  return at(std::clamp(Tuning::mostColumns / responses(), 1, most));
}

void WorkingSetPath::fitNull() {
  set_.start();
  std::vector<int> free;
  for (int g = 0; g < set_.blocks().count(); ++g) {
    if (set_.blocks().factor(g) == 0 && isOutside(g)) free.push_back(g);
  }
  set_.add(free);
  // All blocks in use are without penalty, so that any lambda will do.
  const PenaltyAt penalty = set_.penaltyAt(1);
  const double slopes = std::max(norm1(set_.loss().first()), 1e-300);
  solver_.solve(penalty, {.violation = Tuning::accuracyOfNull * slopes});
  null_ = set_.model(penalty, infinity, true);
  nullLoss_ = null_.loss;
  set_.setScale(scaleOfGap());
  measureGradients(null_);
  findLargestLambda(penalty);
  gradientLambda_ = lambdaMax_;
}

void WorkingSetPath::findLargestLambda(const PenaltyAt& penalty) {
  const Blocks& blocks = set_.blocks();
  const bool smooth = !loss_->envelope();
  for (int g = 0; g < blocks.count(); ++g) {
    if (blocks.factor(g) == 0) continue;
    blocks.forBlocks(g, gradients_, [&](std::span<const double> gradient, const BlockBounds& bounds) {
      steepest_ = std::max(steepest_, penalty.lambdaOfSlope(g, gradient, bounds, Tuning::leastAlpha));
      if (gradient.size() > 1 && penalty.of(g).slopeAtZero() == infinity) {
        lambdaMax_ = set_.lambdaOfZero(g, gradient, Tuning::leastAlpha, lambdaMax_);
        return;
      }
      const double curvature = smooth && !penalty.convex() ? set_.curvatureOf(blocks.columns(g)[0]) : 0;
      lambdaMax_ = std::max(lambdaMax_, penalty.lambdaOfZero(g, gradient, bounds, Tuning::leastAlpha, curvature));
    });
  }
  steepest_ = std::min(steepest_, lambdaMax_);
}

void WorkingSetPath::measureGradients(const PathModel& model) {
  std::vector<double> slopes(at(data_.n()) * at(responses()));
  set_.loss().slopesOf(model, slopes);
  multiply({slopes.data(), data_.n(), responses(), data_.n()}, gradients_);
}

/// gradients := those of all columns for slopes of some models.
void WorkingSetPath::multiply(Mat<const double> slopes, Mat<double> gradients) {
  std::vector<double> sums(at(slopes.cols));
  for (int k = 0; k < slopes.cols; ++k) {
    la_.checkpoint();
    sums[at(k)] = std::accumulate(slopes.column(k), slopes.column(k) + slopes.rows, 0.0);
  }
  data_.multiplyTransposed(la_, slopes, sums.data(), gradients);
}

void WorkingSetPath::begin(std::span<const double> coefficients, std::span<const double> intercepts) {
  const std::size_t p = at(data_.p());
  PathModel start;
  start.intercepts.assign(intercepts.begin(), intercepts.end());
  std::vector<int> blocks;
  for (std::size_t place = 0; place < p * at(responses()); ++place) {
    start.intercepts[place / p] += data_.centre(static_cast<int>(place % p)) * coefficients[place];
  }
  for (int g = 0; g < set_.blocks().count(); ++g) {
    bool on = false;
    for (const int j : set_.blocks().columns(g)) {
      for (std::size_t place = at(j); place < coefficients.size(); place += p) {
        const double b = coefficients[place];
        if (b == 0) continue;
        on = true;
        start.columns.push_back(static_cast<int>(place));
        start.values.push_back(std::clamp(b * data_.scale[at(j)], data_.lower[place], data_.upper[place]));
      }
    }
    if (on && isOutside(g)) blocks.push_back(g);
  }
  set_.add(blocks);
  restore(start);
  if (isWorseThanNull()) {
    start = null_;
    restore(start);
  }
  measureGradients(start);
}

/// Whether the null model is a better start for a minimum that does not depend on it. Far above it a loss such as that
/// of counts is no quadratic over any step.
bool WorkingSetPath::isWorseThanNull() const {
  const WorkingLoss& loss = set_.loss();
  return !loss.squared() && isConvex() && !loss_->envelope() && !(loss.value() <= nullLoss_);
}

void WorkingSetPath::restore(const PathModel& model) {
  set_.restore(model);
  solver_.forgetPassed(model.lambda);
}

/// The blocks whose gradient will be near what keeps them at 0 if it goes on as between the last two models. Where a
/// penalty is not convex gradients may jump, which says nothing of later ones: there the present ones count.
std::vector<int> WorkingSetPath::candidates(double lambda) const {
  const PenaltyAt penalty = set_.penaltyAt(lambda);
  const double between = earlierLambda_ - gradientLambda_;
  const double ahead = between > 0 && penalty.convex() ? (gradientLambda_ - lambda) / between : 0;
  const auto foreseen = [&](int j, int k) {
    const double g = gradients_(j, k);
    return g + ahead * (g - earlier_(j, k));
  };
  std::vector<int> found;
  for (int g = 0; g < set_.blocks().count(); ++g) {
    if (!isOutside(g)) continue;
    bool near = false;
    set_.blocks().forBlocks(g, foreseen, [&](std::span<const double> gradient, const BlockBounds& bounds) {
      near = near || penalty.isNearEdge(g, gradient, bounds, Tuning::share);
    });
    if (near) found.push_back(g);
  }
  return found;
}

std::vector<PathModel> WorkingSetPath::fit(std::span<const double> lambdas) {
  double sharper = 1;
  const bool squared = set_.loss().squared(), convex = isConvex();
  // Whether a block leaves 0 depends on the curvatures at a model, which are known of the last one alone.
  const bool alone = loss_->envelope() || (!squared && !convex);
  std::size_t count = alone ? 1 : std::min({batchSize_, mostInBatch(), lambdas.size()});
  for (int attempt = 0, inVain = 0;; ++attempt) {
    count = addCandidates(lambdas.first(count));
    if (set_.isWhole()) count = 1;
    Batch batch = solveBatch(lambdas.first(count), sharper);
    std::vector<int> missing;
    std::size_t accepted = 0;
    while (accepted < count && check(batch, static_cast<int>(accepted), missing)) ++accepted;
    keepGradients(batch, static_cast<int>(std::min(accepted, count - 1)));
    const bool any = !missing.empty();
    batchSize_ = accepted == count ? std::min(mostInBatch(), 2 * batchSize_) : std::max<std::size_t>(1, accepted);
    if (accepted == count) return std::move(batch.models);
    addMissing(batch, accepted, missing);
    restore(batch.models[accepted]);
    // A model of a penalty that is not convex is soon as near as it comes: it may have no minimum at all.
    inVain = any ? 0 : inVain + 1;
    const bool farDown =
        !squared && !convex && !any && explained(batch.models[0].loss) >= PathEngine::Tuning::fullyExplained;
    const bool last = attempt >= Tuning::mostAttempts || (!convex && inVain > Tuning::fewAttempts) || farDown;
    if (accepted == 0 && last) {
      // The goal on the working set is smaller than the accuracy that a model is told to have.
      batch.models[0].reached = !convex && batch.models[0].violation <= settings_.tolerance * steepest_;
      accepted = 1;
    }
    if (accepted > 0) {
      batch.models.resize(accepted);
      return std::move(batch.models);
    }
    if (!any && convex) sharper /= 10;
    count = std::max<std::size_t>(1, count / 2);
  }
}

/// Adds the blocks that lambdas are likely to need. Returns how many lambdas they are for, as blocks that there is
/// memory for are not to be lost by others.
std::size_t WorkingSetPath::addCandidates(std::span<const double> lambdas) {
  std::size_t count = lambdas.size();
  std::vector<int> blocks = candidates(lambdas.back());
  if (count > 1 && !set_.hasRoomFor(blocks)) {
    count = 1;
    blocks = candidates(lambdas.front());
  }
  set_.add(blocks);
  return count;
}

/// Adds the blocks that the first model that was not accepted lacks, and those that later ones most likely lack if
/// there is memory for them. Where there is none for the former, accepted models are to be had all the same.
void WorkingSetPath::addMissing(const Batch& batch, std::size_t accepted, std::vector<int>& missing) {
  const std::size_t count = missing.size();
  if (count > 0 && isConvex()) addMissingLater(batch, accepted + 1, missing);
  if (!set_.hasRoomFor(missing)) missing.resize(count);
  if (accepted > 0 && !set_.hasRoomFor(missing)) missing.clear();
  set_.add(missing);
}

/// Models behind one that lacked blocks lack them too, but blocks that they violate besides are most likely needed
/// there.
void WorkingSetPath::addMissingLater(const Batch& batch, std::size_t first, std::vector<int>& missing) const {
  for (int g = 0; g < set_.blocks().count(); ++g) {
    if (!isOutside(g)) continue;
    bool needed = false;
    for (std::size_t k = first; k < batch.models.size() && !needed; ++k) {
      const PenaltyAt penalty = set_.penaltyAt(batch.models[k].lambda);
      const Mat<const double> gradients = batch.gradients.columns(static_cast<int>(k) * responses(), responses());
      set_.blocks().forBlocks(g, gradients, [&](std::span<const double> gradient, const BlockBounds& bounds) {
        needed = needed || penalty.violationAtZero(g, gradient, bounds) > 0;
      });
    }
    if (needed && std::find(missing.begin(), missing.end(), g) == missing.end()) missing.push_back(g);
  }
}

/// Keeps the gradients at a model and the one before it, from which those at smaller lambdas are foreseen.
void WorkingSetPath::keepGradients(const Batch& batch, int last) {
  const auto copy = [&](int k, HostMatrix<double>& to) {
    const std::size_t size = at(data_.p()) * at(responses());
    std::copy_n(batch.gradients.column(k * responses()), size, to.data());
  };
  if (last > 0) {
    copy(last - 1, earlier_);
    earlierLambda_ = batch.models[at(last - 1)].lambda;
  } else {
    std::swap(earlier_, gradients_);
    earlierLambda_ = gradientLambda_;
  }
  copy(last, gradients_);
  gradientLambda_ = batch.models[at(last)].lambda;
}

/// Solves on the working set for some lambdas in turn, and computes the gradients of all columns there.
typename WorkingSetPath::Batch WorkingSetPath::solveBatch(std::span<const double> lambdas, double sharper) {
  const int n = data_.n(), count = static_cast<int>(lambdas.size()), width = count * responses();
  Batch batch;
  if (slopes_.cols() < width) slopes_ = HostMatrix<double>(n, width, Uninitialized{});
  batch.slopes = slopes_.columns(0, width);
  batch.gradients = HostMatrix<double>(data_.p(), width, Uninitialized{});
  if (loss_->joint()) batch.predictions = HostMatrix<double>(n, count, Uninitialized{});
  std::vector<Minimum> minima;
  const bool squared = set_.loss().squared();
  const bool many = squared && !isConvex() && !set_.byRows();
  for (int k = 0; k < count; ++k) {
    const double lambda = lambdas[at(k)];
    const PenaltyAt penalty = set_.penaltyAt(lambda);
    if (!squared && (set_.byRows() || set_.metric().size() >= Tuning::columnsToWarmStart)) {
      solver_.warmStartNext(penalty, lambda);
    }
    const bool reached = solver_.solve(penalty, solver_.goal(penalty, sharper, steepest_));
    batch.models.push_back(set_.model(penalty, lambda, reached));
    if (many) {
      minima.push_back(solver_.minimum(reached ? batch.models.back().objective : infinity));
    } else {
      setSlopes(batch, k);
    }
  }
  if (many) {
    seekLower(lambdas, sharper, batch, minima);
    for (int k = 0; k < count; ++k) setSlopes(batch, k);
  }
  multiply(batch.slopes, batch.gradients);
  return batch;
}

/// Sets the derivatives of the loss at a model, which unless the loss is squared is the present point.
void WorkingSetPath::setSlopes(Batch& batch, int k) {
  PathModel& model = batch.models[at(k)];
  const std::size_t n = at(data_.n());
  const std::span<double> slopes(batch.slopes.column(k * responses()), n * at(responses()));
  const std::span<double> t = loss_->joint() ? std::span<double>(batch.predictions.column(k), n) : std::span<double>();
  const PenaltyAt penalty = set_.penaltyAt(model.lambda);
  model.activeBounds = set_.activeBounds(penalty);
  batch.orthogonal.push_back(set_.slopesOf(model, penalty, slopes, t));
  if (loss_->coupled()) centreClasses(data_, model);
  la_.checkpoint();
}

/// Looks for lower minima of a penalty that is not convex, for lambdas from the first on at which the objective is not
/// locally convex: with more columns in use, as at smaller lambdas, one gets to where the way down from larger lambdas
/// does not lead. So from below the last of these lambdas up to the first, and down again from what was found.
void WorkingSetPath::seekLower(std::span<const double> lambdas, double sharper, Batch& batch,
                               std::vector<Minimum>& minima) {
  std::vector<PathModel>& models = batch.models;
  const auto isNot = [](const PathModel& model) { return !model.locallyConvex; };
  const auto first = static_cast<std::size_t>(std::find_if(models.begin(), models.end(), isNot) - models.begin());
  std::vector<char> lower(lambdas.size(), 0);
  const auto tryAt = [&](std::size_t k) {
    la_.checkpoint();
    const PenaltyAt penalty = set_.penaltyAt(lambdas[k]);
    if (solver_.takeIfLower(penalty, lambdas[k], solver_.goal(penalty, sharper, steepest_), minima[k])) lower[k] = 1;
  };
  for (std::size_t k = lambdas.size(); k-- > first;) {
    if (k + 1 < lambdas.size()) {
      solver_.moveTo(minima[k + 1]);
      tryAt(k);
      continue;
    }
    for (const double share : Tuning::lookingAhead) {
      solver_.moveTo(minima[k]);
      solver_.lookAhead(share * lambdas[k]);
      tryAt(k);
    }
  }
  for (std::size_t k = first + 1; k < lambdas.size(); ++k) {
    if (!lower[k - 1]) continue;
    solver_.moveTo(minima[k - 1]);
    tryAt(k);
  }
  for (std::size_t k = first; k < lambdas.size(); ++k) {
    if (!lower[k]) continue;
    solver_.moveTo(minima[k]);
    models[k] = set_.model(set_.penaltyAt(lambdas[k]), lambdas[k], true);
  }
  solver_.moveTo(minima.back());
}

/// Whether a model is good enough; `missing` gets the blocks that are not in use and not to be 0.
bool WorkingSetPath::check(Batch& batch, int k, std::vector<int>& missing) {
  PathModel& model = batch.models[at(k)];
  const PenaltyAt penalty = set_.penaltyAt(model.lambda);
  const Mat<const double> gradients = batch.gradients.columns(k * responses(), responses());
  const double allowed = std::max(model.violation, Tuning::leastViolation * model.lambda);
  for (int g = 0; g < set_.blocks().count(); ++g) {
    if (!isOutside(g)) continue;
    bool leaves = false;
    set_.blocks().forBlocks(g, gradients, [&](std::span<const double> gradient, const BlockBounds& bounds) {
      const double violation = penalty.violationAtZero(g, gradient, bounds);
      leaves = leaves || violation > allowed || set_.leavesZero(penalty, g, gradient, bounds, model.loss);
      model.violation = std::max(model.violation, violation);
    });
    if (leaves) missing.push_back(g);
  }
  if (!missing.empty()) return false;
  if (!penalty.convex()) return model.reached;
  const double scale = scaleOfGap();
  const std::span<const double> slopes(batch.slopes.column(k * responses()), at(data_.n()) * at(responses()));
  const std::span<const double> t(loss_->joint() ? batch.predictions.column(k) : nullptr,
                                  loss_->joint() ? at(data_.n()) : 0);
  const double lower = batch.orthogonal[at(k)] ? set_.bound(model, penalty, slopes, gradients, t) : -infinity;
  model.gap = scale > 0 ? std::max(0.0, model.objective - lower) / scale : 0;
  // A gap is a proof, however far the steps on the working set came.
  model.reached = model.reached || model.gap <= settings_.tolerance;
  return model.gap <= settings_.tolerance;
}

}  // namespace nonconvex
