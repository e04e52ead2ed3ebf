#include "solvers/relu/refinement/prices.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "core/index.hpp"
#include "linalg/blas.hpp"
#include "methods/one_dimensional/order.hpp"
#include "solvers/relu/pricing_bound.hpp"
#include "solvers/relu/refinement/pattern_table.hpp"
#include "solvers/relu/refinement/program_neurons.hpp"

namespace nonconvex {

struct RefinementPrices::Tuning {
  /// safeguard: Nodes of a search for the largest price in a round, which take about a second, and at the end; and
  /// nodes that a second is counted for.
  static constexpr double nodesOfRound = 3e5, nodesAtEnd = 2e6, nodesPerSecond = 2e5;
  /// measured: The accuracy of the largest price over the tolerance and, in rounds, over what the largest price that
  /// was found exceeds lambda by.
  static constexpr double ofTolerance = 0.3, ofExcess = 0.1;
  /// rounding: The factor of an upper bound that makes up for its division of lambda.
  static constexpr double above = 1 + 1e-14;
};

/// The directions that a search begins at.
ReluPrices RefinementPrices::starts(const ReluNeurons& network, const Search& wanted) const {
  ReluNeurons from = network.copy();
  if (wanted.jitter > 0) {
    from =
        from.with(jittered(data_, network, wanted.jitter, settings_.seed + static_cast<std::uint64_t>(wanted.round)));
  }
  const int m = from.count();
  const int random = wanted.random;
  const int searches = m + 2 * random;
  const HostMatrix<double> fresh =
      randomDirections(data_, random, settings_.seed + 7919 * static_cast<std::uint64_t>(wanted.round + 1));
  ReluPrices prices;
  prices.directions = HostMatrix<double>(data_.d, searches);
  std::copy(from.directions.data(), from.directions.data() + from.directions.size(), prices.directions.data());
  for (const int side : {0, 1}) {
    std::copy(fresh.data(), fresh.data() + fresh.size(), prices.directions.column(m + side * random));
  }
  for (int j = 0; j < searches; ++j) {
    prices.outputs.push_back(j < m ? from.outputs[at(j)] : (j - m) % random % data_.c);
    const bool negative = j < m ? from.weights[at(j)] < 0 : j >= m + random;
    prices.signs.push_back(negative ? -1 : 1);
  }
  return prices;
}

ReluPrices RefinementPrices::search(const ReluNeurons& network, Mat<const double> theta, const Search& wanted) {
  ReluPrices prices = starts(network, wanted);
  ascendPrices(la_, data_, theta, prices, std::max(0.0, clock_.left() * wanted.share));
  violation_ = prices.largest() / data_.lambda;
  const double bound = scaledDualValue(data_, theta, prices.largest());
  if (!(bound <= estimate_.lowerBound)) {
    estimate_ = {
        .lowerBound = bound, .gap = unknown, .violation = violation_, .searches = prices.count(), .nodes = nodes_};
    estimateTheta_ = HostMatrix<double>(theta.rows, theta.cols);
    la_.copy(theta, estimateTheta_.view());
  }
  if (wanted.exactly) addLargest(theta, prices, wanted.last);
  return prices;
}

/// Finds the largest price exactly, which gives a bound for all networks, and adds its direction for each output. In
/// rounds no more accurate than matters.
void RefinementPrices::addLargest(Mat<const double> theta, ReluPrices& prices, bool last) {
  const double excess = last ? 0.0 : std::max(0.0, prices.largest() / data_.lambda - 1);
  const double nodes =
      std::clamp(Tuning::nodesPerSecond * clock_.left(), 1.0, last ? Tuning::nodesAtEnd : Tuning::nodesOfRound);
  const PricingLimits limits{
      .tolerance = std::max(Tuning::ofTolerance * settings_.tolerance, Tuning::ofExcess * excess),
      .maxNodes = static_cast<std::int64_t>(nodes)};
  HostMatrix<double> directions(data_.d, prices.count() + data_.c);
  std::copy(prices.directions.data(), prices.directions.data() + prices.directions.size(), directions.data());
  double upper = 0;
  for (int k = 0; k < data_.c; ++k) {
    const PricingBound found =
        pricingBound(la_, data_.xt, Vec<const double>{theta.column(k), data_.n}, prices.directions, limits);
    upper = std::max(upper, found.upper);
    nodes_ += static_cast<double>(found.nodes);
    std::copy(found.direction.begin(), found.direction.end(), directions.column(prices.count()));
    prices.values.push_back(found.lower);
    prices.outputs.push_back(k);
    prices.signs.push_back(found.sign < 0 ? -1 : 1);
  }
  prices.directions = std::move(directions);
  const double bound = scaledDualValue(data_, theta, upper * Tuning::above);
  violation_ = upper / data_.lambda;
  if (!(bound <= globalBound_)) globalBound_ = bound;
}

ReluNeurons RefinementPrices::worthwhile(const ReluPrices& prices, int most) const {
  const auto priceOf = [&](int j) { return prices.values[at(j)]; };
  const std::vector<std::int32_t> patterns = ReluPatternTable(data_).add(la_, prices.directions);
  std::set<std::tuple<std::int32_t, int, int>> seen;
  std::vector<int> chosen;
  for (const int j : fallingOrder(prices.values)) {
    if (static_cast<int>(chosen.size()) == most || priceOf(j) <= data_.lambda * (1 + settings_.tolerance)) break;
    if (seen.emplace(patterns[at(j)], prices.outputs[at(j)], prices.signs[at(j)]).second) chosen.push_back(j);
  }
  ReluNeurons made = ReluNeurons::ofSize(data_.d, static_cast<int>(chosen.size()));
  std::vector<double> z(at(data_.n));
  for (int k = 0; k < made.count(); ++k) {
    const int j = chosen[at(k)];
    const double* u = prices.directions.column(j);
    blas::gemv('T', data_.d, data_.n, 1.0, data_.xt.data(), data_.d, u, 0.0, z.data());
    double squares = 0;
    for (const double zi : z) squares += zi > 0 ? zi * zi : 0.0;
    const double root = std::sqrt((priceOf(j) - data_.lambda) / squares / made.count());
    for (int i = 0; i < data_.d; ++i) made.directions(i, k) = root * u[i];
    made.weights[at(k)] = prices.signs[at(j)] * root;
    made.outputs[at(k)] = prices.outputs[at(j)];
  }
  return made;
}

}  // namespace nonconvex
