// A search over orders of nodes by moves of one node.
#pragma once

#include <cstdint>
#include <vector>

#include "core/random.hpp"
#include "linalg/cpu.hpp"
#include "solvers/discrete/learnDag/local_scores.hpp"

namespace nonconvex {

/// Takes one node out of the order, and puts it where the sum of all local scores, each with parents grown among the
/// nodes before, is least; until no node has a better place.
///
/// The moves are those of B. Andrews, J. Ramsey, R. Sanchez Romero, J. Camchong, E. Kummerfeld, "Fast scalable and
/// accurate discovery of DAGs using the best order score search and grow-shrink trees", NeurIPS 2023.
class OrderSearch {
 public:
  OrderSearch(LocalScores& scores, int columns, std::uint64_t seed);

  /// Begins at an order.
  void begin(std::vector<int> order);
  /// Moves the next node. Returns false once no node has a better place.
  bool step(const Cpu& la);
  const std::vector<int>& order() const { return order_; }
  /// Forgets scores, which have changed.
  void forget();

 private:
  struct Tuning;
  struct Slot {
    std::uint64_t key = 0;
    double score = 0;
  };

  double scoreOf(int j, std::uint64_t before, const std::vector<int>& candidates);
  bool place(const Cpu& la, int node);

  LocalScores& scores_;
  const Random random_;
  std::vector<std::uint64_t> keys_;  ///< random numbers, one for each node as a member and one as the child
  std::vector<Slot> slots_;
  std::vector<int> order_, sweep_, before_, with_, parents_;
  std::vector<double> own_, without_, behind_;
  std::size_t next_ = 0;
  bool moved_ = false;
  std::uint64_t sweeps_ = 0;
};

}  // namespace nonconvex
