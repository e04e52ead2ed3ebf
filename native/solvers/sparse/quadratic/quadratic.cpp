#include "solvers/sparse/quadratic/quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "linalg/vectors.hpp"
#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {

template <class Penalty>
Quadratic<Penalty>::Quadratic(const Cpu& la, const Blocks& blocks, GramMetric& metric)
    : la_(la),
      blocks_(blocks),
      form_(metric),
      metric_(&metric),
      responses_(blocks.responses()),
      working_(at(blocks.count()), 0),
      curvatures_(metric, &metric, blocks.joint() ? blocks.responses() : 1),
      factor_(la, responses_),
      convexity_(la, responses_),
      state_(la),
      conjugateGradients_(la) {}

template <class Penalty>
Quadratic<Penalty>::Quadratic(const Cpu& la, const Blocks& blocks, QuadraticForm& form)
    : la_(la),
      blocks_(blocks),
      form_(form),
      metric_(nullptr),
      responses_(1),
      curvatures_(form, nullptr, 1),
      factor_(la, 1),
      convexity_(la, 1),
      state_(la),
      conjugateGradients_(la) {}

template <class Penalty>
void Quadratic<Penalty>::add(std::span<const int> blocks) {
  std::vector<int> columns;
  for (const int g : blocks) {
    const std::span<const int> of = blocks_.columns(g);
    const int first = (form_.size() + static_cast<int>(columns.size())) * responses_;
    const int size = static_cast<int>(of.size()) * responses_;
    working_[at(g)] = 1;
    columns.insert(columns.end(), of.begin(), of.end());
    if (blocks_.joint()) {
      lines_.push_back({g, first, size});
    } else {
      for (int k = 0; k < size; ++k) lines_.push_back({g, first + k, 1});
    }
  }
  metric_->add(columns);
  for (std::size_t e = 0; e < columns.size() && blocks_.bounded(); ++e) {
    for (int k = 0; k < responses_; ++k) {
      bounds_.lower.push_back(blocks_.lower(columns[e], k));
      bounds_.upper.push_back(blocks_.upper(columns[e], k));
    }
  }
  for (auto* each : {&b, &q}) each->resize(at(form_.size() * responses_), 0.0);
  curvatures_.resize(lines_.size());
}

template <class Penalty>
void Quadratic<Penalty>::forgetCurvatures() {
  curvatures_.forget();
  factor_.clear();
  convexity_.clear();
  slots_.clear();
}

template <class Penalty>
void Quadratic<Penalty>::collectWorking(const Penalty& penalty, double tolerance, std::vector<int>& entries) {
  entries.clear();
  for (int k = 0; k < countOfLines(); ++k) {
    const Line& line = lines_[at(k)];
    for (int e = 0; e < line.size && isWorkingAt(penalty, k, tolerance); ++e) entries.push_back(line.first + e);
  }
}

template <class Penalty>
void Quadratic<Penalty>::takeOver(const Quadratic& other, std::span<const int> entries) {
  std::size_t next = 0;
  lines_.clear();
  for (const Line& each : other.lines_) {
    if (next == entries.size() || entries[next] != each.first) continue;
    lines_.push_back({each.block, static_cast<int>(next), each.size});
    next += at(each.size);
  }
  for (auto* each : {&b, &q}) each->resize(entries.size());
  for (std::size_t e = 0; e < entries.size(); ++e) b[e] = other.b[at(entries[e])];
  bounds_.lower.clear();
  bounds_.upper.clear();
  for (std::size_t e = 0; e < entries.size() && blocks_.bounded(); ++e) {
    bounds_.lower.push_back(other.bounds_.lower[at(entries[e])]);
    bounds_.upper.push_back(other.bounds_.upper[at(entries[e])]);
  }
  curvatures_.clear();
  curvatures_.resize(lines_.size());
  forgetCurvatures();
}

template <class Penalty>
void Quadratic<Penalty>::clip(std::span<double> coefficients) const {
  for (std::size_t e = 0; e < bounds_.lower.size(); ++e) {
    coefficients[e] = std::clamp(coefficients[e], bounds_.lower[e], bounds_.upper[e]);
  }
}

template <class Penalty>
BlockBounds Quadratic<Penalty>::boundsOf(const Line& line) const {
  if (!blocks_.bounded()) return {};
  return {of(bounds_.lower, line), of(bounds_.upper, line)};
}

template <class Penalty>
double Quadratic<Penalty>::valueOf(const Penalty& penalty, const Line& line, std::span<const double> values) const {
  if constexpr (ofCoefficients<Penalty>) {
    return values[0] != 0 ? penalty.value(line.block, values[0]) : 0;
  } else {
    return penalty.of(line.block).value(values);
  }
}

/// The violation of the conditions at a block, and at 0 also the slope that would lead as far as a lower minimum lies
/// which derivatives do not show.
template <class Penalty>
double Quadratic<Penalty>::violation(const Penalty& penalty, int k, std::span<const double> gradient) {
  const Line& line = lines_[at(k)];
  if constexpr (ofCoefficients<Penalty>) {
    const double value = b[at(line.first)], c = form_.curvature(line.first);
    const double found = penalty.violation(line.block, value, gradient[0]);
    if (penalty.convex() || value != 0 || !(c > 0)) return found;
    return std::max(found, c * std::abs(penalty.minimizerFromZero(line.block, c, gradient[0], possibleDecrease)));
  } else {
    const BlockPenalty along = penalty.of(line.block);
    const double found = along.violation(of(b, line), gradient, boundsOf(line));
    if (along.convex() || norm2Squared(of(b, line)) > 0 || possibleDecrease <= 0) return found;
    const int first = place(line.first);
    if (line.size > 1 && curvatures_.of(k, first, line.size / responses_).least() > along.concavity()) return found;
    bestOf(along, k, of(b, line), gradient);
    const std::span<const double> next(buffers_.next.data(), at(line.size));
    if (!along.leavesZero(next, gradient, possibleDecrease)) return found;
    const double c =
        line.size > 1 ? curvatures_.of(k, first, line.size / responses_).largest() : form_.curvature(first);
    return std::max(found, c * std::sqrt(norm2Squared(next)));
  }
}

template <class Penalty>
bool Quadratic<Penalty>::isWorkingAt(const Penalty& penalty, int k, double tolerance) {
  const std::span<const double> values = of(b, lines_[at(k)]);
  return std::any_of(values.begin(), values.end(), [](double v) { return v != 0; }) ||
         violation(penalty, k, of(q, lines_[at(k)])) > tolerance;
}

template <class Penalty>
double Quadratic<Penalty>::largestViolation(const Penalty& penalty) {
  if (!ofCoefficients<Penalty> && !byRows()) form_.needGram();
  double most = 0;
  for (int k = 0; k < countOfLines(); ++k) most = std::max(most, violation(penalty, k, of(q, lines_[at(k)])));
  return most;
}

template <class Penalty>
std::vector<Escape> Quadratic<Penalty>::escapes(const Penalty& penalty) {
  std::vector<Escape> found;
  for (int k = 0; k < countOfLines(); ++k) {
    const Line& line = lines_[at(k)];
    const std::span<const double> gradient = of(q, line);
    if (norm2Squared(of(b, line)) > 0) continue;
    double c = form_.curvature(place(line.first));
    if constexpr (ofCoefficients<Penalty>) {
      if (!(c > 0) || std::abs(gradient[0]) > penalty.slopeAtZero(line.block)) continue;
      buffers_.next.assign(1, penalty.minimizerFromZero(line.block, c, gradient[0], possibleDecrease));
    } else {
      const BlockPenalty along = penalty.of(line.block);
      if (along.dualNorm(gradient, boundsOf(line)) > along.slopeAtZero()) continue;
      if (line.size > 1) {
        // The curvature along a block is at most the largest.
        const BlockCurvature& own = curvatures_.of(k, place(line.first), line.size / responses_);
        if (own.least() > along.concavity()) continue;
        c = own.largest();
      }
      bestOf(along, k, of(b, line), gradient);
      if (!along.leavesZero(std::span<const double>(buffers_.next).first(at(line.size)), gradient, possibleDecrease))
        continue;
    }
    const std::span<const double> to(buffers_.next.data(), at(line.size));
    if (norm2Squared(to) == 0) continue;
    double change = valueOf(penalty, line, to);
    for (std::size_t e = 0; e < to.size(); ++e) change = (c / 2 * to[e] + gradient[e]) * to[e] + change;
    found.push_back({line.first, {to.begin(), to.end()}, change});
  }
  std::ranges::sort(found, {}, [](const Escape& each) { return std::pair(each.change, each.first); });
  return found;
}

template <class Penalty>
double Quadratic<Penalty>::penaltyValue(const Penalty& penalty) const {
  double sum = 0;
  for (const Line& each : lines_) sum += valueOf(penalty, each, of(b, each));
  return sum;
}

template <class Penalty>
double Quadratic<Penalty>::penaltySlope(const Penalty& penalty, std::span<const double> step) const {
  double sum = 0;
  for (const Line& each : lines_) {
    if constexpr (ofCoefficients<Penalty>) {
      const double value = b[at(each.first)], way = step[at(each.first)], l = penalty.l1(each.block);
      sum += value == 0 ? l * std::abs(way) : (penalty.l2(each.block) * value + std::copysign(l, value)) * way;
    } else {
      sum += penalty.of(each.block).slopeAlong(of(b, each), of(step, each));
    }
  }
  return sum;
}

template <class Penalty>
void Quadratic<Penalty>::slopesAt(const Penalty& penalty, std::span<const double> coefficients,
                                  std::vector<double>& slopes) const {
  slopes.assign(at(blocks_.count()), 0.0);
  for (const Line& each : lines_) {
    double& slope = slopes[at(each.block)];
    if constexpr (ofCoefficients<Penalty>) {
      slope = penalty.slopeAt(each.block, std::abs(coefficients[at(each.first)]));
    } else {
      const double r = std::sqrt(norm2Squared(of(coefficients, each)));
      slope = penalty.of(each.block).with([&](const auto& along) { return along.slope(r); });
    }
  }
}

/// The largest share of the gradients whose conjugate is finite.
template <class Penalty>
double Quadratic<Penalty>::feasibleShareInUse(const Penalty& penalty) const {
  double share = 1;
  if constexpr (ofCoefficients<Penalty>) {
    const SparseData& data = blocks_.data();
    for (const Line& each : lines_) {
      if (penalty.hasRidge()) break;
      const double l = penalty.l1(each.block), g = q[at(each.first)];
      if (l > 0 && std::abs(g) > l && std::isinf(g < 0 ? data.upper[at(each.block)] : data.lower[at(each.block)])) {
        share = std::min(share, l / std::abs(g));
      }
    }
  } else {
    for (const Line& each : lines_) {
      const BlockPenalty along = penalty.of(each.block);
      if (!along.isZero()) share = std::min(share, along.feasibleShare(of(q, each), boundsOf(each)));
    }
  }
  return share;
}

template <class Penalty>
double Quadratic<Penalty>::gap(const Penalty& penalty, double scale) const {
  if (!penalty.convex()) return infinity;
  const double share = feasibleShareInUse(penalty);
  double sum = square(1 - share) * scale;
  for (const Line& each : lines_) {
    const double c = form_.curvature(place(each.first));
    if constexpr (ofCoefficients<Penalty>) {
      const int j = each.block;
      const double l1 = penalty.l1(j), l2 = penalty.l2(j), value = b[at(each.first)], g = q[at(each.first)];
      if (l1 == 0 && l2 == 0) {
        if (c > 0) sum += square(g) / (2 * c);
        continue;
      }
      if (value != 0) sum += l1 * std::abs(value) + (l2 / 2 * value + share * g) * value;
      sum += penaltyConjugate(-share * g, l1, l2, blocks_.data().lower[at(j)], blocks_.data().upper[at(j)]);
    } else {
      const BlockPenalty along = penalty.of(each.block);
      if (along.isZero()) {
        if (c > 0) sum += norm2Squared(of(q, each)) / (2 * c);
        continue;
      }
      sum += along.value(of(b, each)) + share * dot(of(b, each), of(q, each));
      if (along.ridge > 0 || blocks_.bounded()) sum += along.conjugate(of(q, each), share, boundsOf(each));
    }
  }
  return sum;
}

template <class Penalty>
bool Quadratic<Penalty>::minimize(const Penalty& penalty, const Goal& goal) {
  return penalty.visitKind([&]<class Along>() {
    byRows_.now = byRows() && !metric_->hasGram();
    return byRows_.now ? minimizeByRows<Along>(penalty, goal) : minimizeByGram<Along>(penalty, goal);
  });
}

template <class Penalty>
template <class Along>
bool Quadratic<Penalty>::minimizeByGram(const Penalty& penalty, const Goal& goal) {
  form_.needGram();
  byRows_.onlySweeps = false;
  double least = infinity;
  for (int round = 0, since = 0; round < Tuning::mostRounds && since < goal.patience; ++round) {
    const double violation = largestViolation(penalty);
    if (meets(penalty, goal, violation)) return true;
    since = violation < least ? 0 : since + 1;
    least = std::min(least, violation);
    la_.checkpoint();
    collect(penalty, goal.violation);
    gather();
    descend<Along>(penalty, goal);
    applySteps();
  }
  return meets(penalty, goal, largestViolation(penalty));
}

/// Newton steps and sweeps on the lines in use, until none of these violates its conditions by more than the goal says.
template <class Penalty>
template <class Along>
void Quadratic<Penalty>::descend(const Penalty& penalty, const Goal& goal) {
  const double tolerance = goal.violation, enough = goal.sweepsOnly ? Tuning::negligible * tolerance : tolerance / 2;
  setTasks(penalty);
  bool newton = !goal.sweepsOnly;
  const int between = sweepsBetween();
  for (int cycle = 0; cycle < Tuning::mostCycles; ++cycle) {
    // Blocks are swept first where a Newton step costs more than that.
    if (cycle > 0 || between <= 2 * Tuning::sweepsByNewton) newton = newton && newtonSteps<Along>(penalty);
    double most = 0;
    for (const int k : chosen_) most = std::max(most, violation(penalty, k, gradientOf(lines_[at(k)])));
    if (most <= tolerance) return;
    const int sweeps = newton ? between : goal.sweepsOnly ? Tuning::sweepsOnly : Tuning::sweepsAlone;
    for (int k = 0; k < sweeps && sweep<Along>(penalty, Tuning::negligible * tolerance) > enough; ++k) continue;
    if (!newton) return;
  }
}

/// The sweeps between two Newton steps: of blocks, whose factors are made anew each time, as many as a step costs.
template <class Penalty>
int Quadratic<Penalty>::sweepsBetween() const {
  if (ofCoefficients<Penalty>) return Tuning::sweepsByNewton;
  double entries = 0;
  for (const int k : chosen_) entries += lines_[at(k)].size;
  const double cost = square(entries) / (3 * Tuning::blockedOperations * std::max(1, slots_.count()));
  return Tuning::sweepsByNewton + static_cast<int>(std::min<double>(Tuning::mostBetween, cost));
}

template <class Penalty>
template <class Along>
bool Quadratic<Penalty>::minimizeByRows(const Penalty& penalty, const Goal& goal) {
  double violation = largestViolation(penalty), least = violation;
  byRows_.onlySweeps = false;
  const double most = byRows_.hard ? Tuning::shareOnceHard : 1;
  byRows_.worked = 0;
  for (int round = 0, since = 0; round < Tuning::mostRounds && since < goal.patience; ++round) {
    if (meets(penalty, goal, violation)) return true;
    la_.checkpoint();
    collect(penalty, goal.violation);
    const auto [sweeps, size] = sweepByRows<Along>(penalty, goal.violation);
    if (goal.looseTolerance && size <= goal.violation / 2) {
      byRows_.onlySweeps = round == 0 && responses_ == 1;
      byRows_.hard = false;
      return true;
    }
    finishSweepsByRows();
    const double after = largestViolation(penalty);
    if (meets(penalty, goal, after)) {
      byRows_.hard = false;
      return true;
    }
    const double rate = std::pow(after / violation, 1.0 / sweeps);
    const double left =
        rate < 1 ? std::min(Tuning::mostSweeps, std::log(goal.violation / after) / std::log(rate)) : Tuning::mostSweeps;
    for (int k = 0; k < Tuning::mostShortSteps && left > Tuning::sweepsOfProducts; ++k) {
      if (!prepareNewton<Along>(penalty) || !solveByProducts() || takeStep(penalty)) break;
    }
    violation = largestViolation(penalty);
    since = violation < least ? 0 : since + 1;
    least = std::min(least, violation);
    if (byRows_.worked > most * workOfGram() && metric_->affordsGram()) {
      byRows_.hard = true;
      byRows_.now = false;
      return minimizeByGram<Along>(penalty, goal);
    }
  }
  return meets(penalty, goal, violation);
}

/// Entries that are read and written to have the product of some columns, and those with it.
template <class Penalty>
double Quadratic<Penalty>::workOf(std::span<const int> entries) const {
  double read = 0;
  for (const int e : entries) read += metric_->entriesOf(place(e));
  return 2 * read;
}

/// Entries whose reading takes about the time of G and a factor of it for the entries in use.
template <class Penalty>
double Quadratic<Penalty>::workOfGram() {
  const double all = form_.size();
  double used = 0;
  for (const int k : chosen_) used += lines_[at(k)].size;
  return metric_->pairs() + Tuning::entriesOfGram * all * all + Tuning::entriesOfFactor * used * used * used;
}

/// Chooses the lines that sweeps go through: those that are not 0 and those that are not to stay there.
template <class Penalty>
void Quadratic<Penalty>::collect(const Penalty& penalty, double tolerance) {
  chosen_.clear();
  for (int k = 0; k < countOfLines(); ++k) {
    if (isWorkingAt(penalty, k, tolerance)) chosen_.push_back(k);
  }
}

/// Gives the places of chosen lines their slots, with their gradients.
template <class Penalty>
void Quadratic<Penalty>::gather() {
  std::vector<int> places;
  for (const int k : chosen_) {
    const Line& line = lines_[at(k)];
    for (int e = place(line.first); e <= place(line.first + line.size - 1); ++e) places.push_back(e);
  }
  slots_.choose(form_, places);
  slotGradient_.resize(at(slots_.count() * responses_));
  for (int k = 0; k < responses_; ++k) {
    for (int s = 0; s < slots_.count(); ++s) {
      slotGradient_[at(k * slots_.count() + s)] = q[at(slots_.place(s) * responses_ + k)];
    }
  }
  moved_.assign(b.size(), 0.0);
}

/// The present gradient of a chosen line.
template <class Penalty>
std::span<const double> Quadratic<Penalty>::gradientOf(const Line& line) {
  if (byRows_.now) return of(q, line);
  if (line.size == 1) return {&slotGradient_[slotEntry(line.first)], 1};
  buffers_.slopes.resize(std::max(buffers_.slopes.size(), at(line.size)));
  for (int k = 0; k < line.size; ++k) buffers_.slopes[at(k)] = slotGradient_[slotEntry(line.first + k)];
  return std::span<const double>(buffers_.slopes).first(at(line.size));
}

/// Puts what sweeps need of chosen lines in a row.
template <class Penalty>
void Quadratic<Penalty>::setTasks(const Penalty& penalty) {
  tasks_.clear();
  for (const int k : chosen_) {
    const Line& line = lines_[at(k)];
    const double c = form_.curvature(place(line.first));
    if constexpr (ofCoefficients<Penalty>) {
      tasks_.push_back({k, line.first, line.block, c, penalty.l1(line.block), penalty.l2(line.block)});
    } else {
      tasks_.push_back({k, line.first, line.block, c, penalty.of(line.block)});
    }
  }
}

/// The minimiser along a single coefficient.
template <class Penalty>
template <class Along>
double Quadratic<Penalty>::best(const Penalty& penalty, const Task& task, double value, double gradient) const {
  if (!(task.curvature > 0)) return value;
  if (!Along::convex && value == 0) {
    return penalty.minimizerFromZero(task.block, task.curvature, gradient, possibleDecrease);
  }
  const Along along{task.l1, penalty.gamma()};
  const double z = task.curvature * value - gradient;
  if (!blocks_.bounded()) return along.minimizer(task.curvature + task.l2, z);
  const auto j = at(task.block);
  const SparseData& data = blocks_.data();
  return penalties::minimizerWithin(along, task.curvature + task.l2, z, data.lower[j], data.upper[j]);
}

/// buffers_.next := the minimiser over a block with these coefficients and gradients.
template <class Penalty>
void Quadratic<Penalty>::bestOf(const BlockPenalty& penalty, int k, std::span<const double> values,
                                std::span<const double> gradient) {
  const Line& line = lines_[at(k)];
  buffers_.next.resize(std::max(buffers_.next.size(), at(line.size)));
  if (line.size == 1) {
    const double curvature = form_.curvature(place(line.first)), c = curvature + penalty.ridge;
    const double whole = curvature * values[0] - gradient[0];
    const double z = std::copysign(std::max(0.0, std::abs(whole) - penalty.l1), whole);
    const auto minimizer = [&](const auto& along) {
      if (!blocks_.bounded()) return along.minimizer(c, z);
      return penalties::minimizerWithin(along, c, z, bounds_.lower[at(line.first)], bounds_.upper[at(line.first)]);
    };
    buffers_.next[0] = c > 0 ? penalty.with(minimizer) : values[0];
    // Of two classes both gradients are at the edge, and rounding would take one of them in.
    if (std::abs(buffers_.next[0]) * c <= Tuning::roundingOfSlope * penalty.l) buffers_.next[0] = 0;
    return;
  }
  BlockCurvature& own = curvatures_.of(k, place(line.first), line.size / responses_);
  const Mat<const double> gram = own.gram();
  std::vector<double>& z = buffers_.rows;
  z.resize(std::max(z.size(), at(line.size)));
  for (int e = 0; e < line.size; ++e) z[at(e)] = -gradient[at(e)];
  for (int e = 0; e < gram.cols; ++e) {
    for (int f = 0; f < gram.rows; ++f) {
      for (int r = 0; r < responses_; ++r) z[at(f * responses_ + r)] += gram(f, e) * values[at(e * responses_ + r)];
    }
  }
  std::ranges::copy(values, buffers_.next.begin());
  const std::size_t size = at(line.size);
  own.minimize(penalty, std::span(z).first(size), std::span(buffers_.next).first(size), boundsOf(line));
}

/// Some sweeps with predictions instead of G, with Anderson's extrapolation where the penalty is convex: how many, and
/// the largest size of a step of the last.
template <class Penalty>
template <class Along>
std::pair<int, double> Quadratic<Penalty>::sweepByRows(const Penalty& penalty, double tolerance) {
  const bool extrapolate = penalty.convex() && !blocks_.bounded();
  setTasks(penalty);
  const std::size_t width = at(responses_);
  state_.start(b, q, at(metric_->rows()) * width, at(blocks_.data().p()) * width);
  for (int sweeps = 1;; ++sweeps) {
    la_.checkpoint();
    if (extrapolate) state_.remember();
    const double most = sweepRows<Along>(penalty);
    if (sweeps == Tuning::sweepsByRows || most <= tolerance / 2) {
      std::ranges::copy(state_.values(), b.begin());
      sweeps_ += sweeps;
      for (const Task& task : tasks_) {
        for (int k = 0; k < lines_[at(task.line)].size; ++k) {
          byRows_.worked += 2.0 * sweeps * metric_->entriesOf(place(task.first + k));
        }
      }
      return {sweeps, most};
    }
    if (extrapolate) state_.extrapolate([&](std::span<const double> s) { return objectiveOf<Along>(penalty, s); });
  }
}

/// One of these sweeps; the largest size of a step.
template <class Penalty>
template <class Along>
double Quadratic<Penalty>::sweepRows(const Penalty& penalty) {
  const std::span<double> values = state_.values(), product = state_.product();
  double most = 0;
  if constexpr (ofCoefficients<Penalty>) {
    double sum = metric_->sumOfScaled(product);
    for (const Task& task : tasks_) {
      const int e = task.first;
      double& value = values[at(e)];
      const double gradient = state_.base()[at(e)] + metric_->ofScaled(e, product, sum);
      const double next = best<Along>(penalty, task, value, gradient), step = next - value;
      if (step == 0) continue;
      most = std::max(most, std::abs(step) * (task.curvature + task.l2));
      metric_->addScaled(e, step, product);
      sum += step * metric_->totalWeight() * metric_->mean(e);
      value = next;
    }
  } else {
    most = sweepRowsOfBlocks();
  }
  return most;
}

/// One of these sweeps over blocks.
template <class Penalty>
double Quadratic<Penalty>::sweepRowsOfBlocks() requires(!ofCoefficients<Penalty>) {
  const std::span<double> values = state_.values(), product = state_.product();
  const std::size_t n = at(metric_->rows());
  double most = 0;
  std::vector<double> sums(at(responses_));
  for (std::size_t k = 0; k < sums.size(); ++k) sums[k] = metric_->sumOfScaled(product.subspan(k * n, n));
  for (const Task& task : tasks_) {
    const Line& line = lines_[at(task.line)];
    buffers_.slopes.resize(std::max(buffers_.slopes.size(), at(line.size)));
    for (int k = 0; k < line.size; ++k) {
      const int e = line.first + k;
      const std::size_t r = at(response(e));
      buffers_.slopes[at(k)] = state_.base()[at(e)] + metric_->ofScaled(place(e), product.subspan(r * n, n), sums[r]);
    }
    const std::span<double> own = values.subspan(at(line.first), at(line.size));
    bestOf(task.penalty, task.line, own, std::span<const double>(buffers_.slopes).first(own.size()));
    double squares = 0;
    for (std::size_t k = 0; k < own.size(); ++k) {
      const double step = buffers_.next[k] - own[k];
      if (step == 0) continue;
      squares += square(step);
      own[k] = buffers_.next[k];
      const int e = line.first + static_cast<int>(k);
      const std::size_t r = at(response(e));
      metric_->addScaled(place(e), step, product.subspan(r * n, n));
      sums[r] += step * metric_->totalWeight() * metric_->mean(place(e));
    }
    most = std::max(most, std::sqrt(squares) * (task.curvature + task.penalty.ridge));
  }
  return most;
}

/// The objective at a state of these sweeps, less what it was at their start but for the penalty.
template <class Penalty>
template <class Along>
double Quadratic<Penalty>::objectiveOf(const Penalty& penalty, std::span<const double> state) const {
  const std::span<const double> product = state_.productOf(state);
  const std::size_t n = at(metric_->rows());
  double sum = 0;
  for (std::size_t k = 0; k < product.size(); k += n) sum += metric_->squaredNormOfScaled(product.subspan(k, n)) / 2;
  for (const Task& task : tasks_) {
    const Line& line = lines_[at(task.line)];
    if constexpr (ofCoefficients<Penalty>) {
      const auto e = at(task.first);
      const double value = state[e];
      sum += state_.base()[e] * (value - state_.startOf()[e]) + task.l2 / 2 * value * value +
             Along{task.l1}.value(std::abs(value));
    } else {
      for (int e = line.first; e < line.first + line.size; ++e) {
        sum += state_.base()[at(e)] * (state[at(e)] - state_.startOf()[at(e)]);
      }
      sum += valueOf(penalty, line, of(state, line));
    }
  }
  return sum;
}

/// Brings the result of sweepByRows() to the gradients of all places.
template <class Penalty>
void Quadratic<Penalty>::finishSweepsByRows() {
  const std::size_t n = at(metric_->rows());
  for (int k = 0; k < responses_; ++k) {
    const std::span<const double> product = state_.product().subspan(at(k) * n, n);
    const double sum = metric_->sumOfScaled(product);
    la_.checkpoint();
    for (int e = 0; e < metric_->size(); ++e) {
      q[at(e * responses_ + k)] = state_.base()[at(e * responses_ + k)] + metric_->ofScaled(e, product, sum);
    }
  }
}

/// One pass over the chosen lines; the largest size of a step. Steps of a size of at most `least` are left out.
template <class Penalty>
template <class Along>
double Quadratic<Penalty>::sweep(const Penalty& penalty, double least) {
  const int count = slots_.count();
  double most = 0;
  for (const Task& task : tasks_) {
    if constexpr (ofCoefficients<Penalty>) {
      const int e = task.first, slot = slots_.slotOf(e);
      const double next = best<Along>(penalty, task, b[at(e)], slotGradient_[at(slot)]), step = next - b[at(e)];
      const double size = std::abs(step) * (task.curvature + task.l2);
      // A small step to 0 may end a large violation.
      if (size <= least && (next != 0 || step == 0)) continue;
      most = std::max(most, size);
      blas::axpy(count, step, slots_.column(slot), slotGradient_.data());
      moved_[at(e)] += step;
      b[at(e)] = next;
    } else {
      most = std::max(most, sweepBlock(task, least));
    }
  }
  sweeps_ += 1;
  return most;
}

/// Goes to the minimum along a block; the size of the step, 0 where it is left out.
template <class Penalty>
double Quadratic<Penalty>::sweepBlock(const Task& task, double least) requires(!ofCoefficients<Penalty>) {
  const int count = slots_.count();
  const Line& line = lines_[at(task.line)];
  const std::span<const double> own = of(b, line);
  bestOf(task.penalty, task.line, own, gradientOf(line));
  const BlockBounds bounds = boundsOf(line);
  double squares = 0;
  bool lands = false;  // a coefficient at 0 or a bound, which may end a large violation
  for (std::size_t k = 0; k < own.size(); ++k) {
    const double next = buffers_.next[k];
    squares += square(next - own[k]);
    const bool atEnd = next == 0 || (bounds.given() && (next == bounds.lower[k] || next == bounds.upper[k]));
    lands = lands || (atEnd && next != own[k]);
  }
  const double size = std::sqrt(squares) * (task.curvature + task.penalty.ridge);
  if (size <= least && !lands) return 0;
  for (std::size_t k = 0; k < own.size(); ++k) {
    const int e = line.first + static_cast<int>(k);
    const double step = buffers_.next[k] - own[k];
    if (step == 0) continue;
    blas::axpy(count, step, slots_.column(slots_.slotOf(place(e))), &slotGradient_[at(response(e) * count)]);
    moved_[at(e)] += step;
    b[at(e)] = buffers_.next[k];
  }
  return size;
}

/// Brings the steps since gather() to the gradients of all places.
template <class Penalty>
void Quadratic<Penalty>::applySteps() {
  change_.resize(q.size());
  applyGram(moved_, change_);
  for (std::size_t e = 0; e < q.size(); ++e) q[e] += change_[e];
}

/// Newton steps to the minimum of the quadratic with the branches of the penalty on the support as they are. False
/// where there is none.
template <class Penalty>
template <class Along>
bool Quadratic<Penalty>::newtonSteps(const Penalty& penalty) {
  for (int k = 0; k < Tuning::mostShortSteps; ++k) {
    if (!prepareNewton<Along>(penalty)) return true;
    if (!solveSupport()) return false;
    if (takeStep(penalty)) return true;
  }
  return true;
}

template <class Penalty>
bool Quadratic<Penalty>::stepOnSupport(const Penalty& penalty) {
  byRows_.onlySweeps = false;
  const std::vector<double> start = b;
  collect(penalty, infinity);
  byRows_.now = byRows() && !metric_->hasGram() && (!byRows_.hard || !metric_->affordsGram());
  penalty.visitKind([&]<class Along>() {
    if (byRows_.now) {
      for (int k = 0; k < Tuning::mostShortSteps; ++k) {
        if (!prepareNewton<Along>(penalty) || !solveByProducts() || takeStep(penalty)) break;
      }
      return;
    }
    form_.needGram();
    gather();
    newtonSteps<Along>(penalty);
    applySteps();
  });
  return b != start;
}

/// Sets the support and the right-hand side of a step on it. False where there is no support.
template <class Penalty>
template <class Along>
bool Quadratic<Penalty>::prepareNewton(const Penalty& penalty) {
  support_.clear();
  for (const int k : chosen_) {
    const Line& line = lines_[at(k)];
    if constexpr (ofCoefficients<Penalty>) {
      const int j = line.block;
      const SparseData& data = blocks_.data();
      const double value = b[at(line.first)];
      if (value == 0 || value <= data.lower[at(j)] || value >= data.upper[at(j)]) continue;
      const Along along = penalty.template of<Along>(j);
      support_.entries.push_back(line.first);
      support_.diagonal.push_back(penalty.l2(j) + along.curvature(std::abs(value)));
      const double slope = along.slope(std::abs(value));
      support_.step.push_back(-(gradientOf(line)[0] + penalty.l2(j) * value + std::copysign(slope, value)));
    } else {
      if (norm2Squared(of(b, line)) > 0) addBlock(penalty.of(line.block), line, gradientOf(line), false);
    }
  }
  return support_.size() > 0;
}

/// Adds a block that is not 0 to the support, or one at the edge, with the least curvature that the penalty has near 0.
template <class Penalty>
void Quadratic<Penalty>::addBlock(const BlockPenalty& penalty, const Line& line, std::span<const double> gradient,
                                  bool edge) {
  const std::span<const double> values = of(b, line);
  const double r = std::sqrt(norm2Squared(values));
  double across = -penalty.concavity(), along = across, slope = 0;
  if (r > 0) {
    slope = penalty.with([&](const auto& each) { return each.slope(r); }) / r;
    across = slope;
    along = penalty.with([&](const auto& each) { return each.curvature(r); });
  }
  const int begin = support_.size();
  const BlockBounds bounds = boundsOf(line);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double value = values[k];
    const bool atBound = bounds.given() && (value <= bounds.lower[k] || value >= bounds.upper[k]);
    if (!edge && ((value == 0 && penalty.l1 > 0) || atBound)) continue;
    support_.entries.push_back(line.first + static_cast<int>(k));
    support_.direction.push_back(r > 0 ? value / r : 0);
    support_.diagonal.push_back((line.size > 1 ? across : along) + penalty.ridge);
    const double whole = gradient[k] + (slope + penalty.ridge) * value;
    support_.step.push_back(-whole - (value != 0 ? std::copysign(penalty.l1, value) : 0));
  }
  if (line.size > 1) support_.blocks.push_back({begin, support_.size(), along - across});
}

template <class Penalty>
Support& Quadratic<Penalty>::collectSupport(const Penalty& penalty) {
  support_.clear();
  if constexpr (!ofCoefficients<Penalty>) {
    for (const Line& each : lines_) {
      if (norm2Squared(of(b, each)) > 0) addBlock(penalty.of(each.block), each, of(q, each), false);
    }
  }
  return support_;
}

/// Turns the right-hand side on the support into Newton's step, by Cholesky's factor.
template <class Penalty>
bool Quadratic<Penalty>::solveSupport() {
  if (!factor_.set(form_, support_)) return false;
  step_.known = support_.step;
  factor_.solve(support_.step);
  step_.spread.assign(step_.known.size(), 0.0);
  support_.addCurvature(support_.step, step_.spread);
  for (std::size_t s = 0; s < step_.known.size(); ++s) step_.known[s] -= step_.spread[s];
  return true;
}

/// Solves the system of solveSupport() roughly: conjugate gradients on products with the rows, scaled by the diagonal.
template <class Penalty>
bool Quadratic<Penalty>::solveByProducts() {
  const std::vector<int>& entries = support_.entries;
  const double work = workOf(entries);
  std::vector<double> own(at(metric_->size()));
  buffers_.rows.resize(at(metric_->rows()));
  const auto scale = [&](In r, Out out) {
    double size = 0;
    byRows_.worked += work;
    for (std::size_t s = 0; s < r.size(); ++s) {
      const double c = form_.curvature(place(entries[s]));
      out[s] = r[s] / std::max(c + support_.diagonal[s], Tuning::leastScaling * c);
      size += r[s] * out[s];
    }
    return size;
  };
  const auto multiply = [&](In v, Out out) {
    for (int k = 0; k < responses_; ++k) {
      std::fill(own.begin(), own.end(), 0.0);
      for (std::size_t s = 0; s < v.size(); ++s) {
        if (response(entries[s]) == k) own[at(place(entries[s]))] = v[s];
      }
      const double sum = metric_->rowsOf(own, buffers_.rows);
      for (std::size_t s = 0; s < v.size(); ++s) {
        if (response(entries[s]) == k) out[s] = metric_->ofRows(place(entries[s]), buffers_.rows, sum);
      }
    }
    support_.addCurvature(v, out);
    double curvature = 0;
    for (std::size_t s = 0; s < v.size(); ++s) curvature += v[s] * out[s];
    return curvature;
  };
  const PcgSettings settings{Tuning::productAccuracy, Tuning::mostProducts};
  const auto [end, steps] = conjugateGradients_.solve(support_.step, settings, multiply, scale);
  return end != PcgEnd::notPositive || steps > 0;
}

template <class Penalty>
std::span<const double> Quadratic<Penalty>::productOfSteps() const {
  return byRows_.onlySweeps ? state_.product() : std::span<const double>();
}

template <class Penalty>
void Quadratic<Penalty>::applyGram(std::span<const double> d, std::span<double> out) {
  const bool rows = metric_ && (byRows() || !metric_->hasGram());
  if (!rows && responses_ == 1) {
    std::fill(out.begin(), out.end(), 0.0);
    for (int e = 0; e < form_.size(); ++e) {
      if (d[at(e)] != 0) blas::axpy(form_.size(), d[at(e)], form_.gram(e), out.data());
    }
    return;
  }
  std::vector<double> own(at(form_.size())), image(own.size());
  for (int k = 0; k < responses_; ++k) {
    for (int e = 0; e < form_.size(); ++e) own[at(e)] = d[at(e * responses_ + k)];
    if (rows) {
      buffers_.rows.resize(at(metric_->rows()));
      const double sum = metric_->rowsOf(own, buffers_.rows);
      for (int e = 0; e < form_.size(); ++e) image[at(e)] = metric_->ofRows(e, buffers_.rows, sum);
    } else {
      std::fill(image.begin(), image.end(), 0.0);
      for (int e = 0; e < form_.size(); ++e) {
        if (own[at(e)] != 0) blas::axpy(form_.size(), own[at(e)], form_.gram(e), image.data());
      }
    }
    for (int e = 0; e < form_.size(); ++e) out[at(e * responses_ + k)] = image[at(e)];
  }
}

/// The share of a step after which the coefficient changes sign, meets a bound, or comes to another branch.
template <class Penalty>
double Quadratic<Penalty>::shareToBreak(int column, double value, double d, double l, double gamma) const {
  const SparseData& data = blocks_.data();
  double share = 1;
  const auto meet = [&](double end) {
    const double t = (end - value) / d;
    if (t > 0 && t < share) share = t;
  };
  meet(0);
  if (std::isfinite(data.lower[at(column)])) meet(data.lower[at(column)]);
  if (std::isfinite(data.upper[at(column)])) meet(data.upper[at(column)]);
  if (gamma > 0) {
    meet(std::copysign(gamma * l, value));
    meet(std::copysign(l, value));
  }
  return share;
}

/// Takes the whole step, coefficients that would change sign at 0, if that gains more than the part of the step up to
/// the first of them; else that part. Whether no further step is to be tried.
template <class Penalty>
bool Quadratic<Penalty>::takeStep(const Penalty& penalty) {
  if constexpr (!ofCoefficients<Penalty>) {
    return takeShares(penalty);
  } else {
    const SparseData& data = blocks_.data();
    const auto k = support_.entries.size();
    double share = 1;
    std::size_t first = k;
    step_.ends.resize(k);
    for (std::size_t s = 0; s < k; ++s) {
      const int e = support_.entries[s], j = lines_[at(e)].block;
      const double value = b[at(e)], end = value + support_.step[s];
      const double t = shareToBreak(j, value, support_.step[s], penalty.l1(j), penalty.gamma());
      if (t < share) {
        share = t;
        first = s;
      }
      step_.ends[s] = end * value <= 0 ? 0 : std::clamp(end, data.lower[at(j)], data.upper[at(j)]);
    }
    // Of many minima the nearest is meant, so that with a penalty that is not convex no coefficient is set to 0
    // together with others.
    if ((penalty.convex() || first == k) && tryEnds(penalty, 1)) return first == k;
    if (first == k) return true;
    for (std::size_t s = 0; s < k; ++s) {
      const double value = b[at(support_.entries[s])], step = support_.step[s];
      step_.ends[s] = s == first && value * (value + step) <= 0 ? 0 : value + share * step;
    }
    return !tryEnds(penalty, share);
  }
}

/// Takes the largest of some shares of a step of blocks with which the objective falls; coefficients whose absolute
/// values are penalised end at 0 where they would change sign. Whether no further step is to be tried.
template <class Penalty>
bool Quadratic<Penalty>::takeShares(const Penalty& penalty) {
  std::vector<char> signs(support_.entries.size(), 0);
  if constexpr (!ofCoefficients<Penalty>) {
    for (std::size_t s = 0, k = 0; s < signs.size(); ++s) {
      const int e = support_.entries[s];
      while (lines_[at(chosen_[k])].first + lines_[at(chosen_[k])].size <= e) ++k;
      const Line& line = lines_[at(chosen_[k])];
      signs[s] = line.size == 1 || penalty.of(line.block).l1 > 0;
    }
  }
  step_.ends.resize(signs.size());
  double share = 1;
  for (int k = 0; k < Tuning::mostShares; ++k, share /= 2) {
    for (std::size_t s = 0; s < signs.size(); ++s) {
      const auto e = at(support_.entries[s]);
      double end = b[e] + share * support_.step[s];
      if (signs[s] && meetsZero(b[e], end)) end = 0;
      step_.ends[s] = blocks_.bounded() ? std::clamp(end, bounds_.lower[e], bounds_.upper[e]) : end;
    }
    if (tryEnds(penalty, share)) return share == 1;
  }
  return true;
}

/// Moves the support to its ends, most of which are at this share of the step, unless the objective, whose change is
/// exact in this model, rises.
template <class Penalty>
bool Quadratic<Penalty>::tryEnds(const Penalty& penalty, double share) {
  std::vector<double>& gradients = byRows_.now ? q : slotGradient_;
  const std::vector<int>& entries = support_.entries;
  const auto where = [&](std::size_t s) { return byRows_.now ? at(entries[s]) : slotEntry(entries[s]); };
  change_.resize(gradients.size());
  step_.taken.resize(entries.size());
  for (std::size_t s = 0; s < entries.size(); ++s) step_.taken[s] = step_.ends[s] - b[at(entries[s])];
  applyToSupport(share, change_);
  double gain = 0, size = 0;
  const auto add = [&](double smooth, double before, double after) {
    gain += smooth + after - before;
    size += std::abs(smooth) + after + before;
  };
  const auto smoothAt = [&](std::size_t s) { return (gradients[where(s)] + change_[where(s)] / 2) * step_.taken[s]; };
  const auto swap = [&] {
    for (std::size_t s = 0; s < entries.size(); ++s) std::swap(b[at(entries[s])], step_.ends[s]);
  };
  if constexpr (ofCoefficients<Penalty>) {
    for (std::size_t s = 0; s < entries.size(); ++s) {
      const int j = lines_[at(entries[s])].block;
      const double after = penalty.value(j, step_.ends[s]), before = penalty.value(j, b[at(entries[s])]);
      add(smoothAt(s), before, after);
    }
    swap();
  } else {
    double before = 0, after = 0, smooth = 0;
    for (std::size_t s = 0; s < entries.size(); ++s) smooth += smoothAt(s);
    for (const int k : chosen_) before += valueOf(penalty, lines_[at(k)], of(b, lines_[at(k)]));
    swap();
    for (const int k : chosen_) after += valueOf(penalty, lines_[at(k)], of(b, lines_[at(k)]));
    add(smooth, before, after);
  }
  if (gain > 4 * machineEpsilon * size || std::isnan(gain)) {
    swap();
    return false;
  }
  for (std::size_t s = 0; s < entries.size() && !byRows_.now; ++s) moved_[at(entries[s])] += step_.taken[s];
  for (std::size_t e = 0; e < gradients.size(); ++e) gradients[e] += change_[e];
  return true;
}

/// out := G times the way of the support on the slots, or on all places where steps are taken by rows.
template <class Penalty>
void Quadratic<Penalty>::applyToSupport(double share, std::span<double> out) {
  if (!byRows_.now) return applyToSlots(share, out);
  step_.spread.assign(b.size(), 0.0);
  for (std::size_t s = 0; s < support_.entries.size(); ++s) step_.spread[at(support_.entries[s])] = step_.taken[s];
  applyGram(step_.spread, out);
}

/// out := G times the way of the support on the slots. G times a share of the step on the support is known from the
/// solution, so that products are left with entries that move otherwise, and those of other slots.
template <class Penalty>
void Quadratic<Penalty>::applyToSlots(double share, std::span<double> out) {
  const int k = slots_.count();
  const std::vector<int>& entries = support_.entries;
  step_.apart.clear();
  for (std::size_t s = 0; s < entries.size(); ++s) {
    const double moved = share * support_.step[s];
    const bool same = std::abs(step_.taken[s] - moved) <= 4 * machineEpsilon * std::abs(b[at(entries[s])]);
    if (!same) step_.apart.push_back(static_cast<int>(s));
  }
  std::fill(out.begin(), out.end(), 0.0);
  const auto addColumn = [&](std::size_t s, double by) {
    if (by == 0) return;
    blas::axpy(k, by, slots_.column(slots_.slotOf(place(entries[s]))), &out[at(response(entries[s]) * k)]);
  };
  const std::size_t others = out.size() - entries.size();
  if (Tuning::manyApart * (step_.apart.size() + others) > entries.size()) {
    for (std::size_t s = 0; s < entries.size(); ++s) addColumn(s, step_.taken[s]);
    return;
  }
  step_.spread.assign(out.size(), 0.0);
  step_.wanted.assign(out.size(), 0);
  for (std::size_t s = 0; s < entries.size(); ++s) {
    const std::size_t slot = slotEntry(entries[s]);
    step_.spread[slot] = step_.taken[s];
    step_.wanted[slot] = 1;
    out[slot] = share * step_.known[s];
  }
  for (const int s : step_.apart) addColumn(at(s), step_.taken[at(s)] - share * support_.step[at(s)]);
  for (std::size_t t = 0; t < out.size(); ++t) {
    const int slot = static_cast<int>(t) % k, from = static_cast<int>(t) - slot;
    if (!step_.wanted[t]) out[t] = blas::dot(k, slots_.column(slot), &step_.spread[at(from)]);
  }
}

template <class Penalty>
bool Quadratic<Penalty>::locallyConvex(const Penalty& penalty) {
  if (penalty.convex()) return true;
  // What there is no memory to find out is not claimed.
  if (metric_ && !metric_->affordsGram()) return false;
  form_.needGram();
  support_.clear();
  for (const Line& each : lines_) {
    if constexpr (ofCoefficients<Penalty>) {
      const int j = each.block;
      const double l = penalty.l1(j), size = std::abs(b[at(each.first)]);
      if (size == 0 && std::abs(q[at(each.first)]) < (1 - Tuning::nearEdge) * penalty.slopeAtZero(j)) continue;
      support_.entries.push_back(each.first);
      // The least curvature nearby: that of the branch above 0 where a column may enter.
      const double s = size > 0 ? size : l * Tuning::besideZero;
      support_.diagonal.push_back(penalty.l2(j) +
                                  penalty.with(j, [&](const auto& along) { return along.curvature(s); }));
    } else {
      const BlockPenalty along = penalty.of(each.block);
      const bool on = norm2Squared(of(b, each)) > 0;
      const double edge = (1 - Tuning::nearEdge) * along.slopeAtZero();
      if (!on && along.dualNorm(of(q, each), boundsOf(each)) < edge) continue;
      addBlock(along, each, of(q, each), true);
    }
  }
  return support_.size() == 0 || convexity_.set(form_, support_);
}

template class Quadratic<PenaltyAt>;
template class Quadratic<BlockPenaltyAt>;

}  // namespace nonconvex
