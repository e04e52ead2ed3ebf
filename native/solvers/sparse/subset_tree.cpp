#include "solvers/sparse/subset_tree.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

constexpr int mostRelaxing = 2000;         // sweeps at one node
constexpr int innerSweeps = 30;            // over what is not 0, between those over all
constexpr double innerSettled = 1e-4;      // a change, relative to the largest coefficient, that ends them
constexpr double preciseEnough = 0.02;     // of the distance to the best subset, that the relaxation may be off
constexpr std::size_t mostLending = 1000;  // columns for whose G the least eigenvalue is looked for
constexpr double lending = 0.98;           // of that eigenvalue
constexpr double whole = 1e-7;             // from 0 or 1, a share that counts as whole

}  // namespace

SubsetTree::SubsetTree(const Cpu& la, SubsetGram& gram, SubsetSearch& search) : la_(la), gram_(gram), search_(search) {}

/// The penalty's slope at 0 for a column that may be chosen at a cost.
double SubsetTree::slope(double cost) const {
  const double end = knot(cost);
  return cost / end + ridge_ / 2 * end;
}

/// The end of the straight part of the penalty, where all of the column is chosen.
double SubsetTree::knot(double cost) const {
  const double free = ridge_ > 0 ? std::sqrt(2 * cost / ridge_) : infinity;
  return std::min(objective_.largest, free);
}

double SubsetTree::penalty(std::size_t k, double b) const {
  const double cost = objective_.cost(node_.columns[k]);
  const double size = std::abs(b);
  if (!node_.chosen[k] && size < knot(cost)) return slope(cost) * size;
  return cost + ridge_ / 2 * b * b;
}

/// sup of |v| b - r b^2 / 2 over 0 <= b <= M
double SubsetTree::reach(double v) const {
  const double size = std::abs(v);
  const double b = std::min(objective_.largest, ridge_ > 0 ? size / ridge_ : infinity);
  if (std::isinf(b)) return size == 0 ? 0 : infinity;
  return (size - ridge_ / 2 * b) * b;
}

double SubsetTree::conjugate(std::size_t k, double v) const {
  const double gained = reach(v) - objective_.cost(node_.columns[k]);
  return node_.chosen[k] ? gained : std::max(0.0, gained);
}

double SubsetTree::share(std::size_t k, double b) const {
  if (b == 0) return 0;
  return std::min(1.0, std::abs(b) / knot(objective_.cost(node_.columns[k])));
}

/// argmin of c / 2 b^2 - a b and the penalty.
double SubsetTree::minimizer(std::size_t k, double c, double a) const {
  const double size = std::abs(a), largest = objective_.largest;
  const double beyond = std::min(largest, size / (c + ridge_));
  if (node_.chosen[k]) return std::copysign(beyond, a);
  const double cost = objective_.cost(node_.columns[k]);
  const double l = slope(cost), end = knot(cost);
  if (size <= l) return 0;
  const double line = c > 0 ? (size - l) / c : infinity;
  return std::copysign(line <= end ? line : std::max(end, beyond), a);
}

/// The part of all subsets.
SubsetNode SubsetTree::root() {
  SubsetNode node;
  for (int j = 0; j < gram_.size(); ++j) {
    if (gram_.usable(j)) node.columns.push_back(j);
  }
  node.chosen.assign(node.columns.size(), 0);
  node.b.assign(node.columns.size(), 0);
  node.bound = -infinity;
  if (rootRidge_) {
    node.ridge = *rootRidge_;
    node.sizeOfRidge = node.columns.size();
  }
  for (std::size_t k = 0; k < node.columns.size(); ++k) {
    const auto place = std::find(best_.columns.begin(), best_.columns.end(), node.columns[k]);
    if (place != best_.columns.end()) node.b[k] = best_.values[static_cast<std::size_t>(place - best_.columns.begin())];
  }
  return node;
}

void SubsetTree::enter(SubsetNode& node) {
  node_ = std::move(node);
  lend();
  setGradient();
}

/// The least eigenvalue of G on some columns, or a little less; 0 where there is none above 0.
double SubsetTree::lentBy(const std::vector<int>& columns) {
  const int m = static_cast<int>(columns.size());
  gram_.need(columns);
  HostMatrix<double> g(m, m), factor(m, m), v(m, 1);
  for (int k = 0; k < m; ++k) {
    const double* column = gram_.column(columns[at(k)]);
    for (int l = 0; l < m; ++l) g(l, k) = column[columns[at(l)]];
  }
  const auto definite = [&](double less) {
    steady_.copy(g.view(), factor.view());
    for (int k = 0; k < m; ++k) factor(k, k) -= less;
    return steady_.cholesky(factor);
  };
  if (!definite(0)) return 0;
  for (int k = 0; k < m; ++k) v(k, 0) = 1 + 0.1 * (k % 7);
  double estimate = 0;
  constexpr int steps = 12;  // of inverse iteration
  for (int step = 0; step < steps; ++step) {
    const double norm = blas::nrm2(m, v.column(0));
    for (int k = 0; k < m; ++k) v(k, 0) /= norm;
    steady_.choleskySolve(factor, v);
    estimate = 1 / blas::nrm2(m, v.column(0));
  }
  constexpr double tiny = 1e-10;  // of the diagonal: nothing that is worth lending
  for (double less = lending * estimate; less > tiny; less /= 2) {
    if (definite(less)) return less;
  }
  return 0;
}

bool SubsetTree::definite() {
  if (!rootRidge_) {
    const std::vector<int> columns = root().columns;
    const bool few = !columns.empty() && columns.size() <= mostLending && columns.size() < at(gram_.rows());
    rootRidge_ = few ? lentBy(columns) : 0;
  }
  return *rootRidge_ > 0;
}

/// Looks for what G may lend where the columns have become fewer than they were then.
void SubsetTree::lend() {
  const std::size_t m = node_.columns.size();
  constexpr double fewer = 0.8;
  const bool worth = node_.sizeOfRidge == 0 || static_cast<double>(m) <= fewer * static_cast<double>(node_.sizeOfRidge);
  if (m > 0 && m <= mostLending && m < at(gram_.rows()) && worth) {
    node_.ridge = std::max(node_.ridge, lentBy(node_.columns));
    node_.sizeOfRidge = m;
  }
  ridge_ = objective_.ridge + node_.ridge;
}

void SubsetTree::setGradient() {
  q_.resize(node_.columns.size());
  for (std::size_t k = 0; k < q_.size(); ++k) {
    q_[k] = gram_.correlation(node_.columns[k]) + node_.ridge * node_.b[k];
  }
  for (std::size_t l = 0; l < q_.size(); ++l) {
    if (node_.b[l] == 0) continue;
    const double* column = gram_.column(node_.columns[l]);
    for (std::size_t k = 0; k < q_.size(); ++k) q_[k] -= node_.b[l] * column[node_.columns[k]];
  }
}

/// Has the Gram columns of what is to move computed together.
void SubsetTree::fetch() {
  wanted_.clear();
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const int j = node_.columns[k];
    if (gram_.has(j)) continue;
    if (minimizer(k, gram_.diagonal(j) - node_.ridge, q_[k]) != 0) wanted_.push_back(j);
  }
  gram_.need(wanted_);
}

/// Moves each column to its minimum, then those that are not 0 again and again; the gradients of all follow.
void SubsetTree::sweep() {
  fetch();
  moving_.clear();
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const double c = gram_.diagonal(node_.columns[k]) - node_.ridge, now = node_.b[k];
    if (now == 0 && !node_.chosen[k] && minimizer(k, c, q_[k]) == 0) continue;
    moving_.push_back(k);
  }
  gather();
  for (int inner = 0; inner < innerSweeps; ++inner) {
    double change = 0, largest = 0;
    for (std::size_t m = 0; m < moving_.size(); ++m) {
      const std::size_t k = moving_[m];
      const double* column = local_.data() + m * moving_.size();
      const double now = node_.b[k], to = minimizer(k, column[m], localQ_[m] + column[m] * now), by = to - now;
      largest = std::max(largest, std::abs(to));
      if (by == 0) continue;
      change = std::max(change, std::abs(by));
      for (std::size_t l = 0; l < moving_.size(); ++l) localQ_[l] -= by * column[l];
      node_.b[k] = to;
    }
    if (change <= innerSettled * largest) break;
  }
  follow();
}

/// Copies what belongs to the columns that move to where it lies together.
void SubsetTree::gather() {
  const std::size_t count = moving_.size();
  start_.resize(count);
  localQ_.resize(count);
  local_.resize(count * count);
  for (std::size_t m = 0; m < count; ++m) {
    start_[m] = node_.b[moving_[m]];
    localQ_[m] = q_[moving_[m]];
    const double* column = gram_.column(node_.columns[moving_[m]]);
    for (std::size_t l = 0; l < count; ++l) local_[m * count + l] = column[node_.columns[moving_[l]]];
    local_[m * count + m] -= node_.ridge;
  }
}

/// Brings the gradients of all columns to where those that moved have gone.
void SubsetTree::follow() {
  for (std::size_t m = 0; m < moving_.size(); ++m) {
    const double by = node_.b[moving_[m]] - start_[m];
    if (by == 0) continue;
    const double* column = gram_.column(node_.columns[moving_[m]]);
    for (std::size_t l = 0; l < q_.size(); ++l) q_[l] -= by * column[node_.columns[l]];
    q_[moving_[m]] += by * node_.ridge;
  }
}

/// The relaxation's value at b, and the bound there.
void SubsetTree::measure() {
  value_ = dual_ = gram_.squares() / 2;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const double b = node_.b[k], c = gram_.correlation(node_.columns[k]);
    value_ -= b * (q_[k] + c) / 2;
    dual_ -= b * (c - q_[k]) / 2;
    if (b != 0 || node_.chosen[k]) value_ += penalty(k, b);
    dual_ -= conjugate(k, q_[k]);
  }
  // The bound of where the node came from holds in all of its parts.
  node_.bound = std::max(node_.bound, dual_);
}

/// Takes the columns of which the relaxation chooses the most for a subset; whether it is better than the best one.
bool SubsetTree::improveBest(bool thorough) {
  std::vector<int> columns;
  Subset trial;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    if (!node_.chosen[k] && share(k, node_.b[k]) < 0.5) continue;
    columns.push_back(node_.columns[k]);
  }
  if (columns == tried_) return false;
  tried_ = columns;
  trial = search_.refit(objective_, columns);
  // Where columns depend on each other, a search from none of them finds which are to stay.
  if (std::isinf(trial.objective)) trial = search_.improve(objective_, {});
  if (thorough || trial.objective < best_.objective) trial = search_.improve(objective_, trial);
  if (!(trial.objective < best_.objective)) return false;
  best_ = std::move(trial);
  return true;
}

/// Minimises the relaxation until its bound closes the node, or it is as good as known.
SubsetTree::State SubsetTree::relax() {
  for (int sweeps = 0; sweeps < mostRelaxing; ++sweeps) {
    sweep();
    measure();
    const double goal = best_.objective - tolerance_;
    if (node_.bound >= goal) return State::closed;
    const double off = value_ - dual_;
    if (off <= std::max(preciseEnough * (goal - value_), 1e-3 * tolerance_)) break;
    if (la_.ending()) break;
  }
  return State::open;
}

/// Leaves columns out, and chooses some for good, without which no subset of the node is better than the best.
/// Whether any was.
bool SubsetTree::fix() {
  const double goal = best_.objective - tolerance_;
  std::size_t kept = 0;
  bool any = false;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const double gained = reach(q_[k]) - objective_.cost(node_.columns[k]);
    const double other = dual_ + std::abs(gained);
    if (!node_.chosen[k] && other >= goal) {
      any = true;
      close(other);
      if (gained < 0) continue;
      node_.chosen[k] = 1;
    }
    node_.columns[kept] = node_.columns[k];
    node_.chosen[kept] = node_.chosen[k];
    node_.b[kept++] = node_.b[k];
  }
  node_.columns.resize(kept);
  node_.chosen.resize(kept);
  node_.b.resize(kept);
  return any;
}

/// The place of the column whose share is nearest 1/2, or of one that is not 0; -1 where all others are.
int SubsetTree::branching() const {
  int found = -1;
  double nearest = 0.5 - whole;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    if (node_.chosen[k]) continue;
    const double distance = std::abs(share(k, node_.b[k]) - 0.5);
    if (distance >= nearest) continue;
    nearest = distance;
    found = static_cast<int>(k);
  }
  for (std::size_t k = 0; k < q_.size() && found < 0; ++k) {
    if (!node_.chosen[k] && node_.b[k] != 0) found = static_cast<int>(k);
  }
  return found;
}

/// Two nodes, one with the column at place k and one without; that which agrees with the best subset comes first.
void SubsetTree::split(int k) {
  const int j = node_.columns[at(k)];
  SubsetNode with = node_, without = node_;
  with.chosen[at(k)] = 1;
  without.columns.erase(without.columns.begin() + k);
  without.chosen.erase(without.chosen.begin() + k);
  without.b.erase(without.b.begin() + k);
  const bool inBest = std::find(best_.columns.begin(), best_.columns.end(), j) != best_.columns.end();
  open_.push_back(inBest ? std::move(without) : std::move(with));
  open_.push_back(inBest ? std::move(with) : std::move(without));
}

/// Bounds a node, takes what it can for a subset, and splits what is left of it.
void SubsetTree::visit(SubsetNode& next, bool first) {
  enter(next);
  State state = relax();
  // Columns that go out let G lend more, and so on.
  for (bool better = improveBest(first); state == State::open && (fix() || better); better = improveBest(false)) {
    lend();
    setGradient();
    state = relax();
  }
  const int k = state == State::closed ? -1 : branching();
  if (k >= 0) return split(k);
  close(node_.bound);
}

SubsetTree::Outcome SubsetTree::search(const SubsetObjective& objective, Subset best, double tolerance,
                                       double mostNodes) {
  objective_ = objective;
  best_ = std::move(best);
  tolerance_ = tolerance;
  closed_ = infinity;
  open_.clear();
  tried_.clear();
  open_.push_back(root());
  Outcome out;
  while (!open_.empty() && out.nodes < std::max(1.0, mostNodes) && !la_.ending()) {
    SubsetNode next = std::move(open_.back());
    open_.pop_back();
    if (next.bound >= best_.objective - tolerance_) {
      close(next.bound);
    } else {
      visit(next, ++out.nodes == 1);
    }
  }
  out.bound = std::min(closed_, best_.objective);
  for (const SubsetNode& node : open_) out.bound = std::min(out.bound, node.bound);
  out.best = std::move(best_);
  return out;
}

}  // namespace nonconvex
