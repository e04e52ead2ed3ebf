// Rows of a risk score as the search sees them: equal ones as one, useless columns left out.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/discrete/riskScore/problem.hpp"

namespace nonconvex {

/// The values that the points of a feature may have, and its place in the card.
struct ScoreFeature {
  int column = 0;            ///< its place in x
  std::vector<int> allowed;  ///< rising, with 0 among them
  bool required = false;
  int group = 0;               ///< numbered from 1; 0 if there is none
  std::vector<double> levels;  ///< distinct values of the column less `shift`, in units, in order
  double shift = 0;            ///< an integer
};

/// Merged rows with the weight of both classes, and the columns that differ.
class ScoreRows {
 public:
  /// Reads and checks the problem. Checkpoints, so that it is for `start()`.
  void read(const Cpu& la, const RiskScoreProblem& problem, const RiskScoreSettings& settings);

  int rows() const { return static_cast<int>(weight_.size()); }
  const std::vector<ScoreFeature>& features() const { return features_; }
  int count() const { return static_cast<int>(features_.size()); }
  /// The numbers of levels of feature j.
  std::span<const std::int32_t> codes(int j) const {
    return {codes_.data() + static_cast<std::size_t>(j) * weight_.size(), weight_.size()};
  }
  double value(int row, int j) const {
    return features_[static_cast<std::size_t>(j)]
        .levels[static_cast<std::size_t>(codes(j)[static_cast<std::size_t>(row)])];
  }
  /// The size of the values as given; a power of 2, and 1 where the scale is one.
  double unit() const { return unit_; }
  const std::vector<double>& weight() const { return weight_; }
  const std::vector<double>& positives() const { return positives_; }
  double total() const { return total_; }
  double totalPositives() const { return totalPositives_; }
  /// Returns true if all features have two values and no row has a weight.
  bool binary() const { return binary_; }
  const std::vector<int>& sameAs() const { return sameAs_; }
  /// Returns true if columns were left out that cards could have used beside those that stand for them.
  bool leavesOut() const { return leavesOut_; }
  const std::vector<double>& groupSizes() const { return groupSizes_; }
  /// Most features of a card.
  int most() const { return most_; }

 private:
  void readColumns(const Cpu& la, const RiskScoreProblem& problem);
  void chooseColumns(const RiskScoreProblem& problem, const RiskScoreSettings& settings);
  int twin(const ScoreFeature& feature, std::span<const std::int32_t> codes, bool wholeIntercept) const;
  std::vector<std::uint64_t> keysOfRows(const Cpu& la) const;
  bool equal(std::size_t a, std::size_t b) const;
  void merge(const Cpu& la, const RiskScoreProblem& problem);
  void addUp(const RiskScoreProblem& problem);
  void shift(bool withUnit);

  std::vector<ScoreFeature> features_;
  std::vector<std::int32_t> codes_;
  std::vector<double> weight_, positives_, groupSizes_;
  std::vector<int> sameAs_;
  double total_ = 0, totalPositives_ = 0, unit_ = 1;
  bool binary_ = false, leavesOut_ = false;
  int most_ = 0;
  // While columns are read:
  std::vector<std::vector<double>> levels_;
  std::vector<std::int32_t> read_;
  std::size_t n_ = 0;
  std::vector<std::uint64_t> hashes_;  ///< one for each feature that was chosen
};

/// The values that points of each column may have. Throws a RangeError that names the feature which has none.
std::vector<std::vector<int>> allowedPoints(const RiskScoreProblem& problem);

}  // namespace nonconvex
