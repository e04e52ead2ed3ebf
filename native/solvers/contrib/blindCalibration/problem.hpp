// The data of `blindCalibration`, its settings and its result.
#pragma once

#include <limits>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
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
    return appendedFields(
        Limits::fields(),
        FieldTuple{FIELD(gainRange, Bounds({.lower = 0, .openLower = true}),
                         "Gains are within 1 - gainRange and 1 + gainRange.",
                         "bounds of the gains are known: without them signal and gains may be off by one factor.")});
  }
};
static_assert(sizeFromFields<BlindCalibrationSettings>() == sizeof(BlindCalibrationSettings));

struct BlindCalibrationProblem {
  MatrixInput A;
  std::vector<double> y;
  int sensors = 1;
  HostMatrix<double> signalBasis;
  HostMatrix<double> gainBasis;
  std::vector<double> startSignal;
  std::vector<double> startGains;

  static constexpr auto fields() {
    using Self = BlindCalibrationProblem;
    return FieldTuple{
        IN(A, matrix("reports", "n"), "Rows of what each sensor sees, one snapshot after the other."),
        IN(y, vector("reports"), "Reports of the sensors."),
        IN(sensors, count("m"), "Sensors of each snapshot."),
        IN_OPTIONAL(signalBasis, matrix("n"), "Basis of the signal, a column each. Default: the signal is any."),
        IN_OPTIONAL(gainBasis, matrix("m"), "Basis of the gains, a column each. Default: the gains are any."),
        IN_OPTIONAL(startSignal, vector(),
                    "Signal to begin at, in its basis where there is one. Default: back-projection."),
        IN_OPTIONAL(startGains, vector("m"), "Gains to begin at. Default: 1 each.")};
  }
};

struct BlindCalibrationSolution {
  std::vector<double> signal;
  std::vector<double> gains;
  std::vector<double> coefficients;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"blindCalibration"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = BlindCalibrationSolution;
    return FieldTuple{OUT(signal, "n numbers."), OUT(gains, "m numbers, whose mean is 1."),
                      OUT(coefficients, "The signal's in its basis, or the signal itself where there is none."),
                      OUT(certificate, "The certificate of the answer.")};
  }
};
static_assert(sizeFromFields<BlindCalibrationSolution>() == sizeof(BlindCalibrationSolution));

}  // namespace nonconvex
