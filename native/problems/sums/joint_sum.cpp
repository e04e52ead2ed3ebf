#include "problems/sums/joint_sum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/index.hpp"
#include "problems/sums/regression_sum.hpp"

namespace nonconvex {
namespace {

/// The rows of this rank among those of all.
struct OwnRows {
  int first = 0, count = 0, all = 0;
};

template <class T>
class JointSum final : public FiniteSum<T> {
 public:
  JointSum(std::unique_ptr<FiniteSum<T>> own, std::shared_ptr<Ranks> ranks, OwnRows rows)
      : own_(std::move(own)), ranks_(std::move(ranks)), ownRows_(rows), message_(at(own_->variables()) + 1) {}

  int rows() const override { return ownRows_.all; }
  int variables() const override { return own_->variables(); }
  std::vector<SumBlock> blocks() const override { return own_->blocks(); }
  SumFacts facts() const override { return own_->facts(); }

  void typicalFactors(std::span<double> s) const override {
    own_->typicalFactors(s);
    for (double& factor : s) factor *= factor * ownRows_.count;
    ranks_->sum(s);
    for (double& factor : s) factor = std::sqrt(factor / ownRows_.all);
  }

  int typicalCentres(std::span<double> centres) const override {
    const int constant = own_->typicalCentres(centres);
    if (constant < 0) return constant;
    for (double& centre : centres) centre *= ownRows_.count;
    ranks_->sum(centres);
    for (double& centre : centres) centre /= ownRows_.all;
    return constant;
  }

  double value(RowSet rows, const T* x) override {
    expectSame(x);
    const RowSet mine = ownOf(rows);
    return ranks_->sum(mine.count == 0 ? 0 : mine.count * own_->value(mine, x)) / rows.count;
  }

  double gradient(RowSet rows, const T* weights, const T* x, T* g) override {
    expectSame(x);
    const RowSet mine = ownOf(rows);
    double total = 0;
    if (mine.count == 0) {
      std::fill(g, g + variables(), T(0));
    } else if (weights == nullptr) {
      total = mine.count * own_->gradient(mine, nullptr, x, g);
    } else {
      ownWeights_.clear();
      for (int k = 0; k < mine.count; ++k) ownWeights_.push_back(weights[placeOf(k)]);
      total = mine.count * own_->gradient(mine, ownWeights_.data(), x, g);
    }
    message_.back() = total;
    addUp(g, weights == nullptr ? mine.count : 1);
    const double share = weights == nullptr ? rows.count : 1;
    for (std::size_t j = 0; j < at(variables()); ++j) g[j] = static_cast<T>(message_[j] / share);
    return message_.back() / rows.count;
  }

  void hessianProduct(RowSet rows, const T* x, const T* v, T* out) override {
    expectSame(x);
    const RowSet mine = ownOf(rows);
    std::fill(out, out + variables(), T(0));
    if (mine.count > 0) own_->hessianProduct(mine, x, v, out);
    message_.back() = 0;
    addUp(out, mine.count);
    for (std::size_t j = 0; j < at(variables()); ++j) out[j] = static_cast<T>(message_[j] / rows.count);
  }

  void lossOfRows(RowSet rows, const T* x, double* losses) override {
    ofRows(rows, losses, [&](RowSet mine, double* to) { own_->lossOfRows(mine, x, to); });
  }
  void normOfRows(RowSet rows, const T* x, double* norms) override {
    ofRows(rows, norms, [&](RowSet mine, double* to) { own_->normOfRows(mine, x, to); });
  }

  // The same on all ranks.
  bool hasRest() const override { return own_->hasRest(); }
  double addRest(const T* x, T* g) override { return own_->addRest(x, g); }
  void addRestProduct(const T* x, const T* v, T* out) override { own_->addRestProduct(x, v, out); }

  void runOn(const Cpu& la) override { own_->runOn(la); }

 private:
  void expectSame(const T* x) { ranks_->expectSame(std::span<const T>(x, at(variables()))); }
  /// Gives the rows of the set that this rank has, by its own numbers; `placeOf` says where they were.
  RowSet ownOf(RowSet rows) {
    const int first = ownRows_.first, end = first + ownRows_.count;
    if (rows.indices == nullptr) {
      const int from = std::clamp(rows.first, first, end), to = std::clamp(rows.first + rows.count, first, end);
      begin_ = from - rows.first;
      places_.clear();
      return RowSet::range(from - first, to - from);
    }
    list_.clear();
    places_.clear();
    for (int k = 0; k < rows.count; ++k) {
      if (rows[k] < first || rows[k] >= end) continue;
      list_.push_back(rows[k] - first);
      places_.push_back(k);
    }
    return RowSet::list(list_);
  }
  int placeOf(int k) const { return places_.empty() ? begin_ + k : places_[at(k)]; }

  /// message_ := the sums over ranks of factor g, and of its last entry.
  void addUp(const T* g, double factor) {
    for (std::size_t j = 0; j < at(variables()); ++j) message_[j] = factor * static_cast<double>(g[j]);
    ranks_->sum(message_);
  }

  template <class Ask>
  void ofRows(RowSet rows, double* to, Ask&& ask) {
    const RowSet mine = ownOf(rows);
    numbers_.assign(at(mine.count), 0);
    if (mine.count > 0) ask(mine, numbers_.data());
    std::fill(to, to + rows.count, 0.0);
    for (int k = 0; k < mine.count; ++k) to[placeOf(k)] = numbers_[at(k)];
    ranks_->sum({to, at(rows.count)});
  }

  const std::unique_ptr<FiniteSum<T>> own_;
  const std::shared_ptr<Ranks> ranks_;
  const OwnRows ownRows_;
  std::vector<double> message_;  // n numbers and one more
  std::vector<int> list_, places_;
  int begin_ = 0;
  std::vector<T> ownWeights_;
  std::vector<double> numbers_;
};

class JointSource final : public FiniteSumSource {
 public:
  JointSource(std::shared_ptr<const FiniteSumSource> own, std::shared_ptr<Ranks> ranks, OwnRows rows)
      : own_(std::move(own)), ranks_(std::move(ranks)), rows_(rows) {}

  int rows() const override { return rows_.all; }
  int variables() const override { return own_->variables(); }
  bool hasSingle() const override { return own_->hasSingle(); }
  std::unique_ptr<FiniteSum<double>> inDouble(const Cpu& la) const override {
    return std::make_unique<JointSum<double>>(own_->inDouble(la), ranks_, rows_);
  }
  std::unique_ptr<FiniteSum<float>> inSingle(const Cpu& la) const override {
    return std::make_unique<JointSum<float>>(own_->inSingle(la), ranks_, rows_);
  }

 private:
  std::shared_ptr<const FiniteSumSource> own_;
  std::shared_ptr<Ranks> ranks_;
  OwnRows rows_;
};

}  // namespace

std::shared_ptr<const FiniteSumSource> jointSource(std::shared_ptr<const FiniteSumSource> own,
                                                   std::shared_ptr<Ranks> ranks) {
  std::vector<double> counts(at(ranks->size()));
  counts[at(ranks->rank())] = own->rows();
  ranks->sum(counts);
  double first = 0, all = 0;
  for (int rank = 0; rank < ranks->size(); ++rank) {
    if (rank < ranks->rank()) first += counts[at(rank)];
    all += counts[at(rank)];
  }
  if (all > std::numeric_limits<int>::max()) {
    throw Error(ErrorKind::solver, show(all) + " rows of all ranks: up to 2147483647 are possible", "UNSUPPORTED");
  }
  if (const auto* regression = dynamic_cast<const RegressionSource*>(own.get())) {
    own = regression->amongAll(all, [&](double weight) { return ranks->sum(weight); });
  }
  if (ranks->size() == 1) return own;
  const OwnRows rows{static_cast<int>(first), own->rows(), static_cast<int>(all)};
  return std::make_shared<JointSource>(std::move(own), std::move(ranks), rows);
}

}  // namespace nonconvex
