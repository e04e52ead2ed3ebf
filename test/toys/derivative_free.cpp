// Compass search: a solver whose cost is that of evaluations, and that decides itself when it is solved.
#include "toys.hpp"

namespace nonconvex::toys {
namespace {

struct DerivativeFreeProblem {
  std::vector<double> center;

  static constexpr auto fields() {
    using Self = DerivativeFreeProblem;
    return FieldTuple{IN(center, vector("n"), "Where the objective is least.")};
  }
};

struct DerivativeFreeSettings : Limits, EvaluationLimits {
  double contraction = 0.5;
  double target = 0;

  static constexpr auto fields() {
    using Self = DerivativeFreeSettings;
    return appendedFields(
        Limits::fields(), EvaluationLimits::fields(),
        FieldTuple{FIELD(contraction, between(0.1, 1),
                         "Factor of the mesh after a round without a better point; 1 never arrives.",
                         "rounds are too many (smaller)."),
                   FIELD(target, atLeast(0), "Value of the objective at which the solve ends with status `solved`.",
                         "a certain value is good enough.")});
  }
};
static_assert(sizeFromFields<DerivativeFreeSettings>() == sizeof(DerivativeFreeSettings));

struct DerivativeFreeSolution {
  std::vector<double> x;
  Certificate certificate;

  static Claims claims() { return {.verbs = {"derivativeFree"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = DerivativeFreeSolution;
    return FieldTuple{OUT(x, "n numbers."), OUT(certificate, "What is known of the answer.")};
  }
};

/// Minimises f(x) = sum_i (x_i - c_i)^2 + |x_i - c_i| by its values alone.
///
/// T. G. Kolda, R. M. Lewis, V. Torczon, "Optimization by direct search", SIAM Review 45, 2003, section 3: compass
/// search, which takes the first better point. The mesh is what is compared with the tolerance.
template <class La>
class CompassSearch {
 public:
  static constexpr bool decidesSolved = true;

  CompassSearch(const La&, const DerivativeFreeProblem& problem, const DerivativeFreeSettings& settings)
      : problem_(problem), settings_(settings), random_(settings.seed), x_(problem.center.size()) {
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = 4 * random_.uniform(i) - 2;
    f_ = value();
  }

  std::optional<Status> start() { return reached(); }

  /// A round of the 2 n directions, begun at a random one.
  std::optional<Status> step() {
    const std::size_t count = 2 * x_.size();
    const std::size_t first = random_.below(x_.size() + rounds_++, static_cast<std::uint32_t>(count));
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t direction = (first + k) % count;
      double& u = x_[direction / 2];
      const double before = u;
      u += direction % 2 == 0 ? mesh_ : -mesh_;
      const double f = value();
      if (f < f_) {
        f_ = f;
        return reached();
      }
      u = before;
    }
    mesh_ *= settings_.contraction;
    return reached();
  }

  Progress progress() const {
    Progress now;
    now.objective = f_;
    now.residual = mesh_;
    now.evaluations = static_cast<double>(evaluations_);
    return now;
  }

  /// Where the mesh is small the point is about stationary; one that has met the target may be anywhere.
  DerivativeFreeSolution solution() const {
    DerivativeFreeSolution found{x_, {}};
    if (mesh_ <= settings_.tolerance) found.certificate.kind = CertificateKind::stationary;
    return found;
  }

 private:
  std::optional<Status> reached() const {
    return f_ <= settings_.target || mesh_ <= settings_.tolerance ? std::optional(Status::solved) : std::nullopt;
  }

  double value() {
    ++evaluations_;
    double sum = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const double u = x_[i] - problem_.center[i];
      sum += u * u + std::abs(u);
    }
    return sum;
  }

  const DerivativeFreeProblem& problem_;
  const DerivativeFreeSettings& settings_;
  const Random random_;
  std::vector<double> x_;
  double f_ = 0;
  double mesh_ = 1;
  std::uint64_t evaluations_ = 0;
  std::uint64_t rounds_ = 0;
};

struct DerivativeFreeEntry {
  static constexpr const char* name = "derivativeFree";
  using Problem = DerivativeFreeProblem;
  using Settings = DerivativeFreeSettings;
  using Solution = DerivativeFreeSolution;
  template <class La>
  using Solver = CompassSearch<La>;
};

const RegisterSolver<DerivativeFreeEntry> ofDerivativeFree;

}  // namespace
}  // namespace nonconvex::toys
