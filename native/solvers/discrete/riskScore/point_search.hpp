// The best points of given features.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/scaled_box/scaled_box_newton.hpp"
#include "solvers/discrete/riskScore/card_pool.hpp"
#include "solvers/discrete/riskScore/score_cells.hpp"

namespace nonconvex {

/// Branch and bound over the points of one set of features. A part is a box of points, with one of intercepts where
/// these are integers; its bound is the least loss over coefficients t l with l in the box and t the scale, which is
/// convex in coefficients, intercept and t together. Without a feature whose points are fixed the scale of such a box
/// is not unique, so that the feature with the largest coefficient gets each of its values first.
class CardPointSearch {
 public:
  CardPointSearch(const Cpu& la, const ScoreRows& rows, const RiskScoreSettings& settings, CardPool& pool);

  /// Takes the best cards of these features into the pool. `withZero`: points may be 0 where the feature is not
  /// required. Checkpoints.
  void search(const ScoreCells& cells, std::span<const int> features, bool withZero);
  /// The least loss of coefficients that points of these features can have, or a bound that has reached the goal; and
  /// whether it did. `enough`: as in ScaledBoxNewton.
  ScaledBoxNewton::Result relax(const ScoreCells& cells, std::span<const int> features,
                                const ScaledBoxNewton::Ends& ends);
  /// Coefficients, the intercept last, and the slope there of what was relaxed last.
  std::span<double> coefficients() { return newton_.z(); }
  std::span<const double> slope() const { return newton_.gradient(); }
  /// Fits scale and intercept to points of features and takes the card into the pool.
  void offer(const ScoreCells& cells, std::span<const int> features, std::span<const int> points);
  /// Begins the next relaxation at the card of the intercept alone.
  void beginAtNothing(std::size_t features);
  /// A lower bound of cards whose scale and intercept could not be fitted to the last digits.
  double unresolved() const { return unresolved_; }
  /// Boxes that were looked at.
  double boxes() const { return boxes_; }

 private:
  struct Tuning;
  struct Part {
    std::vector<int> low, high;  ///< places among the allowed points of each feature; last, the intercept where whole
    std::vector<double> z;
    double t = 1;
    int depth = 0;
  };

  bool whole() const { return settings_.scaling == ScoreScale::one; }
  double most() const { return whole() ? 1 : settings_.maxScale * rows_.unit(); }
  bool fixed(const Part& part) const;
  void setAllowed(std::span<const int> features, bool withZero);
  void setInterceptRange(std::span<const int> features);
  void setBox(const Part& part);
  void look(Part part);
  double ratio(const Part& part, std::size_t j) const;
  std::size_t nearest(const Part& part, std::size_t j) const;
  void round(const Part& part);
  void branch(Part& part);
  bool branchOnLargest(Part& part);
  bool branchOnIntercept(Part& part, double farthest);
  void branchBetween(const Part& part, std::size_t j);
  void branchAround(Part& part, std::size_t j, std::size_t place);
  void push(const Part& part, std::size_t j, std::size_t low, std::size_t high, double t);
  double fitCard(double t, double b);
  ScaledBoxNewton::Result fitScale(double t, double b, double price);

  const Cpu& la_;
  const ScoreRows& rows_;
  const RiskScoreSettings& settings_;
  CardPool& pool_;
  ScaledBoxNewton newton_, cardNewton_;
  ScoreLoss loss_, cardLoss_;
  ScaledBox box_, cardBox_;
  ScoreCells totals_;
  const ScoreCells* cells_ = nullptr;
  std::span<const int> features_;
  std::vector<std::vector<int>> allowed_;
  std::vector<int> points_, lastPoints_;
  std::vector<Part> parts_;
  double leastIntercept_ = 0, mostIntercept_ = 0;
  double boxes_ = 0, unresolved_ = infinity;
};

}  // namespace nonconvex
