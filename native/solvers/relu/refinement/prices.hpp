// Prices in a refinement: neurons whose addition lowers the objective, and the bounds of all networks that they give.
#pragma once

#include <cstdint>

#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/neurons.hpp"
#include "solvers/relu/problem.hpp"
#include "solvers/relu/refinement/effort.hpp"
#include "solvers/relu/refinement/pricing.hpp"

namespace nonconvex {

/// Searches for the largest price at a theta, and keeps the best bounds.
class RefinementPrices {
 public:
  /// One search.
  struct Search {
    int round = 0;         ///< number of the round, which chooses the random directions
    int random = 0;        ///< directions, with both signs
    bool exactly = false;  ///< true if the largest price of all is also found
    double jitter = 0;     ///< share of their lengths by which copies of the neurons are moved; 0: no copies
    double share = 1;      ///< share of the time left that the search may take
    bool last = false;     ///< no round follows
  };

  /// All references must outlive this.
  RefinementPrices(const Cpu& la, const ReluData& data, const ReluSettings& settings, const RefinementClock& clock)
      : la_(la), data_(data), settings_(settings), clock_(clock) {}

  /// Local maxima of the price at theta: from the neurons, from copies of them that were moved, and from random
  /// directions; and the largest of all, if that is asked for.
  ReluPrices search(const ReluNeurons& network, Mat<const double> theta, const Search& wanted);
  /// New neurons, `most` at most, at the best prices above lambda, one for each pattern, sign and output, each with a
  /// small share of the weight that would be best for it alone: (price - lambda) / ||(X u)_+||^2.
  ReluNeurons worthwhile(const ReluPrices& prices, int most) const;

  /// The largest price over lambda at the theta that was priced last.
  double violation() const { return violation_; }
  /// The bound of all networks by the largest price found exactly; unknown before that.
  double globalBound() const { return globalBound_; }
  const ReluEstimate& estimate() const { return estimate_; }
  /// The theta that the estimate is about; no columns before there is one.
  const HostMatrix<double>& estimateTheta() const { return estimateTheta_; }
  void forgetEstimate() { estimate_ = {}; }
  double nodes() const { return nodes_; }

 private:
  struct Tuning;

  ReluPrices starts(const ReluNeurons& network, const Search& wanted) const;
  void addLargest(Mat<const double> theta, ReluPrices& prices, bool last);

  const Cpu& la_;
  const ReluData& data_;
  const ReluSettings& settings_;
  const RefinementClock& clock_;
  double violation_ = unknown;
  double globalBound_ = unknown;
  double nodes_ = 0;  // nodes of all searches for globalBound_
  ReluEstimate estimate_;
  HostMatrix<double> estimateTheta_;
};

}  // namespace nonconvex
