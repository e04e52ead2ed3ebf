#include "solvers/sparse/losses/cox_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

double xLogX(double x) { return x > 0 ? x * std::log(x) : 0; }

}  // namespace

struct CoxRows::Tuning {
  static constexpr double lowestLog = -700;  ///< rounding: logarithm of a weight by which no quotient overflows
  static constexpr int mostBands = 1024;  ///< rounding: bands of risks, as less than exp(-22000) of the largest is none
  static constexpr int mostTiesExactly = 16;  ///< safeguard: events at a time whose entropies take the square of them
};

CoxRows::CoxRows(const SparseData& data) : data_(data) {
  sortRows();
  for (const int i : order_) {
    weights_.push_back(data.weights[at(i)]);
    logWeights_.push_back(std::max(std::log(weights_.back()), Tuning::lowestLog));
  }
  t_.resize(order_.size());
  theta_.resize(order_.size());
  bands_.resize(order_.size());
  sums_.resize(blocks_.size());
  rates_.resize(blocks_.size());
  work_.resize(at(data.n()));
  std::size_t count = 0;
  for (const Block& block : blocks_) count += block.count() > 0 ? at(terms(block)) : 0;
  outer_.resize(count);
  if (!data.start.empty()) findLeaving();
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
    return data_.event[at(i)] < data_.event[at(j)];
  });
  for (int begin = 0; begin < static_cast<int>(order_.size()); begin = blocks_.back().end) {
    const bool first = begin == 0 || stratumOf(order_[at(begin - 1)]) != stratumOf(order_[at(begin)]);
    addBlock(begin, first);
  }
}

/// The rows from `begin` on until the end of their stratum or of the events at the first time that has some.
void CoxRows::addBlock(int begin, bool firstOfStratum) {
  const auto stratumOf = [&](int k) { return data_.strata.empty() ? 0 : data_.strata[at(order_[at(k)])]; };
  const auto isEvent = [&](int k) { return data_.event[at(order_[at(k)])] != 0; };
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
  sinceEnd_.resize(order_.size());
  const auto startOf = [&](int k) { return data_.start[at(order_[at(k)])]; };
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
        leavingRows_.push_back(order_[at(*next)]);
      }
      block.endLeaving = static_cast<int>(leaving_.size());
    }
    first = last;
  }
}

/// Sets the sums of all blocks at t, those of theta t if asked for. False where rows at risk have predictions so far
/// below others that their sum is 0, or are no numbers.
bool CoxRows::measureRisks(std::span<const double> t, bool withT) const {
  for (std::size_t k = 0; k < t_.size(); ++k) t_[k] = t[at(order_[k])];
  mostBands_ = 1;
  for (std::size_t begin = 0, end = 0; begin < blocks_.size(); begin = end) {
    do ++end;
    while (end < blocks_.size() && !blocks_[end].firstOfStratum);
    if (!measureStratum(withT, begin, end)) return false;
  }
  return true;
}

bool CoxRows::measureStratum(bool withT, std::size_t begin, std::size_t end) const {
  const int first = blocks_[begin].begin, last = blocks_[end - 1].end;
  double most = -infinity;
  for (int k = first; k < last; ++k) most = std::max(most, t_[at(k)] + logWeights_[at(k)]);
  if (!std::isfinite(most)) return false;
  const double top = std::ceil(most);
  const int bands = setThetas(first, last, top);
  if (bands == 0) return false;
  mostBands_ = std::max(mostBands_, bands);
  if (bands > 1) return addRisks<BandedSum>(withT, begin, end, top, bands);
  if (!leaving_.empty()) return addRisks<SumOfOneBand>(withT, begin, end, top, bands);
  return addRisks<GrowingSum>(withT, begin, end, top, bands);
}

template <class Sum>
bool CoxRows::addRisks(bool withT, std::size_t begin, std::size_t end, double top, int bands) const {
  Sum all, allT;
  all.reset(bands);
  allT.reset(bands);
  atRisk_.assign(at(bands), 0);
  const auto shiftOf = [&](int band) { return top - BandedSum::width * band; };
  const auto count = [&](int k, int sign) {
    const int band = bands == 1 ? 0 : bands_[at(k)];
    const double theta = sign * theta_[at(k)];
    all.add(band, theta);
    if (withT) allT.add(band, theta * (t_[at(k)] - shiftOf(band)));
    atRisk_[at(band)] += sign;
    return band;
  };
  int largest = bands - 1;
  for (std::size_t b = begin; b < end; ++b) {
    const Block& block = blocks_[b];
    for (int k = block.begin; k < block.end; ++k) largest = std::min(largest, count(k, 1));
    for (int l = block.beginLeaving; l < block.endLeaving; ++l) {
      const int band = count(leaving_[at(l)], -1);
      if (atRisk_[at(band)] > 0) continue;
      all.clear(band);
      allT.clear(band);
    }
    if (block.count() == 0) continue;
    while (atRisk_[at(largest)] == 0) ++largest;
    sums_[b] = eventsOf(block, largest, shiftOf(largest));
    sums_[b].all = std::max(all.from(largest), sums_[b].events);
    sums_[b].allT = allT.fromShifted(largest, all);
    if (!(sums_[b].all > 0)) return false;
  }
  return true;
}

/// Sets the thetas of the rows from place `begin` to `end`, each in units of its band below `top`. Returns how many
/// bands there are, 0 where a prediction is no number.
int CoxRows::setThetas(int begin, int end, double top) const {
  int bands = 1;
  for (int k = begin; k < end; ++k) {
    const double below = (top - (t_[at(k)] + logWeights_[at(k)])) / BandedSum::width;
    if (!(below >= 0)) return 0;
    const int band = static_cast<int>(std::min(below, Tuning::mostBands - 1.0));
    bands_[at(k)] = band;
    theta_[at(k)] = weights_[at(k)] * std::exp(t_[at(k)] - (top - BandedSum::width * band));
    bands = std::max(bands, band + 1);
  }
  return bands;
}

/// The sums over the events of a block, in units of a band whose shift is given.
CoxRows::Sums CoxRows::eventsOf(const Block& block, int band, double shift) const {
  Sums sums;
  sums.band = band;
  sums.shift = shift;
  for (int k = block.begin; k < block.events; ++k) {
    const double theta = theta_[at(k)] * BandedSum::unit(bands_[at(k)] - band);
    sums.events += theta;
    sums.eventsT += theta * (t_[at(k)] - shift);
  }
  return sums;
}

/// The sum of the weighted logarithms of a block; sets its rates.
double CoxRows::termsOf(std::size_t b) const {
  const Block& block = blocks_[b];
  Rates& rates = rates_[b] = {};
  if (block.count() == 0) return 0;
  const Sums& sums = sums_[b];
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
  if (!measureRisks(t, false)) return infinity;
  double sum = 0;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    sum += termsOf(b);
    for (int k = block.begin; k < block.events; ++k) sum -= weights_[at(k)] * (t_[at(k)] - sums_[b].shift);
  }
  behind_.reset(mostBands_);
  for (std::size_t b = blocks_.size(); b-- > 0;) {
    derivativesOf(b, first, second);
    if (blocks_[b].firstOfStratum) behind_.reset(mostBands_);
  }
  return sum;
}

void CoxRows::Behind::add(int band, const Rates& rates) {
  bands_[at(band)].all.add(rates.all);
  bands_[at(band)].squares.add(rates.squares);
}

/// The sums of blocks in which a row of a band may be at risk: no row there is in a larger band.
CoxRows::Since CoxRows::Behind::seenFrom(int band) const {
  Since since = bands_[at(band)];
  for (int d = band - 1; d >= 0 && BandedSum::unit(band - d) > 0; --d) {
    const double unit = BandedSum::unit(band - d);
    since.all.add(bands_[at(d)].all.value() * unit);
    since.squares.add(bands_[at(d)].squares.value() * square(unit));
  }
  return since;
}

/// The sums of the blocks in which an event of a block is at risk, those before it starts included.
CoxRows::Since CoxRows::ofEvent(std::size_t b, int band) const {
  const double unit = BandedSum::unit(band - sums_[b].band);
  Since since = behind_.seenFrom(band);
  since.all.add(unit * rates_[b].events);
  since.squares.add(square(unit) * rates_[b].eventSquares);
  return since;
}

/// A row is at risk in the terms of its own block and of those behind it in its stratum, but for what is before it
/// starts.
void CoxRows::derivativesOf(std::size_t b, std::span<double> first, std::span<double> second) const {
  const Block& block = blocks_[b];
  const bool one = mostBands_ == 1;
  const auto set = [&](int k, Since since, double weight) {
    const double theta = theta_[at(k)];
    if (const int left = leftAt_.empty() ? -1 : leftAt_[at(k)]; left >= 0) {
      const Since& end = sinceEnd_[at(one ? left : k)];
      since.all.subtract(end.all);
      since.squares.subtract(end.squares);
    }
    // In this order it is exactly 0 for rows that are never at risk.
    const double share = std::max(0.0, theta * since.all.value());
    const auto i = at(order_[at(k)]);
    first[i] = share - weight;
    second[i] = std::max(0.0, share - square(theta) * since.squares.value());
  };
  Since ofOne = one && block.count() > 0 ? ofEvent(b, 0) : Since{};
  for (int k = block.begin; k < block.events; ++k) set(k, one ? ofOne : ofEvent(b, bands_[at(k)]), weights_[at(k)]);
  if (block.count() > 0) behind_.add(sums_[b].band, rates_[b]);
  ofOne = behind_.seenFrom(0);
  if (one && !sinceEnd_.empty()) sinceEnd_[b] = ofOne;
  for (int l = block.beginLeaving; l < block.endLeaving && !one; ++l) {
    sinceEnd_[at(leaving_[at(l)])] = behind_.seenFrom(bands_[at(leaving_[at(l)])]);
  }
  for (int k = block.events; k < block.end; ++k) set(k, one ? ofOne : behind_.seenFrom(bands_[at(k)]), 0);
}

/// What the Hessian's diagonal lacks of the Hessian is not positive, so that a model with it is seldom too flat.
void CoxRows::curvatures(std::span<const double> /*t*/, std::span<const double> second, double stretch,
                         std::span<double> h) const {
  for (std::size_t i = 0; i < h.size(); ++i)
    h[i] = stretch * std::max(second[i], RowsTuning::leastCurvature * data_.weights[i]);
}

void CoxRows::exactCurvatures(std::span<const double> t, double stretch, std::span<double> h) {
  evaluate(t, h, work_);
  for (const Block& block : blocks_) {
    for (int k = block.begin; k < block.events; ++k) h[at(order_[at(k)])] += data_.weights[at(order_[at(k)])];
  }
  for (double& each : h) each *= stretch;
  keptThetas_ = theta_;
  keptLeaving_.resize(leaving_.size());
  for (std::size_t l = 0; l < leaving_.size(); ++l) keptLeaving_[l] = theta_[at(leaving_[l])];
  keptBands_ = bands_;
  keptMostBands_ = mostBands_;
  keptTops_.resize(blocks_.size());
  std::size_t next = 0;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    keptTops_[b] = sums_[b].band;
    const int count = block.count() > 0 ? terms(block) : 0;
    for (int k = 0; k < count; ++k) {
      outer_[next++] = std::sqrt(stretch * block.weight / count) / (sums_[b].all - removed(block, k) * sums_[b].events);
    }
  }
}

void CoxRows::outerProducts(const double* column, double* out) const {
  if (keptMostBands_ > 1) return addProducts<BandedSum>(column, out);
  leaving_.empty() ? addProducts<GrowingSum>(column, out) : addProducts<SumOfOneBand>(column, out);
}

template <class Sum>
void CoxRows::addProducts(const double* column, double* out) const {
  Sum all;
  std::size_t next = 0;
  const bool one = keptMostBands_ == 1;
  const auto bandOf = [&](int k) { return one ? 0 : keptBands_[at(k)]; };
  const auto product = [&](int k) { return keptThetas_[at(k)] * column[order_[at(k)]]; };
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    if (block.firstOfStratum) all.reset(keptMostBands_);
    double events = 0;
    for (int k = block.begin; k < block.events; ++k) {
      const double each = product(k);
      events += one ? each : each * BandedSum::unit(bandOf(k) - keptTops_[b]);
      all.add(bandOf(k), each);
    }
    for (int k = block.events; k < block.end; ++k) all.add(bandOf(k), product(k));
    if (block.count() == 0) continue;
    for (int l = block.beginLeaving; l < block.endLeaving; ++l) {
      all.add(one ? 0 : bandOf(leaving_[at(l)]), -keptLeaving_[at(l)] * column[leavingRows_[at(l)]]);
    }
    const double atRisk = all.from(one ? 0 : keptTops_[b]);
    const int count = terms(block);
    for (int k = 0; k < count; ++k, ++next) out[next] = outer_[next] * (atRisk - removed(block, k) * events);
  }
}

double CoxRows::dualValueAt(std::span<const double> slopes, double share, std::span<const double> t) const {
  if (!measureRisks(t, true)) return -infinity;
  double sum = 0;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    if (blocks_[b].count() > 0) sum -= entropies(b, share);
  }
  for (std::size_t i = 0; i < data_.offset.size(); ++i) sum += share * slopes[i] * data_.offset[i];
  return sum;
}

/// The sum over the terms of a block of their weights times the relative entropy of s pi + (1 - s) e to g w. Where
/// there are many, what is not below it: the same share of the entropies of pi and e.
double CoxRows::entropies(std::size_t b, double share) const {
  const Block& block = blocks_[b];
  const Sums& sums = sums_[b];
  const int count = terms(block);
  double sum = 0;
  for (int k = 0; k < count; ++k) {
    const double left = 1 - removed(block, k), S = sums.all - (1 - left) * sums.events;
    if (count > Tuning::mostTiesExactly) {
      const double ofPi = (sums.allT - (1 - left) * sums.eventsT) / S - std::log(S);
      sum += share * ofPi - (1 - share) * std::log(block.weight * left);
      continue;
    }
    const double others = (sums.all - sums.events) / S;
    sum += xLogX(share) * others + share * ((sums.allT - sums.eventsT) / S - std::log(S) * others);
    sum += entropyOfEvents(b, left, S, share);
  }
  return block.weight / count * sum;
}

/// The part of the events, with g = `left`, in the entropy of a term whose sum is S.
double CoxRows::entropyOfEvents(std::size_t b, double left, double S, double share) const {
  const Block& block = blocks_[b];
  double sum = 0;
  for (int k = block.begin; k < block.events; ++k) {
    const double overPrior = share * std::exp(t_[at(k)] - sums_[b].shift) / S + (1 - share) / (block.weight * left);
    sum += weights_[at(k)] * left * xLogX(overPrior);
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
