// Coordinate descent from one start.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "core/monitor.hpp"
#include "core/random.hpp"
#include "methods/acceleration/nonlinear_acceleration.hpp"
#include "solvers/fractional/common_terms.hpp"
#include "solvers/fractional/coordinate_set.hpp"
#include "solvers/fractional/data.hpp"
#include "solvers/fractional/digits.hpp"

namespace nonconvex {

class CoordinateDescent {
 public:
  CoordinateDescent(const FractionalData& data, const FractionalSettings& settings, std::uint32_t stream);

  /// Begins at x, from scratch.
  void begin(const double* x);
  /// Minimises the numerator alone, roughly: the lasso that is a good start for least squares with an l1 penalty.
  void minimizeNumerator(const Cpu& la);
  /// The exact minimum along the line through 0 and x.
  void radialStep();
  /// Once through all coordinates, or through the active ones.
  void sweep(const Cpu& la);

  bool converged() const { return residual_ <= settings_.tolerance; }
  bool unbounded() const { return unbounded_; }
  /// Returns true if the objective is a number here and the denominator positive.
  bool isDefined() const;
  /// Returns true if the numerator is more than rounding of the parts that cancel in it.
  bool hasDigits() const;
  const std::vector<double>& x() const { return x_; }
  double numerator() const { return numerator_; }
  double denominator() const { return denominator_->value(); }
  double objective() const { return data_.difference ? numerator() - denominator() : numerator() / denominator(); }
  /// (sum_i c_i t_i^2 / (2 N))^(1/2) over the steps t of the last full sweep, c_i the curvature of the numerator N.
  double residual() const { return residual_; }
  int sweeps() const { return sweeps_; }
  double updates() const { return updates_; }

 private:
  struct Tuning;
  enum class Mode { ratio, numerator, difference };
  /// Through the coordinates in this order, each of which moves to its minimum; the sum of squares of the residual.
  using Pass = double (CoordinateDescent::*)(const Cpu& la, const std::vector<int>& order);

  void choosePasses();
  template <class Smooth>
  void chooseSoftPasses();
  template <Mode mode>
  double generalPass(const Cpu& la, const std::vector<int>& order);
  template <Mode mode, class Smooth, class Denominator>
  double softPass(const Cpu& la, const std::vector<int>& order);
  double quarticPass(const Cpu& la, const std::vector<int>& order);
  double greedyPass(const Cpu& la);
  double pass(const Cpu& la);
  void chooseNext(double residual);
  template <class Update>
  double forAll(const Cpu& la, const std::vector<int>& order, Update&& update);

  LineNumerator restrictNumerator(int i);
  LineNumerator restrictNumeratorToRay() const;
  LineMinimum minimum(int i, const LineNumerator& along, Mode mode);
  double minimizeCoordinate(int i, int next, Mode mode);
  template <Mode mode, class Smooth, class Denominator>
  double softThresholdStep(Smooth& f, Denominator& g, double& ratio, int i, int next);
  double quarticUpdate(int i, int next);
  template <class Denominator, Mode mode>
  double tryStep(int i, double value, double ratio, int next);
  template <class Denominator, Mode mode>
  void setCoordinate(int i, double value, int next);
  bool stepHolds(int i, double before, double ratio, double n, double g);
  void becomeUnit(int i, double sign);
  /// Returns true if the sums that are kept by their changes have few digits left.
  bool shrunk(double numeratorPart, double denominatorPart) const {
    return digits_.shrunk(numerator_, denominator(), numeratorPart, denominatorPart);
  }
  double sumOfNumerator();
  double curvatureOfX() const;
  double sizeOfNumerator() const;
  double scaleOfSteps() const;
  void setFloor();
  void lowerFloor();
  void normalize();
  void scale(double factor);
  void tryMultiple(double multiple);
  void addUp();
  void extrapolate();

  const FractionalData& data_;
  const FractionalSettings& settings_;
  Random random_;
  std::vector<std::unique_ptr<SmoothTerm>> smooth_;
  std::unique_ptr<DenominatorTerm> denominator_;
  std::vector<double> x_;
  std::vector<Parabola> parabolas_;  // parabolas of the smooth terms along the current coordinate
  Pass ratioPass_ = nullptr;
  Pass numeratorPass_ = nullptr;
  bool linearParts_ = false;  // the numerator has linear parts, which alone may be negative
  double numerator_ = 0;      // the sum of all its parts
  double diagonal_ = 0;       // values of the parts that are no term of their own
  double linear_ = 0;
  double l1_ = 0;
  double norm1_ = 0;
  double separable_ = 0;  // their sum
  double squares_ = 0;    // sum_i curvature_i x_i^2 at the end of the last sweep
  Digits digits_;         // rounding of numerator and denominator

  std::vector<double> before_;  // x at the beginning of the sweep
  std::vector<double> saved_;
  std::vector<double> lastDefined_;  // the last x from which all was computed and the objective found finite

  Extrapolation extrapolation_;
  int untilExtrapolation_ = 0;
  int extrapolationInterval_ = Extrapolation::points;

  CoordinateSet working_;
  int sweeps_ = 0;
  double updates_ = 0;
  double residual_ = std::numeric_limits<double>::infinity();
  std::uint64_t draws_ = 0;
  bool unbounded_ = false;
  bool towardsLimit_ = false;  // along the line through x the infimum is at infinity or 0
};

}  // namespace nonconvex
