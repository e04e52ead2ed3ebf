// A signal and the gains of the sensors that see it, both from what they report.
#pragma once

#include <optional>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/contrib/blindCalibration/problem.hpp"

namespace nonconvex {

/// minimise f(xi, gamma) = sum_l ||gamma o (A_l xi) - y_l||^2 / (2 m p) with mean(gamma) = 1 and |gamma - 1| <=
/// gainRange, from xi = sum_l A_l^T y_l / (m p) and gamma = 1: both blocks go along their gradients, each with the step
/// at which f is least along it, gamma back onto its set, and together a half of that as long as f would rise. With
/// bases xi = Z z and gamma = B c, whose range has the vector of ones.
///
/// V. Cambareri, L. Jacques, "Through the haze: a non-convex approach to blind gain calibration for linear random
/// sensing models", Information and Inference 8, 2019.
class BlindDescent {
 public:
  BlindDescent(const Cpu& la, const BlindCalibrationProblem& problem, const BlindCalibrationSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress() const;
  BlindCalibrationSolution solution() const;

 private:
  struct Tuning;
  int sensors() const { return problem_.sensors; }
  int reports() const { return problem_.A.rows; }
  int unknowns() const { return static_cast<int>(signal_.size()); }

  void readSensing();
  void prepareGains();
  double misfit(const std::vector<double>& seen, const std::vector<double>& gains);
  void see();
  void updateGradients();
  void keepOnSubspace(std::vector<double>& direction);
  void projectGains(std::vector<double>& gains) const;

  const Cpu& la_;
  const BlindCalibrationProblem& problem_;
  const BlindCalibrationSettings settings_;
  HostMatrix<double> at_;     // unknowns x reports: A^T, or Z^T A^T
  HostMatrix<double> basis_;  // m x ..: orthonormal, of the gains' subspace but for the ones
  std::vector<double> signal_, gains_, trialSignal_, trialGains_;
  std::vector<double> seen_, trialSeen_, residuals_, moved_, weighted_;  // A xi, ..., A times the signal's gradient
  std::vector<double> signalGradient_, gainGradient_, inner_;
  double objective_ = 0, energy_ = 1, residual_ = unknown;
  double signalStep_ = 0, gainStep_ = 0;
  int steps_ = 0;
  bool started_ = false;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class BlindCalibrationSolver : public BlindDescent {
 public:
  static constexpr bool buildsUnread = true;

  using BlindDescent::BlindDescent;
};

}  // namespace nonconvex
