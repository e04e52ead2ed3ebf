#include "solvers/sparse/quadratic/block_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {

struct BlockQuadratic::Tuning {
  static constexpr int mostRounds = 500;           ///< safeguard: rounds of sweeps and a Newton step
  static constexpr int sweepsInTurn = 12;          ///< measured: sweeps between looks at all conditions
  static constexpr int memory = 5;                 ///< measured: sweeps that Anderson's extrapolation remembers
  static constexpr double mostSweeps = 1000;       ///< safeguard: sweeps that a Newton step may spare
  static constexpr double operationsBlocked = 12;  ///< measured: operations of a factor in the time of one of a sweep
  static constexpr double nearEdge = 0.01;  ///< safeguard: share of l within which a gradient counts as at the edge
  static constexpr double roundingOfExtrapolation = 1e-12;  ///< rounding: share of the largest coefficient
  static constexpr double roundingOfSlope =
      1e-13;                                   ///< rounding: share of l that a coefficient of two classes is left with
  static constexpr double leastPivot = 1e-13;  ///< rounding: largest pivot of columns that depend on each other
};

BlockQuadratic::BlockQuadratic(const Cpu& la, const Blocks& blocks, GramMetric& metric)
    : la_(la),
      blocks_(blocks),
      form_(metric),
      metric_(&metric),
      responses_(blocks.responses()),
      firstOf_(at(blocks.count()), -1) {}

BlockQuadratic::BlockQuadratic(const Cpu& la, const Blocks& blocks, QuadraticForm& form)
    : la_(la), blocks_(blocks), form_(form), metric_(nullptr), responses_(1), firstOf_(at(blocks.count()), -1) {}

void BlockQuadratic::add(std::span<const int> groups) {
  std::vector<int> columns;
  const int before = form_.size();
  for (const int g : groups) {
    const std::span<const int> of = blocks_.columns(g);
    firstOf_[at(g)] = static_cast<int>(used_.size());
    const int first = (before + static_cast<int>(columns.size())) * responses_;
    const int size = static_cast<int>(of.size()) * responses_;
    columns.insert(columns.end(), of.begin(), of.end());
    if (blocks_.joint()) {
      used_.push_back({g, first, size});
    } else {
      for (int k = 0; k < size; ++k) used_.push_back({g, first + k, 1});
    }
  }
  metric_->add(columns);
  for (std::size_t e = 0; e < columns.size() && blocks_.bounded(); ++e) {
    for (int k = 0; k < responses_; ++k) {
      lower_.push_back(blocks_.lower(columns[e], k));
      upper_.push_back(blocks_.upper(columns[e], k));
    }
  }
  for (auto* each : {&b, &q, &moved_, &change_}) each->resize(at(form_.size() * responses_), 0.0);
  curvatures_.resize(used_.size());
  current_.resize(used_.size(), 0);
}

void BlockQuadratic::collectWorking(const BlockPenalties& penalty, double tolerance, std::vector<int>& entries) {
  entries.clear();
  for (std::size_t g = 0; g < used_.size(); ++g) {
    if (!works(penalty, static_cast<int>(g), tolerance)) continue;
    for (int k = 0; k < used_[g].size; ++k) entries.push_back(used_[g].first + k);
  }
}

void BlockQuadratic::takeOver(const BlockQuadratic& other, std::span<const int> entries) {
  std::size_t next = 0;
  int count = 0;
  used_.clear();
  for (const Used& each : other.used_) {
    if (next == entries.size() || entries[next] != each.first) continue;
    used_.push_back({each.group, static_cast<int>(next), each.size});
    next += at(each.size);
    ++count;
  }
  for (auto* each : {&b, &q, &moved_, &change_}) each->resize(entries.size());
  for (std::size_t e = 0; e < entries.size(); ++e) b[e] = other.b[at(entries[e])];
  lower_.clear();
  upper_.clear();
  for (std::size_t e = 0; e < entries.size() && blocks_.bounded(); ++e) {
    lower_.push_back(other.lower_[at(entries[e])]);
    upper_.push_back(other.upper_[at(entries[e])]);
  }
  curvatures_.clear();
  curvatures_.resize(at(count));
  current_.assign(at(count), 0);
}

/// Whether a block is not 0, or violates its conditions by more than that.
bool BlockQuadratic::works(const BlockPenalties& penalty, int block, double tolerance) {
  const auto values = of(b, used_[at(block)]);
  return std::any_of(values.begin(), values.end(), [](double v) { return v != 0; }) ||
         violation(penalty, block) > tolerance;
}

void BlockQuadratic::clip(std::span<double> coefficients) const {
  for (std::size_t e = 0; e < lower_.size(); ++e) coefficients[e] = std::clamp(coefficients[e], lower_[e], upper_[e]);
}

/// Whether an extrapolation of coefficients within bounds stays there. Of those that are 0 or at a bound rounding is
/// taken away.
bool BlockQuadratic::isWithin(std::span<const double> before, std::span<double> after) const {
  const double rounding = Tuning::roundingOfExtrapolation * normInf(before.first(b.size()));
  for (std::size_t e = 0; e < b.size(); ++e) {
    const bool atEnd = before[e] == 0 || (blocks_.bounded() && (before[e] == lower_[e] || before[e] == upper_[e]));
    if (atEnd && std::abs(after[e] - before[e]) <= rounding) after[e] = before[e];
    if (blocks_.bounded() && !(after[e] >= lower_[e] && after[e] <= upper_[e])) return false;
  }
  return true;
}

void BlockQuadratic::forgetCurvatures() { std::fill(current_.begin(), current_.end(), 0); }

BlockCurvature& BlockQuadratic::curvature(int block) {
  const Used& of = used_[at(block)];
  const int width = blocks_.joint() ? responses_ : 1, size = of.size / width, first = of.first / responses_;
  auto& made = curvatures_[at(block)];
  if (!made) made = std::make_unique<BlockCurvature>(size, width);
  if (current_[at(block)]) return *made;
  current_[at(block)] = 1;
  if (corner_.rows() < size) corner_ = HostMatrix<double>(size, size);
  const Mat<double> corner = corner_.view().block(0, 0, size, size);
  if (form_.hasGram()) {
    for (int e = 0; e < size; ++e) std::copy_n(form_.gram(first + e) + first, size, corner.column(e));
    made->set(corner);
    return *made;
  }
  column_.resize(at(metric_->rows()));
  for (int e = 0; e < size; ++e) {
    corner(e, e) = form_.curvature(first + e);
    if (e + 1 == size) break;
    std::fill(column_.begin(), column_.end(), 0.0);
    metric_->addWeighted(first + e, 1, column_.data());
    const double sum = metric_->totalWeight() * metric_->mean(first + e);
    for (int f = e + 1; f < size; ++f) corner(f, e) = corner(e, f) = metric_->ofRows(first + f, column_, sum);
  }
  made->set(corner);
  return *made;
}

/// The minimiser over a block with these coefficients and gradients.
void BlockQuadratic::best(const BlockPenalty& penalty, int block, std::span<const double> at_,
                          std::span<const double> gradient, std::span<double> out) {
  const Used& of = used_[at(block)];
  if (of.size == 1) {
    const double curvature = form_.curvature(of.first / responses_), c = curvature + penalty.ridge;
    const double whole = curvature * at_[0] - gradient[0];
    const double z = std::copysign(std::max(0.0, std::abs(whole) - penalty.l1), whole);
    const auto minimizer = [&](const auto& along) {
      if (!blocks_.bounded()) return along.minimizer(c, z);
      return penalties::minimizerWithin(along, c, z, lower_[at(of.first)], upper_[at(of.first)]);
    };
    out[0] = c > 0 ? penalty.with(minimizer) : at_[0];
    // Of two classes both gradients are at the edge, and rounding would take one of them in.
    if (std::abs(out[0]) * c <= Tuning::roundingOfSlope * penalty.l) out[0] = 0;
    return;
  }
  BlockCurvature& own = curvature(block);
  const Mat<const double> gram = own.gram();
  const int width = responses_;
  product_.resize(at(of.size));
  for (int k = 0; k < of.size; ++k) product_[at(k)] = -gradient[at(k)];
  for (int e = 0; e < gram.cols; ++e) {
    for (int f = 0; f < gram.rows; ++f) {
      for (int k = 0; k < width; ++k) product_[at(f * width + k)] += gram(f, e) * at_[at(e * width + k)];
    }
  }
  std::copy_n(at_.begin(), of.size, out.begin());
  own.minimize(penalty, product_, out, boundsOf(of));
}

double BlockQuadratic::violation(const BlockPenalties& penalty, int block) {
  const Used& of = used_[at(block)];
  const BlockPenalty along = penalty.of(of.group);
  const double found = along.violation(this->of(b, of), this->of(q, of), boundsOf(of));
  if (along.convex() || b[at(of.first)] != 0 || possibleDecrease <= 0) return found;
  // At 0 also the slope that would lead as far as a lower minimum lies which derivatives do not show.
  if (of.size == 1) {
    best(along, block, this->of(b, of), this->of(q, of), next_);
    if (!along.leavesZero({next_.data(), 1}, this->of(q, of), possibleDecrease)) return found;
    return std::max(found, form_.curvature(of.first / responses_) * std::abs(next_[0]));
  }
  if (curvature(block).least() > along.concavity()) return found;
  best(along, block, this->of(b, of), this->of(q, of), next_);
  const std::span<const double> next(next_.data(), at(of.size));
  if (!along.leavesZero(next, this->of(q, of), possibleDecrease)) return found;
  return std::max(found, curvature(block).largest() * std::sqrt(norm2Squared(next)));
}

double BlockQuadratic::largestViolation(const BlockPenalties& penalty) {
  if (!goesByRows()) form_.needGram();
  std::size_t widest = 1;
  for (const Used& each : used_) widest = std::max(widest, at(each.size));
  next_.resize(widest);
  slopes_.resize(widest);
  double most = 0;
  for (std::size_t g = 0; g < used_.size(); ++g) most = std::max(most, violation(penalty, static_cast<int>(g)));
  return most;
}

double BlockQuadratic::penaltyValue(const BlockPenalties& penalty) const {
  double sum = 0;
  for (const Used& each : used_) sum += penalty.of(each.group).value(of(b, each));
  return sum;
}

double BlockQuadratic::gap(const BlockPenalties& penalty, double scale) const {
  if (!penalty.convex()) return infinity;
  double share = 1, products = 0, values = 0;
  const auto isFree = [&](const BlockPenalty& along) { return along.isZero() && !blocks_.bounded(); };
  for (const Used& each : used_) {
    const BlockPenalty along = penalty.of(each.group);
    if (!isFree(along)) share = std::min(share, along.feasibleShare(of(q, each), boundsOf(each)));
  }
  for (const Used& each : used_) {
    const BlockPenalty along = penalty.of(each.group);
    const double c = form_.curvature(each.first / responses_);
    if (isFree(along)) {
      if (c > 0) values += norm2Squared(of(q, each)) / (2 * c);
      continue;
    }
    values += along.value(of(b, each));
    if (along.ridge > 0 || blocks_.bounded()) values += along.conjugate(of(q, each), share, boundsOf(each));
    products += dot(of(b, each), of(q, each));
  }
  return values + share * products + square(1 - share) * scale;
}

double BlockQuadratic::penaltySlope(const BlockPenalties& penalty, std::span<const double> step) const {
  double sum = 0;
  for (const Used& each : used_) {
    sum += penalty.of(each.group).slopeAlong(of(b, each), step.subspan(at(each.first), at(each.size)));
  }
  return sum;
}

void BlockQuadratic::slopesAt(const BlockPenalties& penalty, std::span<const double> coefficients,
                              std::vector<double>& slopes) const {
  slopes.assign(at(blocks_.count()), 0.0);
  for (const Used& each : used_) {
    const double r = std::sqrt(norm2Squared(coefficients.subspan(at(each.first), at(each.size))));
    slopes[at(each.group)] = penalty.of(each.group).with([&](const auto& along) { return along.slope(r); });
  }
}

std::vector<Escape> BlockQuadratic::escapes(const BlockPenalties& penalty) {
  std::vector<Escape> found;
  for (std::size_t g = 0; g < used_.size(); ++g) {
    const Used& each = used_[g];
    const BlockPenalty along = penalty.of(each.group);
    const std::span<const double> gradient = of(q, each);
    if (norm2Squared(of(b, each)) > 0 || along.dualNorm(gradient, boundsOf(each)) > along.slopeAtZero()) continue;
    const int block = static_cast<int>(g);
    if (each.size > 1 && curvature(block).least() > along.concavity()) continue;
    best(along, block, of(b, each), gradient, next_);
    const std::span<const double> to(next_.data(), at(each.size));
    if (!along.leavesZero(to, gradient, possibleDecrease)) continue;
    // The curvature along the block is at most the largest.
    const double c = each.size > 1 ? curvature(block).largest() : form_.curvature(each.first / responses_);
    found.push_back(
        {each.first, {to.begin(), to.end()}, dot(gradient, to) + c / 2 * norm2Squared(to) + along.value(to)});
  }
  std::ranges::sort(found, {}, [](const Escape& each) { return std::pair(each.change, each.first); });
  return found;
}

bool BlockQuadratic::minimize(const BlockPenalties& penalty, const Goal& goal) {
  double violation = largestViolation(penalty), least = violation;
  for (int round = 0, since = 0; round < Tuning::mostRounds && since < goal.patience; ++round) {
    if (meets(penalty, goal, violation)) return true;
    la_.checkpoint();
    working_.clear();
    for (std::size_t g = 0; g < used_.size(); ++g) {
      if (works(penalty, static_cast<int>(g), goal.violation)) working_.push_back(static_cast<int>(g));
    }
    const int sweeps = sweep(penalty, goal.violation);
    const double after = largestViolation(penalty);
    if (meets(penalty, goal, after)) return true;
    const double rate = std::pow(after / violation, 1.0 / sweeps);
    const double left =
        rate < 1 ? std::min(Tuning::mostSweeps, std::log(goal.violation / after) / std::log(rate)) : Tuning::mostSweeps;
    if (!goal.sweepsOnly) newtonStep(penalty, left);
    violation = largestViolation(penalty);
    since = violation < least ? 0 : since + 1;
    least = std::min(least, violation);
  }
  return meets(penalty, goal, violation);
}

/// Some sweeps over the working blocks, with Anderson's extrapolation; how many. The state is b, and behind it the
/// gradients, or by rows the change of the predictions times their curvatures.
int BlockQuadratic::sweep(const BlockPenalties& penalty, double tolerance) {
  const bool rows = goesByRows();
  const std::size_t head = b.size(), tail = rows ? at(metric_->rows()) * at(responses_) : head;
  if (!rows) form_.needGram();
  if (!anderson_ || state_.size() != head + tail) {
    state_.assign(head + tail, 0.0);
    plain_ = last_ = state_;
    anderson_ =
        std::make_unique<Anderson<Cpu>>(la_, Tuning::memory, static_cast<int>(head), static_cast<int>(head + tail));
  }
  anderson_->reset();
  base_ = q;
  start_ = b;
  std::ranges::copy(b, state_.begin());
  if (rows) {
    std::fill(state_.begin() + static_cast<std::ptrdiff_t>(head), state_.end(), 0.0);
  } else {
    std::ranges::copy(q, state_.begin() + static_cast<std::ptrdiff_t>(head));
  }
  int sweeps = 0;
  for (double most = infinity; sweeps < Tuning::sweepsInTurn && most > tolerance / 2; ++sweeps) {
    last_ = state_;
    most = rows ? sweepRows(penalty) : sweepGram(penalty);
    plain_ = state_;
    anderson_->advance({last_.data(), static_cast<int>(last_.size())},
                       {state_.data(), static_cast<int>(state_.size())});
    if (!isWithin(plain_, state_) || !(objective(penalty, state_) <= objective(penalty, plain_))) {
      state_ = plain_;
      anderson_->reset();
    }
  }
  std::copy_n(state_.begin(), head, b.begin());
  finishSweeps(rows);
  sweeps_ += sweeps;
  return sweeps;
}

/// The objective at a state, less what it was without any change of b.
double BlockQuadratic::objective(const BlockPenalties& penalty, std::span<const double> state) const {
  const std::size_t head = b.size();
  const std::span<const double> tail = state.subspan(head);
  double sum = 0;
  if (goesByRows()) {
    for (std::size_t k = 0; k < head; ++k) sum += base_[k] * (state[k] - start_[k]);
    sum += metric_->squaredNormOfRows(tail) / 2;
  } else {
    for (std::size_t k = 0; k < head; ++k) sum += (base_[k] + tail[k]) / 2 * (state[k] - start_[k]);
  }
  for (const Used& each : used_) {
    sum += penalty.of(each.group).value(state.subspan(at(each.first), at(each.size)));
  }
  return sum;
}

/// One sweep with the Gram matrix; the largest move, as a gradient.
double BlockQuadratic::sweepGram(const BlockPenalties& penalty) {
  const std::span<double> all(state_);
  const std::span<double> values = all.first(b.size()), gradients = all.subspan(b.size());
  double most = 0;
  for (const int g : working_) {
    const Used& block = used_[at(g)];
    const std::span<double> next = std::span(next_).first(at(block.size));
    const std::span<double> own = values.subspan(at(block.first), at(block.size));
    best(penalty.of(block.group), g, own, gradients.subspan(at(block.first), at(block.size)), next);
    double squares = 0;
    for (int k = 0; k < block.size; ++k) {
      const double step = next[at(k)] - own[at(k)];
      if (step == 0) continue;
      squares += square(step);
      own[at(k)] = next[at(k)];
      const int place = (block.first + k) / responses_, response = (block.first + k) % responses_;
      const double* column = form_.gram(place);
      if (responses_ == 1) {
        blas::axpy(form_.size(), step, column, gradients.data());
      } else {
        for (int e = 0; e < form_.size(); ++e) gradients[at(e * responses_ + response)] += step * column[e];
      }
    }
    most = std::max(most, std::sqrt(squares) * form_.curvature(block.first / responses_));
  }
  return most;
}

/// One sweep over the rows; the largest move, as a gradient.
double BlockQuadratic::sweepRows(const BlockPenalties& penalty) {
  const std::span<double> all(state_);
  const std::span<double> values = all.first(b.size()), rows = all.subspan(b.size());
  const std::size_t n = at(metric_->rows());
  sumsOfRows_.assign(at(responses_), 0.0);
  for (std::size_t k = 0; k < rows.size(); ++k) sumsOfRows_[k / n] += rows[k];
  double most = 0;
  for (const int g : working_) {
    const Used& block = used_[at(g)];
    const std::span<double> next = std::span(next_).first(at(block.size));
    const std::span<double> own = values.subspan(at(block.first), at(block.size));
    for (int k = 0; k < block.size; ++k) {
      const int entry = block.first + k, place = entry / responses_;
      const std::size_t response = at(entry % responses_);
      slopes_[at(k)] = base_[at(entry)] + metric_->ofRows(place, rows.subspan(response * n, n), sumsOfRows_[response]);
    }
    best(penalty.of(block.group), g, own, slopes_, next);
    double squares = 0;
    for (int k = 0; k < block.size; ++k) {
      const double step = next[at(k)] - own[at(k)];
      if (step == 0) continue;
      squares += square(step);
      own[at(k)] = next[at(k)];
      const int place = (block.first + k) / responses_;
      const std::size_t response = at((block.first + k) % responses_);
      metric_->addWeighted(place, step, rows.data() + response * n);
      sumsOfRows_[response] += step * metric_->totalWeight() * metric_->mean(place);
    }
    most = std::max(most, std::sqrt(squares) * form_.curvature(block.first / responses_));
  }
  return most;
}

/// The gradients behind sweeps.
void BlockQuadratic::finishSweeps(bool rows) {
  const std::span<const double> tail = std::span<const double>(state_).subspan(b.size());
  if (!rows) {
    std::ranges::copy(tail, q.begin());
    return;
  }
  const std::size_t n = at(metric_->rows());
  for (int k = 0; k < responses_; ++k) {
    const std::span<const double> own = tail.subspan(at(k) * n, n);
    const double sum = std::accumulate(own.begin(), own.end(), 0.0);
    for (int e = 0; e < form_.size(); ++e) {
      q[at(e * responses_ + k)] = base_[at(e * responses_ + k)] + metric_->ofRows(e, own, sum);
    }
  }
}

/// out := G d
void BlockQuadratic::applyGram(std::span<const double> d, std::span<double> out) {
  const int width = responses_;
  if (goesByRows()) {
    const std::size_t n = at(metric_->rows());
    column_.resize(n);
    places_.resize(at(form_.size()));
    for (int k = 0; k < width; ++k) {
      for (int e = 0; e < form_.size(); ++e) places_[at(e)] = d[at(e * width + k)];
      const double sum = metric_->rowsOf(places_, column_);
      for (int e = 0; e < form_.size(); ++e) out[at(e * width + k)] = metric_->ofRows(e, column_, sum);
    }
    return;
  }
  form_.needGram();
  std::fill(out.begin(), out.end(), 0.0);
  for (int e = 0; e < form_.size(); ++e) {
    const double* column = form_.gram(e);
    if (width == 1) {
      if (d[at(e)] != 0) blas::axpy(form_.size(), d[at(e)], column, out.data());
      continue;
    }
    const double* from = d.data() + at(e) * at(width);
    if (std::all_of(from, from + width, [](double v) { return v == 0; })) continue;
    for (int f = 0; f < form_.size(); ++f) {
      for (int k = 0; k < width; ++k) out[at(f * width + k)] += column[f] * from[k];
    }
  }
}

/// A block that is not 0, or one at the edge, with the least curvature that the penalty has near 0.
void BlockQuadratic::addToSupport(const BlockPenalty& penalty, const Used& block, bool edge) {
  const std::span<const double> values = of(b, block);
  const double r = std::sqrt(norm2Squared(values));
  SupportBlock made{static_cast<int>(entries_.size()), 0, -penalty.concavity(), -penalty.concavity(), penalty.ridge};
  double slope = 0;
  if (r > 0) {
    slope = penalty.with([&](const auto& along) { return along.slope(r); }) / r;
    made.across = slope;
    made.along = penalty.with([&](const auto& along) { return along.curvature(r); });
  }
  for (int k = 0; k < block.size; ++k) {
    const double value = values[at(k)];
    if (!edge && ((value == 0 && penalty.l1 > 0) || isAtBound(block.first + k))) continue;
    entries_.push_back(block.first + k);
    atEntries_.push_back(r > 0 ? value / r : 0);
    const double gradient = q[at(block.first + k)] + (slope + penalty.ridge) * value;
    step_.push_back(-gradient - (value != 0 ? std::copysign(penalty.l1, value) : 0));
  }
  made.end = static_cast<int>(entries_.size());
  support_.push_back(made);
}

void BlockQuadratic::finishSupport() {
  diagonal_.resize(entries_.size());
  for (const SupportBlock& each : support_) {
    for (int k = each.begin; k < each.end; ++k) {
      const double along = square(atEntries_[at(k)]);
      diagonal_[at(k)] =
          form_.curvature(entries_[at(k)] / responses_) + each.ridge + each.across * (1 - along) + each.along * along;
    }
  }
}

int BlockQuadratic::collectSupport(const BlockPenalties& penalty) {
  entries_.clear();
  support_.clear();
  step_.clear();
  atEntries_.clear();
  for (const Used& each : used_) {
    if (norm2Squared(of(b, each)) > 0) addToSupport(penalty.of(each.group), each, false);
  }
  finishSupport();
  return static_cast<int>(entries_.size());
}

void BlockQuadratic::addPenaltyCurvature(std::span<const double> v, std::span<double> out) const {
  for (const SupportBlock& each : support_) {
    double along = 0;
    for (int k = each.begin; k < each.end; ++k) along += atEntries_[at(k)] * v[at(k)];
    along *= each.along - each.across;
    for (int k = each.begin; k < each.end; ++k) {
      out[at(k)] += (each.across + each.ridge) * v[at(k)] + along * atEntries_[at(k)];
    }
  }
}

/// Cholesky's factor of the second derivatives on the support. False where they are not positive definite.
bool BlockQuadratic::factor() {
  form_.needGram();
  const int count = static_cast<int>(entries_.size());
  if (factor_.rows() < count) factor_ = HostMatrix<double>(count + count / 2, count + count / 2, Uninitialized{});
  const Mat<double> a = factor_.view().block(0, 0, count, count);
  double most = 0;
  for (int j = 0; j < count; ++j) {
    const double* column = form_.gram(entries_[at(j)] / responses_);
    const int response = entries_[at(j)] % responses_;
    for (int i = j; i < count; ++i) {
      const int entry = entries_[at(i)];
      a(i, j) = entry % responses_ == response ? column[entry / responses_] : 0;
    }
    most = std::max(most, a(j, j));
  }
  for (const SupportBlock& each : support_) {
    for (int j = each.begin; j < each.end; ++j) {
      const double along = (each.along - each.across) * atEntries_[at(j)];
      for (int i = j; i < each.end; ++i) a(i, j) += along * atEntries_[at(i)];
      a(j, j) += each.across + each.ridge;
    }
  }
  if (!la_.cholesky(a)) return false;
  // A pivot that is rounding of its column says that columns depend on each other.
  for (int j = 0; j < count; ++j) {
    if (square(a(j, j)) < Tuning::leastPivot * most) return false;
  }
  return true;
}

/// Turns the right-hand side of Newton's step into the step.
bool BlockQuadratic::solveSupport() {
  const int count = static_cast<int>(entries_.size());
  if (!factor()) return false;
  la_.choleskySolve(factor_.view().block(0, 0, count, count), Mat<double>{step_.data(), count, 1, count});
  return true;
}

/// Goes to the minimum of the quadratic model of the objective on the support, unless the sweeps that are left cost
/// less or the objective, whose change is exact in this model, rises. Entries that would change sign go to 0. Whether
/// it moved.
bool BlockQuadratic::newtonStep(const BlockPenalties& penalty, double sweepsLeft) {
  const double size = collectSupport(penalty), sweeps = square(size) / 3 / Tuning::operationsBlocked / b.size();
  if (size == 0 || sweeps > sweepsLeft || (metric_ && !metric_->affordsGram())) return false;
  if (goesByRows() && sweepsLeft < infinity) return false;
  if (std::any_of(diagonal_.begin(), diagonal_.end(), [](double d) { return !(d > 0); })) return false;
  return solveSupport() && takeStep(penalty);
}

bool BlockQuadratic::takeStep(const BlockPenalties& penalty) {
  std::fill(moved_.begin(), moved_.end(), 0.0);
  ends_ = b;
  for (std::size_t k = 0; k < entries_.size(); ++k) {
    const auto entry = at(entries_[k]);
    ends_[entry] = b[entry] + step_[k];
  }
  for (const Used& each : used_) {
    if (each.size > 1 && penalty.of(each.group).l1 == 0) continue;
    for (int k = each.first; k < each.first + each.size; ++k) {
      if (meetsZero(b[at(k)], ends_[at(k)])) ends_[at(k)] = 0;
    }
  }
  clip(ends_);
  for (std::size_t k = 0; k < b.size(); ++k) moved_[k] = ends_[k] - b[k];
  applyGram(moved_, change_);
  double gain = 0, size = 0;
  for (std::size_t k = 0; k < b.size(); ++k) {
    const double smooth = (q[k] + change_[k] / 2) * moved_[k];
    gain += smooth;
    size += std::abs(smooth);
  }
  for (const Used& each : used_) {
    const BlockPenalty along = penalty.of(each.group);
    const double after = along.value(of(ends_, each)), before = along.value(of(b, each));
    gain += after - before;
    size += after + before;
  }
  if (!(gain <= 4 * machineEpsilon * size)) return false;
  b.swap(ends_);
  for (std::size_t k = 0; k < q.size(); ++k) q[k] += change_[k];
  return true;
}

bool BlockQuadratic::locallyConvex(const BlockPenalties& penalty) {
  if (penalty.convex()) return true;
  // What there is no memory to find out is not claimed.
  if (metric_ && !metric_->affordsGram()) return false;
  form_.needGram();
  entries_.clear();
  support_.clear();
  step_.clear();
  atEntries_.clear();
  for (const Used& each : used_) {
    const BlockPenalty along = penalty.of(each.group);
    const bool on = norm2Squared(of(b, each)) > 0;
    if (!on && along.dualNorm(of(q, each), boundsOf(each)) < (1 - Tuning::nearEdge) * along.slopeAtZero()) continue;
    addToSupport(along, each, true);
  }
  return entries_.empty() || factor();
}

}  // namespace nonconvex
