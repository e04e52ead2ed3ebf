// A ratio's terms, checked and prepared: what all starts share and no step changes.
#pragma once

#include <vector>

#include "functions/penalties.hpp"
#include "linalg/cpu.hpp"
#include "solvers/fractional/term.hpp"

namespace nonconvex {

struct FractionalData {
  /// Checks all of the problem; throws what names the term, the value and what was expected.
  FractionalData(const Cpu& la, const FractionalProblem& problem, const FractionalSettings& settings);
  FractionalData(const FractionalData&) = delete;
  FractionalData& operator=(const FractionalData&) = delete;

  int n;
  std::vector<Columns> matrices;
  std::vector<FractionalTermData> smooth;  ///< the terms of f with a matrix
  FractionalTermData denominator;

  // The rest of the numerator: sum_i (diagonal_i / 2 x_i^2 + linear_i x_i + l1_i |x_i|) + constant + l1Squared(x)
  std::vector<double> diagonal, linear, l1;  ///< empty without such a part
  double constant = 0;
  penalties::SquaredL1 l1Squared = {0};
  std::vector<double> lower, upper;
  bool bounded = false;  ///< some bound is finite

  /// The values of the numerator that a step along a coordinate needs, on one cache line.
  struct alignas(64) Coordinate {
    double curvature = 0;                    ///< curvature of the smooth terms with a matrix
    double a = 0;                            ///< curvature of all terms, and proximalWeight times that
    double inverse = 0;                      ///< 1 / a
    double threshold = 0;                    ///< l1 / a
    penalties::ElasticNet penalty = {0, 0};  ///< l1 and diagonal
    double linear = 0;
  };
  std::vector<Coordinate> coordinates;
  std::vector<double> curvatures;  ///< curvature + diagonal of each
  bool curved = true;              ///< all that move have one, and its inverse

  std::vector<bool> fixed;  ///< no part of the numerator but a penalty depends on them, while others do: they stay
  std::vector<double> start;
  bool difference;
  bool parametric;              ///< PCD rather than FCD
  bool scaleInvariant = false;  ///< F(t x) = F(x) for t > 0
  bool global = false;          ///< every coordinate-wise minimum is a global one
  /// The verdict on a point that no step along a coordinate improves.
  CertificateKind kindOfMinimum() const;

  /// A point near the given one within the bounds.
  std::vector<double> clamped(std::vector<double> x) const;

 private:
  void readMatrices(const Cpu& la, const FractionalProblem& problem);
  void readStart(const FractionalProblem& problem);
  void readTerms(const Cpu& la, const FractionalProblem& problem);
  void readPenalties(const FractionalProblem& problem);
  penalties::ElasticNet penaltyOf(std::size_t i) const;
  double leastAlong(std::size_t i, double q) const;
  double gainWithoutBounds(const Cpu& la, const Columns& Q, const std::vector<double>& q) const;
  void checkNonNegative(const Cpu& la) const;
  void chooseMethod(FractionalMethod method);
  void makeGram(const Cpu& la, FractionalGram gram);
  void classify();
  void makeCoordinates(double proximalWeight);
  int numeratorDegree() const;
  bool numeratorIsSumOfSquares() const;
};

}  // namespace nonconvex
