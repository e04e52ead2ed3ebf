// The data of `blindCalibration`, its settings and its result.
#pragma once

#include <limits>
#include <tuple>
#include <vector>

#include "core/certificate.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

struct BlindCalibrationSettings : Limits {
  BlindCalibrationSettings() {
    maxIterations = 100000;
    tolerance = 1e-10;
  }

  double gainRange = std::numeric_limits<double>::infinity();

  static constexpr auto fields() {
    using Self = BlindCalibrationSettings;
    return std::tuple_cat(Limits::fields(), std::tuple{FIELD(gainRange, Bounds({.lower = 0, .openLower = true}),
                                                             "Gains are within 1 - gainRange and 1 + gainRange.")});
  }
};
static_assert(sizeFromFields<BlindCalibrationSettings>() == sizeof(BlindCalibrationSettings));

struct BlindCalibrationProblem {
  MatrixInput a;                    ///< pm x n: what m sensors see, one snapshot after the other
  std::vector<double> y;            ///< pm
  int sensors = 1;                  ///< m
  HostMatrix<double> signalBasis;   ///< n x k: the signal is in its range; no columns: anywhere
  HostMatrix<double> gainBasis;     ///< m x h: the gains are in its range; no columns: anywhere
  std::vector<double> startSignal;  ///< n, or k where there is a basis; empty: back-projection
  std::vector<double> startGains;   ///< m; empty: ones
};

struct BlindCalibrationSolution {
  std::vector<double> signal;
  std::vector<double> gains;
  std::vector<double> coefficients;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"blindCalibration"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = BlindCalibrationSolution;
    return std::tuple{OUT(signal, "n numbers."), OUT(gains, "m numbers, whose mean is 1."),
                      OUT(coefficients, "The signal's in its basis, or the signal itself where there is none."),
                      OUT(certificate, "What is known of the answer.")};
  }
};
static_assert(sizeFromFields<BlindCalibrationSolution>() == sizeof(BlindCalibrationSolution));

}  // namespace nonconvex
