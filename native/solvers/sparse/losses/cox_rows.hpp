// Cox's partial likelihood with ties, strata and late entry, in time that grows with the rows.
#pragma once

#include <span>
#include <vector>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "solvers/sparse/losses/banded_sum.hpp"
#include "solvers/sparse/losses/loss.hpp"

namespace nonconvex {

/// The negative logarithm of the partial likelihood. At each time with events, of weights w_i that sum to W, rows j of
/// the same stratum whose times are not before it, and whose starts are, are at risk. With theta_j = w_j exp(t_j), R
/// the sum of theta over these and D that over the m events, the loss is
///   Breslow   W log R - sum_i w_i t_i
///   Efron     W / m sum_k log(R - k / m D) - sum_i w_i t_i, k = 0 to m - 1
/// summed over the times. Each of the logarithms is a term: with the prior weights g_j w_j, g_j = 1 - k / m for events
/// and 1 for others at risk, it is log sum_j g_j w_j exp(t_j), whose derivatives are probabilities pi_j.
///
/// Its conjugate at s times the derivatives: these are the sum of weight (pi - e) over the terms, e_i = w_i / W, and so
/// are s times these for the probabilities s pi + (1 - s) e, whose sum of relative entropies is not below the
/// conjugate.
///
/// Rows come to risk as times fall, and leave it as they have not started yet. Their theta are counted in bands by size
/// (BandedSum), since what a row of much larger risk leaves of a plain sum is rounding; and so are the sums over terms
/// of weight / S, of which those of a row's times are a difference.
///
/// The Hessian is the sum of weight (diag(pi) - pi pi^T) over the terms: the products of columns with all of the pi are
/// had in one pass over the rows.
class CoxRows final : public RowsLoss {
 public:
  explicit CoxRows(const SparseData& data);

  double evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const override;
  void curvatures(std::span<const double> t, std::span<const double> second, double stretch,
                  std::span<double> h) const override;
  int outerTerms() const override { return static_cast<int>(outer_.size()); }
  void exactCurvatures(std::span<const double> t, double stretch, std::span<double> h) override;
  void outerProducts(const double* column, double* out) const override;
  double dualValueAt(std::span<const double> slopes, double share, std::span<const double> t) const override;
  double dualValue(std::span<const double> /*slopes*/, double /*share*/) const override { return -infinity; }
  double perfect() const override;
  bool joint() const override { return true; }

 private:
  struct Tuning;
  /// Rows that come to risk together, as times fall: order_[begin] to order_[end - 1], first the events at the last of
  /// their times, then the others. The rest of a stratum without events has none.
  struct Block {
    int begin, events, end;
    bool firstOfStratum;
    double weight;                 ///< of the events
    int beginLeaving, endLeaving;  ///< in leaving_: rows that are at risk at later times alone

    int count() const { return events - begin; }
  };
  /// Sums over rows at risk and over the events of a block, of theta and theta t, in units of the band of the largest:
  /// of exp(t - shift).
  struct Sums {
    double all = 0, events = 0, allT = 0, eventsT = 0;
    int band = 0;
    double shift = 0;
  };

  /// Sums over the terms of a block of their weights times 1 / S and 1 / S^2, S their sums of g w exp(t), and the same
  /// with g and g^2 for its events.
  struct Rates {
    double all = 0, squares = 0, events = 0, eventSquares = 0;
  };
  /// Sums of such over the blocks from one on, in its stratum, in units of the band of a row.
  struct Since {
    ExactSum all, squares;
  };
  /// These in the bands of the blocks.
  class Behind {
   public:
    void reset(int bands) { bands_.assign(at(bands), {}); }
    void add(int band, const Rates& rates);
    Since seenFrom(int band) const;

   private:
    std::vector<Since> bands_;
  };

  void sortRows();
  void addBlock(int begin, bool firstOfStratum);
  void findLeaving();
  int terms(const Block& block) const { return data_.ties == CoxTies::breslow ? 1 : block.count(); }
  /// k / m of term k.
  double removed(const Block& block, int k) const { return static_cast<double>(k) / block.count(); }
  bool measureRisks(std::span<const double> t, bool withT) const;
  bool measureStratum(bool withT, std::size_t begin, std::size_t end) const;
  template <class Sum>
  bool addRisks(bool withT, std::size_t begin, std::size_t end, double top, int bands) const;
  int setThetas(int begin, int end, double top) const;
  Sums eventsOf(const Block& block, int band, double shift) const;
  double termsOf(std::size_t block) const;
  template <class Sum>
  void addProducts(const double* column, double* out) const;
  void derivativesOf(std::size_t block, std::span<double> first, std::span<double> second) const;
  Since ofEvent(std::size_t block, int band) const;
  double entropies(std::size_t block, double share) const;
  double entropyOfEvents(std::size_t block, double left, double sum, double share) const;

  const SparseData& data_;
  std::vector<int> order_;
  std::vector<double> weights_, logWeights_;  ///< in this order
  std::vector<Block> blocks_;
  std::vector<int> leaving_;      ///< places in order_ of rows that have a start, as starts fall
  std::vector<int> leavingRows_;  ///< these rows
  std::vector<int> leftAt_;       ///< the block of each place that is the first whose time it has not started by; or -1
  // Of the point that was looked at last: predictions in this order, bands, theta in units of these, sums of blocks.
  mutable std::vector<double> t_;
  mutable std::vector<int> bands_;
  mutable std::vector<double> theta_;
  mutable std::vector<Sums> sums_;
  mutable int mostBands_ = 1;        ///< of a stratum
  mutable std::vector<int> atRisk_;  ///< how many rows of each band are
  mutable std::vector<Rates> rates_;
  mutable Behind behind_;
  /// Sums of the blocks in which a row is no longer at risk: one for each place, or by the first block with a single
  /// band.
  mutable std::vector<Since> sinceEnd_;
  // Of the point of exactCurvatures():
  std::vector<double> keptThetas_;
  std::vector<double> keptLeaving_;        ///< theta of the rows of leaving_
  std::vector<int> keptBands_, keptTops_;  ///< of rows, and of the sums of blocks
  int keptMostBands_ = 1;
  std::vector<double> outer_;  ///< of the terms: the root of their weights, over S
  std::vector<double> work_;
};

}  // namespace nonconvex
