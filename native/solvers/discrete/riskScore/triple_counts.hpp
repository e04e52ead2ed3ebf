// Counts of rows that have three features of two values each, for all triples of features.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/discrete/riskScore/score_cells.hpp"

namespace nonconvex {

/// Rows by the values of a few chosen features, in bits, so that the cells of three more features are counted by a few
/// population counts, and the entropy of these cells bounds the loss of the set.
///
/// Merged rows of each cell and class stand in whole words, once for each binary digit of how many they are: a word's
/// count is shifted by its digit. Cells of one class are left out, as they have no entropy. With the counts of single
/// features and of pairs the counts of one of the eight parts of a cell give the other seven.
class TripleCounts {
 public:
  /// definition: features that are counted together
  static constexpr std::size_t features = 3;

  TripleCounts(const Cpu& la, const ScoreRows& rows);

  /// Arranges rows by the cells of `chosen`, with bits of `candidates`.
  void arrange(const ScorePartition& partition, std::span<const int> candidates);
  /// Rows of the places a and b among the candidates, for `add` and `entropyOfPair`.
  void choosePair(std::size_t a, std::size_t b);
  /// A lower bound of the sum of losses with the pair and candidate c, which is exact below `goal`.
  double entropy(std::size_t c, double goal);
  /// The sum of losses with the pair and without a third candidate.
  double entropyOfPair() const;
  /// Bytes that `arrange` takes for as many candidates.
  double bytes(std::size_t candidates) const;

 private:
  /// The words of a cell and class.
  struct Run {
    std::uint32_t begin = 0, end = 0;
    std::int32_t rows = 0;
  };

  void place(const ScorePartition& partition);
  void transpose(std::span<const int> candidates);
  void countPairs();
  double part(std::int32_t events, std::int32_t others) const {
    return table_[static_cast<std::size_t>(events + others)] - table_[static_cast<std::size_t>(events)] -
           table_[static_cast<std::size_t>(others)];
  }

  const Cpu& la_;
  const ScoreRows& rows_;
  std::vector<double> table_;           ///< m log m
  std::vector<std::uint64_t> rowBits_;  ///< a bit of each merged row for each feature
  std::size_t wordsOfRow_ = 0;
  std::vector<std::int32_t> placed_;  ///< the row at each place, -1: none
  std::vector<Run> runs_;             ///< others and events of each cell
  std::vector<std::uint32_t> shifts_;
  std::size_t words_ = 0, candidates_ = 0;
  std::vector<std::uint64_t> bits_;  ///< words of each candidate
  std::vector<std::int32_t> singles_, pairs_;
  std::vector<std::uint64_t> both_;  ///< rows of the pair
  std::size_t a_ = 0, b_ = 0;
};

}  // namespace nonconvex
