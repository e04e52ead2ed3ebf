// Robust risks of the losses of rows, minimised by estimates of their gradients that become exact.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/certificate.hpp"
#include "core/limits.hpp"
#include "linalg/cpu.hpp"
#include "problems/finite_sum.hpp"
#include "solvers/smooth/spectral_risk.hpp"

namespace nonconvex {

struct RobustRiskSettings : Limits {
  RobustRiskSettings() {
    maxIterations = 200;
    tolerance = 1e-6;
  }

  RiskKind risk = RiskKind::cvar;
  double level = 0.9;
  double power = 2;
  double smoothing = solverChooses;
  double stepSize = solverChooses;

  static constexpr auto fields() {
    using Self = RobustRiskSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(risk, anyValue(),
                  "The risk, which makes one number of the losses of rows: their `mean`; `cvar`, also called "
                  "`superquantile`, the "
                  "mean of "
                  "the worst share 1 - `level`; `extremile`, the expected worst of `power` rows; `exponential`, with "
                  "weights that grow as e^(`power` t) with the share t of rows that are better.",
                  "bad rows count more than their share: all but `mean`."),
            FIELD(level, Bounds({.lower = 0, .upper = 1, .openUpper = true}), "Of `cvar`.",
                  "only the very worst rows count (larger), or more of them (smaller)."),
            FIELD(power, Bounds({.lower = 1, .openUpper = true}), "Of `extremile` and `exponential`.",
                  "the worst rows should count more (larger) or less (smaller)."),
            FIELD(smoothing, positiveOr("a tenth of the mean loss at the start"),
                  "Smoothing nu: the risk is the largest q . l - nu n / 2 ||q - 1/n||^2 over its weights q, so that it "
                  "has a "
                  "gradient; in units of losses. The less there is, the shorter are the steps.",
                  "the risk is too inexact (smaller), or steps are too short (larger)."),
            FIELD(stepSize, positiveOr("by the curvature of some rows"),
                  "The step. One that is not given is halved where some iterations have not shortened the gradient.",
                  "a step size is known, for example from an earlier solve.")});
  }
};
static_assert(sizeFromFields<RobustRiskSettings>() == sizeof(RobustRiskSettings));

struct RobustRiskProblem {
  std::shared_ptr<const FiniteSumSource> sum;
  std::vector<double> start;
};

struct RobustRiskSolution {
  std::vector<double> x;
  std::vector<double> weights;
  double risk = unknown;
  double gradientNorm = unknown;
  Certificate certificate;
  double stepSize = unknown;
  double smoothing = unknown;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"minimizeRobustRisk"},
            .kinds = {stationary, bounded, global},
            .gapScale = "1",
            .remark = "Of the smoothed risk. Bounds are those of convex sums with a ridge."};
  }

  static constexpr auto fields() {
    using Self = RobustRiskSolution;
    return FieldTuple{
        OUT(x, "The answer."),
        OUT(weights, "N numbers of sum 1: the weight of each row in the smoothed risk at x."),
        OUT_IF_KNOWN(risk, "The risk at x without smoothing, and without what the sum adds, such as a ridge."),
        OUT_IF_KNOWN(gradientNorm, "Norm of the gradient of the smoothed risk at x."),
        OUT(certificate,
            "The certificate of x. Of a convex sum with a ridge: the smoothed risk is at most ||gradient||^2 / (2 mu) "
            "above its minimum, mu the least ridge. Otherwise `stationary` where it is solved."),
        OUT_IF_KNOWN(stepSize, "The step that was taken."),
        OUT_IF_KNOWN(smoothing, "The smoothing nu.")};
  }
};

/// min over x of max over q in the permutahedron of sigma of sum q_i f_i(x) - nu n / 2 ||q - 1/n||^2 + r(x), by
/// Prospect: R. Mehta, V. Roulet, K. Pillutla, Z. Harchaoui, "Distributionally robust optimization with bias and
/// variance reduction", ICLR 2024. Tables have the losses, gradients and weights of all rows as they were when last
/// looked at.
class RobustRiskSolver {
 public:
  /// The constructor looks at no data.
  static constexpr bool buildsUnread = true;

  RobustRiskSolver(const Cpu& la, const RobustRiskProblem& problem, const RobustRiskSettings& settings);

  void start();
  /// Takes as many steps as there are rows.
  std::optional<Status> step();
  Progress progress();
  RobustRiskSolution solution();
  std::string explain(Status status) const;

 private:
  struct Tuning {
    static constexpr int between = 8;  ///< safeguard: passes after which a step that is too long is halved
  };

  double whole();
  void shorten();
  double usualStep();

  const Cpu la_;
  const RobustRiskProblem problem_;
  const RobustRiskSettings settings_;
  std::unique_ptr<FiniteSum<double>> sum_;
  std::optional<SmoothedRisk> tables_, now_;
  std::vector<double> x_;
  std::vector<double> gradients_;  // gradients of all rows, one after the other
  std::vector<double> rho_;        // the weights with which they are in the mean
  std::vector<double> mean_;       // sum rho_i times them
  std::vector<double> g_, rest_, losses_;
  double eta_ = 0, nu_ = 0;
  std::int64_t steps_ = 0;
  int iterations_ = 0;
  double before_ = std::numeric_limits<double>::infinity();
  double objective_ = unknown, norm_ = unknown;
};

}  // namespace nonconvex
