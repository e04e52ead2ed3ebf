#include "solvers/sparse/cox_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

constexpr double leastCurvature = 1e-10;  // of a row beside its weight
constexpr int mostTiesExactly = 16;       // events at a time for which Efron's entropies are computed one by one

double xLogX(double x) { return x > 0 ? x * std::log(x) : 0; }

}  // namespace

CoxRows::CoxRows(const SparseData& data) : data_(data) {
  sortRows();
  theta_.resize(order_.size());
  rates_.resize(blocks_.size());
  kept_.resize(order_.size());
  work_.resize(at(data.n()));
  std::size_t count = 0;
  for (const Block& block : blocks_) count += block.count() > 0 ? at(terms(block)) : 0;
  outer_.resize(count);
  if (!data.starts.empty()) findLeaving();
}

/// Rows that count, by stratum, as times fall, events at a time behind what is censored then.
void CoxRows::sortRows() {
  for (int i = 0; i < data_.n(); ++i) {
    if (data_.weights[at(i)] > 0) order_.push_back(i);
  }
  const auto stratumOf = [&](int i) { return data_.strata.empty() ? 0 : data_.strata[at(i)]; };
  std::stable_sort(order_.begin(), order_.end(), [&](int i, int j) {
    if (stratumOf(i) != stratumOf(j)) return stratumOf(i) < stratumOf(j);
    if (data_.y[at(i)] != data_.y[at(j)]) return data_.y[at(i)] > data_.y[at(j)];
    return data_.events[at(i)] < data_.events[at(j)];
  });
  for (int begin = 0; begin < static_cast<int>(order_.size()); begin = blocks_.back().end) {
    const bool first = begin == 0 || stratumOf(order_[at(begin - 1)]) != stratumOf(order_[at(begin)]);
    addBlock(begin, first);
  }
}

/// The rows from `begin` on until the end of their stratum or of the events at the first time that has some.
void CoxRows::addBlock(int begin, bool firstOfStratum) {
  const auto stratumOf = [&](int k) { return data_.strata.empty() ? 0 : data_.strata[at(order_[at(k)])]; };
  const auto isEvent = [&](int k) { return data_.events[at(order_[at(k)])] != 0; };
  int end = begin;
  const auto inStratum = [&] { return end < static_cast<int>(order_.size()) && stratumOf(end) == stratumOf(begin); };
  while (inStratum() && !isEvent(end)) ++end;
  const int events = end;
  double weight = 0;
  while (inStratum() && isEvent(end) && data_.y[at(order_[at(end)])] == data_.y[at(order_[at(events)])]) {
    weight += data_.weights[at(order_[at(end++)])];
  }
  std::rotate(order_.begin() + begin, order_.begin() + events, order_.begin() + end);
  blocks_.push_back({begin, begin + (end - events), end, firstOfStratum, weight, 0, 0});
}

/// Which rows are no longer at risk, as times fall, by the block at whose time of events they have not started yet.
void CoxRows::findLeaving() {
  leftAt_.assign(order_.size(), -1);
  sinceEnd_.resize(blocks_.size());
  const auto startOf = [&](int k) { return data_.starts[at(order_[at(k)])]; };
  for (std::size_t first = 0; first < blocks_.size();) {
    std::size_t last = first + 1;
    while (last < blocks_.size() && !blocks_[last].firstOfStratum) ++last;
    std::vector<int> places(at(blocks_[last - 1].end - blocks_[first].begin));
    std::iota(places.begin(), places.end(), blocks_[first].begin);
    std::stable_sort(places.begin(), places.end(), [&](int k, int l) { return startOf(k) > startOf(l); });
    auto next = places.begin();
    for (std::size_t b = first; b < last; ++b) {
      Block& block = blocks_[b];
      block.beginLeaving = static_cast<int>(leaving_.size());
      const double time = block.count() > 0 ? data_.y[at(order_[at(block.begin)])] : -infinity;
      for (; next != places.end() && block.count() > 0 && startOf(*next) >= time; ++next) {
        leftAt_[at(*next)] = static_cast<int>(b);
        leaving_.push_back(*next);
      }
      block.endLeaving = static_cast<int>(leaving_.size());
    }
    first = last;
  }
}

/// The largest prediction of the stratum that a block begins.
double CoxRows::largest(std::span<const double> t, std::size_t block) const {
  double most = -infinity;
  for (std::size_t b = block; b < blocks_.size() && (b == block || !blocks_[b].firstOfStratum); ++b) {
    for (int k = blocks_[b].begin; k < blocks_[b].end; ++k) most = std::max(most, t[at(order_[at(k)])]);
  }
  return most;
}

/// The sums with the rows of a block at risk, too, of predictions less `shift`.
CoxRows::Sums CoxRows::enter(const Block& block, std::span<const double> t, double shift, Sums sums) const {
  sums.events = sums.eventsT = 0;
  for (int k = block.begin; k < block.end; ++k) {
    const auto i = at(order_[at(k)]);
    const double at0 = t[i] - shift, theta = data_.weights[i] * std::exp(at0);
    theta_[at(k)] = theta;
    sums.all += theta;
    sums.allT += theta * at0;
    if (k >= block.events) continue;
    sums.events += theta;
    sums.eventsT += theta * at0;
  }
  leave(block, t, shift, sums);
  return sums;
}

/// Takes what has not started at the time of a block out of the sums, of which that of the events is a part.
void CoxRows::leave(const Block& block, std::span<const double> t, double shift, Sums& sums) const {
  for (int l = block.beginLeaving; l < block.endLeaving; ++l) {
    const auto k = at(leaving_[at(l)]);
    sums.all -= theta_[k];
    sums.allT -= theta_[k] * (t[at(order_[k])] - shift);
  }
  if (block.beginLeaving < block.endLeaving) sums.all = std::max(sums.all, sums.events);
}

/// The sum of the weighted logarithms of a block; sets its rates.
double CoxRows::termsOf(std::size_t b, const Sums& sums) const {
  const Block& block = blocks_[b];
  Rates& rates = rates_[b] = {};
  if (block.count() == 0) return 0;
  const int count = terms(block);
  const double weight = block.weight / count;
  double sum = 0;
  for (int k = 0; k < count; ++k) {
    const double without = removed(block, k), S = sums.all - without * sums.events;
    sum += weight * std::log(S);
    rates.all += weight / S;
    rates.squares += weight / square(S);
    rates.events += weight * (1 - without) / S;
    rates.eventSquares += weight * square((1 - without) / S);
  }
  return sum;
}

/// Infinite where rows at risk have predictions so far below others that their sum is 0.
double CoxRows::evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const {
  std::fill(first.begin(), first.end(), 0.0);
  std::fill(second.begin(), second.end(), 0.0);
  double sum = 0, shift = 0;
  Sums sums;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    if (block.firstOfStratum) {
      shift = largest(t, b);
      sums = {};
    }
    sums = enter(block, t, shift, sums);
    if (!(sums.all > 0)) return infinity;
    sum += termsOf(b, sums);
    for (int k = block.begin; k < block.events; ++k) {
      const auto i = at(order_[at(k)]);
      sum -= data_.weights[i] * (t[i] - shift);
    }
  }
  derivatives(first, second);
  return sum;
}

/// A row is at risk in the terms of its own block and of those behind it in its stratum, but for what is before it
/// starts.
void CoxRows::derivatives(std::span<double> first, std::span<double> second) const {
  Rates behind;
  for (std::size_t b = sinceEnd_.size(); b-- > 0;) {
    behind.all += rates_[b].all;
    behind.squares += rates_[b].squares;
    sinceEnd_[b] = behind;
    if (blocks_[b].firstOfStratum) behind = {};
  }
  behind = {};
  for (std::size_t b = blocks_.size(); b-- > 0;) {
    const Block& block = blocks_[b];
    const Rates& own = rates_[b];
    for (int k = block.begin; k < block.end; ++k) {
      const auto i = at(order_[at(k)]);
      const bool event = k < block.events;
      const double theta = theta_[at(k)];
      const int left = leftAt_.empty() ? -1 : leftAt_[at(k)];
      const Rates before = left < 0 ? Rates{} : sinceEnd_[at(left)];
      // In this order it is exactly 0 for rows that are never at risk.
      const double share = std::max(0.0, theta * (behind.all + (event ? own.events : own.all) - before.all));
      const double squares = behind.squares + (event ? own.eventSquares : own.squares) - before.squares;
      first[i] = share - (event ? data_.weights[i] : 0);
      second[i] = std::max(0.0, share - square(theta) * squares);
    }
    behind.all += own.all;
    behind.squares += own.squares;
    if (block.firstOfStratum) behind = {};
  }
}

/// What the Hessian's diagonal lacks of the Hessian is not positive, so that a model with it is seldom too flat.
void CoxRows::curvatures(std::span<const double> /*t*/, std::span<const double> second, double stretch,
                         std::span<double> h) const {
  for (std::size_t i = 0; i < h.size(); ++i) h[i] = stretch * std::max(second[i], leastCurvature * data_.weights[i]);
}

void CoxRows::exactCurvatures(std::span<const double> t, double stretch, std::span<double> h) {
  evaluate(t, h, work_);
  for (const Block& block : blocks_) {
    for (int k = block.begin; k < block.events; ++k) h[at(order_[at(k)])] += data_.weights[at(order_[at(k)])];
  }
  for (double& each : h) each *= stretch;
  kept_ = theta_;
  Sums sums;
  std::size_t next = 0;
  for (const Block& block : blocks_) {
    if (block.firstOfStratum) sums = {};
    sums.events = 0;
    for (int k = block.begin; k < block.end; ++k) {
      sums.all += kept_[at(k)];
      if (k < block.events) sums.events += kept_[at(k)];
    }
    if (block.count() == 0) continue;
    for (int l = block.beginLeaving; l < block.endLeaving; ++l) sums.all -= kept_[at(leaving_[at(l)])];
    if (block.beginLeaving < block.endLeaving) sums.all = std::max(sums.all, sums.events);
    const int count = terms(block);
    for (int k = 0; k < count; ++k) {
      outer_[next++] = std::sqrt(stretch * block.weight / count) / (sums.all - removed(block, k) * sums.events);
    }
  }
}

void CoxRows::outerProducts(const double* column, double* out) const {
  double all = 0;
  std::size_t next = 0;
  for (const Block& block : blocks_) {
    if (block.firstOfStratum) all = 0;
    double events = 0;
    for (int k = block.begin; k < block.events; ++k) events += kept_[at(k)] * column[order_[at(k)]];
    all += events;
    for (int k = block.events; k < block.end; ++k) all += kept_[at(k)] * column[order_[at(k)]];
    if (block.count() == 0) continue;
    for (int l = block.beginLeaving; l < block.endLeaving; ++l) {
      all -= kept_[at(leaving_[at(l)])] * column[order_[at(leaving_[at(l)])]];
    }
    const int count = terms(block);
    for (int k = 0; k < count; ++k, ++next) out[next] = outer_[next] * (all - removed(block, k) * events);
  }
}

double CoxRows::dualValueAt(std::span<const double> slopes, double share, std::span<const double> t) const {
  double sum = 0, shift = 0;
  Sums sums;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    if (block.firstOfStratum) {
      shift = largest(t, b);
      sums = {};
    }
    sums = enter(block, t, shift, sums);
    if (block.count() > 0) sum -= entropies(block, sums, t, shift, share);
  }
  for (std::size_t i = 0; i < data_.offset.size(); ++i) sum += share * slopes[i] * data_.offset[i];
  return sum;
}

/// The sum over the terms of a block of their weights times the relative entropy of s pi + (1 - s) e to g w. Where
/// there are many, what is not below it: the same share of the entropies of pi and e.
double CoxRows::entropies(const Block& block, const Sums& sums, std::span<const double> t, double shift,
                          double share) const {
  const int count = terms(block);
  double sum = 0;
  for (int k = 0; k < count; ++k) {
    const double left = 1 - removed(block, k), S = sums.all - (1 - left) * sums.events;
    if (count > mostTiesExactly) {
      const double ofPi = (sums.allT - (1 - left) * sums.eventsT) / S - std::log(S);
      sum += share * ofPi - (1 - share) * std::log(block.weight * left);
      continue;
    }
    const double others = (sums.all - sums.events) / S;
    sum += xLogX(share) * others + share * ((sums.allT - sums.eventsT) / S - std::log(S) * others);
    sum += entropyOfEvents(block, left, S, t, shift, share);
  }
  return block.weight / count * sum;
}

/// The part of the events, with g = `left`, in the entropy of a term whose sum is S.
double CoxRows::entropyOfEvents(const Block& block, double left, double S, std::span<const double> t, double shift,
                                double share) const {
  double sum = 0;
  for (int k = block.begin; k < block.events; ++k) {
    const auto i = at(order_[at(k)]);
    const double overPrior = share * std::exp(t[i] - shift) / S + (1 - share) / (block.weight * left);
    sum += data_.weights[i] * left * xLogX(overPrior);
  }
  return sum;
}

/// The loss where only events are at risk, each with the same prediction.
double CoxRows::perfect() const {
  double sum = 0;
  for (const Block& block : blocks_) {
    if (block.count() == 0) continue;
    const int count = terms(block);
    sum += xLogX(block.weight);
    for (int k = 0; k < count; ++k) sum += block.weight / count * std::log(1 - removed(block, k));
  }
  return sum;
}

}  // namespace nonconvex
